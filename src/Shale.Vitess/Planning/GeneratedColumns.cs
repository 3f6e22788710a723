using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// What dialect postgres lets an INSERT give to GENERATED columns: an expression column takes DEFAULT alone, an identity column ALWAYS takes a value only by OVERRIDING SYSTEM VALUE
/// (428C9 else). Stored expressions are the engine's own, so their columns are left out.
/// </summary>
internal static class GeneratedColumns
{
    /// <summary>The statement and its columns without those that the engine computes. A source that is wider than the table is left to the binder to refuse.</summary>
    /// <param name="insert">The statement.</param>
    /// <param name="place">Its table.</param>
    /// <param name="columns">The columns that it gives values to.</param>
    /// <param name="width">Tells how many columns its query gives; null where that is not to be told.</param>
    public static (InsertStatement Insert, List<ColumnSchema> Columns) Without(InsertStatement insert, TablePlace place, List<ColumnSchema> columns, Func<int?> width)
    {
        if (insert.Source is not { Body: ValuesBody values } source) return insert.Overriding == "user" ? WithoutUsers(insert, columns, width) : WithoutInQuery(insert, columns);
        var rows = values.Rows;
        if (insert.Columns.Count == 0 && rows[0].Count < columns.Count) columns = [.. columns.Take(rows[0].Count)];
        if (!columns.Exists(column => column.Generated || column.IsIdentity)) return (insert, columns);
        if (rows.Any(row => row.Count != columns.Count)) return (insert, columns);
        if (insert.Overriding == "user") rows = rows.Select(row => UserValues(row, columns)).ToNodeList();
        foreach (var row in rows) Check(row, columns, insert);
        var kept = Enumerable.Range(0, columns.Count).Where(i => !columns[i].Generated).ToArray();
        var names = kept.Select(i => columns[i]).ToList();
        if (names.Count == 0 && rows.Count == 1) return (insert with { Columns = [], Source = null }, []);
        var body = new ValuesBody(rows.Select(row => kept.Select(i => row[i]).ToNodeList()).ToNodeList());
        return (insert with { Columns = Names(names), Source = source with { Body = body } }, names);
    }

    // What a query gives for identity columns is not taken: by OVERRIDING USER VALUE they are numbered.
    private static (InsertStatement Insert, List<ColumnSchema> Columns) WithoutUsers(InsertStatement insert, List<ColumnSchema> columns, Func<int?> width)
    {
        if (insert.Source is null || !columns.Exists(column => column.IsIdentity)) return WithoutInQuery(insert, columns);
        var given = width() ?? throw NotSupported("whose columns are not known", "Name the columns, without those that number themselves.");
        if (given > columns.Count || (given < columns.Count && insert.Columns.Count > 0)) return (insert, columns);
        var named = columns.Take(given).ToList();
        if (named.Find(column => column.Generated) is { } generated) throw Refused(generated);
        var kept = named.Where(column => !column.IsIdentity).ToList();
        if (kept.Count == 0) throw NotSupported("that gives identity columns alone", "INSERT … DEFAULT VALUES adds a row.");
        return (insert with { Columns = Names(kept), Source = Only(insert.Source, named, column => !column.IsIdentity), Overriding = "" }, kept);
    }

    private static VitessException NotSupported(string query, string hint) =>
        new(ErrorCodes.QueryError, $"OVERRIDING USER VALUE of a query {query} is not supported", sqlState: "0A000", hint: hint);

    // In its own SELECT a text is still of no type, and becomes that of its column.
    private static SelectStatement Only(SelectStatement source, List<ColumnSchema> named, Func<ColumnSchema, bool> isKept)
    {
        if (source is { OrderBy.Count: 0, Body: SelectCore { Distinct: false, DistinctOn.Count: 0, GroupBy.Count: 0 } core } && core.Items.Count == named.Count && !core.Items.Any(item => item.Value is Star))
            return source with { Body = core with { Items = core.Items.Where((_, i) => isKept(named[i])).ToNodeList() } };
        var rows = InsertDefaults.Named(source, named, SqlDialect.Postgres, named.Count);
        var items = named.Where(isKept).Select(column => new SelectItem(new ColumnRef(null, rows.Alias, new Identifier(column.Name, true)), null));
        return new SelectStatement(null, new SelectCore(items.ToNodeList()) { From = [rows] });
    }

    // Its rows are as wide as it says only after it is bound: named columns are known before that.
    private static (InsertStatement Insert, List<ColumnSchema> Columns) WithoutInQuery(InsertStatement insert, List<ColumnSchema> columns)
    {
        if (insert.Source is null) return (insert, columns);
        if (insert.Columns.Count > 0)
        {
            foreach (var column in columns.Where(column => IsClosed(column, insert))) throw Refused(column);
            return (insert, columns);
        }

        var first = columns.FindIndex(column => IsClosed(column, insert));
        if (first < 0) return (insert, columns);
        if (first == 0) throw Refused(columns[0]);
        var open = columns.Take(first).ToList();
        return (insert with { Columns = Names(open) }, open);
    }

    private static NodeList<Identifier> Names(IEnumerable<ColumnSchema> columns) => columns.Select(column => new Identifier(column.Name, true)).ToNodeList();

    private static NodeList<Expr> UserValues(NodeList<Expr> row, List<ColumnSchema> columns) =>
        row.Select((cell, i) => columns[i].IsIdentity ? new DefaultValue() : cell).ToNodeList();

    private static void Check(NodeList<Expr> row, List<ColumnSchema> columns, InsertStatement insert)
    {
        for (var i = 0; i < row.Count; i++)
        {
            if (row[i] is not DefaultValue && IsClosed(columns[i], insert)) throw Refused(columns[i]);
        }
    }

    private static bool IsClosed(ColumnSchema column, InsertStatement insert) =>
        column.Generated || (column.IsIdentityAlways && insert.Overriding != "system");

    private static VitessException Refused(ColumnSchema column) => new(ErrorCodes.QueryError, $"cannot insert a non-DEFAULT value into column \"{column.Name}\"", sqlState: "428C9",
        hint: column.Generated ? "It is a generated column: leave it out, or say DEFAULT." : "It is an identity column GENERATED ALWAYS: say DEFAULT, or OVERRIDING SYSTEM VALUE.");
}
