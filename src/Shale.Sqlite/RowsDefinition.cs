namespace Shale.Sqlite;

/// <summary>
/// A table-valued function of ours: a table that is always there, whose rows are made when they are asked for. Arguments are hidden columns; those that are not given are NULL.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns, with types; those with HIDDEN behind are left out by a star.</param>
/// <param name="Arguments">The names of its arguments, at most 8.</param>
/// <param name="Key">The columns and arguments that tell rows apart, as they stand in PRIMARY KEY (…). There is no rowid.</param>
/// <param name="Rows">The rows, each with a value for every column. Called on the connection's thread; may throw VitessExceptions.</param>
public sealed record RowsDefinition(string Name, IReadOnlyList<string> Columns, IReadOnlyList<string> Arguments, string Key, Func<RowsRequest, IEnumerable<SqlValue[]>> Rows)
{
    /// <summary>Columns whose values <see cref="Rows"/> is told where all of them are compared for equality, at most 16: it may then leave out rows that have others. SQLite looks again.</summary>
    public IReadOnlyList<SoughtColumn> Sought { get; init; } = [];

    /// <summary>Columns of which <see cref="Rows"/> is told whether the statement reads them, at most 8.</summary>
    public IReadOnlyList<int> Watched { get; init; } = [];
}

/// <summary>A column of <see cref="RowsDefinition.Sought"/>.</summary>
/// <param name="Column">Its place.</param>
/// <param name="Collation">By which its values are the same. A comparison by another one is not told, but for BINARY, which finds fewer.</param>
public readonly record struct SoughtColumn(int Column, string Collation);

/// <summary>What a statement wants of a <see cref="RowsDefinition"/>.</summary>
/// <param name="Arguments">The arguments' values, NULL for what is not given.</param>
/// <param name="Sought">A value for each of <see cref="RowsDefinition.Sought"/>, as it was given, without the column's affinity; null for all rows.</param>
/// <param name="Reads">Whether each of <see cref="RowsDefinition.Watched"/> is read.</param>
public sealed record RowsRequest(SqlValue[] Arguments, SqlValue[]? Sought, bool[] Reads);
