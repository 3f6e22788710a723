using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What writes of a table with lookup vindexes must know of each row: the columns that make its entries. Immutable, thread-safe.</summary>
internal sealed class OwnerLookups
{
    private readonly int[] _key;
    private readonly int[][] _values;

    private OwnerLookups(TablePlace owner, IReadOnlyList<EntryTable> tables)
    {
        Owner = owner;
        Tables = tables;
        var columns = new List<string>();
        _key = [.. owner.ShardColumns.Select(column => Cell(columns, owner.Schema.Columns[column].Name))];
        _values = [.. tables.Select(table => table.Lookup.Columns.Select(column => Cell(columns, column)).ToArray())];
        Columns = columns;
    }

    /// <summary>The table.</summary>
    public TablePlace Owner { get; }

    /// <summary>Its lookup vindexes.</summary>
    public IReadOnlyList<EntryTable> Tables { get; }

    /// <summary>The columns that a row's entries are made of: the sharding key, and all that are looked up.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The lookups of a table; null if it has none. INVALID_VSCHEMA if a table of entries does not exist.</summary>
    /// <param name="owner">The table.</param>
    /// <param name="catalog">The session's tables.</param>
    /// <param name="engine">The dialect of the keyspace's engine.</param>
    /// <param name="isMeant">Which of the lookups are meant; null for all.</param>
    public static OwnerLookups? Of(TablePlace owner, Catalog catalog, SqlDialect engine, Func<VLookup, bool>? isMeant = null)
    {
        VLookup[] meant = isMeant is null ? [.. owner.Table.Lookups] : [.. owner.Table.Lookups.Where(isMeant)];
        if (meant.Length == 0) return null;
        return new OwnerLookups(owner, [.. meant.Select(lookup => new EntryTable(owner, EntriesOf(owner, lookup, catalog), lookup, engine))]);
    }

    /// <summary>The sharding key of a row, which is given as <see cref="Columns"/>.</summary>
    public SqlValue[] KeyOf(ReadOnlySpan<SqlValue> row)
    {
        var key = new SqlValue[_key.Length];
        for (var i = 0; i < key.Length; i++) key[i] = row[_key[i]];
        return key;
    }

    /// <summary>What one of <see cref="Tables"/> looks a row up by; null if that has a NULL, so that the row has no entry there.</summary>
    public SqlValue[]? ValuesOf(int table, ReadOnlySpan<SqlValue> row)
    {
        var cells = _values[table];
        var values = new SqlValue[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            values[i] = row[cells[i]];
            if (values[i].IsNull) return null;
        }

        return values;
    }

    /// <summary>What RETURNING gave without the columns of the entries, which stand last.</summary>
    /// <param name="returned">The rows.</param>
    /// <param name="into">Receives the rows' entries.</param>
    public RowSet Cut(RowSet returned, List<Entry> into)
    {
        var width = returned.Fields.Count - Columns.Count;
        if (width < 0) return returned;
        var rows = new RowSet(width == 0 ? [] : [.. returned.Fields.Take(width)], returned.RowCount);
        for (var i = 0; i < returned.RowCount; i++)
        {
            Entry.AddAll(this, returned[i][width..], into);
            if (width > 0) rows.Add(returned[i][..width]);
        }

        return rows;
    }

    /// <summary>RETURNING of a statement, and the columns of the entries behind it.</summary>
    /// <param name="returning">What the statement returns.</param>
    /// <param name="table">What it calls the table, where others stand beside it; else null.</param>
    public NodeList<SelectItem> Returning(NodeList<SelectItem> returning, Identifier? table = null) =>
        [.. returning, .. Columns.Select(column => new SelectItem(new ColumnRef(null, table, new Identifier(column, true)), null))];

    private static int Cell(List<string> columns, string name)
    {
        var known = columns.FindIndex(column => VSchemaNames.Comparer.Equals(column, name));
        if (known >= 0) return known;
        columns.Add(name);
        return columns.Count - 1;
    }

    private static TablePlace EntriesOf(TablePlace owner, VLookup lookup, Catalog catalog)
    {
        var name = new ObjectName(new Identifier(owner.Keyspace.Name, true), new Identifier(lookup.Table, true));
        return catalog.FindPlace(name) is { IsSharded: true } entries ? entries : throw new VitessException(ErrorCodes.InvalidVSchema,
            $"lookup vindex \"{lookup.Name}\" of table \"{owner.Table.Name}\" keeps its entries in \"{lookup.Table}\", which is no sharded table of the keyspace");
    }
}
