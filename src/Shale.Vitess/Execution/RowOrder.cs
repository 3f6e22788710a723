namespace Shale.Vitess;

/// <summary>
/// Orders rows by their identity as one SQLite database scans a table by its INTEGER PRIMARY KEY or WITHOUT ROWID. For other tables SQL leaves the order open, and this one is as
/// good as another.
/// </summary>
internal sealed class RowOrder : IComparer<SqlValue[]>
{
    /// <summary>The only one.</summary>
    public static RowOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(SqlValue[]? x, SqlValue[]? y)
    {
        for (var i = 0; i < x!.Length; i++)
        {
            var order = EngineOrder.Compare(x[i], y![i], TextOrder.Binary);
            if (order != 0) return order;
        }

        return 0;
    }
}
