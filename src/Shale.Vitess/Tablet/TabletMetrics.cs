using System.Diagnostics;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Counters of a tablet, and the execution times of its last 1,024 statements. Thread-safe, without locks.</summary>
internal sealed class TabletMetrics(VTTabletOptions options)
{
    private const int Window = 1024;

    private readonly long[] _ticks = new long[Window];
    private readonly string _namespace = options.Namespace;
    private readonly TimeProvider _time = options.TimeProvider;
    private long _queries;
    private long _errors;
    private long _lastQuery;

    /// <summary>A statement starts.</summary>
    /// <param name="sql">The statement; null for several.</param>
    public Measured Start(string? sql) => new(_time.GetTimestamp(), TabletTelemetry.Start(_namespace, options.Shard, options.Engine.Type, sql));

    /// <summary>A statement has ended.</summary>
    /// <param name="start">What <see cref="Start"/> gave.</param>
    /// <param name="failure">Why it failed; null if it did not.</param>
    public void End(Measured start, Exception? failure)
    {
        var ticks = _time.GetTimestamp() - start.Timestamp;
        TabletTelemetry.Ended(_namespace, options.Shard, options.Engine.Type, _time.GetElapsedTime(0, ticks), failure);
        if (failure is not null) ShaleTelemetry.Fail(start.Activity, failure);
        start.Activity?.Dispose();
        var number = Interlocked.Increment(ref _queries) - 1;
        Volatile.Write(ref _ticks[number % Window], ticks);
        Volatile.Write(ref _lastQuery, _time.GetUtcNow().ToUnixTimeMilliseconds());
        if (failure is not null) Interlocked.Increment(ref _errors);
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

        double Rank(double share) => _time.GetElapsedTime(0, sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)]).TotalMilliseconds;
    }

    /// <summary>A statement that is being measured.</summary>
    /// <param name="Timestamp">When it started.</param>
    /// <param name="Activity">Its span; null if nobody wants one.</param>
    internal readonly record struct Measured(long Timestamp, Activity? Activity);
}
