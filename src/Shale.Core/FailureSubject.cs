namespace Shale;

/// <summary>What a failure is about: programs tell broken constraints apart by these names, which stand in the message for people only. Each is null where it is not known.</summary>
/// <param name="Table">The table, as it is spelled in the schema.</param>
/// <param name="Column">The column whose value is missing or wrong.</param>
/// <param name="Constraint">The key, check or foreign key that is broken.</param>
public sealed record FailureSubject(string? Table = null, string? Column = null, string? Constraint = null)
{
    /// <summary>More about it, with values, as PostgreSQL words it: <c>Key (id)=(1) already exists.</c></summary>
    public string? Detail { get; init; }
}
