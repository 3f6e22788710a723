using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>How the rows of a table are read, written and compared.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">What is stored of a row, in quotes, in the order of all three statements; the row id, if it counts, is the first.</param>
/// <param name="Select">Reads its rows, in the order of their ids or keys.</param>
/// <param name="Insert">Writes one, by position.</param>
/// <param name="Verify">Reads type and bytes of each value, in that order.</param>
internal sealed record TableShape(string Name, IReadOnlyList<string> Columns, string Select, string Insert, string Verify)
{
    /// <summary>How much of a table is read at a time.</summary>
    public const int ChunkBytes = 1 << 20;

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
            if (columns[i][6].AsInteger() == 0) stored.Add(SqlText.Quote(column));
            if (columns[i][5].AsInteger() > 0) key.Add(columns[i][5].AsInteger(), SqlText.Quote(column));
        }

        var rowId = withoutRowId ? null : ((string[])["rowid", "_rowid_", "oid"]).FirstOrDefault(each => !all.Contains(each));
        if (rowId is not null) stored.Insert(0, rowId);
        var order = rowId ?? string.Join(", ", key.Values);
        var from = $"FROM {SqlText.Quote(name)}{(order.Length > 0 ? " ORDER BY " + order : "")}";

        // The sign keeps a column's declared type from being applied to what is stored.
        return new TableShape(name, stored, $"SELECT {string.Join(", ", stored.Select(column => "+" + column))} {from}",
            $"INSERT INTO {SqlText.Quote(name)} ({string.Join(", ", stored)}) VALUES ({string.Join(", ", stored.Select((_, i) => $"?{i + 1}"))})",
            $"SELECT {string.Join(", ", stored.Select(column => $"typeof({column}), CASE typeof({column}) WHEN 'text' THEN CAST({column} AS BLOB) ELSE {column} END"))} {from}");
    }

    /// <summary>Copies its rows from one database to another, in whose transaction they are then, and returns how many there were.</summary>
    /// <param name="source">Has the rows.</param>
    /// <param name="target">Has the table.</param>
    /// <param name="told">Told after each chunk how many are there; null for nobody.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<long> CopyAsync(IEngineConnection source, IEngineConnection target, Action<long>? told, CancellationToken cancellationToken)
    {
        long copied = 0;
        await foreach (var chunk in source.StreamAsync(Select, [], ChunkBytes, cancellationToken))
        {
            var rows = new SqlValue[chunk.RowCount][];
            for (var i = 0; i < rows.Length; i++) rows[i] = chunk[i].ToArray();
            if (rows.Length > 0) await target.ExecuteManyAsync(Insert, rows, cancellationToken);
            told?.Invoke(copied += rows.Length);
        }

        return copied;
    }
}
