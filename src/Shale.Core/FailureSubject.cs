namespace Shale;

/// <summary>What a failure is about: programs tell broken constraints apart by these names, which stand in the message for people only. Each is null where it is not known.</summary>
/// <param name="Table">The table, as it is spelled in the schema.</param>
/// <param name="Column">The column whose value is missing or wrong.</param>
/// <param name="Constraint">The key, check or foreign key that is broken.</param>
public sealed record FailureSubject(string? Table = null, string? Column = null, string? Constraint = null)
{
    /// <summary>More about it, with values, as PostgreSQL words it: <c>Key (id)=(1) already exists.</c></summary>
    public string? Detail { get; init; }

    /// <summary>That a key's values are there already, as PostgreSQL words it.</summary>
    /// <param name="columns">The key.</param>
    /// <param name="values">The values, as clients see them.</param>
    public static string TakenKey(IEnumerable<string> columns, IEnumerable<SqlValue> values) => $"Key ({string.Join(", ", columns)})=({string.Join(", ", values)}) already exists.";
}
