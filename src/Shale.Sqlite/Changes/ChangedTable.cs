namespace Shale.Sqlite;

/// <summary>A table in a record of changed rows.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ColumnCount">How many columns are stored: all but virtual generated ones, in the order of the definition.</param>
/// <param name="IsWithoutRowId">Whether it has no rowid.</param>
/// <param name="RowIdColumn">The column that is the rowid (INTEGER PRIMARY KEY), by its place among the stored ones; null for none.</param>
/// <param name="Key">The columns of the primary key, by their place, in the key's order; empty for none.</param>
public sealed record ChangedTable(string Name, int ColumnCount, bool IsWithoutRowId, int? RowIdColumn, IReadOnlyList<int> Key)
{
    /// <summary>Whether the rowid stands beside the columns.</summary>
    public bool HasRowIdOfItsOwn => !IsWithoutRowId && RowIdColumn is null;
}
