namespace Shale.Vitess;

/// <summary>A column that a sequence fills where a row brings no value.</summary>
/// <param name="Column">The column.</param>
/// <param name="Sequence">The sequence, possibly of another keyspace: <c>keyspace.sequence</c>.</param>
public sealed record AutoIncrement(string Column, string Sequence);
