using System.Runtime.CompilerServices;
using Shale.Contracts;
using Shale.Engine.Specification;

namespace Shale.Vitess.Tests;

/// <summary>Memory at the gate: counted, bounded, waited for in order; what does not fit goes to temporary files. Alone, for the runtime's memory is measured.</summary>
[Collection(Alone.Name)]
public class MemoryTests
{
    private const int Mib = 1 << 20;
    private const int Rows = 1_200;
    private const int Letters = 16_000;

    [Theory]
    [InlineData("SELECT count(*), sum(length(b)), count(DISTINCT b), max(id) FROM (SELECT id, b FROM big UNION SELECT id, b FROM big) x", "T2", "1200|19200000|26|1199")]
    [InlineData("SELECT count(*) FROM big a JOIN big b ON a.id = b.id + 1 WHERE length(a.b) = length(b.b)", "T2", "1199")]
    [InlineData("SELECT count(*), max(length(x.b)) FROM (SELECT DISTINCT b, id % 400 AS m FROM big) x", "T2", "1200|16000")]
    public async Task Statement_RowsBeyondItsMemory_GoToATemporaryFile_AndTheAnswerIsRight(string sql, string tier, string expected)
    {
        var watch = new LiveMemory();
        await using var cluster = await OpenAsync(watch);

        // Pages that are read for the first time take memory of the shards' caches, not of the statement.
        _ = await cluster.RunAsync("SELECT sum(length(b)) FROM big");
        var before = watch.Measure();
        watch.Armed = true;
        var result = await cluster.RunAsync(sql);

        Assert.Equal((tier, expected), (result.Tier, Assert.Single(Cluster.Rows(result.Rows))));
        Assert.InRange(cluster.Gate.Memory.Highest, 1, 8 * Mib);
        Assert.Equal(0, cluster.Gate.Memory.Used);

        // The rows take 38 MB.
        Assert.True(watch.Measured > 3);
        Assert.InRange(watch.Highest - before, long.MinValue, 16 * Mib);
    }

    [Fact]
    public async Task Merge_PartsBeyondItsMemory_GoToATemporaryFile_AndStream()
    {
        var watch = new LiveMemory();
        await using var cluster = await OpenAsync(watch);
        watch.Armed = true;
        var (rows, letters) = (0, 0L);
        await foreach (var chunk in cluster.Gate.StreamAsync(new GateRequest("SELECT b, v, id % 600 AS m, count(*) FROM big GROUP BY b, v, id % 600", [])))
        {
            rows += chunk.RowCount;
            for (var i = 0; i < chunk.RowCount; i++) letters += chunk[i][0].AsText().Length;
        }

        Assert.Equal(1_200, rows);
        Assert.Equal((long)rows * Letters, letters);
        Assert.InRange(cluster.Gate.Memory.Highest, 1, 8 * Mib);
        Assert.Equal(0, cluster.Gate.Memory.Used);
    }

    [Fact]
    public async Task Statement_BeyondItsDiskToo_FailsAndNamesTheBudget()
    {
        await using var cluster = await OpenAsync(new LiveMemory(), options => options with { AssemblyBytes = 10 * Mib });
        var failure = await cluster.FailsAsync("SELECT count(*) FROM big a JOIN big b ON a.id = b.id + 1 AND a.b = b.b");
        Assert.Equal(("RESOURCE_EXHAUSTED", "54000"), (failure.Code, failure.SqlState));
        failure = await cluster.FailsAsync("SELECT b, v, id % 600, count(*) FROM big GROUP BY b, v, id % 600");
        Assert.Equal(("RESOURCE_EXHAUSTED", "54000"), (failure.Code, failure.SqlState));
        Assert.Equal(0, cluster.Gate.Memory.Used);
    }

    [Fact]
    public async Task Result_BeyondTheGatesMemory_IsRefused_ButMayBeStreamed()
    {
        await using var cluster = await OpenAsync(new LiveMemory());
        var failure = await cluster.FailsAsync("SELECT * FROM big ORDER BY id");
        Assert.Equal("53200", failure.SqlState);
        Assert.Contains("memoryBytes", failure.Hint!, StringComparison.Ordinal);
        var rows = 0;
        await foreach (var chunk in cluster.Gate.StreamAsync(new GateRequest("SELECT * FROM big ORDER BY id", []))) rows += chunk.RowCount;
        Assert.Equal(Rows, rows);
        Assert.Equal(0, cluster.Gate.Memory.Used);
    }

    [Fact]
    public async Task Result_BeyondTheGatesMemoryChunkByChunk_IsRefusedAtOnceAndForGood()
    {
        // A clock that stands still: who waited would wait for ever.
        await using var cluster = await OpenAsync(new LiveMemory(), options => options with { Clock = new ManualTime() });
        var failure = await Assert.ThrowsAsync<VitessException>(() => cluster.RunAsync("SELECT a.b FROM big a JOIN big b ON a.v = b.v AND b.id < 20").WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(("RESOURCE_EXHAUSTED", "53200", false), (failure.Code, failure.SqlState, failure.IsTransient));
        Assert.Contains("has 8388608", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, cluster.Gate.Memory.Used);
    }

    [Fact]
    public async Task Statement_NoMemoryLeft_WaitsForIt_AndSaysSoWhenItWaitedTooLong()
    {
        var clock = new ManualTime();
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with { Clock = clock, MemoryBytes = 8 * Mib, MemoryWait = TimeSpan.FromSeconds(2) });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)");
        var others = await EnterAsync(cluster.Gate.Memory, 8 * Mib);

        var waiting = cluster.RunAsync("SELECT count(DISTINCT id % 2) FROM t");
        clock.Advance(TimeSpan.FromSeconds(2));
        var failure = await Assert.ThrowsAsync<VitessException>(() => waiting);
        Assert.Equal(("RESOURCE_EXHAUSTED", "53200", true), (failure.Code, failure.SqlState, failure.IsTransient));
        Assert.Contains("waited 2000 ms", failure.Message, StringComparison.Ordinal);

        waiting = cluster.RunAsync("SELECT count(DISTINCT id % 2) FROM t");
        others.Dispose();
        Assert.Equal(["2"], Cluster.Rows((await waiting).Rows));
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT id FROM t WHERE id = 1"));
    }

    [Fact]
    public async Task Memory_ThatIsUsed_IsMeasured()
    {
        await using var cluster = await Cluster.OpenAsync(1);
        var before = Measured();
        using (await EnterAsync(cluster.Gate.Memory, 3 * Mib)) Assert.Equal(before + (3 * Mib), Measured());
        Assert.Equal(before, Measured());

        static long Measured()
        {
            long? used = null;
            using var listener = new System.Diagnostics.Metrics.MeterListener();
            listener.InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "shale.gate.memory.used") self.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>((_, value, _, _) => used = value);
            listener.Start();
            listener.RecordObservableInstruments();
            return used!.Value;
        }
    }

    [Fact]
    public async Task Memory_WhoWaits_IsServedInOrder_AndNobodyPassesHim()
    {
        var memory = new GateMemory(100, TimeSpan.FromSeconds(1), new ManualTime());
        var first = await EnterAsync(memory, 80);
        var large = EnterAsync(memory, 90);
        var small = EnterAsync(memory, 10);
        Assert.False(first.TryGrow(1));
        Assert.False(large.IsCompleted || small.IsCompleted);
        first.Dispose();
        using var second = await large;
        using var third = await small;
        Assert.Equal((100, 100), (memory.Used, memory.Highest));
        Assert.False(third.TryGrow(1));
    }

    [Fact]
    public async Task Memory_WhoGivesUp_LetsThoseBehindHimPass_AndTakesNothing()
    {
        var clock = new ManualTime();
        var memory = new GateMemory(100, TimeSpan.FromSeconds(1), clock);
        using var first = await EnterAsync(memory, 60);
        using var stop = new CancellationTokenSource();
        var cancelled = EnterAsync(memory, 50, stop.Token);
        var behind = EnterAsync(memory, 40);
        Assert.False(behind.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        using var second = await behind;
        Assert.Equal(100, memory.Used);
        var late = EnterAsync(memory, 1);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("53200", (await Assert.ThrowsAsync<VitessException>(() => late)).SqlState);
        Assert.False((await Assert.ThrowsAsync<VitessException>(() => EnterAsync(memory, 101))).IsTransient);
        Assert.Equal(100, memory.Used);
    }

    [Theory]
    [InlineData(0, 1, 0, 1)]
    [InlineData(1, 0, 0, 1)]
    [InlineData(1, 1, -1, 1)]
    [InlineData(1, 1, 0, 0)]
    public async Task Options_ThatCannotBeMeant_AreRefused(long memory, long statement, int waitMs, int shards) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Cluster.OpenAsync(1, configure: options => options with
        {
            MemoryBytes = memory, StatementMemoryBytes = statement, MemoryWait = TimeSpan.FromMilliseconds(waitMs), ShardsAtOnce = shards,
        }));

    [Fact]
    public async Task ShardsAtOnce_One_AsksOneAfterAnother()
    {
        var watch = new AtOnce();
        await using var cluster = await Cluster.OpenAsync(4, configure: options => options with { ShardsAtOnce = 1, WrapTablet = tablet => new CountingTablet(tablet, watch) });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", $"INSERT INTO t VALUES {string.Join(", ", Enumerable.Range(1, 60).Select(i => $"({i}, {i % 7})"))}");
        watch.Highest = 0;
        foreach (var sql in (string[])["SELECT id FROM t", "SELECT id FROM t ORDER BY id LIMIT 50", "SELECT count(DISTINCT v) FROM t", "SELECT id FROM t ORDER BY v, id"])
        {
            Assert.True((await cluster.RunAsync(sql)).Rows.RowCount > 0);
        }

        Assert.Equal(1, watch.Highest);
    }

    private static async Task<MemoryGrant> EnterAsync(GateMemory memory, long bytes, CancellationToken cancellationToken = default)
    {
        var grant = new MemoryGrant(memory);
        await grant.GrowAsync(bytes, cancellationToken);
        return grant;
    }

    private static async Task<Cluster> OpenAsync(LiveMemory watch, Func<Shale.Engines.LocalClusterOptions, Shale.Engines.LocalClusterOptions>? configure = null)
    {
        var cluster = await Cluster.OpenAsync(3, configure: options =>
        {
            options = options with { MemoryBytes = 8 * Mib, StatementMemoryBytes = 4 * Mib, WrapTablet = tablet => new MeasuredTablet(tablet, watch) };
            return configure?.Invoke(options) ?? options;
        });
        await cluster.RunAllAsync("CREATE TABLE big (id BIGINT PRIMARY KEY, v INT, b TEXT)");
        for (var i = 0; i < Rows; i++) await cluster.RunAsync("INSERT INTO big VALUES ($1, 1, $2)", SqlValue.Integer(i), SqlValue.Text(new string((char)('a' + (i % 26)), Letters)));
        return cluster;
    }

    private sealed class LiveMemory
    {
        private readonly Lock _lock = new();
        private int _chunks;

        public bool Armed { get; set; }

        public long Highest { get; private set; }

        public int Measured { get; private set; }

        public long Measure()
        {
            lock (_lock)
            {
                Measured++;
                var live = GC.GetTotalMemory(forceFullCollection: true);
                if (Armed) Highest = Math.Max(Highest, live);
                return live;
            }
        }

        public void Chunk()
        {
            if (Armed && Interlocked.Increment(ref _chunks) % 20 == 0) Measure();
        }
    }

    private sealed class MeasuredTablet(ITablet inner, LiveMemory watch) : ForwardingTablet(inner)
    {
        public override async IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var chunk in base.StreamAsync(request, cancellationToken))
            {
                watch.Chunk();
                yield return chunk;
            }
        }
    }

    private sealed class AtOnce
    {
        private int _now;

        public int Highest { get; set; }

        public IDisposable Enter()
        {
            lock (this) Highest = Math.Max(Highest, ++_now);
            return new Leave(this);
        }

        private sealed class Leave(AtOnce watch) : IDisposable
        {
            public void Dispose()
            {
                lock (watch) watch._now--;
            }
        }
    }

    private sealed class CountingTablet(ITablet inner, AtOnce watch) : ForwardingTablet(inner)
    {
        public override async ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken)
        {
            using var inside = watch.Enter();
            await Task.Yield();
            return await base.QueryAsync(request, cancellationToken);
        }

        public override async IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await using var rows = base.StreamAsync(request, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync()) yield return rows.Current;

            async ValueTask<bool> NextAsync()
            {
                using var inside = watch.Enter();
                await Task.Yield();
                return await rows.MoveNextAsync();
            }
        }
    }
}

/// <summary>Tests that measure the whole process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
