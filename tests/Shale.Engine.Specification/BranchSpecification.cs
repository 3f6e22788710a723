using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Engine.Specification;

/// <summary>Snapshots, branches, restores, and what is known of commits.</summary>
public abstract class BranchSpecification : HistorySpecification
{
    [Fact]
    public async Task Snapshots_AreNamedListedAndDropped()
    {
        var first = await HeadAsync();
        await SetAsync(2);
        await History.CreateSnapshotAsync("b", first.At, default);
        await History.CreateSnapshotAsync("a", first.At, default);
        await FailsAsync(ErrorCodes.QueryError, "42710", () => History.CreateSnapshotAsync("a", first.At, default).AsTask());
        await FailsAsync(ErrorCodes.QueryError, "42602", () => History.CreateSnapshotAsync("a b", first.At, default).AsTask());
        await FailsAsync(ErrorCodes.LsnNotAvailable, "72000", () => History.CreateSnapshotAsync("c", first.At with { Lsn = new Lsn(1000) }, default).AsTask());
        await RestartAsync();
        var snapshots = await History.SnapshotsAsync(default);
        Assert.Equal(["a", "b"], snapshots.Keys.Order());
        Assert.Equal(first, snapshots["a"]);
        Assert.True(await History.DropSnapshotAsync("a", default));
        Assert.False(await History.DropSnapshotAsync("a", default));
        Assert.Equal(["b"], (await History.SnapshotsAsync(default)).Keys);
    }

    [Fact]
    [Trait("Rule", "S5.1")]
    public async Task Restore_ToAVersion_IsACommitThatAnotherRestoreUndoes()
    {
        var first = await HeadAsync();
        var second = await RunAsync("CREATE TABLE u(a INTEGER)");
        await SetAsync(2);
        var third = await HeadAsync();

        var restored = await RestoreAsync(first);
        Assert.Equal((third.Version + 1, third.At.Lsn.Next, Branch), (restored.Version, restored.At.Lsn, restored.At.Branch));
        Assert.True(restored.Time > third.Time);
        Assert.Equal(restored, await HeadAsync());
        Assert.Equal(1, await ReadAsync());
        await FailsAsync(ErrorCodes.NotFound, "42P01", () => ReadAsync(null, "SELECT count(*) FROM u"));
        Assert.Equal((2, 0), (await ReadAsync(third), await ReadAsync(second, "SELECT count(*) FROM u")));

        await RunAsync("INSERT INTO t VALUES (2, 7)");
        await RestoreAsync(third);
        Assert.Equal((2, 0), (await ReadAsync(), await ReadAsync(null, "SELECT count(*) FROM u")));
        Assert.Equal(1, await ReadAsync(null, "SELECT count(*) FROM t"));
        await RestartAsync();
        Assert.Equal(2, await ReadAsync());
        await SetAsync(3);
        Assert.Equal(3, await ReadAsync());
    }

    [Fact]
    public async Task Restore_WhileTransactionsRead_TheyKeepTheirSnapshotAndCannotWrite()
    {
        var first = await HeadAsync();
        await SetAsync(2);
        var snapshot = await BeginAsync(IsolationLevel.RepeatableRead);
        var statements = await BeginAsync(IsolationLevel.ReadCommitted);
        Assert.Equal((2, 2), (await ReadAsync(txId: snapshot), await ReadAsync(txId: statements)));
        var stream = Tablet.StreamAsync(new ShardQueryRequest(Shard, "SELECT n FROM t, generate_series(1, 100000)", []), default).GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync());

        await RestoreAsync(first);
        Assert.Equal((2, 1, 1), (await ReadAsync(txId: snapshot), await ReadAsync(txId: statements), await ReadAsync()));
        while (await stream.MoveNextAsync()) Assert.Equal(2, stream.Current[0][0].AsInteger());
        await stream.DisposeAsync();
        await FailsAsync(ErrorCodes.SerializationFailure, "40001", () => RunAsync("UPDATE t SET n = n + 10", snapshot));
        await RunAsync("UPDATE t SET n = n + 10", statements);
        await Tablet.CommitAsync(statements, default);
        Assert.Equal(11, await ReadAsync());
    }

    [Fact]
    public async Task Restore_WithOldConnectionsIdle_EveryWayOfReadingSeesTheNewHead()
    {
        var first = await HeadAsync();
        await SetAsync(2);

        // Several connections that have read the old line, and are used again in turn.
        var held = new List<IAsyncEnumerator<RowSet>>();
        for (var i = 0; i < 6; i++)
        {
            held.Add(Tablet.StreamAsync(new ShardQueryRequest(Shard, "SELECT n FROM t, generate_series(1, 100000)", []), default).GetAsyncEnumerator());
            Assert.True(await held[i].MoveNextAsync());
        }

        foreach (var stream in held) await stream.DisposeAsync();
        await RestoreAsync(first);
        var rows = await Tablet.StreamAsync(new ShardQueryRequest(Shard, "SELECT n FROM t", []), default).ToListAsync();
        Assert.Equal(1, rows[0][0][0].AsInteger());
        await using var repeating = await Tablet.BeginTransactionAsync(new TransactionOptions(IsolationLevel.RepeatableRead));
        Assert.Equal(1, await ReadAsync(txId: repeating.Id));
        await using var committed = await Tablet.BeginTransactionAsync(new TransactionOptions(IsolationLevel.ReadCommitted));
        Assert.Equal(1, await ReadAsync(txId: committed.Id));
        Assert.Single(await Tablet.SchemaAsync(default));
        Assert.True((await Tablet.HealthAsync(default)).Healthy);
        for (var i = 0; i < 4; i++) Assert.Equal(1, await ReadAsync());
    }

    [Fact]
    public async Task Restore_WhileATransactionWrites_IsWaitedForUntilTheLimit()
    {
        var first = await HeadAsync();
        var writing = await BeginAsync(null);
        await Tablet.ExecuteAsync(new ShardExecuteRequest(Shard, "UPDATE t SET n = 5", [], writing), default);
        var restoring = RestoreAsync(first);
        Time.Advance(TimeSpan.FromSeconds(5));
        await FailsAsync(ErrorCodes.LockTimeout, "55P03", () => restoring);

        var again = RestoreAsync(first);
        await Tablet.CommitAsync(writing, default);
        await again;
        Assert.Equal(1, await ReadAsync());
        Assert.Equal(5, await ReadAsync(await FindAsync(TimePoint.OfOffset(RelativeUnit.Version, -1))));
    }

    [Fact]
    public async Task Restore_InATransactionThatWrites_EndsItAndNobodyWritesInBetween()
    {
        var first = await HeadAsync();
        await RunAsync("UPDATE t SET n = 2");
        var reading = await BeginAsync(IsolationLevel.ReadCommitted);
        await FailsAsync(ErrorCodes.TransactionError, "25000", () => History.RestoreAsync(Branch, first.At.Lsn, reading, default).AsTask());
        var writing = await BeginAsync(null);
        await Tablet.ExecuteAsync(new ShardExecuteRequest(Shard, "UPDATE t SET n = 5", [], writing), default);
        var waiting = Tablet.ExecuteAsync(new ShardExecuteRequest(Shard, "UPDATE t SET n = n + 10", []), default);
        Assert.False(waiting.IsCompleted);

        await History.RestoreAsync(Branch, first.At.Lsn, writing, default);
        await waiting;

        Assert.Equal(11, await ReadAsync());
        await FailsAsync(ErrorCodes.TransactionNotFound, ErrorCodes.TransactionNotFound.SqlState, () => Tablet.CommitAsync(writing, default).AsTask());
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Restore_InATransactionThatWrites_SnapshotsTakenAfterItMayWrite()
    {
        var first = await HeadAsync();
        await RunAsync("UPDATE t SET n = 2");
        var restoring = await BeginAsync(null);
        await Tablet.ExecuteAsync(new ShardExecuteRequest(Shard, "UPDATE t SET n = 5", [], restoring), default);
        await History.RestoreAsync(Branch, first.At.Lsn, restoring, default);

        var snapshot = await BeginAsync(IsolationLevel.Serializable);
        Assert.Equal(1, await ReadAsync(txId: snapshot));
        await RunAsync("UPDATE t SET n = n + 10", snapshot);
        await Tablet.CommitAsync(snapshot, default);

        Assert.Equal(11, await ReadAsync());
    }

    [Fact]
    public async Task Restore_ToWhatIsNotThere_ChangesNothing()
    {
        var head = await HeadAsync();
        await FailsAsync(ErrorCodes.LsnNotAvailable, "72000", () => History.RestoreAsync(Branch, new Lsn(1000), null, default).AsTask());
        await FailsAsync(ErrorCodes.BranchNotFound, "3D000", () => History.RestoreAsync("nobody", head.At.Lsn, null, default).AsTask());
        Assert.Equal(head, await HeadAsync());
        await SetAsync(2);
        Assert.Equal(2, await ReadAsync());
    }

    [Fact]
    public async Task Branch_OfTheShard_IsWrittenByItself()
    {
        var fork = await SetAsync(2);
        await History.CreateBranchAsync("feature/x", fork.At, default);
        await FailsAsync(ErrorCodes.QueryError, "42710", () => History.CreateBranchAsync("feature/x", fork.At, default).AsTask());
        await using (var other = Tablet.OpenBranch("feature/x"))
        {
            Assert.Equal("feature/x", other.History!.Branch);
            Assert.Equal(2, (await other.QueryAsync("SELECT n FROM t")).Rows[0][0].AsInteger());
            await other.ExecuteAsync("ALTER TABLE t ADD COLUMN name TEXT DEFAULT 'x'");
            await other.ExecuteAsync("UPDATE t SET n = 30");
            await SetAsync(3);

            // Each reads its own, and may name the other.
            Assert.Equal(30, (await other.QueryAsync("SELECT n FROM t")).Rows[0][0].AsInteger());
            Assert.Equal(3, await ReadAsync());
            Assert.Equal(30, await ReadAsync(await FindAsync(TimePoint.OfBranch("feature/x"))));
            var before = await other.History.FindAsync("feature/x", TimePoint.OfOffset(RelativeUnit.Version, -1), default);
            var past = await other.QueryAsync(new ShardQueryRequest(Shard, "SELECT n, name FROM t", []) { AsOf = before.At }, default);
            Assert.Equal((2, "x"), (past.Rows[0][0].AsInteger(), past.Rows[0][1].AsText()));
            Assert.Equal((fork.Version + 1, fork.Version + 2), (before.Version, (await History.BranchesAsync(default))["feature/x"].Version));
            await FailsAsync(ErrorCodes.QueryError, "55006", () => History.DropBranchAsync("feature/x", default).AsTask());
            await FailsAsync(ErrorCodes.QueryError, "55006", () => other.History.DropBranchAsync("feature/x", default).AsTask());
            await FailsAsync(ErrorCodes.QueryError, "55006", () => History.RestoreAsync("feature/x", fork.At.Lsn, null, default).AsTask());
            await other.History.RestoreAsync("feature/x", fork.At.Lsn, null, default);
            Assert.Equal(2, (await other.QueryAsync("SELECT * FROM t")).Rows[0][1].AsInteger());
        }

        await FailsAsync(ErrorCodes.QueryError, "55006", () => History.DropBranchAsync(Branch, default).AsTask());
        Assert.True(await History.DropBranchAsync("feature/x", default));
        Assert.False(await History.DropBranchAsync("feature/x", default));
        Assert.DoesNotContain("feature/x", (await History.BranchesAsync(default)).Keys);
        Assert.Equal(3, await ReadAsync());
    }

    [Fact]
    public async Task Branch_OutlivesTheTabletThatOpenedIt()
    {
        await History.CreateBranchAsync("aside", (await HeadAsync()).At, default);
        await using (var other = Tablet.OpenBranch("aside"))
        {
            await other.ExecuteAsync("UPDATE t SET n = 9");
            await Tablet.DisposeAsync();
            await FailsAsync(ErrorCodes.ShardError, "57P01", () => ReadAsync());
            await other.ExecuteAsync("UPDATE t SET n = n + 1");
            Assert.Equal(10, (await other.QueryAsync("SELECT n FROM t")).Rows[0][0].AsInteger());
        }

        await RestartAsync();
        Assert.Equal(10, await ReadAsync(await FindAsync(TimePoint.OfBranch("aside"))));
        Assert.Equal(1, await ReadAsync());
    }

    [Fact]
    public async Task Branch_ThatIsNotThere_IsNotFound()
    {
        await using var other = Tablet.OpenBranch("nobody");
        await FailsAsync(ErrorCodes.BranchNotFound, "3D000", () => other.QueryAsync("SELECT 1").AsTask());
        await FailsAsync(ErrorCodes.BranchNotFound, "3D000", () => other.ExecuteAsync("CREATE TABLE x(a)").AsTask());
    }

    [Fact]
    public async Task Branch_DroppedAndMadeAnew_HasNoOldVersions()
    {
        var first = await HeadAsync();
        await SetAsync(2);
        await History.CreateBranchAsync("aside", first.At, default);
        await using (var other = Tablet.OpenBranch("aside")) await other.ExecuteAsync("UPDATE t SET n = 9");
        var second = await SetAsync(3);
        var between = new ShardMoment(new ShardVersion("aside", second.At.Lsn), 0, default);
        Assert.Equal(9, await ReadAsync(between));
        Assert.True(await History.DropBranchAsync("aside", default));
        await FailsAsync(ErrorCodes.BranchNotFound, "3D000", () => ReadAsync(between));
        await History.CreateBranchAsync("aside", second.At, default);
        Assert.Equal(3, await ReadAsync(between));
    }

    [Fact]
    public async Task Branch_DroppedAndMadeAnew_IsReadByConnectionsThatWereThere()
    {
        var first = await HeadAsync();
        await SetAsync(2);
        await History.CreateBranchAsync("aside", first.At, default);
        await using var other = Tablet.OpenBranch("aside");
        Assert.Equal(1, (await other.QueryAsync("SELECT n FROM t")).Rows[0][0].AsInteger());
        Assert.True(await History.DropBranchAsync("aside", default));
        await FailsAsync(ErrorCodes.BranchNotFound, "3D000", () => other.QueryAsync("SELECT n FROM t").AsTask());
        await History.CreateBranchAsync("aside", (await HeadAsync()).At, default);
        Assert.Equal(2, (await other.QueryAsync("SELECT n FROM t")).Rows[0][0].AsInteger());
        await other.ExecuteAsync("UPDATE t SET n = 3");
        Assert.Equal((3, 2), ((await other.QueryAsync("SELECT n FROM t")).Rows[0][0].AsInteger(), await ReadAsync()));
    }

    [Fact]
    public async Task Commits_AreListedNewestFirst()
    {
        var first = await HeadAsync();
        var second = await RunAsync("INSERT INTO t VALUES (2, 2), (3, 3)");
        var restored = await RestoreAsync(first);
        var commits = await History.CommitsAsync(Branch, default).Take(3).ToListAsync();
        Assert.Equal([restored, second, first], commits.Select(each => each.Moment));
        Assert.Equal((2, null), (commits[1].Rows, commits[1].Message));
        Assert.Equal($"restored to LSN {first.At.Lsn}", commits[0].Message);
        await FailsAsync(ErrorCodes.BranchNotFound, "3D000", async () => _ = await History.CommitsAsync("nobody", default).ToListAsync());
    }

    [Fact]
    public async Task History_AfterClosingOrCancelling_IsRefused()
    {
        var history = History;
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await FailsAsync(ErrorCodes.Timeout, "57014", () => history.NowAsync(source.Token).AsTask());
        await FailsAsync(ErrorCodes.Timeout, "57014", async () => _ = await history.CommitsAsync(Branch, source.Token).ToListAsync());
        var branch = Branch;
        await Tablet.DisposeAsync();
        foreach (var call in new Func<Task>[]
        {
            () => history.NowAsync(default).AsTask(), () => history.FindAsync(branch, TimePoint.OfLsn(1), default).AsTask(), () => history.PromiseAsync(branch, default, default).AsTask(),
            () => history.CreateSnapshotAsync("a", new ShardVersion(branch, new Lsn(1)), default).AsTask(), () => history.DropSnapshotAsync("a", default).AsTask(),
            () => history.SnapshotsAsync(default).AsTask(), () => history.CreateBranchAsync("a", new ShardVersion(branch, new Lsn(1)), default).AsTask(),
            () => history.DropBranchAsync("a", default).AsTask(), () => history.BranchesAsync(default).AsTask(), () => history.RestoreAsync(branch, new Lsn(1), null, default).AsTask(),
            async () => _ = await history.CommitsAsync(branch, default).ToListAsync(),
        })
        {
            await FailsAsync(ErrorCodes.ShardError, "57P01", call);
        }
    }

    private Task<ShardMoment> RestoreAsync(ShardMoment to)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        return History.RestoreAsync(Branch, to.At.Lsn, null, default).AsTask();
    }

    private Task<string> BeginAsync(IsolationLevel? isolation) => Tablet.BeginAsync(new ShardBeginRequest(Shard, new TransactionOptions(isolation)), default).AsTask();
}
