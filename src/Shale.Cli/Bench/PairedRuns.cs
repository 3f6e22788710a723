using System.Diagnostics;

namespace Shale.Cli.Bench;

/// <summary>Two things measured in turns, each going first every other time.</summary>
internal static class PairedRuns
{
    /// <summary>The time of one over the time of the other, for each pair.</summary>
    /// <param name="runs">How many pairs; one more is run before, for warming up.</param>
    /// <param name="measured">What stands above.</param>
    /// <param name="peer">What stands below.</param>
    public static async Task<List<double>> RatiosAsync(int runs, Func<Task> measured, Func<Task> peer)
    {
        var ratios = new List<double>();
        for (var run = 0; run <= runs; run++)
        {
            var first = await SecondsAsync(run % 2 == 0 ? measured : peer);
            var second = await SecondsAsync(run % 2 == 0 ? peer : measured);
            if (run > 0) ratios.Add(run % 2 == 0 ? first / second : second / first);
        }

        return ratios;
    }

    private static async Task<double> SecondsAsync(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed.TotalSeconds;
    }
}
