namespace Shale.DoSql.Tests;

public sealed class DoSqlDatabaseTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private DoSqlDatabase _db = null!;

    public async Task InitializeAsync()
    {
        _db = await DoSqlDatabase.OpenAsync(_directory.Path);
        await _db.RunAsync("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INT, active BOOLEAN)");
    }

    public async Task DisposeAsync()
    {
        await _db.DisposeAsync();
        _directory.Remove();
    }

    [Fact]
    public async Task Run_Insert_TellsRowsIdAndLsn()
    {
        var first = await _db.RunAsync("INSERT INTO users (name, age) VALUES (?, ?)", ["Alice", 42]);
        Assert.Equal((1, 1, 2), (first.Changes, first.LastInsertRowId, first.Lsn.Value));
        var two = await _db.RunAsync("INSERT INTO users (name) VALUES ('Bob'), ('Carol')");
        Assert.Equal((2, 3, 3), (two.Affected, two.LastInsertId, two.Lsn.Value));
        var none = await _db.RunAsync("UPDATE users SET age = 1 WHERE id = 99");
        Assert.Equal((0, null, 3), (none.Affected, none.LastInsertId, none.Lsn.Value));
    }

    [Fact]
    public async Task Query_Rows_ByNameByPlaceAndAsTypes()
    {
        await _db.RunAsync("INSERT INTO users (name, age, active) VALUES ('Alice', 42, true), ('Bob', NULL, false)");
        var rows = await _db.QueryAsync("SELECT name, age, active FROM users ORDER BY id");
        Assert.Equal(("Alice", 42L, true), (rows[0]["name"], rows[0][1], rows[0]["active"]));
        Assert.Null(rows[1].Get<int?>("age"));
        Assert.Equal([("Alice", 42), ("Bob", null)], await _db.QueryAsync<(string, int?)>("SELECT name, age FROM users ORDER BY id"));
        Assert.Equal(2, await _db.QueryOneAsync<int>("SELECT count(*) FROM users"));
        Assert.Null(await _db.QueryOneAsync("SELECT 1 FROM users WHERE id = 77"));
        Assert.Equal("42703", Assert.Throws<VitessException>(() => rows[0]["nope"]).SqlState);
    }

    [Theory]
    [InlineData("SELECT ?, ?")]
    [InlineData("SELECT ?1, ?2")]
    [InlineData("SELECT :a, @b")]
    [InlineData("SELECT $1, $2")]
    [InlineData("SELECT a, b FROM (SELECT $2 AS b, $1 AS a, $2)")]
    [InlineData("SELECT ?2 AS x, ?1 AS y, '?' || '$3' ORDER BY 1")]
    public async Task Parameters_ByPlace_EachStyle(string sql)
    {
        var row = (await _db.QueryOneAsync(sql, ["one", 2]))!;
        Assert.Equal(["2", "one"], new[] { row[0]!.ToString(), row[1]!.ToString() }.Order());
        if (!sql.Contains("?2 AS x", StringComparison.Ordinal)) Assert.Equal("one", row[0]);
    }

    [Fact]
    public async Task Parameters_ByName_WithAndWithoutTheSign()
    {
        const string Sql = "SELECT :query, @limit, $other, :query";
        var values = new Dictionary<string, object?> { ["query"] = "greeting", ["@limit"] = 10, ["other"] = null };
        var row = (await _db.QueryOneAsync(Sql, values))!;
        Assert.Equal(["greeting", 10L, null, "greeting"], [row[0], row[1], row[2], row[3]]);
        Assert.Equal("08P01", (await Assert.ThrowsAsync<VitessException>(() => _db.QueryAsync(Sql, DoSqlParameters.Named(("query", 1))))).SqlState);
    }

    [Theory]
    [InlineData("SELECT ?, $1", "42601")]
    [InlineData("SELECT ?, ?1", "42601")]
    [InlineData("SELECT :a, $1", "42601")]
    [InlineData("SELECT ?0", "08P01")]
    [InlineData("SELECT ?", "08P01")]
    [InlineData("SELECT ?, ?, ?", "08P01")]
    public async Task Parameters_Wrong_AreRefused(string sql, string state) =>
        Assert.Equal(state, (await Assert.ThrowsAsync<VitessException>(() => _db.QueryAsync(sql, [1, 2]))).SqlState);

    [Theory]
    [InlineData("SELECT * FROM nowhere", "42P01")]
    [InlineData("SELEC 1", "42601")]
    [InlineData("INSERT INTO users (id, name) VALUES (1, 'a'), (1, 'b')", "23505")]
    [InlineData("INSERT INTO users (name) VALUES (NULL)", "23502")]
    [InlineData("BEGIN", "25001")]
    [InlineData("COMMIT", "25001")]
    [InlineData("SAVEPOINT a", "25P01")]
    [InlineData("ATTACH 'other' AS o", "42501")]
    [InlineData("VACUUM INTO '/tmp/x'", "42501")]
    [InlineData("PRAGMA journal_mode = WAL", "42501")]
    [InlineData("SELECT 1; SELECT 2", "42601")]
    [InlineData("", "42601")]
    public async Task Errors_OfTheRegistry_ComeWithTheTask(string sql, string state)
    {
        Assert.Equal(state, (await Assert.ThrowsAsync<VitessException>(() => _db.RunAsync(sql))).SqlState);
        Assert.Equal(0, await _db.QueryOneAsync<int>("SELECT count(*) FROM users"));
    }

    [Fact]
    public async Task Returning_ThroughQuery_GivesRows()
    {
        var row = await _db.QueryOneAsync("INSERT INTO users (name) VALUES (:name) RETURNING id, name", DoSqlParameters.Named(("name", "Dora")));
        Assert.Equal((1L, "Dora"), (row!["id"], row["name"]));
        Assert.Equal(1, await _db.QueryOneAsync<int>("WITH gone AS (SELECT 1) SELECT count(*) FROM users"));
        Assert.Equal(1, (await _db.RunAsync("WITH old(x) AS (SELECT 1) DELETE FROM users WHERE id = (SELECT x FROM old)")).Affected);
    }

    [Fact]
    public async Task Prepare_Statement_RunsAgainAndAgain()
    {
        var insert = await _db.PrepareAsync("INSERT INTO users (name) VALUES ($1)");
        for (var i = 0; i < 5; i++) Assert.Equal(i + 1, (await insert.RunAsync([$"u{i}"])).LastInsertId);
        var select = await _db.PrepareAsync("SELECT name FROM users WHERE id = ?");
        Assert.Equal("u2", (await select.QueryOneAsync([3]))!["name"]);
        Assert.Equal("42P01", (await Assert.ThrowsAsync<VitessException>(() => _db.PrepareAsync("SELECT * FROM nowhere"))).SqlState);
    }

    [Fact]
    public async Task Stream_WhileOthersWrite_IsOneVersion()
    {
        await _db.RunAsync("INSERT INTO users (name) SELECT 'u' || value FROM generate_series(1, 1000)");
        var seen = 0;
        await foreach (var row in _db.StreamAsync("SELECT id, name FROM users"))
        {
            if (seen++ % 250 == 0) await _db.RunAsync("INSERT INTO users (name) VALUES ('later')");
            Assert.StartsWith("u", (string)row["name"]!, StringComparison.Ordinal);
        }

        Assert.Equal(1000, seen);
        await Assert.ThrowsAsync<VitessException>(async () => await _db.StreamAsync("DELETE FROM users").GetAsyncEnumerator().MoveNextAsync());
    }

    [Fact]
    public async Task Script_WithAFailure_LeavesNothing()
    {
        await _db.RunScriptAsync("CREATE TABLE a (x); CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = x + 1; END; INSERT INTO a VALUES (1);");
        Assert.Equal(2, await _db.QueryOneAsync<int>("SELECT x FROM a"));
        await Assert.ThrowsAsync<VitessException>(() => _db.RunScriptAsync("INSERT INTO a VALUES (5); INSERT INTO b VALUES (1)"));
        Assert.Equal(1, await _db.QueryOneAsync<int>("SELECT count(*) FROM a"));
    }

    [Fact]
    public async Task Reopen_Directory_HasEverything()
    {
        await _db.RunAsync("INSERT INTO users (name) VALUES ('kept')");
        Assert.Equal("55006", (await Assert.ThrowsAsync<VitessException>(() => DoSqlDatabase.OpenAsync(_directory.Path))).SqlState);
        await _db.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _db.RunAsync("SELECT 1"));
        _db = await DoSqlDatabase.OpenAsync(_directory.Path);
        Assert.Equal("kept", await _db.QueryOneAsync<string>("SELECT name FROM users"));
    }

    [Fact]
    public async Task Cancel_LongQueryAndWrite_LeaveNothing()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        const string Long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) FROM n";
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _db.QueryAsync(Long, default, cancel.Token));
        using var again = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _db.RunAsync($"INSERT INTO users (name) SELECT 'x' || ({Long})", default, again.Token));
        Assert.Equal(0, await _db.QueryOneAsync<int>("SELECT count(*) FROM users"));
        Assert.Equal(1, (await _db.RunAsync("INSERT INTO users (name) VALUES ('next')")).Affected);
    }
}
