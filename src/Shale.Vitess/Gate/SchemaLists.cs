using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Lists of what a VSchema holds, as rows and records.</summary>
internal static class SchemaLists
{
    /// <summary>The tables and views of a keyspace with their columns; a view's columns are not listed.</summary>
    public static IReadOnlyList<TableInfo> Tables(VKeyspace keyspace)
    {
        var tables = new List<TableInfo>();
        foreach (var table in keyspace.Tables.Values)
        {
            if (table.Schema is null) continue;
            tables.Add(new TableInfo(table.Name, "table", [.. table.Schema.Columns.Select(column =>
                new ColumnInfo(column.Name, column.Type.Name, !column.NotNull))]));
        }

        foreach (var view in keyspace.Views.Values) tables.Add(new TableInfo(view.Name, "view", []));
        return tables;
    }

    /// <summary>Rows of text columns.</summary>
    public static RowSet Text(IReadOnlyList<string> columns, IEnumerable<string?[]> rows)
    {
        var set = new RowSet([.. columns.Select(name => new Field(name, "text"))]);
        foreach (var row in rows)
        {
            var cells = set.AddRow();
            for (var i = 0; i < cells.Length; i++) cells[i] = SqlValue.Text(row[i]);
        }

        return set;
    }

    /// <summary>Where a table's rows live, in words.</summary>
    public static string PlaceOf(VTable table) => table.Kind switch
    {
        VTableKind.Sharded => "sharded",
        VTableKind.Reference => "reference",
        VTableKind.Pinned => "pinned",
        _ => "unsharded",
    };

    /// <summary>Rows that match a LIKE pattern in their first column; all without one.</summary>
    public static IEnumerable<string?[]> Matching(IEnumerable<string?[]> rows, string? pattern)
    {
        if (pattern is null) return rows;
        var text = System.Text.RegularExpressions.Regex.Escape(pattern).Replace("%", ".*", StringComparison.Ordinal).Replace("_", ".", StringComparison.Ordinal);
        var regex = new System.Text.RegularExpressions.Regex($"^{text}$", System.Text.RegularExpressions.RegexOptions.IgnoreCase
            | System.Text.RegularExpressions.RegexOptions.Singleline, TimeSpan.FromSeconds(1));
        return rows.Where(row => regex.IsMatch(row[0] ?? ""));
    }
}
