namespace Shale.Engines;

/// <summary>How the rows of a table are read, written and compared.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Select">Reads its rows, in the order of their ids or keys.</param>
/// <param name="Insert">Writes one, by position.</param>
/// <param name="Verify">Reads type and bytes of each value, in that order.</param>
internal sealed record TableShape(string Name, string Select, string Insert, string Verify)
{
    /// <summary>Of a table by what PRAGMA table_xinfo says of its columns.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="withoutRowId">Whether it has no row ids, or they do not matter.</param>
    public static TableShape Of(string name, RowSet columns, bool withoutRowId)
    {
        var stored = new List<string>();
        var all = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var key = new SortedDictionary<long, string>();
        for (var i = 0; i < columns.RowCount; i++)
        {
            // name, type, notnull, dflt_value, pk, hidden: 0 for what is stored as it was given.
            var column = columns[i][1].AsText();
            all.Add(column);
            if (columns[i][6].AsInteger() == 0) stored.Add(Quote(column));
            if (columns[i][5].AsInteger() > 0) key.Add(columns[i][5].AsInteger(), Quote(column));
        }

        var rowId = withoutRowId ? null : ((string[])["rowid", "_rowid_", "oid"]).FirstOrDefault(each => !all.Contains(each));
        if (rowId is not null) stored.Insert(0, rowId);
        var order = rowId ?? string.Join(", ", key.Values);
        var from = $"FROM {Quote(name)}{(order.Length > 0 ? " ORDER BY " + order : "")}";

        // The sign keeps a column's declared type from being applied to what is stored.
        return new TableShape(name, $"SELECT {string.Join(", ", stored.Select(column => "+" + column))} {from}",
            $"INSERT INTO {Quote(name)} ({string.Join(", ", stored)}) VALUES ({string.Join(", ", stored.Select((_, i) => $"?{i + 1}"))})",
            $"SELECT {string.Join(", ", stored.Select(column => $"typeof({column}), CASE typeof({column}) WHEN 'text' THEN CAST({column} AS BLOB) ELSE {column} END"))} {from}");
    }

    /// <summary>A name in quotes.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
