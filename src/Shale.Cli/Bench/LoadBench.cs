using System.Diagnostics;
using Shale.Cli.Demo;

namespace Shale.Cli.Bench;

/// <summary>Loading the demo's tables: rows per second through the gate over rows per second into one plain SQLite database.</summary>
internal static class LoadBench
{
    private const int Runs = 5;

    /// <summary>Measures; the first pair is for warming up and does not count. Returns the last pair's databases, full.</summary>
    public static async Task<(BenchFigure Figure, BenchData Data)> RunAsync(DemoTables tables, CancellationToken cancellationToken)
    {
        var ratios = new List<double>();
        for (var run = 0; ; run++)
        {
            var data = await BenchData.CreateAsync(tables, cancellationToken);
            double gate, plain;
            if (run % 2 == 0)
            {
                gate = await GateSecondsAsync(data, cancellationToken);
                plain = PlainSeconds(data);
            }
            else
            {
                plain = PlainSeconds(data);
                gate = await GateSecondsAsync(data, cancellationToken);
            }

            if (run > 0) ratios.Add(plain / gate);
            if (run == Runs) return (BenchFigure.Of("load: rows/s, gate over plain SQLite", ratios, 0.7, BenchFigure.AtLeast), data);
            await data.DisposeAsync();
        }
    }

    private static async Task<double> GateSecondsAsync(BenchData data, CancellationToken cancellationToken)
    {
        GC.Collect();
        var clock = Stopwatch.StartNew();
        await data.LoadGateAsync(cancellationToken);
        return clock.Elapsed.TotalSeconds;
    }

    private static double PlainSeconds(BenchData data)
    {
        GC.Collect();
        var clock = Stopwatch.StartNew();
        data.LoadPlain();
        return clock.Elapsed.TotalSeconds;
    }
}
