namespace Shale.Sqlite;

/// <summary>
/// The body of an SQL function: from values to one value. A <see cref="VitessException"/> that it throws fails the statement and comes out
/// unchanged. Called on the thread that runs the statement; it must not use the connection.
/// </summary>
/// <param name="args">The arguments; valid during the call only. Booleans arrive as integers 0 and 1.</param>
public delegate SqlValue ScalarFunction(ReadOnlySpan<SqlValue> args);
