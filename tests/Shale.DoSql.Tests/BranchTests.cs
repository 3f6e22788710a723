namespace Shale.DoSql.Tests;

public sealed class BranchTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private DoSqlDatabase _db = null!;

    public async Task InitializeAsync()
    {
        _db = await DoSqlDatabase.OpenAsync(_directory.Path);
        await _db.RunAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, v)");
        await _db.RunWithMessageAsync("the first row", "INSERT INTO t (v) VALUES ('one')");
    }

    public async Task DisposeAsync()
    {
        await _db.DisposeAsync();
        _directory.Remove();
    }

    [Fact]
    public async Task Branch_Writes_AreItsOwn()
    {
        var branch = await _db.BranchAsync("feature-x");
        await branch.RunAsync("ALTER TABLE t ADD COLUMN role TEXT");
        await branch.RunAsync("INSERT INTO t (v, role) VALUES ('two', 'admin')");
        await _db.RunAsync("INSERT INTO t (v) VALUES ('main only')");
        Assert.Equal(["one", "two"], await branch.QueryAsync<string>("SELECT v FROM t ORDER BY id"));
        Assert.Equal(["one", "main only"], await _db.QueryAsync<string>("SELECT v FROM t ORDER BY id"));
        Assert.Empty(await _db.QueryAsync("SELECT 1 FROM pragma_table_info('t') WHERE name = 'role'"));
        Assert.Equal(2, await (await _db.BranchAsync("old", TimePoint.OfSnapshot("feature-x@4"))).QueryOneAsync<int>("SELECT count(role IS NULL) FROM t"));
        Assert.Equal("42710", (await Assert.ThrowsAsync<VitessException>(() => _db.BranchAsync("old"))).SqlState);
    }

    [Fact]
    public async Task Call_Procedures_DoWhatTheMethodsDo()
    {
        await _db.RunAsync("CALL dosql_branch('b')");
        await _db.OnBranch("b").RunAsync("INSERT INTO t (v) VALUES ('b')");
        Assert.Equal("b@3", (await _db.QueryOneAsync("CALL dosql_snapshot(?, ?)", ["kept", "b"]))!["snapshot"]);
        await _db.RunAsync("CALL dosql_branch('c', 'kept')");
        Assert.Equal(2, await _db.OnBranch("c").QueryOneAsync<int>("SELECT count(*) FROM t"));
        Assert.Equal([("b", 3L, "main"), ("c", 3L, "b"), ("main", 2L, null)], await _db.QueryAsync<(string, long, string?)>("SELECT name, version, parent FROM dosql_branches ORDER BY name"));
        Assert.Equal([("kept", "b", 3L)], await _db.QueryAsync<(string, string, long)>("SELECT name, branch, version FROM dosql_snapshots"));
        Assert.Equal("2BP01", (await Assert.ThrowsAsync<VitessException>(() => _db.RunAsync("CALL dosql_drop_branch('b')"))).SqlState);
        await _db.RunAsync("CALL dosql_drop_snapshot('kept')");
        await _db.RunAsync("CALL dosql_drop_branch('b')");
        Assert.Equal(ErrorCodes.BranchNotFound.Code, Assert.Throws<VitessException>(() => _db.OnBranch("b")).Code);
        Assert.Equal(2, await _db.OnBranch("c").QueryOneAsync<int>("SELECT count(*) FROM t"));
        Assert.Equal("42883", (await Assert.ThrowsAsync<VitessException>(() => _db.RunAsync("CALL something('x')"))).SqlState);
    }

    [Fact]
    public async Task Log_Commits_WithBranchRowsAndMessage()
    {
        var branch = await _db.BranchAsync("b");
        await branch.TransactionAsync(async transaction =>
        {
            transaction.Message = "two at once";
            await transaction.RunAsync("INSERT INTO t (v) VALUES (1), (2)");
        });
        var log = await branch.QueryAsync<(long, long, string, long, string?)>("SELECT lsn, version, branch, rows_changed, message FROM dosql_log WHERE version > 1");
        Assert.Equal([(3, 3, "b", 2, "two at once"), (2, 2, "main", 1, "the first row")], log);
        Assert.Equal(2, await branch.QueryOneAsync<int>("SELECT count(*) FROM dosql_log('main')"));
        Assert.Equal(1, await _db.QueryOneAsync<int>("SELECT count(*) FROM dosql_log l JOIN dosql_branches b ON b.head = l.lsn WHERE b.name = 'main' AND l.timestamp > '2020'"));
        await using var past = branch.AsOf(TimePoint.OfVersion(2));
        Assert.Equal(2, await past.QueryOneAsync<int>("SELECT max(version) FROM dosql_log"));
    }

    [Fact]
    [Trait("Rule", "S5.1")]
    public async Task Restore_AndItsUndo_AreCommits()
    {
        await using var open = await _db.BeginAsync(DoSqlTransactionMode.ReadOnly);
        await _db.RunAsync("UPDATE t SET v = 'changed'");
        Assert.Equal("changed", await open.QueryOneAsync<string>("SELECT v FROM t"));

        var restored = await _db.RestoreAsync(TimePoint.OfVersion(2));

        Assert.Equal(4, restored.Lsn.Value);
        Assert.Equal("changed", await open.QueryOneAsync<string>("SELECT v FROM t"));
        Assert.Equal("one", await _db.QueryOneAsync<string>("SELECT v FROM t"));
        await _db.RunAsync("INSERT INTO t (v) VALUES ('after')");
        Assert.Equal(5, await _db.QueryOneAsync<int>("SELECT max(version) FROM dosql_log"));
        Assert.Equal("changed", await _db.QueryOneAsync<string>("SELECT v FROM t AS OF VERSION 3"));
        await _db.RunAsync("RESTORE DATABASE TO BOOKMARK ?", [restored.Undo]);
        Assert.Equal(["changed"], await _db.QueryAsync<string>("SELECT v FROM t"));
        Assert.Equal("restored to LSN 3", await _db.QueryOneAsync<string>("SELECT message FROM dosql_log LIMIT 1"));
    }

    [Fact]
    [Trait("Rule", "S5.1")]
    public async Task Restore_ToATimeAtWhichNothingWas_RefusedAndChangesNothing()
    {
        var failure = await Assert.ThrowsAsync<VitessException>(() => _db.RunAsync("RESTORE DATABASE TO TIMESTAMP '2020-01-01'"));

        Assert.Equal("TT_POINT_NOT_FOUND", failure.Code);
        Assert.NotNull(failure.Hint);
        Assert.Equal("one", await _db.QueryOneAsync<string>("SELECT v FROM t"));
    }

    [Fact]
    public async Task Drop_WhileItIsWritten_Waits()
    {
        var branch = await _db.BranchAsync("b");
        await using var transaction = await branch.BeginAsync();
        await transaction.RunAsync("INSERT INTO t (v) VALUES (1)");
        var drop = _db.DropBranchAsync("b");
        Assert.False(drop.IsCompleted);
        await transaction.CommitAsync();
        await drop;
        Assert.Equal(ErrorCodes.BranchNotFound.Code, (await Assert.ThrowsAsync<VitessException>(() => branch.QueryAsync("SELECT 1 FROM t"))).Code);
        Assert.Empty(await _db.QueryAsync("SELECT 1 FROM dosql_branches WHERE name = 'b'"));
        Assert.Equal("55006", (await Assert.ThrowsAsync<VitessException>(() => _db.DropBranchAsync("main"))).SqlState);
        await _db.RunAsync("INSERT INTO t (v) VALUES (2)");
    }
}
