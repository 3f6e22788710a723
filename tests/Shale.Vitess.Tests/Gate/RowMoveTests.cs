using System.Globalization;
using Shale.Engine.Specification;
using Shale.Engines;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>A table gets another primary vindex while it is read and written: nothing is lost, doubled, or put where nobody looks for it.</summary>
public class RowMoveTests
{
    private const int Fixed = 40;

    [Theory]
    [Trait("Rule", "S2.4")]
    [InlineData(SqlDialect.Postgres)]
    [InlineData(SqlDialect.Sqlite)]
    public async Task ChangeOfVindex_UnderReadersAndWriters_LosesAndDoublesNothing(SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(3, dialect, configure: options => options with { LockTimeout = TimeSpan.FromMilliseconds(100) });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)");
        await cluster.RunAsync($"INSERT INTO t VALUES {string.Join(", ", Enumerable.Range(1, Fixed).Select(id => $"({id}, 0)"))}");
        using var over = new CancellationTokenSource();
        var inserts = Enumerable.Range(1, 3).Select(i => new Worker(cluster, InsertAndDeleteAsync, 100_000_000 * i, over.Token)).ToList();
        var counts = Enumerable.Range(0, 3).Select(i => new Worker(cluster, CountAsync, i, over.Token)).ToList();
        var transfers = new Worker(cluster, TransferAsync, 0, over.Token);
        Worker[] all = [.. inserts, .. counts, transfers, new Worker(cluster, ReadAsync, 0, over.Token), new Worker(cluster, ReadAsync, 7, over.Token)];

        foreach (var vindex in (string[])["xxhash", "reverse_bits", "consistent_hash", "numeric", "binary_md5"])
        {
            await MoveAsync(cluster, all, "ALTER VSCHEMA ON t DROP VINDEX hash");
            await MoveAsync(cluster, all, $"ALTER VSCHEMA ON t ADD VINDEX v_{vindex} (id) USING {vindex}");
            await MoveAsync(cluster, all, $"ALTER VSCHEMA ON t DROP VINDEX v_{vindex}");
            await MoveAsync(cluster, all, "ALTER VSCHEMA ON t ADD VINDEX hash (id)");
        }

        await over.CancelAsync();
        foreach (var worker in all) await worker.Done;
        var kept = (await Task.WhenAll(inserts.Select(worker => worker.Done))).Sum();
        var counted = (await Task.WhenAll(counts.Select(worker => worker.Done))).Sum();
        var transferred = await transfers.Done;
        Assert.True(kept > 0 && counted > 0 && transferred > 0, $"{kept} rows kept, {counted} counted, {transferred} transferred");
        foreach (var worker in all) worker.Dispose();
        Assert.Equal([$"{Fixed + kept}|{counted}"], await cluster.RowsAsync("SELECT count(*), sum(n) FROM t"));
        foreach (var id in await cluster.RowsAsync("SELECT id FROM t")) Assert.Equal([id], await cluster.RowsAsync($"SELECT id FROM t WHERE id = {id}"));
    }

    [Fact]
    public async Task Move_WriteThatDoesNotEnd_IsWaitedForAsLongAsForALock()
    {
        var (clock, hooks, reached, free) = (new ManualTime(), new Hooks(), new TaskCompletionSource(), new TaskCompletionSource());
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with { Clock = clock, LockTimeout = TimeSpan.FromSeconds(2), WrapTablet = hooks.Around });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, n INT)", "INSERT INTO t VALUES (1, 0), (2, 0), (3, 0)");
        hooks.Before = (_, what) =>
        {
            if (what != "commit") return Task.CompletedTask;
            reached.TrySetResult();
            return free.Task;
        };
        var write = cluster.RunAsync("UPDATE t SET n = 1");
        await reached.Task;
        var move = cluster.RunAsync("ALTER VSCHEMA ON t DROP VINDEX hash");
        clock.Advance(TimeSpan.FromSeconds(2));
        var failure = await Assert.ThrowsAsync<VitessException>(() => move.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(("55P03", true), (failure.SqlState, failure.IsTransient));
        Assert.Contains("2000 ms", failure.Message, StringComparison.Ordinal);
        hooks.Before = null;
        free.SetResult();
        Assert.Equal(3, (await write).Affected);
        await cluster.RunAsync("ALTER VSCHEMA ON t DROP VINDEX hash");
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT sum(n) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S2.4")]
    public async Task Transaction_OpenWhileRowsMove_FailsAndIsTransient()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)");
        var transaction = await cluster.Gate.BeginAsync(null);
        await cluster.InAsync(transaction.TxId, "SELECT id FROM t WHERE id = 1");
        await cluster.RunAsync("ALTER VSCHEMA ON t DROP VINDEX hash");

        var moved = await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "SELECT id FROM t WHERE id = 1"));
        Assert.Equal(("40001", true), (moved.SqlState, moved.IsTransient));
        Assert.Equal("25P02", (await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "SELECT 1"))).SqlState);
        await cluster.Gate.RollbackAsync(transaction.TxId);
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task SqliteTransaction_OpenWhileRowsMove_CannotCommitLater()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)");
        var transaction = await cluster.Gate.BeginAsync(null, null, SqlDialect.Sqlite);
        await cluster.InAsync(transaction.TxId, "SELECT id FROM t");
        await cluster.RunAsync("ALTER VSCHEMA ON t DROP VINDEX hash");

        await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (4)"));
        await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.CommitAsync(transaction.TxId));
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task ChangeOfVindex_InsideATransaction_IsRefusedUnlessTheTableIsItsOwn()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)");
        var transaction = await cluster.Gate.BeginAsync(null);
        var refused = await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "ALTER VSCHEMA ON t DROP VINDEX hash"));
        Assert.Equal("0A000", refused.SqlState);
        await cluster.Gate.RollbackAsync(transaction.TxId);

        transaction = await cluster.Gate.BeginAsync(null);
        await cluster.InAsync(transaction.TxId, "CREATE TABLE own (id BIGINT PRIMARY KEY)");
        await cluster.InAsync(transaction.TxId, "ALTER VSCHEMA ON own DROP VINDEX hash");
        await cluster.InAsync(transaction.TxId, "INSERT INTO own VALUES (1), (2), (3)");
        await cluster.Gate.CommitAsync(transaction.TxId);
        Assert.Single((await cluster.RunAsync("SELECT id FROM own")).Shards);
    }

    [Fact]
    [Trait("Rule", "S2.3")]
    public async Task PrimaryKeyAddedInATransaction_ToATableOfOthers_IsRefusedUnderAnyName()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT NOT NULL)", "INSERT INTO t VALUES (1), (2), (3)");
        var transaction = await cluster.Gate.BeginAsync(null);
        await cluster.InAsync(transaction.TxId, "ALTER TABLE t ADD COLUMN n INT DEFAULT 0");
        await cluster.InAsync(transaction.TxId, "ALTER TABLE t RENAME TO u");
        var refused = await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "ALTER TABLE u ADD PRIMARY KEY (id)"));
        Assert.Equal("0A000", refused.SqlState);
        await cluster.Gate.RollbackAsync(transaction.TxId);

        await cluster.RunAsync("ALTER TABLE t ADD PRIMARY KEY (id)");
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT count(*) FROM t"));
        Assert.Equal(2, cluster.Gate.Route("SELECT * FROM t").Shards.Count);
    }

    [Fact]
    public async Task ChangeOfVindex_WhileATransactionHasWritten_WaitsForItOrGivesUpWhole()
    {
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with { LockTimeout = TimeSpan.FromMilliseconds(50) });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)");
        var transaction = await cluster.Gate.BeginAsync(null);
        await cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (4)");

        Assert.Equal("55P03", (await cluster.FailsAsync("ALTER VSCHEMA ON t DROP VINDEX hash")).SqlState);
        await cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (5)");
        await cluster.Gate.CommitAsync(transaction.TxId);
        await cluster.RunAsync("ALTER VSCHEMA ON t DROP VINDEX hash");

        Assert.Equal(["5"], await cluster.RowsAsync("SELECT count(*) FROM t"));
        Assert.Single(cluster.Gate.Route("SELECT * FROM t").Shards);
    }

    private static async Task<long> InsertAndDeleteAsync(Cluster cluster, int start, Worker worker)
    {
        var kept = 0L;
        for (var id = start; worker.Goes(); id++)
        {
            await AgainAsync(() => cluster.RunAsync($"INSERT INTO t VALUES ({id}, 0)"));
            Assert.Equal([$"{id}"], await cluster.RowsAsync($"SELECT id FROM t WHERE id = {id}"));
            if (id % 3 == 0) kept++;
            else Assert.Equal(1, (await AgainAsync(() => cluster.RunAsync($"DELETE FROM t WHERE id = {id}"))).Affected);
        }

        return kept;
    }

    private static async Task<long> CountAsync(Cluster cluster, int start, Worker worker)
    {
        var counted = 0L;
        while (worker.Goes())
        {
            var id = 1 + ((counted * 7) + start) % Fixed;
            Assert.Equal(1, (await AgainAsync(() => cluster.RunAsync($"UPDATE t SET n = n + 1 WHERE id = {id}"))).Affected);
            counted++;
        }

        return counted;
    }

    /// <summary>Amounts go from one row to another, in transactions: the sum stays.</summary>
    private static async Task<long> TransferAsync(Cluster cluster, int start, Worker worker)
    {
        var done = 0L;
        for (var i = start; worker.Goes(); i++)
        {
            var transaction = await cluster.Gate.BeginAsync(null, cancellationToken: CancellationToken.None);
            try
            {
                var first = await cluster.InAsync(transaction.TxId, $"UPDATE t SET n = n - 5 WHERE id = {1 + (i % Fixed)}");
                var second = await cluster.InAsync(transaction.TxId, $"UPDATE t SET n = n + 5 WHERE id = {1 + ((i + 9) % Fixed)}");
                await cluster.Gate.CommitAsync(transaction.TxId, CancellationToken.None);
                Assert.Equal((1, 1), (first.Affected, second.Affected));
                done++;
            }
            catch (VitessException failure) when (failure.IsTransient)
            {
                await cluster.Gate.RollbackAsync(transaction.TxId, CancellationToken.None);
            }
        }

        return done;
    }

    private static async Task<long> ReadAsync(Cluster cluster, int start, Worker worker)
    {
        for (var i = start; worker.Goes(); i++)
        {
            var id = 1 + (i % Fixed);
            Assert.Equal([$"{id}"], await cluster.RowsAsync($"SELECT id FROM t WHERE id = {id}"));
            Assert.Equal([$"{Fixed}"], await cluster.RowsAsync(string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) FROM t WHERE id <= {Fixed}")));
        }

        return 0;
    }

    /// <summary>Moves rows, and waits until every worker has got on.</summary>
    private static async Task MoveAsync(Cluster cluster, Worker[] workers, string sql)
    {
        await AgainAsync(() => cluster.RunAsync(sql));
        foreach (var worker in workers) await worker.WaitAsync();
    }

    /// <summary>Runs until it does not fail for a while: what is transient is to be tried again.</summary>
    private static async Task<GateResult> AgainAsync(Func<Task<GateResult>> work)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (VitessException failure) when (failure.IsTransient)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>Somebody who does the same again and again, on a thread of the pool: shards in this process answer at once, and nobody else would get a turn.</summary>
    private sealed class Worker : IDisposable
    {
        private const int Rounds = 5;
        private readonly SemaphoreSlim _progress = new(0);
        private readonly CancellationToken _over;

        public Worker(Cluster cluster, Func<Cluster, int, Worker, Task<long>> work, int start, CancellationToken over)
        {
            _over = over;
            Done = Task.Run(() => work(cluster, start, this), CancellationToken.None);
        }

        /// <summary>What it counted.</summary>
        public Task<long> Done { get; }

        /// <summary>Called before each round.</summary>
        public bool Goes()
        {
            _progress.Release();
            return !_over.IsCancellationRequested;
        }

        public void Dispose() => _progress.Dispose();

        /// <summary>Waits for some rounds; throws what has ended the worker.</summary>
        public async Task WaitAsync()
        {
            while (_progress.Wait(0, CancellationToken.None))
            {
                // What was done before does not count.
            }

            for (var i = 0; i < Rounds; i++)
            {
                var step = _progress.WaitAsync(CancellationToken.None);
                if (await Task.WhenAny(step, Done) == Done) await Done;
                await step;
            }
        }
    }
}
