using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Engine.Specification.Tablet;

public class TabletTransactionTests : TabletSpecification
{
    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task ReadCommitted_BeforeItsFirstWrite_SeesTheNewestStateEachTime()
    {
        var tx = await BeginAsync(IsolationLevel.ReadCommitted);
        Assert.Equal(10, await ReadAsync(tx));
        await WriteAsync();
        Assert.Equal(11, await ReadAsync(tx));
        await WriteAsync(tx);
        Assert.Equal(12, await ReadAsync(tx));
        Assert.Equal(11, await ReadAsync());
        await CommitAsync(tx);
        Assert.Equal(12, await ReadAsync());
    }

    [Theory]
    [InlineData(IsolationLevel.RepeatableRead)]
    [InlineData(IsolationLevel.Serializable)]
    [InlineData(null)]
    [Trait("Rule", "S4.3")]
    public async Task Snapshot_AfterAnotherCommit_ReadsOnAndFailsToWrite(IsolationLevel? isolation)
    {
        var tx = await BeginAsync(isolation);
        Assert.Equal(10, await ReadAsync(tx));
        await WriteAsync();
        Assert.Equal(10, await ReadAsync(tx));
        var failure = await FailsAsync(ErrorCodes.SerializationFailure, "40001", () => WriteAsync(tx));
        Assert.True(failure.IsTransient);
        await RollbackAsync(tx);
        Assert.Equal(11, await ReadAsync());
        await WriteAsync();
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Snapshot_WithoutAnotherCommit_GoesOnOnTheWriter()
    {
        var tx = await BeginAsync(IsolationLevel.Serializable);
        Assert.Equal(10, await ReadAsync(tx));
        await WriteAsync(tx);
        Assert.Equal(11, await ReadAsync(tx));
        await CommitAsync(tx);
        Assert.Equal(11, await ReadAsync());
    }

    [Fact]
    public async Task Snapshot_WhoseFirstStatementWrites_NeverFailsForItsAge()
    {
        var tx = await BeginAsync(IsolationLevel.Serializable);
        await WriteAsync();
        await WriteAsync(tx);
        await CommitAsync(tx);
        Assert.Equal(12, await ReadAsync());
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Write_WhileAnotherTransactionWrites_WaitsForTheWriter()
    {
        var tx = await BeginAsync(write: true);
        var waiting = WriteAsync();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(10, await ReadAsync());
        await WriteAsync(tx);
        await CommitAsync(tx);
        await waiting;
        Assert.Equal(12, await ReadAsync());
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Write_WaitingBeyondLockTimeout_IsLockTimeout()
    {
        var tx = await BeginAsync(write: true);
        var waiting = WriteAsync();
        Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(waiting.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(0.2));
        var failure = await FailsAsync(ErrorCodes.LockTimeout, "55P03", () => waiting);
        Assert.True(failure.IsTransient);
        await CommitAsync(tx);
        await WriteAsync();
    }

    [Fact]
    public async Task Write_WaitersForTheWriter_AreServedInTurn()
    {
        var tx = await BeginAsync(write: true);
        var order = new List<int>();
        var waiting = Enumerable.Range(1, 5).Select(async i =>
        {
            await WriteAsync(sql: $"INSERT INTO t VALUES ({i + 100}, (SELECT count(*) FROM t))");
            lock (order) order.Add(i);
        }).ToArray();
        await CommitAsync(tx);
        await Task.WhenAll(waiting);
        var rows = await Tablet.QueryAsync("SELECT id FROM t WHERE id > 100 ORDER BY n");
        Assert.Equal([101, 102, 103, 104, 105], Enumerable.Range(0, 5).Select(i => rows.Rows[i][0].AsInteger()));
    }

    [Fact]
    public async Task Write_CancelledWhileItWaits_TakesNothing()
    {
        var tx = await BeginAsync(write: true);
        using var source = new CancellationTokenSource();
        var waiting = WriteAsync(token: source.Token);
        await source.CancelAsync();
        await FailsAsync(ErrorCodes.Timeout, "57014", () => waiting);
        await CommitAsync(tx);
        await WriteAsync();
        Assert.Equal(11, await ReadAsync());
    }

    [Fact]
    public async Task ReadOnly_Write_IsRefusedAndReadsGoOn()
    {
        var tx = await BeginAsync(readOnly: true);
        await FailsAsync(ErrorCodes.ReadOnlyTransaction, "25006", () => WriteAsync(tx));
        Assert.Equal(10, await ReadAsync(tx));
        Assert.Equal(10, (await WriteAsync(tx, "SELECT n FROM t")).Rows[0][0].AsInteger());
        await CommitAsync(tx);
    }

    [Fact]
    public async Task Query_ThatWritesOutsideATransaction_IsRefused() =>
        await FailsAsync(ErrorCodes.ReadOnlyTransaction, "25006", () => ReadAsync(sql: "DELETE FROM t RETURNING id"));

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task Statement_FailingInATransaction_IsUndoneAlone()
    {
        var tx = await BeginAsync();
        await WriteAsync(tx);
        await FailsAsync(ErrorCodes.ConstraintViolation, "23505", () => WriteAsync(tx, "INSERT INTO t VALUES (5, 5), (1, 1)"));
        await WriteAsync(tx);
        await CommitAsync(tx);
        Assert.Equal(12, await ReadAsync());
        Assert.Equal(1, await ReadAsync(sql: "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Commit_WithADeferredViolation_FailsAndFreesTheWriter()
    {
        await WriteAsync(sql: "CREATE TABLE c(t INTEGER REFERENCES t(id) DEFERRABLE INITIALLY DEFERRED)");
        var tx = await BeginAsync();
        await WriteAsync(tx, "INSERT INTO c VALUES (99)");
        await FailsAsync(ErrorCodes.ConstraintViolation, "23503", () => CommitAsync(tx));
        await FailsAsync(ErrorCodes.TransactionNotFound, "25P01", () => ReadAsync(tx));
        Assert.Equal(0, await ReadAsync(sql: "SELECT count(*) FROM c"));
        await WriteAsync();
    }

    [Fact]
    public async Task Transaction_ThatIsUnknownOrEnded_IsNotFound()
    {
        var tx = await BeginAsync();
        await CommitAsync(tx);
        await FailsAsync(ErrorCodes.TransactionNotFound, "25P01", () => ReadAsync(tx));
        await FailsAsync(ErrorCodes.TransactionNotFound, "25P01", () => WriteAsync(tx));
        await FailsAsync(ErrorCodes.TransactionNotFound, "25P01", () => CommitAsync(tx));
        await FailsAsync(ErrorCodes.TransactionNotFound, "25P01", () => CommitAsync("tx-none"));
        await RollbackAsync(tx);
        await RollbackAsync("tx-none");
    }

    [Fact]
    public async Task Begin_Ids_AreLongAndNeverTheSame()
    {
        var ids = new HashSet<string>();
        for (var i = 0; i < 50; i++) ids.Add(await BeginAsync());
        Assert.Equal(50, ids.Count);
        Assert.All(ids, id => Assert.Matches("^tx-[0-9a-f]{32}$", id));
    }

    [Fact]
    public async Task Cancel_AWriteInATransaction_EndsTheTransactionAndSaysSo()
    {
        var tx = await BeginAsync();
        await WriteAsync(tx);
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
        const string Endless = "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n) SELECT i, 0 FROM n";
        await FailsAsync(ErrorCodes.Timeout, "57014", () => WriteAsync(tx, Endless, source.Token));
        await WriteAsync();
        await FailsAsync(ErrorCodes.TransactionError, "40000", () => WriteAsync(tx));
        await FailsAsync(ErrorCodes.TransactionError, "40000", () => CommitAsync(tx));
        await FailsAsync(ErrorCodes.TransactionNotFound, "25P01", () => CommitAsync(tx));
        Assert.Equal(11, await ReadAsync());
        Assert.Equal(0, Tablet.OpenTransactions);
    }

    [Fact]
    public async Task Cancel_AReadInATransaction_LeavesTheTransaction()
    {
        var tx = await BeginAsync();
        Assert.Equal(10, await ReadAsync(tx));
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
        const string Endless = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        await FailsAsync(ErrorCodes.Timeout, "57014", () => Tablet.QueryAsync(new ShardQueryRequest(Shard, Endless, [], tx), source.Token).AsTask());
        await WriteAsync(tx);
        await CommitAsync(tx);
        Assert.Equal(11, await ReadAsync());
    }

    [Fact]
    public async Task Savepoint_InATransaction_WorksAsAStatement()
    {
        var tx = await BeginAsync();
        await WriteAsync(tx, "SAVEPOINT a");
        await WriteAsync(tx);
        await WriteAsync(tx, "ROLLBACK TO a");
        await WriteAsync(tx, "RELEASE a");
        await CommitAsync(tx);
        Assert.Equal(10, await ReadAsync());
    }

    [Fact]
    public async Task Handle_Ended_RefusesEveryUse()
    {
        await using var tx = await Tablet.BeginTransactionAsync();
        Assert.Equal(TransactionState.Active, tx.State);
        await tx.ExecuteAsync("UPDATE t SET n = ? WHERE id = ?", SqlValue.Integer(5), SqlValue.Integer(1));
        Assert.Equal(5, (await tx.QueryAsync("SELECT n FROM t WHERE id = ?", SqlValue.Integer(1))).Rows[0][0].AsInteger());
        await tx.CommitAsync();
        Assert.Equal(TransactionState.Committed, tx.State);
        var failure = await FailsAsync(ErrorCodes.TransactionError, "25000", () => tx.QueryAsync("SELECT 1").AsTask());
        Assert.Equal("Transaction committed", failure.Message);
        await FailsAsync(ErrorCodes.TransactionError, "25000", () => tx.CommitAsync().AsTask());
        await FailsAsync(ErrorCodes.TransactionError, "25000", () => tx.RollbackAsync().AsTask());
    }

    [Fact]
    public async Task Handle_Disposed_RollsBack()
    {
        await using (var tx = await Tablet.BeginTransactionAsync())
        {
            await tx.ExecuteAsync("UPDATE t SET n = 99");
            await tx.RollbackAsync();
            await tx.RollbackAsync();
            Assert.Equal(TransactionState.RolledBack, tx.State);
        }

        await using (var tx = await Tablet.BeginTransactionAsync()) await tx.ExecuteAsync("UPDATE t SET n = 99");
        Assert.Equal(10, await ReadAsync());
        Assert.Equal(0, Tablet.OpenTransactions);
    }

    [Fact]
    public async Task Transactions_ManyAtOnce_CountEveryCommitOnce()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 1;
        var committed = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(seed + worker);
            for (var i = 0; i < 60; i++)
            {
                var tx = await BeginAsync(random.Next(2) == 0 ? IsolationLevel.Serializable : IsolationLevel.ReadCommitted);
                try
                {
                    var before = random.Next(2) == 0 ? await ReadAsync(tx) : -1;
                    await WriteAsync(tx);
                    if (random.Next(4) == 0)
                    {
                        await RollbackAsync(tx);
                        continue;
                    }

                    await CommitAsync(tx);
                    Interlocked.Increment(ref committed);
                }
                catch (VitessException failure) when (failure.SqlState == "40001")
                {
                    await RollbackAsync(tx);
                }
            }
        })));
        Assert.True(10 + committed == await ReadAsync(), $"lost or doubled updates; SHALE_SEED={seed}");
        Assert.Equal(0, Tablet.OpenTransactions);
    }
}
