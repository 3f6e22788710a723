using System.Diagnostics;
using Shale.Cli.Demo;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Cli.Bench;

/// <summary>
/// A row by its key: through the gate in this process, its plan in the cache, and by the same statement prepared once on the plain database.
/// Both read all cells of the row. The keys are few enough for both to have their pages in memory.
/// </summary>
internal sealed class PointSelectBench
{
    /// <summary>The statement.</summary>
    public const string Sql = "SELECT id, pos, domain_id, gloss FROM synsets WHERE id = $1";

    private const int Keys = 1_000;
    private const int Runs = 15;
    private const int Statements = 20_000;
    private const int CountedStatements = 400_000;
    private readonly VTGate _gate;
    private readonly PlainDatabase _plain;
    private readonly GateRequest[] _requests;
    private readonly SqlValue[] _keys;

    /// <summary>Takes the keys evenly from all.</summary>
    public PointSelectBench(BenchData data)
    {
        _gate = data.Cluster.Gate;
        _plain = data.Plain;
        var synsets = data.Tables.All.First(table => table.Name == "synsets");
        _keys = [.. synsets.Rows().Where((_, i) => i % (synsets.RowCount / Keys) == 0).Take(Keys).Select(row => row[0])];
        _requests = [.. _keys.Select(key => new GateRequest(Sql, [key]))];
    }

    /// <summary>A request of the bench.</summary>
    public GateRequest Request(int i) => _requests[i % _requests.Length];

    /// <summary>How many times as long the gate takes.</summary>
    public BenchFigure Time()
    {
        Gate(Statements * 5);
        Plain(Statements * 2);
        var ratios = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            var first = run % 2 == 0 ? Gate(Statements) : Plain(Statements);
            var second = run % 2 == 0 ? Plain(Statements) : Gate(Statements);
            ratios.Add(run % 2 == 0 ? first / second : second / first);
        }

        return BenchFigure.Of("point SELECT: time in process, gate over prepared SQLite", ratios, 2.5, BenchFigure.AtMost);
    }

    /// <summary>How many objects a statement allocates.</summary>
    public BenchFigure Allocations()
    {
        var runs = new List<double>();
        for (var run = 0; run < 3; run++) runs.Add(AllocationCounter.ObjectsPerCall(CountedStatements, count => Gate(count)));
        return BenchFigure.Of("point SELECT: allocations", runs, 12, BenchFigure.AtMost);
    }

    private double Gate(int statements)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < statements; i++)
        {
            var pending = _gate.ExecuteAsync(_requests[i % Keys]);
            var result = pending.IsCompletedSuccessfully ? pending.Result : throw new InvalidOperationException("the gate did not answer at once");
            if (result.Rows.RowCount != 1) throw new InvalidOperationException("the gate did not find the row");
        }

        return clock.Elapsed.TotalSeconds;
    }

    private double Plain(int statements)
    {
        using var query = _plain.Prepare(Sql);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < statements; i++)
        {
            if (!query.TryRead(_keys[i % Keys])) throw new InvalidOperationException("the plain database did not find the row");
        }

        return clock.Elapsed.TotalSeconds;
    }
}
