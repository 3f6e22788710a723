namespace Shale.Cli.Demo;

/// <summary>Compares what Shale answered with what one plain database answered.</summary>
internal static class RowComparison
{
    /// <summary>The first difference in words; null if there is none. Rows in order, values exactly.</summary>
    public static string? Difference(RowSet shale, IReadOnlyList<SqlValue[]> plain)
    {
        if (shale.RowCount != plain.Count) return $"{shale.RowCount} rows, the plain database has {plain.Count}";
        for (var i = 0; i < shale.RowCount; i++)
        {
            var row = shale[i];
            if (row.Length != plain[i].Length) return $"{row.Length} columns, the plain database has {plain[i].Length}";
            for (var column = 0; column < row.Length; column++)
            {
                if (row[column].Equals(plain[i][column])) continue;
                return $"row {i + 1}, {shale.Fields[column].Name}: {row[column]}, the plain database has {plain[i][column]}";
            }
        }

        return null;
    }
}
