namespace Shale.DoSql.Tests;

/// <summary>Versions of rows over periods: seed 003 "Time Range Queries" in C# form, every form and its edges, what DDL and restores do to them, and what is refused.</summary>
public sealed class PeriodTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private readonly SettableTime _clock = new(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private DoSqlDatabase _db = null!;

    // A commit each day: @1 the table on January 1, @2 Alice, @3 Alice is older, @4 Bob, @5 Alice is gone, @6 Alice is back.
    public async Task InitializeAsync()
    {
        _db = await DoSqlDatabase.OpenAsync(_directory.Path, new DoSqlOptions { Log = new PageLog.PageStoreOptions { Clock = _clock } });
        await RunAsync("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INT)");
        await RunAsync("INSERT INTO users VALUES (42, 'Alice', 41)");
        await RunAsync("UPDATE users SET age = 42 WHERE id = 42");
        await RunAsync("INSERT INTO users VALUES (2, 'Bob', 30)");
        await RunAsync("DELETE FROM users WHERE id = 42");
        await RunAsync("INSERT INTO users VALUES (42, 'Alice', 43)");
    }

    public async Task DisposeAsync()
    {
        await _db.DisposeAsync();
        _directory.Remove();
    }

    [Fact]
    [Trait("Rule", "S5.6")]
    public async Task Seed_HistoryOfARow_IsItsVersions()
    {
        var rows = await _db.QueryAsync<(long, string, int, long, string, string?)>("""
            SELECT *, _dosql_version, _dosql_valid_from, _dosql_valid_to
            FROM users
            FOR SYSTEM_TIME BETWEEN '2024-01-01' AND '2024-01-07'
            WHERE id = 42 ORDER BY _dosql_version
            """);
        Assert.Equal(
            [
                (42, "Alice", 41, 2, "2024-01-02 00:00:00.000000", "2024-01-03 00:00:00.000000"),
                (42, "Alice", 42, 3, "2024-01-03 00:00:00.000000", "2024-01-05 00:00:00.000000"),
                (42, "Alice", 43, 6, "2024-01-06 00:00:00.000000", null),
            ], rows);
    }

    [Fact]
    public async Task Seed_AllChangesInARange_AreTheVersionsOfThen()
    {
        var rows = await _db.QueryAsync<(long, string, int)>("SELECT * FROM users FOR SYSTEM_TIME FROM '2024-01-03' TO '2024-01-06'");
        Assert.Equal([(2, "Bob", 30), (42, "Alice", 42)], rows.Order());
    }

    // Alice 41 is [2, 3), Alice 42 [3, 5), Bob [4, ), Alice 43 [6, ).
    [Theory]
    [InlineData("ALL", "41 42 30 43")]
    [InlineData("BETWEEN '2024-01-03' AND '2024-01-04'", "42 30")]
    [InlineData("BETWEEN '2024-01-02 23:59' AND '2024-01-03 23:59'", "41 42")]
    [InlineData("BETWEEN VERSION 5 AND VERSION 5", "30")]
    [InlineData("BETWEEN VERSION 5 AND VERSION 4", "")]
    [InlineData("BETWEEN LSN 0 AND LSN 1", "")]
    [InlineData("BETWEEN VERSION CURRENT AND VERSION CURRENT", "30 43")]
    [InlineData("FROM '2024-01-02' TO '2024-01-03'", "41")]
    [InlineData("FROM '2024-01-02 12:00' TO '2024-01-02 12:00'", "")]
    [InlineData("FROM '2024-01-02 12:00' TO '2024-01-02 12:01'", "41")]
    [InlineData("FROM '2024-01-03' TO '2024-01-02'", "")]
    [InlineData("FROM VERSION 3 TO VERSION 4", "42")]
    [InlineData("FROM LSN 3 TO LSN 3", "")]
    [InlineData("FROM SNAPSHOT 'main@3' TO '2024-01-06'", "42 30")]
    [InlineData("FROM '2023-01-01' TO SNAPSHOT 'fourth'", "41 42")]
    [InlineData("CONTAINED IN ('2024-01-02', '2024-01-05')", "41 42")]
    [InlineData("CONTAINED IN ('2024-01-02', '2024-01-04 23:59')", "41")]
    [InlineData("CONTAINED IN ('2024-01-02 00:00:01', VERSION CURRENT)", "42")]
    [InlineData("CONTAINED IN (LSN 3, LSN 5)", "42")]
    [InlineData("CONTAINED IN (VERSION 4, VERSION 6)", "")]
    public async Task Forms_AtTheirEdges_AreHalfOpen(string period, string ages)
    {
        await _db.SnapshotAsync("fourth", TimePoint.OfVersion(4));
        var expected = ages.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order();
        Assert.Equal(expected, (await _db.QueryAsync<string>($"SELECT age FROM users FOR SYSTEM_TIME {period}")).Order());
        Assert.Equal(expected, (await _db.QueryAsync<string>($"SELECT age FROM users FOR SYSTEM_TIME {period} WHERE _dosql_version > 0 AND _dosql_valid_from > ''")).Order());
    }

    [Fact]
    public async Task Columns_OfAPeriod_AreHidden()
    {
        Assert.Equal(["id", "name", "age"], (await _db.QueryRowsAsync("SELECT * FROM users FOR SYSTEM_TIME ALL")).Fields.Select(field => field.Name));
        Assert.Equal(["id", "name", "age"], (await _db.QueryRowsAsync("SELECT users.* FROM users FOR SYSTEM_TIME ALL")).Fields.Select(field => field.Name));

        // By id, name and age: each version meets itself.
        Assert.Equal(4, await _db.QueryOneAsync<int>("SELECT count(*) FROM users FOR SYSTEM_TIME ALL AS a NATURAL JOIN users FOR SYSTEM_TIME ALL AS b"));
        Assert.Equal(4, await _db.QueryOneAsync<int>("SELECT count(*) FROM users FOR SYSTEM_TIME ALL a JOIN users FOR SYSTEM_TIME ALL b USING (id, age)"));
        foreach (var wrong in (string[])["SELECT rowid FROM users FOR SYSTEM_TIME ALL", "SELECT _dosql_version FROM users AS OF LSN 3", "SELECT _dosql_version FROM users"])
            Assert.Equal("42703", (await Assert.ThrowsAsync<VitessException>(() => _db.QueryAsync(wrong))).SqlState);
    }

    [Fact]
    public async Task Keys_SoughtInOr_LoseNoVersion()
    {
        Assert.Equal(4, await _db.QueryOneAsync<int>("SELECT count(*) FROM users FOR SYSTEM_TIME ALL WHERE id = 42 OR id = 2"));
        Assert.Equal(3, await _db.QueryOneAsync<int>("SELECT count(*) FROM users FOR SYSTEM_TIME ALL WHERE id = '42'"));
        Assert.Equal(3, await _db.QueryOneAsync<int>("SELECT count(*) FROM users FOR SYSTEM_TIME ALL WHERE id IN (42.0, 7, 9, 11)"));
        Assert.Equal(0, await _db.QueryOneAsync<int>("SELECT count(*) FROM users FOR SYSTEM_TIME ALL WHERE id = NULL"));
        Assert.Equal(7, await _db.QueryOneAsync<int>("SELECT count(*) FROM users u JOIN users FOR SYSTEM_TIME ALL h ON h.id = u.id JOIN users FOR SYSTEM_TIME ALL i ON i.id = u.id AND i.age >= h.age"));
    }

    [Fact]
    public async Task Columns_AddedRenamedDropped_VersionsAreShownAsTheTableIsNow()
    {
        await RunAsync("ALTER TABLE users ADD COLUMN role TEXT DEFAULT 'user'");
        await RunAsync("UPDATE users SET role = 'admin' WHERE id = 42");
        await RunAsync("ALTER TABLE users RENAME COLUMN name TO called");
        await RunAsync("ALTER TABLE users DROP COLUMN age");
        await _db.TransactionAsync(async transaction =>
        {
            await transaction.RunAsync("ALTER TABLE users ADD COLUMN born INT DEFAULT 2000");
            await transaction.RunAsync("UPDATE users SET born = 1982 WHERE id = 42");
        });
        _clock.Now = _clock.Now.AddDays(1);
        await RunAsync("ALTER TABLE users RENAME TO people");

        // What changed only in the column that was dropped is no change of the table that is there now.
        Assert.Equal(
            [
                (2, "Bob", "user", 2000, 4, null), (42, "Alice", "user", 2000, 2, 5), (42, "Alice", "user", 2000, 6, 8), (42, "Alice", "admin", 2000, 8, 11), (42, "Alice", "admin", 1982, 11, null),
            ], await VersionsAsync<(long, string, string, int, long, long?)>("people", "id, called, role, born"));
        Assert.Equal(3, await _db.QueryOneAsync<int>("SELECT count(*) FROM people FOR SYSTEM_TIME BETWEEN VERSION 6 AND VERSION 8 "));
    }

    [Fact]
    public async Task Table_DroppedAndMadeAgain_EndsAllVersions()
    {
        await RunAsync("DROP TABLE users");
        Assert.Equal("42P01", (await Assert.ThrowsAsync<VitessException>(() => _db.QueryAsync("SELECT * FROM users FOR SYSTEM_TIME ALL"))).SqlState);
        await RunAsync("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INT NOT NULL DEFAULT 1, note TEXT DEFAULT 'none')");
        await RunAsync("INSERT INTO users VALUES (42, 'Alice', 43, 'new')");
        Assert.Equal(
            [(2, 30, "none", 4, 7), (42, 41, "none", 2, 3), (42, 42, "none", 3, 5), (42, 43, "none", 6, 7), (42, 43, "new", 9, null)],
            await VersionsAsync<(long, int, string, long, long?)>("users", "id, age, note"));
    }

    [Fact]
    public async Task Table_MadeAnewInOneCommit_GoesOnWhereRowsAreEqual()
    {
        await _db.RunScriptAsync("""
            CREATE TABLE other (id INTEGER PRIMARY KEY, name TEXT, age INT CHECK (age > 0));
            INSERT INTO other SELECT * FROM users;
            UPDATE other SET age = 31 WHERE id = 2;
            DROP TABLE users;
            ALTER TABLE other RENAME TO users;
            """);
        Assert.Equal([(2, 30, 4, 7), (2, 31, 7, null), (42, 41, 2, 3), (42, 42, 3, 5), (42, 43, 6, null)], await VersionsAsync<(long, int, long, long?)>("users", "id, age"));
        Assert.Equal([(2, 30, 4, 7), (2, 31, 7, null)], await VersionsAsync<(long, int, long, long?)>("users", "id, age", "WHERE id = 2"));
    }

    [Fact]
    public async Task Key_OfAnotherColumn_BeginsAllRowsAnew()
    {
        await _db.RunScriptAsync("""
            CREATE TABLE other (id INT, name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE, age INT) WITHOUT ROWID;
            INSERT INTO other SELECT * FROM users;
            DROP TABLE users;
            ALTER TABLE other RENAME TO users;
            """);
        _clock.Now = _clock.Now.AddDays(1);
        await RunAsync("UPDATE users SET name = 'BOB' WHERE name = 'bob'");
        (long, string, int, long, long?)[] all = [(2, "BOB", 30, 8, null), (2, "Bob", 30, 4, 7), (2, "Bob", 30, 7, 8), (42, "Alice", 41, 2, 3), (42, "Alice", 42, 3, 5), (42, "Alice", 43, 6, 7), (42, "Alice", 43, 7, null)];
        Assert.Equal(all.Order(), (await VersionsAsync<(long, string, int, long, long?)>("users", "id, name, age")).Order());
        Assert.Equal(all[..3].Order(), (await VersionsAsync<(long, string, int, long, long?)>("users", "id, name, age", "WHERE name = 'bob'")).Order());
        Assert.Equal([all[0]], await VersionsAsync<(long, string, int, long, long?)>("users", "id, name, age", "WHERE name = 'BOB' COLLATE BINARY"));
    }

    [Fact]
    [Trait("Rule", "S5.1")]
    public async Task Restores_AreCommitsWhoseChangesAreFoundByComparing()
    {
        await RunAsync("ALTER TABLE users ADD COLUMN role TEXT");
        var restored = await _db.RestoreAsync(TimePoint.OfVersion(3));
        _clock.Now = _clock.Now.AddDays(1);
        Assert.Equal([(2, 30, 4, 8), (42, 41, 2, 3), (42, 42, 3, 5), (42, 43, 6, 8), (42, 42, 8, null)], await VersionsAsync<(long, int, long, long?)>("users", "id, age"));
        await RunAsync("UPDATE users SET age = 50");
        await _db.RestoreAsync(TimePoint.OfBookmark(restored.Undo));
        Assert.Equal(
            [(2, 30, 4, 8), (2, 30, 10, null), (42, 41, 2, 3), (42, 42, 3, 5), (42, 43, 6, 8), (42, 42, 8, 9), (42, 50, 9, 10), (42, 43, 10, null)], await VersionsAsync<(long, int, long, long?)>("users", "id, age"));
        Assert.Equal([(2, 30, 4, 8), (2, 30, 10, null)], await VersionsAsync<(long, int, long, long?)>("users", "id, age", "WHERE id = 2"));
    }

    [Fact]
    public async Task Restores_BetweenAsManyChangesOfTheSchema_AreNotLeftOut()
    {
        await RunAsync("ALTER TABLE users ADD COLUMN a DEFAULT 'a'");
        await _db.RestoreAsync(TimePoint.OfVersion(6));
        await RunAsync("ALTER TABLE users ADD COLUMN b DEFAULT 'b'");
        Assert.Equal([(2, "Bob", 30, "b"), (42, "Alice", 43, "b")], (await _db.QueryAsync<(long, string, int, string)>("SELECT * FROM users FOR SYSTEM_TIME BETWEEN VERSION 7 AND VERSION 7")).Order());
    }

    [Fact]
    public async Task Branches_HaveTheHistoryOfTheirParentBeforeTheyLeft()
    {
        await _db.BranchAsync("feature", TimePoint.OfVersion(4));
        await RunAsync("DELETE FROM users");
        var feature = _db.OnBranch("feature");
        await feature.RunAsync("UPDATE users SET age = 1 WHERE id = 2");
        _clock.Now = _clock.Now.AddDays(1);
        await feature.RunAsync("UPDATE users SET age = 2 WHERE id = 2");
        Assert.Equal(
            [(2, 30, 4, 5), (2, 1, 5, 6), (2, 2, 6, null), (42, 41, 2, 3), (42, 42, 3, null)], await VersionsAsync<(long, int, long, long?)>("users", "id, age", on: feature));
        await using var past = feature.AsOf(TimePoint.OfVersion(3));
        Assert.Equal([(42, 41, 2, 3), (42, 42, 3, null)], await VersionsAsync<(long, int, long, long?)>("users", "id, age", on: past));
    }

    [Fact]
    [Trait("Rule", "S5.6")]
    public async Task Commits_OfManyStatements_MakeOneVersionOfARow()
    {
        await _db.RunScriptAsync("""
            UPDATE users SET age = 1 WHERE id = 2;
            UPDATE users SET age = 2 WHERE id = 2;
            DELETE FROM users WHERE id = 42;
            INSERT INTO users VALUES (42, 'Alice', 43), (5, 'Eve', 5);
            DELETE FROM users WHERE id = 5;
            UPDATE users SET id = 3 WHERE id = 2;
            """);
        await RunAsync("UPDATE users SET name = name");
        Assert.Equal([(2, 30, 4, 7), (3, 2, 7, null), (42, 41, 2, 3), (42, 42, 3, 5), (42, 43, 6, null)], await VersionsAsync<(long, int, long, long?)>("users", "id, age"));
    }

    [Fact]
    public async Task Transactions_SeeWhatIsCommitted()
    {
        await using var transaction = await _db.BeginAsync();
        Assert.Equal(4, await transaction.QueryOneAsync<int>("SELECT count(*) FROM users FOR SYSTEM_TIME ALL"));
        await _db.RunAsync("DELETE FROM users WHERE id = 2");
        Assert.Equal(2, await transaction.QueryOneAsync<int>("SELECT count(*) FROM users FOR SYSTEM_TIME ALL WHERE _dosql_valid_to IS NULL"));
        await using var writer = await _db.BeginAsync(DoSqlTransactionMode.Immediate);
        await writer.RunAsync("ALTER TABLE users ADD COLUMN role");
        await writer.RunAsync("DELETE FROM users");
        Assert.Equal(["id", "name", "age"], (await writer.QueryRowsAsync("SELECT * FROM users FOR SYSTEM_TIME ALL WHERE _dosql_valid_to IS NULL")).Fields.Select(field => field.Name));
        Assert.Equal(3, (await writer.RunAsync("INSERT INTO users (name, age) SELECT name, age FROM users FOR SYSTEM_TIME ALL WHERE id = 42")).Affected);
        await writer.CommitAsync();
        Assert.Equal(7, await _db.QueryOneAsync<int>("SELECT count(*) FROM users FOR SYSTEM_TIME ALL"));
    }

    [Theory]
    [InlineData("bag", "TT_NOT_SUPPORTED")]
    [InlineData("computed", "TT_NOT_SUPPORTED")]
    [InlineData("taken", "TT_NOT_SUPPORTED")]
    [InlineData("view", "TT_INVALID_SYNTAX")]
    [InlineData("words", "TT_INVALID_SYNTAX")]
    [InlineData("words_content", "TT_INVALID_SYNTAX")]
    [InlineData("nulls", "TT_NOT_SUPPORTED")]
    [InlineData("none", "NOT_FOUND")]
    public async Task Tables_WithoutHistory_AreRefused(string table, string code)
    {
        await _db.RunScriptAsync("""
            CREATE TABLE bag (a, b);
            CREATE TABLE computed (a INTEGER PRIMARY KEY, b AS (a + 1));
            CREATE TABLE taken (a INTEGER PRIMARY KEY, _dosql_version);
            CREATE VIEW view AS SELECT * FROM users;
            CREATE VIRTUAL TABLE words USING fts5(text);
            CREATE TABLE nulls (a TEXT PRIMARY KEY);
            INSERT INTO nulls VALUES (NULL);
            """);
        var failure = await Assert.ThrowsAsync<VitessException>(() => _db.QueryAsync($"SELECT * FROM {table} FOR SYSTEM_TIME ALL"));
        Assert.Equal(code, failure.Code);
        Assert.NotEmpty(failure.Hint!);
    }

    [Theory]
    [InlineData("BETWEEN '2024-01-01' AND '2033-01-01'", "TT_FUTURE_POINT")]
    [InlineData("FROM LSN 1 TO LSN 99", "TT_LSN_NOT_AVAILABLE")]
    [InlineData("CONTAINED IN (VERSION 1, VERSION 99)", "TT_POINT_NOT_FOUND")]
    [InlineData("BETWEEN SNAPSHOT 'none' AND VERSION 3", "TT_SNAPSHOT_NOT_FOUND")]
    [InlineData("BETWEEN BRANCH 'main' AND VERSION 3", "TT_INVALID_SYNTAX")]
    [InlineData("BETWEEN 'yesterday' AND VERSION 3", "TT_INVALID_SYNTAX")]
    public async Task Ends_ThatAreNotThere_AreErrors(string period, string code) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<VitessException>(() => _db.QueryAsync($"SELECT * FROM users FOR SYSTEM_TIME {period}"))).Code);

    [Fact]
    public async Task Parameters_AsEnds_KeepTheirPlaces()
    {
        const string Sql = "SELECT ? || age FROM users FOR SYSTEM_TIME BETWEEN ? AND VERSION ? AS u WHERE u.id = ? ORDER BY 1";
        Assert.Equal(["a41", "a42"], await _db.QueryAsync<string>(Sql, ["a", "2024-01-01", 3, 42]));
        Assert.Equal(["a41"], await _db.QueryAsync<string>(Sql, ["a", "2024-01-01", 2, 42]));
        var statement = await _db.PrepareAsync(Sql);
        Assert.Equal(["a30"], await statement.QueryAsync<string>(["a", "2024-01-01", 4, 2]));
    }

    private async Task<IEnumerable<T>> VersionsAsync<T>(string table, string columns, string where = "", DoSqlQueries? on = null)
    {
        const string Ends = "(SELECT l.version FROM dosql_log(?) AS l WHERE l.timestamp = u._dosql_valid_to)";
        var branch = on switch
        {
            DoSqlBranch known => known.Name,
            TimeTravelSession session => session.Branch,
            _ => _db.Name,
        };
        return (await (on ?? _db).QueryAsync<T>($"SELECT {columns}, _dosql_version, {Ends} FROM {table} FOR SYSTEM_TIME ALL u {where} ORDER BY 1, _dosql_version", [branch])).ToList();
    }

    private async Task RunAsync(string sql)
    {
        await _db.RunAsync(sql);
        _clock.Now = _clock.Now.AddDays(1);
    }
}
