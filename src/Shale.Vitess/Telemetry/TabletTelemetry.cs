using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Metrics and spans of the tablets of this process. Thread-safe.</summary>
internal static class TabletTelemetry
{
    private static readonly ActivitySource Activities = new(ShaleTelemetry.Tablet);
    private static readonly Meter Meter = new(ShaleTelemetry.Tablet);
    private static readonly ConcurrentDictionary<VTTablet, bool> Tablets = new();

    private static readonly Histogram<double> Duration = Meter.CreateHistogram("db.client.operation.duration", "s", "Duration of statements on shards.", null, ShaleTelemetry.DurationBuckets);

    static TabletTelemetry()
    {
        Meter.CreateObservableUpDownCounter("db.client.connection.count", Connections, "{connection}", "Connections of tablets to their engines.");
        Meter.CreateObservableUpDownCounter("shale.tablet.transactions.open", () => Tablets.Keys.Select(each => Of(each.OpenTransactions, each)), "{transaction}", "Transactions that are open on shards.");
        Meter.CreateObservableGauge("shale.tablet.history.age", () => Logs().Where(each => each.Log.Oldest > 0).Select(each => Of(AgeOf(each), each.Tablet)), "s", "How far back shards can be read.");
        Meter.CreateObservableGauge("shale.tablet.history.shortened", () => Logs().Select(each => Of(each.Log.Shortened is null ? 0 : 1, each.Tablet)), "{shard}", "Shards that are kept for less time than they should be.");
        Meter.CreateObservableGauge("shale.tablet.log.failing", () => Logs().Select(each => Of(each.Log.Failure is null ? 0 : 1, each.Tablet)), "{shard}", "Shards whose log cannot be maintained.");
        Meter.CreateObservableUpDownCounter("shale.tablet.log.size", LogSizes, "By", "Bytes of the logs of shards.");
    }

    /// <summary>A tablet is there.</summary>
    public static void Add(VTTablet tablet) => Tablets[tablet] = true;

    /// <summary>A tablet is gone.</summary>
    public static void Remove(VTTablet tablet) => Tablets.TryRemove(tablet, out _);

    /// <summary>Begins the span of a statement on a shard, which is never the current one: engines do not make spans of their own. Null if nobody wants it.</summary>
    public static Activity? Start(string keyspace, string shard, StorageEngineType engine, string? sql)
    {
        if (!Activities.HasListeners()) return null;
        var current = Activity.Current;
        var activity = Activities.StartActivity(shard, ActivityKind.Client);
        Activity.Current = current;
        return activity is { IsAllDataRequested: true }
            ? activity.SetTag(ShaleTelemetry.System, NameOf(engine)).SetTag(ShaleTelemetry.Namespace, keyspace).SetTag(ShaleTelemetry.Shard, shard)
                .SetTag(ShaleTelemetry.Operation, sql is null ? null : GateTelemetry.OperationOf(sql))
            : activity;
    }

    /// <summary>A statement on a shard has ended.</summary>
    public static void Ended(string keyspace, string shard, StorageEngineType engine, TimeSpan duration, Exception? failure)
    {
        if (!Duration.Enabled) return;
        var tags = default(TagList);
        tags.Add(ShaleTelemetry.System, NameOf(engine));
        tags.Add(ShaleTelemetry.Namespace, keyspace);
        tags.Add(ShaleTelemetry.Shard, shard);
        if (failure is not null) tags.Add(ShaleTelemetry.ErrorType, ShaleTelemetry.CodeOf(failure));
        Duration.Record(duration.TotalSeconds, tags);
    }

    private static IEnumerable<Measurement<long>> Connections()
    {
        foreach (var tablet in Tablets.Keys)
        {
            var (used, idle) = tablet.Readers.Counts;
            yield return Of(used, tablet, KeyValuePair.Create<string, object?>("db.client.connection.state", "used"));
            yield return Of(idle, tablet, KeyValuePair.Create<string, object?>("db.client.connection.state", "idle"));
        }
    }

    private static IEnumerable<Measurement<long>> LogSizes()
    {
        foreach (var (tablet, log) in Logs())
        {
            yield return Of(log.WindowBytes, tablet, KeyValuePair.Create<string, object?>("shale.log.part", "window"));
            yield return Of(log.KeptBytes, tablet, KeyValuePair.Create<string, object?>("shale.log.part", "kept"));
        }
    }

    // Branches lie on the log of their shard.
    private static IEnumerable<(VTTablet Tablet, ShardRetention Log)> Logs()
    {
        foreach (var tablet in Tablets.Keys.Where(tablet => tablet.Options.Branch is null))
        {
            if (tablet.StorageEngine.Retention is { } log) yield return (tablet, log);
        }
    }

    private static long AgeOf((VTTablet Tablet, ShardRetention Log) shard) =>
        Math.Max(0, (shard.Tablet.Options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds() - shard.Log.Oldest) / 1000);

    private static Measurement<long> Of(long value, VTTablet tablet, params ReadOnlySpan<KeyValuePair<string, object?>> more)
    {
        KeyValuePair<string, object?>[] tags =
        [
            KeyValuePair.Create<string, object?>(ShaleTelemetry.System, NameOf(tablet.Engine)),
            KeyValuePair.Create<string, object?>(ShaleTelemetry.Namespace, tablet.Options.Namespace),
            KeyValuePair.Create<string, object?>(ShaleTelemetry.Shard, tablet.Shard), .. more,
        ];
        return new Measurement<long>(value, tags);
    }

    private static string NameOf(StorageEngineType engine) => engine == StorageEngineType.Sqlite ? "sqlite" : "postgresql";
}
