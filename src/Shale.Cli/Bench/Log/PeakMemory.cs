using System.Globalization;

namespace Shale.Cli.Bench.Log;

/// <summary>The most resident memory that this process has had since a moment, by proc(5).</summary>
internal static class PeakMemory
{
    private const string PeakLine = "VmHWM:";
    private const string ForgetPeak = "5";

    /// <summary>Gives back what is no longer used, and forgets the peak so far.</summary>
    public static void Begin()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        File.WriteAllText("/proc/self/clear_refs", ForgetPeak);
    }

    /// <summary>The peak in bytes.</summary>
    public static long End()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(PeakLine, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(PeakLine.Length).Trim()[..^" kB".Length], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture) * 1024;
    }
}
