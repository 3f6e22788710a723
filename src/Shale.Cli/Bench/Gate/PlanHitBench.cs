using System.Text;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Cli.Bench.Gate;

/// <summary>A statement whose plan is in the cache, from its text to the call of its shard's tablet, beside what libpg_query takes to parse the same texts.</summary>
internal sealed class PlanHitBench : IAsyncDisposable
{
    private const int Runs = 15;
    private const int Rounds = 20_000;
    private const int CountedStatements = 400_000;

    /// <summary>Statements of one shard; literals differ from text to text, as they do where an application writes them into its statements.</summary>
    private static readonly string[] _shapes =
    [
        "SELECT id, customer_id, placed_at, total FROM orders WHERE customer_id = {0}",
        "SELECT id, name, email FROM customers WHERE id = {0}",
        "UPDATE customers SET name = 'Ada' WHERE id = {0}",
        "SELECT o.id, o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.id = {0} AND o.total > 10 ORDER BY o.placed_at DESC LIMIT 20",
        "DELETE FROM orders WHERE customer_id = {0} AND id = 7",
    ];

    private readonly List<InstantTablet> _tablets;
    private readonly LocalCluster _cluster;
    private readonly GateRequest[] _requests;

    private PlanHitBench(LocalCluster cluster, List<InstantTablet> tablets)
    {
        _cluster = cluster;
        _tablets = tablets;
        _requests = [.. Enumerable.Range(0, 20).SelectMany(key => _shapes.Select(shape => new GateRequest(string.Format(System.Globalization.CultureInfo.InvariantCulture, shape, 1_000 + key), [])))];
    }

    /// <summary>Makes a gate over tablets that answer at once.</summary>
    public static async Task<PlanHitBench> CreateAsync(CancellationToken cancellationToken)
    {
        var tablets = new List<InstantTablet>();
        ITablet Wrap(ITablet tablet)
        {
            tablets.Add(new InstantTablet(tablet));
            return tablets[^1];
        }

        var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { Shards = 4, WrapTablet = Wrap }, cancellationToken);
        await cluster.Gate.ExecuteAsync(new GateRequest("CREATE TABLE customers (id BIGINT PRIMARY KEY, name TEXT, email TEXT)", []), cancellationToken);
        await cluster.Gate.ExecuteAsync(new GateRequest(
            "CREATE TABLE orders (id BIGINT, customer_id BIGINT, placed_at TIMESTAMP, total BIGINT, PRIMARY KEY (customer_id, id)) WITH (shard_key = 'customer_id')", []), cancellationToken);
        foreach (var tablet in tablets) tablet.IsInstant = true;
        return new PlanHitBench(cluster, tablets);
    }

    /// <summary>How many times as long as libpg_query the gate takes.</summary>
    public async Task<BenchFigure> TimeAsync()
    {
        byte[][] texts = [.. _requests.Select(request => Encoding.UTF8.GetBytes(request.Sql + '\0'))];
        void Peer()
        {
            for (var i = 0; i < Rounds; i++) PgQueryParser.Parse(texts[i % texts.Length]);
        }

        Gate(Rounds * 5);
        var ratios = await PairedRuns.RatiosAsync(Runs, () => Task.Run(() => Gate(Rounds)), () => Task.Run(Peer));
        return BenchFigure.Of("plan-cache hit, text to shard: time over libpg_query parsing it", ratios, 0.25, BenchFigure.AtMost, "gate");
    }

    /// <summary>How many objects one statement allocates on its way.</summary>
    public BenchFigure Allocations()
    {
        var runs = new List<double>();
        for (var run = 0; run < 3; run++) runs.Add(AllocationCounter.ObjectsPerCall(CountedStatements, Gate));
        return BenchFigure.Of("plan-cache hit, text to shard: allocations", runs, 8, BenchFigure.AtMost, "gate");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var tablet in _tablets) tablet.IsInstant = false;
        await _cluster.DisposeAsync();
    }

    private void Gate(int statements)
    {
        var before = _tablets.Sum(tablet => tablet.Calls);
        for (var i = 0; i < statements; i++)
        {
            var pending = _cluster.Gate.ExecuteAsync(_requests[i % _requests.Length]);
            _ = pending.IsCompletedSuccessfully ? pending.Result : throw new InvalidOperationException("the gate did not answer at once");
        }

        if (_tablets.Sum(tablet => tablet.Calls) - before != statements) throw new InvalidOperationException("a statement did not go to just one shard");
    }
}
