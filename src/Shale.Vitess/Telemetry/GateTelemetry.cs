using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Metrics and spans of the gates of this process. Thread-safe.</summary>
internal static class GateTelemetry
{
    private const string Product = "shale";
    private static readonly string[] Operations =
    [
        "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "CREATE", "ALTER", "DROP", "TRUNCATE", "SHOW", "VEXPLAIN", "EXPLAIN", "KILL", "PRAGMA", "SAVEPOINT",
        "RELEASE", "ROLLBACK", "REPLACE", "VACUUM", "ANALYZE", "TABLE",
    ];

    private static readonly ActivitySource Activities = new(ShaleTelemetry.Gate);
    private static readonly Meter Meter = new(ShaleTelemetry.Gate);
    private static readonly ConcurrentDictionary<ProcessList, (GateTransactions Transactions, GateMemory Memory)> Gates = new();

    private static readonly Histogram<double> Duration = Meter.CreateHistogram("db.client.operation.duration", "s", "Duration of statements.", null, ShaleTelemetry.DurationBuckets);

    private static readonly Histogram<long> ReturnedRows = Meter.CreateHistogram("db.client.response.returned_rows", "{row}", "Rows that statements gave.", null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] });

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("shale.gate.statements.refused", "{statement}", "Statements that met a limit of the gate or their keyspace.");

    static GateTelemetry()
    {
        Meter.CreateObservableUpDownCounter("shale.gate.statements.active", () => Gates.Sum(gate => (long)gate.Key.Count), "{statement}", "Statements that run.");
        Meter.CreateObservableUpDownCounter("shale.gate.transactions.open", () => Gates.Sum(gate => (long)gate.Value.Transactions.Count), "{transaction}", "Transactions that clients hold.");
        Meter.CreateObservableUpDownCounter("shale.gate.memory.used", () => Gates.Sum(gate => gate.Value.Memory.Used), "By", "Memory that rows take at the gate.");
    }

    /// <summary>Whether a statement is to be told as a span.</summary>
    public static bool IsTraced => Activities.HasListeners();

    /// <summary>A gate is there.</summary>
    public static void Add(ProcessList processes, GateTransactions transactions, GateMemory memory) => Gates[processes] = (transactions, memory);

    /// <summary>A gate is gone.</summary>
    public static void Remove(ProcessList processes) => Gates.TryRemove(processes, out _);

    /// <summary>Begins the span of a statement; null if nobody wants it.</summary>
    public static Activity? Start(GateRequest request)
    {
        var operation = OperationOf(request.Sql);
        var activity = Activities.StartActivity(operation ?? Product, ActivityKind.Client);
        if (activity is not { IsAllDataRequested: true }) return activity;
        activity.SetTag(ShaleTelemetry.System, Product).SetTag(ShaleTelemetry.Operation, operation).SetTag(ShaleTelemetry.QueryText, WithoutLiterals(request));
        return activity;
    }

    /// <summary>Ends the span of a statement that succeeded.</summary>
    public static void Succeed(Activity? activity, GateResult result)
    {
        if (activity is not { IsAllDataRequested: true }) return;
        activity.SetTag(ShaleTelemetry.Tier, result.Tier).SetTag(ShaleTelemetry.Shard, string.Join(' ', result.Shards)).SetTag("db.response.returned_rows", result.Rows.RowCount);
    }

    /// <summary>A statement has ended.</summary>
    public static void Ended(RunningStatement statement, TimeProvider clock, GateResult? result, Exception? failure)
    {
        if (Duration.Enabled)
        {
            var tags = Tags(statement);
            if (result is not null) tags.Add(ShaleTelemetry.Tier, result.Tier);
            if (failure is not null) tags.Add(ShaleTelemetry.ErrorType, ShaleTelemetry.CodeOf(failure));
            Duration.Record(clock.GetElapsedTime(statement.StartedAt).TotalSeconds, tags);
        }

        if (result is not null && ReturnedRows.Enabled) ReturnedRows.Record(result.Rows.RowCount, Tags(statement));
        if (Refused.Enabled && failure is VitessException { Code: "RESOURCE_EXHAUSTED" or "TIMEOUT" } limit)
        {
            var tags = Tags(statement);
            tags.Add(ShaleTelemetry.ErrorType, limit.Code);
            tags.Add(ShaleTelemetry.Status, limit.SqlState);
            Refused.Add(1, tags);
        }
    }

    /// <summary>The kind of a statement by its first word; null for any other. Few, since each becomes a series.</summary>
    public static string? OperationOf(string sql)
    {
        var text = sql.AsSpan().TrimStart();
        var end = 0;
        while (end < text.Length && char.IsAsciiLetter(text[end])) end++;
        foreach (var operation in Operations)
        {
            if (text[..end].Equals(operation, StringComparison.OrdinalIgnoreCase)) return operation;
        }

        return null;
    }

    private static TagList Tags(RunningStatement statement)
    {
        var tags = default(TagList);
        tags.Add(ShaleTelemetry.System, Product);
        if (statement.Session is { } session) tags.Add(ShaleTelemetry.Namespace, session.Keyspace.Name);
        if (OperationOf(statement.Request.Sql) is { } operation) tags.Add(ShaleTelemetry.Operation, operation);
        return tags;
    }

    // Literals are people's data. What cannot be normalised is not told.
    private static string? WithoutLiterals(GateRequest request)
    {
        var normalized = NormalizedRequest.Current;
        return normalized.TryRead(request.Sql, request.Dialect ?? SqlDialect.Postgres) ? normalized.Text : null;
    }
}
