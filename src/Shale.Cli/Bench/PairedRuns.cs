using System.Diagnostics;

namespace Shale.Cli.Bench;

/// <summary>Two things measured in turns, each going first every other time.</summary>
internal static class PairedRuns
{
    /// <summary>The time of one over the time of the other, for each pair.</summary>
    /// <param name="runs">How many pairs; one more is run before, for warming up.</param>
    /// <param name="measured">What stands above.</param>
    /// <param name="peer">What stands below.</param>
    public static Task<List<double>> RatiosAsync(int runs, Func<Task> measured, Func<Task> peer) => RatiosOfAsync(runs, 1, () => SecondsAsync(measured), () => SecondsAsync(peer));

    /// <summary>The figure of one over the figure of the other, for each pair.</summary>
    /// <param name="runs">How many pairs.</param>
    /// <param name="warmups">How many pairs more are run before.</param>
    /// <param name="measured">What stands above.</param>
    /// <param name="peer">What stands below.</param>
    public static async Task<List<double>> RatiosOfAsync(int runs, int warmups, Func<Task<double>> measured, Func<Task<double>> peer)
    {
        var ratios = new List<double>();
        for (var run = -warmups; run < runs; run++)
        {
            var first = await (run % 2 == 0 ? measured : peer)();
            var second = await (run % 2 == 0 ? peer : measured)();
            if (run >= 0) ratios.Add(run % 2 == 0 ? first / second : second / first);
        }

        return ratios;
    }

    /// <summary>
    /// The time of one over the time of the other, where both are cut into slices of a millisecond or less that take turns: what else the machine does meets both alike, and the median of each leaves
    /// out the slices in which a thread had to wait for a processor.
    /// </summary>
    /// <param name="slices">How many slices there are.</param>
    /// <param name="measured">Does one of what stands above.</param>
    /// <param name="peer">Does one of what stands below.</param>
    public static double RatioOfSlices(int slices, Action<int> measured, Action<int> peer)
    {
        var (above, below) = (new double[slices], new double[slices]);
        for (var slice = 0; slice < slices; slice++)
        {
            if (slice % 2 == 0) above[slice] = SecondsOf(slice, measured);
            below[slice] = SecondsOf(slice, peer);
            if (slice % 2 != 0) above[slice] = SecondsOf(slice, measured);
        }

        Array.Sort(above);
        Array.Sort(below);
        return above[slices / 2] / below[slices / 2];
    }

    private static double SecondsOf(int slice, Action<int> work)
    {
        var clock = Stopwatch.StartNew();
        work(slice);
        return clock.Elapsed.TotalSeconds;
    }

    private static async Task<double> SecondsAsync(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed.TotalSeconds;
    }
}
