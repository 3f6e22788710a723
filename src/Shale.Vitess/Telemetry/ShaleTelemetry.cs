using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Shale.Vitess;

/// <summary>
/// What gate and tablets tell of themselves, by the names of OpenTelemetry's semantic conventions for databases. Nothing is computed or allocated while nobody
/// listens. The gate is measured as the database <c>shale</c>; a tablet as the client of its engine's.
/// </summary>
public static class ShaleTelemetry
{
    /// <summary>The name of the gate's meter and activity source.</summary>
    public const string Gate = "Shale.Gate";

    /// <summary>The name of the tablets' meter and activity source.</summary>
    public const string Tablet = "Shale.Tablet";

    /// <summary>In seconds: those of the conventions, and two below, since a point query takes microseconds.</summary>
    internal static readonly InstrumentAdvice<double> DurationBuckets = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
    };

    /// <summary>The keyspace.</summary>
    internal const string Namespace = "db.namespace";

    /// <summary>The database product.</summary>
    internal const string System = "db.system.name";

    /// <summary>The kind of statement: SELECT, INSERT, ….</summary>
    internal const string Operation = "db.operation.name";

    /// <summary>The code of the failure.</summary>
    internal const string ErrorType = "error.type";

    /// <summary>The SQLSTATE of the failure.</summary>
    internal const string Status = "db.response.status_code";

    /// <summary>The text of the statement, without its literals.</summary>
    internal const string QueryText = "db.query.text";

    /// <summary>The shard, by its key range.</summary>
    internal const string Shard = "shale.shard";

    /// <summary>How the statement ran: T0, T1, T2, gate.</summary>
    internal const string Tier = "shale.tier";

    /// <summary>Tells a span of its failure.</summary>
    internal static void Fail(Activity? activity, Exception failure)
    {
        if (activity is null) return;
        activity.SetStatus(ActivityStatusCode.Error, failure.Message);
        activity.SetTag(ErrorType, CodeOf(failure));
        if (failure is VitessException { SqlState: { } state }) activity.SetTag(Status, state);
    }

    /// <summary>What stands in error.type.</summary>
    internal static string CodeOf(Exception failure) => failure is VitessException known ? known.Code : failure.GetType().Name;
}
