using Shale.Vitess;

namespace Shale.Postgres.Wire;

/// <summary>What an ErrorResponse or a NoticeResponse says.</summary>
/// <param name="Severity">ERROR, FATAL, WARNING, NOTICE.</param>
/// <param name="SqlState">Five characters.</param>
/// <param name="Message">What happened.</param>
internal sealed record ErrorFields(string Severity, string SqlState, string Message)
{
    /// <summary>More of it; null for nothing.</summary>
    public string? Detail { get; init; }

    /// <summary>What to do; null for nothing.</summary>
    public string? Hint { get; init; }

    /// <summary>Where in the query string, 1-based in characters; null for nowhere.</summary>
    public int? Position { get; init; }

    /// <summary>Where it happened; null for nothing.</summary>
    public string? Where { get; init; }

    /// <summary>The table that it is about; null for none.</summary>
    public string? Table { get; init; }

    /// <summary>The column that it is about; null for none.</summary>
    public string? Column { get; init; }

    /// <summary>The constraint that is broken; null for none.</summary>
    public string? Constraint { get; init; }

    // Drivers that prepare the statement again by themselves know the failure by it, for messages may be in any language.
    private const string ChangedColumnsRoutine = "RevalidateCachedQuery";

    /// <summary>PostgreSQL's function that tells it; null for none that anybody looks at.</summary>
    public string? Routine { get; init; }

    /// <summary>The fields of a failure.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="severity">ERROR, or FATAL if the connection ends with it.</param>
    public static ErrorFields Of(VitessException failure, string severity = "ERROR") => new(severity, failure.SqlState ?? "XX000", failure.Message)
    {
        Detail = (failure.Subject?.Detail is { } detail ? detail + "\n" : "") + (failure.Shard is { } shard ? $"{failure.Code} on shard {shard}" : failure.Code),
        Table = failure.Subject?.Table,
        Column = failure.Subject?.Column,
        Constraint = failure.Subject?.Constraint,
        Hint = string.IsNullOrEmpty(failure.Hint) ? null : failure.Hint,
        Position = failure.Position,
        Where = failure.Context,
        Routine = failure.Message == GateDescription.ChangedColumns ? ChangedColumnsRoutine : null,
    };
}
