namespace Shale.Vitess;

/// <summary>A column that a sequence fills where a row brings no value.</summary>
/// <param name="Column">The column.</param>
/// <param name="Sequence">The sequence, possibly of another keyspace: <c>keyspace.sequence</c>.</param>
public sealed record AutoIncrement(string Column, string Sequence)
{
    /// <summary>Whether the sequence was made with the column, and goes with it; null where its name says so: that of the table and of the column. Kept when one of the three gets another name.</summary>
    public bool? IsOwned { get; init; }

    /// <summary>Whether the sequence goes with the column of a table.</summary>
    public bool IsOwnedBy(string table) => IsOwned ?? Sequence.StartsWith($"{table}_{Column}_seq", StringComparison.OrdinalIgnoreCase);
}
