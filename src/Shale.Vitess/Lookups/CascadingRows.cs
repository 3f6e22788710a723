using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// A foreign key by whose action a shard deletes or changes rows of a table with lookup vindexes, or of one whose rows take such along: only beforehand can it be told what those
/// are looked up by. Immutable once made.
/// </summary>
/// <param name="Sql">Gives the whole rows that refer to a row.</param>
/// <param name="Cells">The cells of that row that they refer to.</param>
/// <param name="Child">Their table.</param>
/// <param name="Deletes">Whether the action deletes them.</param>
internal sealed record CascadeEdge(string Sql, int[] Cells, CascadingTable Child, bool Deletes);

/// <summary>A table whose rows a foreign key's action deletes or changes.</summary>
/// <param name="Lookups">Its lookups; null for none.</param>
/// <param name="LookupCells">Where <see cref="OwnerLookups.Columns"/> stand in its rows.</param>
internal sealed record CascadingTable(OwnerLookups? Lookups, int[] LookupCells)
{
    /// <summary>The foreign keys that lead to it.</summary>
    public List<CascadeEdge> Edges { get; } = [];
}

/// <summary>Plans and finds what foreign keys' actions do to entries of lookup vindexes.</summary>
internal sealed class CascadingRows(Catalog catalog, SqlDialect engine)
{
    private readonly Dictionary<string, CascadingTable> _tables = new(VSchemaNames.Comparer);

    /// <summary>The foreign keys that delete or empty looked-up rows when rows of a table go.</summary>
    /// <param name="parent">The table.</param>
    /// <param name="cellOf">Where a column of it stands among the cells.</param>
    public List<CascadeEdge> OfDelete(TablePlace parent, Func<string, int> cellOf) =>
        [.. ChildrenOf(parent).Where(child => Matters(parent.Keyspace, child.Table, child.Key, new HashSet<string>(VSchemaNames.Comparer))).Select(child => EdgeOf(parent, child.Table, child.Key, cellOf, child.Key.OnDelete == "cascade"))];

    /// <summary>The foreign keys that empty looked-up columns when a table's rows get other keys.</summary>
    /// <param name="parent">The table.</param>
    /// <param name="isSet">Whether a column of it is set.</param>
    /// <param name="cellOf">Where a column of it stands among the cells.</param>
    public List<CascadeEdge> OfUpdate(TablePlace parent, Func<string, bool> isSet, Func<string, int> cellOf) =>
        [.. ChildrenOf(parent).Where(child => child.Key.OnUpdate == "set null" && Empties(child.Table, child.Key) && ParentColumns(parent, child.Key).Any(isSet))
            .Select(child => EdgeOf(parent, child.Table, child.Key, cellOf, deletes: false))];

    /// <summary>Adds the entries of the rows of a shard that go, or may change, with a row.</summary>
    public static async ValueTask FindAsync(
        CascadeEdge edge, SqlValue[] key, ITablet tablet, string txId, List<Entry> into, CancellationToken cancellationToken)
    {
        var seen = new HashSet<EntryKey>();
        var left = new Stack<(CascadeEdge Edge, SqlValue[] Key)>([(edge, key)]);
        while (left.TryPop(out var next))
        {
            if (Array.Exists(next.Key, value => value.IsNull) || !seen.Add(new EntryKey(next.Edge.Sql, next.Key, default))) continue;
            var rows = (await tablet.QueryAsync(new ShardQueryRequest(tablet.Shard, next.Edge.Sql, next.Key, txId), cancellationToken)).Rows;
            for (var i = 0; i < rows.RowCount; i++)
            {
                if (next.Edge.Child.Lookups is { } lookups) Entry.AddAll(lookups, Pick(rows[i], next.Edge.Child.LookupCells), into);
                if (!next.Edge.Deletes) continue;
                foreach (var further in next.Edge.Child.Edges) left.Push((further, Pick(rows[i], further.Cells)));
            }
        }
    }

    private static SqlValue[] Pick(ReadOnlySpan<SqlValue> row, int[] cells)
    {
        var picked = new SqlValue[cells.Length];
        for (var i = 0; i < picked.Length; i++) picked[i] = row[cells[i]];
        return picked;
    }

    private static IEnumerable<(VTable Table, ForeignKeySchema Key)> ChildrenOf(TablePlace parent) => parent.Keyspace.Tables.Values
        .Where(table => table.Schema is not null)
        .SelectMany(table => table.Schema!.ForeignKeys.Where(key => VSchemaNames.Comparer.Equals(key.Parent, parent.Table.Name)).Select(key => (table, key)));

    /// <summary>Whether the action of a foreign key comes to rows that have entries.</summary>
    private bool Matters(VKeyspace keyspace, VTable child, ForeignKeySchema key, HashSet<string> seen)
    {
        if (key.OnDelete == "set null") return Empties(child, key);
        if (key.OnDelete != "cascade" || !seen.Add(child.Name)) return false;
        return !child.Lookups.IsEmpty || ChildrenOf(PlaceOf(keyspace, child)).Any(further => Matters(keyspace, further.Table, further.Key, seen));
    }

    private static bool Empties(VTable child, ForeignKeySchema key) =>
        child.Lookups.Any(lookup => lookup.Columns.Any(column => key.Columns.Contains(column, VSchemaNames.Comparer)));

    private CascadeEdge EdgeOf(TablePlace parent, VTable child, ForeignKeySchema key, Func<string, int> cellOf, bool deletes)
    {
        var match = Conjuncts.And([.. key.Columns.Select((column, i) => (Expr)new Binary("=", Name(column), new Parameter(ParameterStyle.Dollar, i + 1)))]);
        var query = new SelectStatement(null, new SelectCore(child.Schema!.Columns.Select(column => new SelectItem(Name(column.Name), null)).ToNodeList())
        {
            From = [new TableRef(new ObjectName(null, new Identifier(child.Name, true)), null, [])], Where = match,
        });
        return new CascadeEdge(Fragment.Print(query, engine).Sql, [.. ParentColumns(parent, key).Select(cellOf)], TableOf(parent.Keyspace, child), deletes);
    }

    private CascadingTable TableOf(VKeyspace keyspace, VTable child)
    {
        if (_tables.TryGetValue(child.Name, out var known)) return known;
        var place = PlaceOf(keyspace, child);
        var lookups = OwnerLookups.Of(place, catalog, engine);
        int CellOf(string column) => place.ColumnIndex(column);
        var table = _tables[child.Name] = new CascadingTable(lookups, lookups is null ? [] : [.. lookups.Columns.Select(CellOf)]);
        table.Edges.AddRange(OfDelete(place, CellOf));
        return table;
    }

    private TablePlace PlaceOf(VKeyspace keyspace, VTable table) => catalog.Require(new ObjectName(new Identifier(keyspace.Name, true), new Identifier(table.Name, true)));

    private static IReadOnlyList<string> ParentColumns(TablePlace parent, ForeignKeySchema key) => key.ParentColumns.Count > 0 ? key.ParentColumns : parent.Schema.PrimaryKey;

    private static ColumnRef Name(string column) => new(null, null, new Identifier(column, true));
}
