using Shale.Contracts;

namespace Shale.Postgres.Tests.Door;

public sealed class SimpleQueryOnSqliteTests() : SimpleQueryTests(StorageEngineType.Sqlite)
{
    [Theory]
    [InlineData("DROP FUNCTION IF EXISTS public.f(text, int) CASCADE", "N(00000) C(DROP FUNCTION) Z(I)")]
    [InlineData("DROP TYPE IF EXISTS \"Mood\"", "N(00000) C(DROP TYPE) Z(I)")]
    public async Task Drop_OfWhatUsersCannotMake_SaysThatItIsNotThere(string sql, string expected) => Assert.Equal(expected, await AskAsync(sql));
}

public sealed class ExtendedQueryOnSqliteTests() : ExtendedQueryTests(StorageEngineType.Sqlite)
{
    [Fact]
    public async Task Statement_OfAVersion_IsDescribedAndRun() =>
        Assert.Equal("1 2 T D(1) C(SELECT 1) Z(I)", await AskAsync(Parse("", "SELECT id FROM t AS OF VERSION CURRENT WHERE id = 1"), Bind("", ""), Describe('P', ""), Execute(""), Sync));

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Statement_OfATableDroppedSince_IsDescribedAndRun()
    {
        await RunAsync("CALL dosql_snapshot('before')", "DROP TABLE t");
        const string Sql = "SELECT name FROM t AS OF SNAPSHOT 'before' WHERE id = $1";

        Assert.Equal("1 2 T D(n1) C(SELECT 1) Z(I)", await AskAsync(Parse("", Sql, 20), Bind("", "", "1"), Describe('P', ""), Execute(""), Sync));
        Assert.StartsWith("1 t", await AskAsync(Parse("s", Sql, 20), Describe('S', "s"), Sync), StringComparison.Ordinal);
        Assert.Equal("2 T D(n7) C(SELECT 1) Z(I)", await AskAsync(Bind("", "s", "7"), Describe('P', ""), Execute(""), Sync));
        Assert.Equal("1 2 E(42P01) Z(I)", await AskAsync(Parse("", "SELECT name FROM never AS OF SNAPSHOT 'before'"), Bind("", ""), Describe('P', ""), Execute(""), Sync));
        Assert.Equal("E(42P01) Z(I)", await AskAsync(Parse("", "SELECT name FROM t"), Sync));
    }
}

public sealed class CopyOnSqliteTests() : CopyTests(StorageEngineType.Sqlite);

public sealed class StartupOnSqliteTests() : StartupTests(StorageEngineType.Sqlite);

public sealed class NpgsqlOnSqliteTests() : NpgsqlTests(StorageEngineType.Sqlite);
