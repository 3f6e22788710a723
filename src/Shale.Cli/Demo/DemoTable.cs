namespace Shale.Cli.Demo;

/// <summary>A table of the demo.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Definition">The CREATE TABLE for Shale, in dialect postgres.</param>
/// <param name="PlainDefinition">The same table for one plain SQLite database.</param>
/// <param name="Columns">The columns that rows give; others number themselves.</param>
/// <param name="RowCount">How many rows there are.</param>
/// <param name="Rows">The rows, made as they are read.</param>
/// <param name="Returning">The number that rows get, told back with the column beside it; null for tables that number nothing.</param>
internal sealed record DemoTable(
    string Name, string Definition, string PlainDefinition, string[] Columns, int RowCount, Func<IEnumerable<SqlValue[]>> Rows, string? Returning = null)
{
    /// <summary>How it is spread over the shards, in words.</summary>
    public required string Placement { get; init; }
}
