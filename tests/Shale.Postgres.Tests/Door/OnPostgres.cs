using Shale.Contracts;

namespace Shale.Postgres.Tests.Door;

public sealed class SimpleQueryOnPostgresTests() : SimpleQueryTests(StorageEngineType.Postgres);

public sealed class ExtendedQueryOnPostgresTests() : ExtendedQueryTests(StorageEngineType.Postgres)
{
    [Fact]
    [Trait("Rule", "S5.4")]
    public async Task Statement_OfThePast_IsRefused() =>
        Assert.Equal("1 2 E(0A000) Z(I)", await AskAsync(Parse("", "SELECT id FROM t AS OF VERSION CURRENT WHERE id = 1"), Bind("", ""), Describe('P', ""), Execute(""), Sync));
}

public sealed class CopyOnPostgresTests() : CopyTests(StorageEngineType.Postgres);

public sealed class StartupOnPostgresTests() : StartupTests(StorageEngineType.Postgres);

public sealed class NpgsqlOnPostgresTests() : NpgsqlTests(StorageEngineType.Postgres);
