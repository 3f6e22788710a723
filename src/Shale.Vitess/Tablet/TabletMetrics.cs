using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Counters of a tablet, and the execution times of its last 1,024 statements. Thread-safe, without locks.</summary>
internal sealed class TabletMetrics(TimeProvider time)
{
    private const int Window = 1024;

    private readonly long[] _ticks = new long[Window];
    private long _queries;
    private long _errors;
    private long _lastQuery;

    /// <summary>When a statement starts.</summary>
    public long Start() => time.GetTimestamp();

    /// <summary>A statement has ended.</summary>
    /// <param name="start">What <see cref="Start"/> gave.</param>
    /// <param name="failed">Whether it failed.</param>
    public void End(long start, bool failed)
    {
        var number = Interlocked.Increment(ref _queries) - 1;
        Volatile.Write(ref _ticks[number % Window], time.GetTimestamp() - start);
        Volatile.Write(ref _lastQuery, time.GetUtcNow().ToUnixTimeMilliseconds());
        if (failed) Interlocked.Increment(ref _errors);
    }

    /// <summary>The picture of this moment.</summary>
    public ShardHealth Snapshot(string shard, bool healthy, StorageEngineType engine)
    {
        var queries = Interlocked.Read(ref _queries);
        return new ShardHealth(shard, healthy, engine, queries, Interlocked.Read(ref _errors), Interlocked.Read(ref _lastQuery), Latency(queries));
    }

    private ShardLatency? Latency(long queries)
    {
        if (queries == 0) return null;
        var sorted = _ticks.AsSpan(0, (int)Math.Min(queries, Window)).ToArray();
        Array.Sort(sorted);
        return new ShardLatency(Rank(0.50), Rank(0.95), Rank(0.99));

        double Rank(double share) => time.GetElapsedTime(0, sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)]).TotalMilliseconds;
    }
}
