namespace Shale.DoSql.Tests;

/// <summary>Points in time behind tables and as sessions: seed 003 "Time Travel Queries" in C# form, and what is refused.</summary>
public sealed class TimeTravelTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private readonly SettableTime _clock = new(new DateTimeOffset(2023, 12, 31, 0, 0, 0, TimeSpan.Zero));
    private DoSqlDatabase _db = null!;

    // main@1 the table, @2 Alice, @3 Alice is older, @4 Bob; then a day passes, @5 Carol, @6 another column.
    public async Task InitializeAsync()
    {
        _db = await DoSqlDatabase.OpenAsync(_directory.Path, new DoSqlOptions { Log = new PageLog.PageStoreOptions { Clock = _clock } });
        await _db.RunAsync("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INT)");
        await _db.RunAsync("CREATE INDEX users_name ON users (name)");
        await _db.RunAsync("INSERT INTO users VALUES (1, 'Alice', 41)");
        await _db.RunAsync("UPDATE users SET age = 42 WHERE id = 1");
        await _db.RunAsync("INSERT INTO users VALUES (2, 'Bob', 30)");
        _clock.Now = _clock.Now.AddDays(2);
        await _db.RunAsync("INSERT INTO users VALUES (3, 'Carol', 50)");
        await _db.RunAsync("ALTER TABLE users ADD COLUMN role TEXT");
    }

    public async Task DisposeAsync()
    {
        await _db.DisposeAsync();
        _directory.Remove();
    }

    [Theory]
    [Trait("Rule", "S5.1")]
    [InlineData("FOR SYSTEM_TIME AS OF TIMESTAMP '2024-01-01 12:00:00'", 2)]
    [InlineData("FOR SYSTEM_TIME AS OF TIMESTAMP '2023-12-30'", -1)]
    [InlineData("FOR SYSTEM_TIME AS OF LSN 3", 1)]
    [InlineData("FOR SYSTEM_TIME AS OF SNAPSHOT 'main@5'", 2)]
    [InlineData("FOR SYSTEM_TIME AS OF SNAPSHOT 'two-users'", 2)]
    [InlineData("FOR SYSTEM_TIME AS OF BRANCH 'feature-x'", 1)]
    [InlineData("FOR SYSTEM_TIME AS OF VERSION CURRENT - 2", 2)]
    [InlineData("FOR SYSTEM_TIME AS OF VERSION CURRENT", 3)]
    [InlineData("AS OF VERSION 3", 1)]
    [InlineData("AS OF LSN 2", 0)]
    [InlineData("AS OF datetime('2024-01-02 12:00:00', '-1 day')", 2)]
    public async Task Seed_SqlForms_ReadThePoint(string form, int users)
    {
        await _db.SnapshotAsync("two-users", TimePoint.OfVersion(5));
        await _db.BranchAsync("feature-x", TimePoint.OfLsn(3));
        var sql = $"SELECT count(*) FROM users {form}";
        if (users < 0) Assert.Equal("42P01", (await Assert.ThrowsAsync<VitessException>(() => _db.QueryAsync(sql))).SqlState);
        else Assert.Equal(users, await _db.QueryOneAsync<int>(sql));
        Assert.Equal(3, await _db.QueryOneAsync<int>("SELECT count(*) FROM users"));
    }

    [Fact]
    public async Task Seed_Constructors_ReadThePoint()
    {
        await _db.BranchAsync("feature-x", TimePoint.OfVersion(5));
        foreach (var (point, users) in new (TimePoint, int)[]
        {
            (TimePoint.OfLsn(3), 1), (TimePoint.OfTimestamp("2024-01-01T12:00:00Z"), 2), (TimePoint.OfTimestamp(_clock.Now), 3), (TimePoint.OfSnapshot("main@5"), 2),
            (TimePoint.OfBranch("feature-x"), 2), (TimePoint.OfBranch("feature-x", TimePoint.OfLsn(3)), 1), (TimePoint.OfOffset(RelativeUnit.Version, -5), 0),
            (TimePoint.OfOffset(RelativeUnit.Lsn, -2), 2), (TimePoint.OfOffset(RelativeUnit.Microsecond, -24L * 3600 * 1_000_000), 2),
            (TimePoint.OfOffset(RelativeUnit.Version, 2, TimePoint.OfVersion(3)), 2), (TimePoint.OfBookmark(_db.Bookmark()), 3),
        })
        {
            await using var session = _db.AsOf(point);
            Assert.True(users == await session.QueryOneAsync<int>("SELECT count(*) FROM users"), point.ToString());
        }
    }

    [Fact]
    public async Task Seed_Session_SeesRowsAndSchemaOfThePoint()
    {
        var session = _db.CreateTimeTravelSession(TimePoint.OfTimestamp("2024-01-01T00:00:00Z"), TimeTravelScope.Local);
        Assert.Equal((5, 5, "main", TimeTravelScope.Local), (session.Lsn.Value, session.Version, session.Branch, session.Scope));
        Assert.Equal(["Alice", "Bob"], await session.QueryAsync<string>("SELECT name FROM users ORDER BY id"));
        Assert.Equal("42703", (await Assert.ThrowsAsync<VitessException>(() => session.QueryAsync("SELECT role FROM users"))).SqlState);
        Assert.Contains("users_name", (await session.QueryOneAsync("EXPLAIN QUERY PLAN SELECT * FROM users WHERE name = 'Bob'"))!.Get<string>("detail"), StringComparison.Ordinal);
        Assert.Equal("25006", (await Assert.ThrowsAsync<VitessException>(() => session.RunAsync("DELETE FROM users"))).SqlState);
        var names = new List<object?>();
        await foreach (var row in session.StreamAsync("SELECT name FROM users ORDER BY id")) names.Add(row["name"]);
        Assert.Equal(2, names.Count);
        await session.CloseAsync();
        Assert.Equal(ErrorCodes.SessionExpired.Code, (await Assert.ThrowsAsync<VitessException>(() => session.QueryAsync("SELECT 1"))).Code);
    }

    [Fact]
    public void Seed_Distance_CountsCommits()
    {
        Assert.Equal(2, _db.GetDistance(TimePoint.OfTimestamp("2024-01-01"), TimePoint.OfTimestamp(_clock.Now)));
        Assert.Equal(-3, _db.GetDistance(TimePoint.OfVersion(5), TimePoint.OfVersion(2)));
    }

    [Fact]
    [Trait("Rule", "S5.3")]
    public async Task Join_OfPoints_AreSeveralRelations()
    {
        var rows = await _db.QueryAsync<(string, int?, int)>("""
            WITH old AS (SELECT * FROM users FOR SYSTEM_TIME AS OF LSN 3)
            SELECT now.name, old.age, now.age FROM users now LEFT JOIN old ON old.id = now.id
            WHERE now.id NOT IN (SELECT id FROM users AS OF VERSION CURRENT - 2 WHERE name = 'Bob') ORDER BY now.id
            """);
        Assert.Equal([("Alice", 41, 42), ("Carol", null, 50)], rows);
        Assert.Equal(2, await _db.QueryOneAsync<int>("SELECT count(*) FROM users AS OF LSN 4 AS a JOIN users AS OF LSN 5 AS b"));
    }

    [Theory]
    [InlineData("WITH users AS (SELECT 1 AS id) SELECT * FROM users AS OF LSN 3")]
    [InlineData("WITH users AS (SELECT 1 AS id) SELECT * FROM (SELECT * FROM users FOR SYSTEM_TIME ALL)")]
    [InlineData("WITH Users AS (SELECT 1 AS id) INSERT INTO users (id) SELECT id FROM users AS OF LSN 3")]
    public async Task CommonTables_HaveNoHistory(string sql)
    {
        Assert.Equal(ErrorCodes.InvalidPoint.Code, (await Assert.ThrowsAsync<VitessException>(() => _db.RunAsync(sql))).Code);
        Assert.Equal(1, await _db.QueryOneAsync<int>("WITH users AS (SELECT * FROM users AS OF LSN 3) SELECT count(*) FROM users"));
        Assert.Equal(1, await _db.QueryOneAsync<int>("SELECT (SELECT count(*) FROM users AS OF LSN 3) FROM (WITH users AS (SELECT 1) SELECT * FROM users)"));
    }

    [Theory]
    [InlineData("CREATE VIEW v AS SELECT * FROM users AS OF LSN 3")]
    [InlineData("CREATE VIEW v AS SELECT * FROM users FOR SYSTEM_TIME ALL")]
    [InlineData("CREATE TRIGGER g AFTER INSERT ON users BEGIN DELETE FROM users WHERE id IN (SELECT id FROM users FOR SYSTEM_TIME ALL); END")]
    public async Task Definitions_OfThePast_AreRefused(string sql)
    {
        Assert.Equal(ErrorCodes.TimeTravelNotSupported.Code, (await Assert.ThrowsAsync<VitessException>(() => _db.RunAsync(sql))).Code);
        await _db.RunAsync("CREATE TABLE kept AS SELECT *, _dosql_version AS version FROM users FOR SYSTEM_TIME ALL");
        Assert.Equal((4, 4), await _db.QueryOneAsync<(int, int)>("SELECT (SELECT count(*) FROM kept), (SELECT count(*) FROM users FOR SYSTEM_TIME ALL)"));
        Assert.Equal(["id", "name", "age", "role", "version"], await _db.QueryAsync<string>("SELECT name FROM pragma_table_info('kept')"));
    }

    [Fact]
    public async Task Parameters_InPointsAndBesideThem_KeepTheirPlaces()
    {
        const string Sql = "SELECT ? || name FROM users AS OF LSN ? WHERE age > ? ORDER BY id";
        Assert.Equal(["u:Alice", "u:Bob"], await _db.QueryAsync<string>(Sql, ["u:", 5, 1]));
        Assert.Equal(["u:Alice"], await _db.QueryAsync<string>(Sql, ["u:", 3, 1]));
        Assert.Equal(["Bob"], await _db.QueryAsync<string>("SELECT name FROM users AS OF TIMESTAMP $2 WHERE name = $1", ["Bob", "2024-01-01"]));
        Assert.Equal(["Alice"], await _db.QueryAsync<string>("SELECT name FROM users AS OF SNAPSHOT :at", DoSqlParameters.Named(("at", "main@3"))));
    }

    [Fact]
    public async Task Points_InWritesAndTransactions_AreReadOnly()
    {
        await _db.RunAsync("CREATE TABLE copies AS SELECT * FROM users WHERE false");
        Assert.Equal(2, (await _db.RunAsync("INSERT INTO copies (id, name, age) SELECT * FROM users AS OF LSN 5")).Affected);
        await _db.TransactionAsync(async transaction =>
        {
            await transaction.RunAsync("DELETE FROM users");
            Assert.Equal(3, await transaction.QueryOneAsync<int>("SELECT count(*) FROM users AS OF VERSION CURRENT"));
            await transaction.RunAsync("INSERT INTO users (id, name) SELECT id, name FROM users AS OF LSN 3");
        });
        Assert.Equal(["Alice"], await _db.QueryAsync<string>("SELECT name FROM users"));
        Assert.Equal("0A000", (await Assert.ThrowsAsync<VitessException>(() => _db.RunAsync("DELETE FROM users AS OF LSN 3"))).SqlState);
    }

    [Theory]
    [InlineData("BEGIN AS OF SYSTEM TIME '2024-01-01'")]
    [InlineData("BEGIN AS OF LSN 5")]
    [InlineData("BEGIN DEFERRED TRANSACTION AS OF VERSION CURRENT - 2")]
    [InlineData("BEGIN AS OF TIMESTAMP datetime('2024-01-02', '-1 day')")]
    [InlineData("START TRANSACTION READ ONLY AS OF TIMESTAMP '2024-01-01'")]
    [InlineData("SET TRANSACTION AS OF SNAPSHOT 'two-users'")]
    [InlineData("SET TRANSACTION AS OF BRANCH 'feature-x'")]
    public async Task Transaction_WithAPoint_ReadsItAndNothingElse(string begin)
    {
        await _db.SnapshotAsync("two-users", TimePoint.OfVersion(5));
        await _db.BranchAsync("feature-x", TimePoint.OfVersion(5));
        var isSet = begin.StartsWith("SET", StringComparison.Ordinal);
        await using var transaction = isSet ? await _db.BeginAsync() : await _db.BeginAsync(begin);
        if (isSet) await transaction.RunAsync(begin);
        await _db.RunAsync("DELETE FROM users");
        Assert.Equal(["Alice", "Bob"], await transaction.QueryAsync<string>("SELECT name FROM users ORDER BY id"));
        Assert.Equal((1, 2), await transaction.QueryOneAsync<(int, int)>("SELECT (SELECT count(*) FROM users AS OF LSN 3), (SELECT count(*) FROM users)"));
        Assert.Equal(3, await transaction.QueryOneAsync<int>("SELECT count(*) FROM users FOR SYSTEM_TIME ALL"));
        await transaction.SavepointAsync("s");
        foreach (var write in (string[])["DELETE FROM users", "CREATE TABLE x (a)"])
            Assert.Equal("25006", (await Assert.ThrowsAsync<VitessException>(() => transaction.RunAsync(write))).SqlState);
        Assert.Equal("25001", (await Assert.ThrowsAsync<VitessException>(() => transaction.RunAsync("SET TRANSACTION AS OF LSN 3"))).SqlState);
        Assert.Equal(new Lsn(5), await transaction.CommitAsync());
    }

    [Fact]
    public async Task Transaction_AsOf_TakesParametersAndPoints()
    {
        await using (var transaction = await _db.BeginAsync("BEGIN AS OF LSN ?", [3])) Assert.Equal(1, await transaction.QueryOneAsync<int>("SELECT count(*) FROM users"));
        await using (var transaction = await _db.BeginAsync(TimePoint.OfVersion(5))) Assert.Equal(2, await transaction.QueryOneAsync<int>("SELECT count(*) FROM users"));
        await using (var transaction = await _db.BeginAsync("BEGIN IMMEDIATE")) Assert.Equal(3, (await transaction.RunAsync("DELETE FROM users")).Affected);
        foreach (var (begin, code, state) in new[]
        {
            ("COMMIT", ErrorCodes.SyntaxError.Code, "42601"), ("SELECT 1", ErrorCodes.SyntaxError.Code, "42601"), ("BEGIN AS OF LSN 99", ErrorCodes.LsnNotAvailable.Code, "72000"),
            ("BEGIN IMMEDIATE AS OF LSN 3", ErrorCodes.ReadOnlyTransaction.Code, "25006"), ("BEGIN AS OF TIMESTAMP '2033-01-01'", ErrorCodes.FuturePoint.Code, "22023"),
        })
        {
            var failure = await Assert.ThrowsAsync<VitessException>(() => _db.BeginAsync(begin));
            Assert.Equal((code, state), (failure.Code, failure.SqlState));
        }

        Assert.Equal("25001", (await Assert.ThrowsAsync<VitessException>(() => _db.RunAsync("SET TRANSACTION AS OF LSN 3"))).SqlState);
        await using var open = await _db.BeginAsync();
        Assert.Equal("0A000", (await Assert.ThrowsAsync<VitessException>(() => open.RunAsync("SET TRANSACTION READ ONLY"))).SqlState);
    }

    [Fact]
    public async Task Points_ManyOneAfterAnother_AreDetachedAgain()
    {
        for (var i = 0; i < 40; i++) await _db.RunAsync("INSERT INTO users (name) VALUES ('more')");
        var before = (await _db.QueryOneAsync<int>("SELECT count(*) FROM users"))!;
        for (var back = 0; back < 40; back++) Assert.Equal(before - back, await _db.QueryOneAsync<int>("SELECT count(*) FROM users AS OF VERSION CURRENT - ?", [back]));
        var many = string.Join(", ", Enumerable.Range(10, 11).Select(lsn => $"users AS OF LSN {lsn} AS u{lsn}"));
        var failure = await Assert.ThrowsAsync<VitessException>(() => _db.QueryAsync($"SELECT 1 FROM {many}"));
        Assert.Equal("54000", failure.SqlState);
        Assert.NotNull(failure.Hint);
    }

    [Theory]
    [InlineData("AS OF LSN 99", "TT_LSN_NOT_AVAILABLE")]
    [InlineData("AS OF VERSION 99", "TT_POINT_NOT_FOUND")]
    [InlineData("AS OF VERSION CURRENT - 99", "TT_POINT_NOT_FOUND")]
    [InlineData("AS OF SNAPSHOT 'none'", "TT_SNAPSHOT_NOT_FOUND")]
    [InlineData("AS OF SNAPSHOT 'none@1'", "TT_BRANCH_NOT_FOUND")]
    [InlineData("AS OF BRANCH 'none'", "TT_BRANCH_NOT_FOUND")]
    [InlineData("AS OF TIMESTAMP '2033-01-01'", "TT_FUTURE_POINT")]
    [InlineData("AS OF TIMESTAMP 'yesterday'", "TT_INVALID_SYNTAX")]
    [InlineData("AS OF BOOKMARK 'nonsense'", "TT_INVALID_SYNTAX")]
    public async Task Points_ThatAreNotThere_AreErrors(string form, string code)
    {
        var failure = await Assert.ThrowsAsync<VitessException>(() => _db.QueryAsync($"SELECT * FROM users {form}"));
        Assert.Equal(code, failure.Code);
        Assert.NotEmpty(failure.Hint!);
    }

    [Fact]
    public void Scope_GlobalOfAnLsn_IsRefused() =>
        Assert.Equal(ErrorCodes.InvalidPoint.Code, Assert.Throws<VitessException>(() => _db.CreateTimeTravelSession(TimePoint.OfLsn(3), TimeTravelScope.Global)).Code);
}
