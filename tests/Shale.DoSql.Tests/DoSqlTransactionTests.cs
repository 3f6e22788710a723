namespace Shale.DoSql.Tests;

public sealed class DoSqlTransactionTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private DoSqlDatabase _db = null!;

    public async Task InitializeAsync()
    {
        _db = await DoSqlDatabase.OpenAsync(_directory.Path, new DoSqlOptions { LockTimeout = TimeSpan.FromMinutes(5), TransactionIdle = TimeSpan.FromMinutes(5) });
        await _db.RunScriptAsync("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, v, p REFERENCES p DEFERRABLE INITIALLY DEFERRED)");
    }

    public async Task DisposeAsync()
    {
        await _db.DisposeAsync();
        _directory.Remove();
    }

    [Fact]
    public async Task Commit_ManyStatements_AreOneVersion()
    {
        var before = (await _db.RunAsync("INSERT INTO t (v) VALUES (0)")).Lsn;
        await using var transaction = await _db.BeginAsync();
        await transaction.RunAsync("INSERT INTO t (v) VALUES (1)");
        await transaction.RunAsync("INSERT INTO t (v) VALUES (2)");
        Assert.Equal(3, await transaction.QueryOneAsync<int>("SELECT count(*) FROM t"));
        Assert.Equal(1, await _db.QueryOneAsync<int>("SELECT count(*) FROM t"));
        Assert.Equal(before.Next, await transaction.CommitAsync());
        Assert.Equal(3, await _db.QueryOneAsync<int>("SELECT count(*) FROM t"));
        Assert.Equal("25P01", (await Assert.ThrowsAsync<VitessException>(() => transaction.RunAsync("SELECT 1"))).SqlState);
    }

    [Fact]
    public async Task Transaction_CallbackThrows_IsUndone()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _db.TransactionAsync(async transaction =>
        {
            await transaction.RunAsync("INSERT INTO t (v) VALUES (1)");
            throw new InvalidOperationException("no");
        }));
        var id = await _db.TransactionAsync(async transaction => (await transaction.RunAsync("INSERT INTO t (v) VALUES (1)")).LastInsertId);
        Assert.Equal((1, 1), (id, await _db.QueryOneAsync<int>("SELECT count(*) FROM t")));
    }

    [Fact]
    public async Task Savepoints_RolledBackTo_UndoWhatFollowed()
    {
        await _db.TransactionAsync(async transaction =>
        {
            await transaction.SavepointAsync("a");
            await transaction.RunAsync("INSERT INTO t VALUES (1, 'kept', NULL)");
            await transaction.SavepointAsync("b \"quoted\"");
            await transaction.RunAsync("INSERT INTO t VALUES (2, 'undone', NULL)");
            await transaction.RollbackToAsync("b \"quoted\"");
            await transaction.ReleaseAsync("b \"quoted\"");
            await Assert.ThrowsAsync<VitessException>(() => transaction.RunAsync("INSERT INTO t VALUES (1, 'twice', NULL)"));
            await transaction.RunAsync("RELEASE a");
            Assert.Equal("3B001", (await Assert.ThrowsAsync<VitessException>(() => transaction.ReleaseAsync("a"))).SqlState);
        });
        Assert.Equal(["kept"], await _db.QueryAsync<string>("SELECT v FROM t"));
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Deferred_BranchMovedOn_CannotWrite()
    {
        await using var transaction = await _db.BeginAsync();
        Assert.Equal(0, await transaction.QueryOneAsync<int>("SELECT count(*) FROM t"));
        await _db.RunAsync("INSERT INTO t (v) VALUES (1)");
        Assert.Equal(0, await transaction.QueryOneAsync<int>("SELECT count(*) FROM t"));
        var failure = await Assert.ThrowsAsync<VitessException>(() => transaction.RunAsync("INSERT INTO t (v) VALUES (2)"));
        Assert.Equal(("40001", true), (failure.SqlState, failure.IsTransient));
        Assert.Equal(2, (await _db.RunAsync("INSERT INTO t (v) VALUES (3)")).LastInsertId);
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Writer_HeldByATransaction_OthersGiveUpAfterTheLockTimeout()
    {
        await using var db = await OpenOtherAsync(new DoSqlOptions { LockTimeout = TimeSpan.FromMilliseconds(20), TransactionIdle = TimeSpan.FromMinutes(5) });
        await using var transaction = await db.BeginAsync(DoSqlTransactionMode.Immediate);
        Assert.Equal("55P03", (await Assert.ThrowsAsync<VitessException>(() => db.RunAsync("CREATE TABLE t (v)"))).SqlState);
        Assert.Equal("55P03", (await Assert.ThrowsAsync<VitessException>(() => db.BeginAsync(DoSqlTransactionMode.Immediate))).SqlState);
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Writer_HeldByATransaction_GoesToWhoWaitsForIt()
    {
        await using var transaction = await _db.BeginAsync(DoSqlTransactionMode.Immediate);
        var waiting = _db.RunAsync("INSERT INTO t (v) VALUES (2)");
        await transaction.CommitAsync();
        Assert.Equal(1, (await waiting).LastInsertId);
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Transaction_RestingWithTheWriter_Expires()
    {
        await using var db = await OpenOtherAsync(new DoSqlOptions { LockTimeout = TimeSpan.FromMinutes(5), TransactionIdle = TimeSpan.FromMilliseconds(30) });
        await db.RunAsync("CREATE TABLE t (v)");
        await using var transaction = await db.BeginAsync();
        await transaction.RunAsync("INSERT INTO t VALUES (1)");

        // It can only be had once the transaction has lost it.
        await db.RunAsync("INSERT INTO t VALUES (2)");
        Assert.Equal(ErrorCodes.TransactionExpired.Code, (await Assert.ThrowsAsync<VitessException>(() => transaction.CommitAsync())).Code);
        Assert.Equal([2], await db.QueryAsync<int>("SELECT v FROM t"));
    }

    [Fact]
    public async Task ReadOnly_Transaction_ReadsOneVersionAndCannotWrite()
    {
        await using var transaction = await _db.BeginAsync(DoSqlTransactionMode.ReadOnly);
        Assert.Equal(0, await transaction.QueryOneAsync<int>("SELECT count(*) FROM t"));
        await _db.RunAsync("INSERT INTO t (v) VALUES (1)");
        Assert.Equal(0, await transaction.QueryOneAsync<int>("SELECT count(*) FROM t"));
        Assert.Equal("25006", (await Assert.ThrowsAsync<VitessException>(() => transaction.RunAsync("DELETE FROM t"))).SqlState);
        await transaction.CommitAsync();
    }

    [Fact]
    public async Task Commit_DeferredViolation_UndoesAll()
    {
        var transaction = await _db.BeginAsync();
        await transaction.RunAsync("INSERT INTO t VALUES (1, 'orphan', 7)");
        Assert.Equal("23503", (await Assert.ThrowsAsync<VitessException>(() => transaction.CommitAsync())).SqlState);
        Assert.False(transaction.IsOpen);
        await transaction.DisposeAsync();
        Assert.Equal(0, await _db.QueryOneAsync<int>("SELECT count(*) FROM t"));
        await _db.RunAsync("INSERT INTO p VALUES (7)");
    }

    [Fact]
    public async Task Statement_ThatEndsTheTransaction_EndsIt()
    {
        await using var transaction = await _db.BeginAsync();
        await transaction.RunAsync("INSERT INTO t VALUES (1, 'a', NULL)");
        Assert.Equal("23505", (await Assert.ThrowsAsync<VitessException>(() => transaction.RunAsync("INSERT OR ROLLBACK INTO t VALUES (1, 'b', NULL)"))).SqlState);
        Assert.False(transaction.IsOpen);
        Assert.Equal(1, (await _db.RunAsync("INSERT INTO t VALUES (1, 'c', NULL)")).Affected);
    }

    [Fact]
    public async Task Dispose_Database_RollsBackAndRefusesWhatWaits()
    {
        var transaction = await _db.BeginAsync(DoSqlTransactionMode.Immediate);
        await transaction.RunAsync("INSERT INTO t (v) VALUES (1)");
        var waiting = _db.RunAsync("INSERT INTO t (v) VALUES (2)");
        await _db.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => transaction.CommitAsync());
        _db = await DoSqlDatabase.OpenAsync(_directory.Path);
        Assert.Equal(0, await _db.QueryOneAsync<int>("SELECT count(*) FROM t"));
    }

    private Task<DoSqlDatabase> OpenOtherAsync(DoSqlOptions options) => DoSqlDatabase.OpenAsync(Path.Combine(_directory.Path, "other"), options);
}
