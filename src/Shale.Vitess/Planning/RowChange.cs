using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What UPDATE and DELETE have in common.</summary>
internal sealed class RowChange
{
    private RowChange(Statement statement, TablePlace place, TableRef table)
    {
        Statement = statement;
        Place = place;
        Table = table;
    }

    /// <summary>The statement.</summary>
    public Statement Statement { get; }

    /// <summary>The target's place.</summary>
    public TablePlace Place { get; }

    /// <summary>The target as the statement names it.</summary>
    public TableRef Table { get; }

    /// <summary>What an UPDATE sets: each column but the rowid by its place and its new value; empty for DELETE.</summary>
    public IReadOnlyList<(int Column, Expr Value)> Sets { get; private init; } = [];

    /// <summary>Whether an UPDATE sets the rowid of a table whose rows have one of their own.</summary>
    public bool SetsRowId { get; private init; }

    /// <summary>SQLite's OR clause.</summary>
    public string Or { get; private init; } = "";

    /// <summary>WITH.</summary>
    public WithClause? With { get; private init; }

    /// <summary>FROM or USING.</summary>
    public NodeList<TableExpr> Others { get; private init; } = [];

    /// <summary>WHERE.</summary>
    public Expr? Where { get; private init; }

    /// <summary>RETURNING.</summary>
    public NodeList<SelectItem> Returning { get; private init; } = [];

    /// <summary>Whether RETURNING names other tables too.</summary>
    public bool ReturnsJoined { get; private init; }

    /// <summary>SQLite's ORDER BY.</summary>
    public NodeList<OrderItem> OrderBy { get; private init; } = [];

    /// <summary>SQLite's LIMIT.</summary>
    public Expr? Limit { get; private init; }

    /// <summary>SQLite's OFFSET.</summary>
    public Expr? Offset { get; private init; }

    /// <summary>Whether LIMIT decides which rows are changed.</summary>
    public bool IsLimited => Limit is not null;

    /// <summary>Whether it is a DELETE.</summary>
    public bool IsDelete => Statement is DeleteStatement;

    /// <summary>Whether the sharding key is set.</summary>
    public bool SetsShardKey => Sets.Any(set => Array.IndexOf(Place.ShardColumns, set.Column) >= 0);

    /// <summary>Whether entries of a lookup vindex can change: rows go, or get another sharding key or other values.</summary>
    public bool Touches(VLookup lookup) => IsDelete || SetsShardKey || SetsColumnOf(lookup);

    /// <summary>Whether it sets a column.</summary>
    public bool SetsColumn(string name) => Sets.Any(set => VSchemaNames.Comparer.Equals(Place.Schema.Columns[set.Column].Name, name));

    /// <summary>The foreign keys by which it takes rows of tables with lookups along.</summary>
    /// <param name="cascades">Finds them.</param>
    /// <param name="cellOf">Where a column stands among the cells.</param>
    public List<CascadeEdge> Cascades(CascadingRows cascades, Func<string, int> cellOf) => IsDelete ? cascades.OfDelete(Place, cellOf) : cascades.OfUpdate(Place, SetsColumn, cellOf);

    /// <summary>Whether it sets a column of a lookup.</summary>
    public bool SetsColumnOf(VLookup lookup) => lookup.Columns.Any(column => Sets.Any(set => VSchemaNames.Comparer.Equals(Place.Schema.Columns[set.Column].Name, column)));

    /// <summary>Reads an UPDATE.</summary>
    public static RowChange Of(UpdateStatement update, TablePlace place) => new(update, place, update.Table)
    {
        Sets = SetsOf(update, place), SetsRowId = update.Sets.Any(set => set.Columns.Any(column => ColumnOf(place, column) < 0)), Or = update.Or, With = update.With, Others = update.From, Where = update.Where, Returning = update.Returning, ReturnsJoined = update.ReturnsJoined,
        OrderBy = update.OrderBy, Limit = update.Limit, Offset = update.Offset,
    };

    /// <summary>Reads a DELETE.</summary>
    public static RowChange Of(DeleteStatement delete, TablePlace place) => new(delete, place, delete.Table)
    {
        With = delete.With, Others = delete.Using, Where = delete.Where, Returning = delete.Returning, ReturnsJoined = delete.ReturnsJoined, OrderBy = delete.OrderBy, Limit = delete.Limit,
        Offset = delete.Offset,
    };

    private static List<(int Column, Expr Value)> SetsOf(UpdateStatement update, TablePlace place)
    {
        var sets = new List<(int, Expr)>();
        foreach (var set in update.Sets)
        {
            NodeList<Expr> values = set.Value switch
            {
                RowConstructor row when set.Columns.Count == row.Items.Count && (set.Multiple || set.Columns.Count > 1) => row.Items,
                Subquery subquery when set.Columns.Count > 1 => Enumerable.Range(0, set.Columns.Count).Select(Expr (i) => OneOf(subquery, i, set.Columns.Count)).ToNodeList(),
                _ => [set.Value],
            };
            for (var i = 0; i < set.Columns.Count; i++)
            {
                if (ColumnOf(place, set.Columns[i]) is >= 0 and var column) sets.Add((column, values[i]));
            }
        }

        return sets;
    }

    /// <summary>One column of a subquery that gives several; a copy, for each node of a tree stands in one place.</summary>
    private static Subquery OneOf(Subquery row, int index, int count)
    {
        var name = new Identifier("shale_row");
        var columns = Enumerable.Range(0, count).Select(i => new Identifier($"c{i}")).ToNodeList();
        var value = new ColumnRef(null, null, columns[index]);
        return new Subquery(new SelectStatement(new WithClause(false, [new CommonTable(name, columns, null, new Copier().Map(row.Query))]),
            new SelectCore([new SelectItem(value, null)]) { From = [new TableRef(new ObjectName(null, name), null, [])] }));
    }

    private sealed class Copier : NodeMapper
    {
        public override SqlNode Map(SqlNode node) => node.MapChildren(this) with { };
    }

    // -1 is the rowid: a session of dialect postgres has been told that there is none.
    private static int ColumnOf(TablePlace place, Identifier name)
    {
        for (var i = 0; i < place.Schema.Columns.Count; i++)
        {
            if (Names.Equal(place.Schema.Columns[i].Name, name.Name, place.Schema.Dialect)) return i;
        }

        WrittenRowIds.Column(place, name, SqlDialect.Sqlite);
        return -1;
    }
}
