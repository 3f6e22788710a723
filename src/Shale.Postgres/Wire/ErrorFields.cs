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

    /// <summary>The fields of a failure.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="severity">ERROR, or FATAL if the connection ends with it.</param>
    public static ErrorFields Of(VitessException failure, string severity = "ERROR") => new(severity, failure.SqlState ?? "XX000", failure.Message)
    {
        Detail = failure.Shard is { } shard ? $"{failure.Code} on shard {shard}" : failure.Code,
        Hint = string.IsNullOrEmpty(failure.Hint) ? null : failure.Hint,
        Position = failure.Position,
    };
}
