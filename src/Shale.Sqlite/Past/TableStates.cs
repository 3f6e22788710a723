using System.Globalization;

namespace Shale.Sqlite;

/// <summary>Rows of a table as single versions of the database have them, shown as the columns of now. Used by one thread.</summary>
/// <param name="source">What they are shown as.</param>
/// <param name="connection">The version as main, and for comparisons the one before it (<see cref="VersionSource.OpenStates"/>).</param>
/// <param name="shape">The table in main.</param>
/// <param name="trace">What its columns are called there.</param>
/// <param name="key">The primary key of the only row that counts; null for all.</param>
internal sealed class TableStates(VersionSource source, SqliteConnection connection, TableShape shape, TableTrace trace, SqlValue[]? key)
{
    private readonly RowKeys _keys = new(shape.Name, shape.Key);

    /// <summary>All rows, with their keys.</summary>
    public IEnumerable<(byte[] Key, SqlValue[] Values)> All()
    {
        var sql = $"SELECT {Keys("a", shape)}, {Columns("a", shape, trace)} FROM main.{SqlText.Quote(shape.Name)} AS a{Where("a")}";
        foreach (var row in Rows(sql)) yield return (_keys.Of(row.AsSpan(0, shape.Key.Count)), Shown(row, shape.Key.Count, shape, trace));
    }

    /// <summary>The rows that are others than in the version before, or not there in it, or no longer there: their keys, and how they were and are.</summary>
    /// <param name="earlier">The table before, told apart by the same key.</param>
    /// <param name="before">What its columns were called.</param>
    public IEnumerable<RowChange> Changes(TableShape earlier, TableTrace before)
    {
        var (now, then) = ($"main.{SqlText.Quote(shape.Name)} AS a", $"{VersionSource.Before}.{SqlText.Quote(earlier.Name)} AS b");
        var same = string.Join(" AND ", shape.Key.Select((column, i) =>
            $"a.{Name(shape, column)} = b.{Name(earlier, earlier.Key[i])} COLLATE {column.Collation}"));
        var keys = shape.Key.Count;
        var width = source.Table.Columns.Count;
        var both = $"SELECT {Keys("a", shape)}, {Keys("b", earlier)}, {Columns("a", shape, trace)}, {Columns("b", earlier, before)} FROM {now} LEFT JOIN {then} ON {same}{Where("a")}";
        foreach (var row in Rows(both))
        {
            var wasThere = !row[keys].IsNull;
            var change = new RowChange(_keys.Of(row.AsSpan(0, keys)), wasThere ? Shown(row, (2 * keys) + width, earlier, before) : null) { After = Shown(row, 2 * keys, shape, trace) };
            yield return change;
        }

        var gone = $"SELECT {Keys("b", earlier)}, {Columns("b", earlier, before)} FROM {then} WHERE NOT EXISTS (SELECT 1 FROM {now} WHERE {same}){And("b", earlier)}";
        foreach (var row in Rows(gone)) yield return new RowChange(_keys.Of(row.AsSpan(0, keys)), Shown(row, keys, earlier, before));
    }

    private static string Name(TableShape table, KeyColumn column) => SqlText.Quote(table.Columns[column.Column].Name);

    private static string Keys(string alias, TableShape table) => string.Join(", ", table.Key.Select(column => $"{alias}.{Name(table, column)}"));

    private string Columns(string alias, TableShape table, TableTrace names) =>
        string.Join(", ", Enumerable.Range(0, source.Table.Columns.Count).Select(i => names[i] is { } name && table.Find(name) is >= 0 and var found ? $"{alias}.{SqlText.Quote(table.Columns[found].Name)}" : "NULL"));

    private string Where(string alias) => key is null ? "" : " WHERE " + IsKey(alias, shape);

    private string And(string alias, TableShape table) => key is null ? "" : " AND " + IsKey(alias, table);

    private string IsKey(string alias, TableShape table) =>
        string.Join(" AND ", table.Key.Select((column, i) => string.Create(CultureInfo.InvariantCulture, $"{alias}.{Name(table, column)} = ?{i + 1} COLLATE {shape.Key[i].Collation}")));

    private SqlValue[] Shown(SqlValue[] row, int from, TableShape table, TableTrace names)
    {
        var values = row.AsSpan(from, source.Table.Columns.Count).ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            if (names[i] is not { } name || table.Find(name) < 0) values[i] = source.Default(i);
        }

        return values;
    }

    private IEnumerable<SqlValue[]> Rows(string sql)
    {
        var statement = connection.Rent(sql);
        try
        {
            for (var i = 0; i < key?.Length; i++) statement.Bind(i + 1, key[i]);
            while (statement.Step())
            {
                var row = new SqlValue[statement.ColumnCount];
                for (var i = 0; i < row.Length; i++) row[i] = statement.Column(i);
                yield return row;
            }
        }
        finally
        {
            connection.Return(statement);
        }
    }
}
