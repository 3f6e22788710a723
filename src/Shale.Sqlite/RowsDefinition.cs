namespace Shale.Sqlite;

/// <summary>
/// A table-valued function of ours: a table that is always there, whose rows are made when they are asked for. Arguments are hidden columns; those that are not given are NULL.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns, with types.</param>
/// <param name="Arguments">The names of its arguments, at most 8.</param>
/// <param name="Rows">The rows for the arguments' values, each with a value for every column. Called on the connection's thread; may throw VitessExceptions.</param>
public sealed record RowsDefinition(string Name, IReadOnlyList<string> Columns, IReadOnlyList<string> Arguments, Func<SqlValue[], IEnumerable<SqlValue[]>> Rows);
