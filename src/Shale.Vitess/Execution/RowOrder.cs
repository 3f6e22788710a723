namespace Shale.Vitess;

/// <summary>
/// Orders rows by their identity as one SQLite database scans a table by its INTEGER PRIMARY KEY or WITHOUT ROWID: NULL, numbers, text, blobs. For other tables SQL leaves the
/// order open, and this one is as good as another.
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
            var order = Compare(x[i], y![i]);
            if (order != 0) return order;
        }

        return 0;
    }

    private static int Compare(SqlValue left, SqlValue right)
    {
        var (first, second) = (Class(left), Class(right));
        if (first != second) return first.CompareTo(second);
        return left.Kind switch
        {
            SqlValueKind.Null => 0,
            SqlValueKind.Text => string.CompareOrdinal(left.AsText(), right.AsText()),
            SqlValueKind.Blob => left.AsBlob().AsSpan().SequenceCompareTo(right.AsBlob()),
            SqlValueKind.Real => left.AsReal().CompareTo(right.Kind == SqlValueKind.Real ? right.AsReal() : right.AsInteger()),
            _ => right.Kind == SqlValueKind.Real ? ((double)left.AsInteger()).CompareTo(right.AsReal()) : left.AsInteger().CompareTo(right.AsInteger()),
        };
    }

    private static int Class(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Null => 0,
        SqlValueKind.Text => 2,
        SqlValueKind.Blob => 3,
        _ => 1,
    };
}
