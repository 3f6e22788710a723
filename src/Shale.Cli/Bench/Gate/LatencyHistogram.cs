namespace Shale.Cli.Bench.Gate;

/// <summary>Counts latencies in buckets, each 2 % wider than the last. Thread-safe.</summary>
internal sealed class LatencyHistogram
{
    private const double Growth = 1.02;
    private const double LeastMicroseconds = 10;
    private readonly long[] _counts = new long[1_000];

    /// <summary>Adds one.</summary>
    public void Add(TimeSpan latency)
    {
        var bucket = (int)(Math.Log(Math.Max(1, latency.TotalMicroseconds / LeastMicroseconds)) / Math.Log(Growth));
        Interlocked.Increment(ref _counts[Math.Min(bucket, _counts.Length - 1)]);
    }

    /// <summary>What a share of them did not exceed, in microseconds.</summary>
    public double Percentile(double share)
    {
        var wanted = (long)(_counts.Sum() * share);
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen > wanted) return LeastMicroseconds * Math.Pow(Growth, i + 1);
        }

        throw new InvalidOperationException("nothing was measured");
    }
}
