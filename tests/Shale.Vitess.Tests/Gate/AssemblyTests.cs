using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess.Tests;

/// <summary>How rows are brought together at the gate (T2).</summary>
public class AssemblyTests
{
    private const string Assembled = "SELECT id, (SELECT COUNT(*) FROM t o WHERE o.v <= t.v) FROM t";

    [Fact]
    [Trait("Rule", "S1.3")]
    public async Task Variance_OfExactNumbers_IsTheSameInWhicheverOrderTheRowsCome()
    {
        var answers = new List<string[]>();
        foreach (var shards in (int[])[1, 3, 4])
        {
            await using var cluster = await Cluster.OpenAsync(shards);
            await cluster.RunAllAsync("CREATE TABLE t (id INT PRIMARY KEY, n INT, p NUMERIC(12,3))", "INSERT INTO t SELECT g, g * g % 97, (g * 37 % 1009) / 8.0 FROM generate_series(1, 200) AS g");
            answers.Add(await cluster.RowsAsync("SELECT n % 7, variance(n), var_pop(p), stddev(p), stddev_pop(n) FROM t GROUP BY n % 7 ORDER BY 1"));
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(answers[0], answers[2]);
    }

    [Fact]
    public async Task Fetch_FromSeveralShards_RunsOnAllAtOnceAndKeepsTheirOrder()
    {
        var together = new Meeting(3);
        await using var cluster = await Cluster.OpenAsync(3, configure: options => options with { WrapTablet = tablet => new MeetingTablet(tablet, together) });
        await FillAsync(cluster);
        together.Open = true;

        var first = await cluster.RunAsync(Assembled);
        var second = await cluster.RunAsync(Assembled);

        Assert.Equal("T2", first.Tier);
        Assert.Equal(Cluster.Rows(first.Rows), Cluster.Rows(second.Rows));
        Assert.Equal(60, first.Rows.RowCount);
    }

    [Fact]
    public async Task Fetch_FailsOnOneShard_FailsTheStatementAndLeavesNothingRunning()
    {
        var failing = false;
        await using var cluster = await Cluster.OpenAsync(4, configure: options => options with { WrapTablet = tablet => new FailingTablet(tablet, () => failing) });
        await FillAsync(cluster);
        failing = true;

        var failure = await cluster.FailsAsync(Assembled);

        Assert.Equal("58030", failure.SqlState);
        failing = false;
        Assert.Equal(60, (await cluster.RunAsync(Assembled)).Rows.RowCount);
    }

    [Fact]
    public async Task Fetch_OverBudget_StopsTheOtherShards()
    {
        await using var cluster = await Cluster.OpenAsync(4, configure: options => options with { AssemblyBytes = 1000 });
        await FillAsync(cluster);

        var failure = await cluster.FailsAsync(Assembled);

        Assert.Equal("54000", failure.SqlState);
        Assert.Equal(["60"], await cluster.RowsAsync("SELECT COUNT(*) FROM t"));
    }

    private static Task FillAsync(Cluster cluster) => cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)",
        $"INSERT INTO t VALUES {string.Join(", ", Enumerable.Range(1, 60).Select(i => $"({i}, {i % 7})"))}");

    /// <summary>Where so many must have come before anyone goes on.</summary>
    private sealed class Meeting(int size)
    {
        private readonly Lock _lock = new();
        private TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _waiting;

        public bool Open { get; set; }

        public Task ComeAsync()
        {
            lock (_lock)
            {
                var complete = _complete;
                if (++_waiting < size) return complete.Task.WaitAsync(TimeSpan.FromSeconds(20));
                _waiting = 0;
                _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
                complete.SetResult();
                return Task.CompletedTask;
            }
        }
    }

    private sealed class MeetingTablet(ITablet inner, Meeting meeting) : ForwardingTablet(inner)
    {
        public override async IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (meeting.Open) await meeting.ComeAsync();
            await foreach (var chunk in base.StreamAsync(request, cancellationToken)) yield return chunk;
        }
    }

    private sealed class FailingTablet(ITablet inner, Func<bool> fails) : ForwardingTablet(inner)
    {
        public override IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, CancellationToken cancellationToken) => fails() && Shard.StartsWith("40", StringComparison.Ordinal)
            ? throw new VitessException(ErrorCodes.ShardError, "the disk is gone", Shard, sqlState: "58030")
            : base.StreamAsync(request, cancellationToken);
    }
}
