using Shale.Sql;

namespace Shale.Vitess;

/// <summary>A row as its entry in one lookup vindex sees it.</summary>
/// <param name="Values">What it is looked up by.</param>
/// <param name="Key">Its sharding key.</param>
/// <param name="Id">Its keyspace id.</param>
internal sealed record LookupRow(SqlValue[] Values, SqlValue[] Key, KeyspaceId Id);

/// <summary>The statements that read all rows of a table, or all entries of its lookup vindex, some of them by their values, and what their rows mean. Immutable.</summary>
internal sealed class LookupScan
{
    private readonly EntryTable _table;
    private readonly SqlDialect _engine;
    private readonly int _width;

    /// <summary>Prints the statements.</summary>
    /// <param name="table">The entries.</param>
    /// <param name="engine">The dialect of the keyspace's engine.</param>
    public LookupScan(EntryTable table, SqlDialect engine)
    {
        (_table, _engine) = (table, engine);
        _width = table.Lookup.Columns.Length;
        var values = table.Lookup.Columns.Select(ScratchTable.Quote).ToList();
        var key = table.Owner.ShardColumns.Select(column => ScratchTable.Quote(table.Owner.Schema.Columns[column].Name));
        var from = $"FROM {ScratchTable.Quote(table.Owner.Table.Name)} WHERE {string.Join(" AND ", values.Select(value => value + " IS NOT NULL"))}";
        RowsSql = $"SELECT {string.Join(", ", values.Concat(key))} {from}";
        CountSql = $"SELECT count(*) {from}";
        DuplicatesSql = $"SELECT {string.Join(", ", values)} {from} GROUP BY {string.Join(", ", values)} HAVING count(*) > 1";
        EntriesSql = $"SELECT {string.Join(", ", values)}, {VLookup.KeyspaceIdColumn} FROM {ScratchTable.Quote(table.Lookup.Table)}";
    }

    /// <summary>On a shard of the owner: values and sharding keys of all rows that have an entry.</summary>
    public string RowsSql { get; }

    /// <summary>On a shard of the owner: how many those are.</summary>
    public string CountSql { get; }

    /// <summary>On a shard of the owner: values that several of its rows have.</summary>
    public string DuplicatesSql { get; }

    /// <summary>On a shard of the entries: all of them.</summary>
    public string EntriesSql { get; }

    /// <summary>As <see cref="EntriesSql"/>, of some values; they are the parameters, one after another.</summary>
    public string EntriesOf(int count) => $"{EntriesSql} WHERE {In(count)}";

    /// <summary>As <see cref="RowsSql"/>, of some values.</summary>
    public string RowsOf(int count) => $"{RowsSql} AND {In(count)}";

    /// <summary>Rows of <see cref="RowsSql"/>.</summary>
    public List<LookupRow> Read(RowSet rows, int first, int count)
    {
        var read = new List<LookupRow>(count);
        for (var i = first; i < first + count; i++)
        {
            var key = rows[i][_width..].ToArray();
            read.Add(new LookupRow(rows[i][.._width].ToArray(), key, _table.IdOf(key)));
        }

        return read;
    }

    private string In(int count)
    {
        var names = string.Join(", ", _table.Lookup.Columns.Select(ScratchTable.Quote));
        if (_width == 1) return $"{names} IN ({string.Join(", ", Enumerable.Range(1, count).Select(Parameter))})";
        var rows = Enumerable.Range(0, count).Select(row => $"({string.Join(", ", Enumerable.Range(row * _width + 1, _width).Select(Parameter))})");

        // PostgreSQL would take values in VALUES for text.
        return _engine == SqlDialect.Sqlite ? $"({names}) IN (VALUES {string.Join(", ", rows)})" : $"({names}) IN ({string.Join(", ", rows)})";
    }

    private string Parameter(int number) => _engine == SqlDialect.Sqlite ? $"?{number}" : $"${number}";
}
