namespace Shale.DoSql.Tests;

/// <summary>A name of which there is nothing is told with the one that may be meant.</summary>
public sealed class MeantNamesTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private DoSqlDatabase _db = null!;

    public async Task InitializeAsync()
    {
        _db = await DoSqlDatabase.OpenAsync(_directory.Path);
        await _db.RunAsync("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, born INT, age INT AS (2026 - born) VIRTUAL)");
        await _db.RunAsync("CREATE VIEW elders AS SELECT * FROM people WHERE age > 60");
        await _db.RunAsync("CREATE INDEX people_by_name ON people (name)");
        await _db.RunAsync("CREATE TABLE \"or.der\" (id INTEGER PRIMARY KEY)");
    }

    public async Task DisposeAsync()
    {
        await _db.DisposeAsync();
        _directory.Remove();
    }

    [Theory]
    [InlineData("SELECT * FROM peple", "people")]
    [InlineData("SELECT * FROM main.peple", "people")]
    [InlineData("SELECT * FROM PEPLE", "people")]
    [InlineData("SELECT * FROM eldrs", "elders")]
    [InlineData("SELECT * FROM peple AS OF VERSION 2", "people")]
    [InlineData("SELECT * FROM peple FOR SYSTEM_TIME ALL", "people")]
    [InlineData("SELECT (SELECT max(id) FROM peple)", "people")]
    [InlineData("INSERT INTO peple VALUES (1)", "people")]
    [InlineData("DROP TABLE peple", "people")]
    [InlineData("DROP VIEW eldrs", "elders")]
    [InlineData("DROP INDEX people_by_nme", "people_by_name")]
    [InlineData("SELECT * FROM \"or.dr\"", "or.der")]
    [InlineData("SELECT * FROM something_else", null)]
    [InlineData("SELECT * FROM other.people", null)]
    [InlineData("DROP VIEW peple", null)]
    public async Task NoSuchTable_WithOneThatIsNear_NamesIt(string sql, string? meant) => Assert.Equal(HintOf(meant), (await FailsAsync(() => _db.RunAsync(sql))).Hint);

    [Theory]
    [InlineData("SELECT nme FROM people", "name")]
    [InlineData("SELECT ag FROM people", "age")]
    [InlineData("SELECT p.nme FROM people p JOIN elders", "p.name")]
    [InlineData("SELECT people.nme FROM people", "people.name")]
    [InlineData("SELECT nme FROM people AS OF VERSION 2", "name")]
    [InlineData("SELECT id FROM people WHERE EXISTS (SELECT 1 FROM elders WHERE nme = 'x')", "name")]
    [InlineData("INSERT INTO people (id, nme) VALUES (1, 'x')", "name")]
    [InlineData("UPDATE people SET nme = 'x'", "name")]
    [InlineData("DELETE FROM people WHERE nme = 'x'", "name")]
    [InlineData("ALTER TABLE people DROP COLUMN nme", "name")]
    [InlineData("CREATE INDEX again ON people (nme)", "name")]
    [InlineData("SELECT quite_another FROM people", null)]
    [InlineData("SELECT x.nme FROM people", null)]
    [InlineData("SELECT name FROM (SELECT id FROM people)", null)]
    public async Task NoSuchColumn_WithOneThatIsNear_NamesIt(string sql, string? meant) => Assert.Equal(HintOf(meant), (await FailsAsync(() => _db.RunAsync(sql))).Hint);

    [Fact]
    public async Task NoSuchTable_HoweverItIsAsked_IsToldAsSqliteDoes()
    {
        await using var transaction = await _db.BeginAsync();
        foreach (var failure in (VitessException[])
        [
            await FailsAsync(() => transaction.RunAsync("DELETE FROM peple")),
            await FailsAsync(async () => await _db.StreamRowsAsync("SELECT * FROM peple").GetAsyncEnumerator().MoveNextAsync()),
            await FailsAsync(() => _db.PrepareAsync("SELECT * FROM peple")),
        ])
        {
            Assert.Equal(("NOT_FOUND", "42P01", "no such table: peple", HintOf("people")), (failure.Code, failure.SqlState, failure.Message, failure.Hint));
        }

        Assert.Equal(8, (await FailsAsync(() => _db.RunAsync("SELECT nme FROM people"))).Position);
    }

    // What SQLite knows of the branch's own version: the writer has it, and the past has the columns of then.
    [Fact]
    public async Task NoSuchColumn_OfThePast_NamesOneOfThen()
    {
        var then = (await _db.RunAsync("CREATE TABLE t (first_name TEXT)")).Lsn;
        await _db.RunAsync("ALTER TABLE t RENAME COLUMN first_name TO given_name");

        Assert.Equal(HintOf("first_name"), (await FailsAsync(() => _db.RunAsync($"SELECT first_nam FROM t AS OF LSN {then.Value}"))).Hint);
        Assert.Equal(HintOf(null), (await FailsAsync(() => _db.RunAsync($"SELECT given_nam FROM t AS OF LSN {then.Value}"))).Hint);
        Assert.Equal(HintOf("given_name"), (await FailsAsync(() => _db.RunAsync("SELECT given_nam FROM t"))).Hint);
    }

    private static string HintOf(string? meant) => meant is null ? ErrorCodes.NotFound.Hint : $"Perhaps you meant \"{meant}\".";

    private static Task<VitessException> FailsAsync(Func<Task> work) => Assert.ThrowsAsync<VitessException>(work);
}
