using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Puts defaults into an INSERT where the gate must know them: the word DEFAULT, the default of a sharding column that is not named, and every default that is not a
/// constant on a reference table, since all shards must store the same, and on a table of dialect postgres, since its now() is the transaction's (SEMANTICS S3.6).
/// </summary>
internal static class InsertDefaults
{
    /// <summary>The statement, in the session's dialect, without the word DEFAULT and without generated columns.</summary>
    /// <param name="insert">The statement.</param>
    /// <param name="place">Its table.</param>
    /// <param name="session">The session's dialect.</param>
    /// <param name="width">Tells how many columns its query gives; null where that is not to be told.</param>
    public static InsertStatement Fill(InsertStatement insert, TablePlace place, SqlDialect session, Func<int?> width)
    {
        var columns = insert.Source is null ? [] : Columns(insert, place, session);
        if (session == SqlDialect.Postgres) (insert, columns) = OnlyGiven(insert, columns);
        if (session == SqlDialect.Postgres) RefuseDefaults(insert.Source);
        if (session == SqlDialect.Postgres) (insert, columns) = GeneratedColumns.Without(insert, place, columns, width);
        var rows = insert.Source switch
        {
            null => [NodeList<Expr>.Empty],
            { Body: ValuesBody values } => values.Rows,
            _ => null,
        };
        var extra = place.Schema.Columns.Where(column => (IsNeeded(column, place) || (rows is null && IsKey(column, place))) && !columns.Contains(column)).ToList();
        if (rows is null)
        {
            if (extra.Count == 0) return insert;
            return insert.Source is { Body: SelectCore core } source && TakesMore(core, extra)
                ? FillSelect(insert, source, core, columns, extra, place)
                : FillQuery(insert, Named(insert.Source!, columns, session, width()), columns, extra, place);
        }

        var numbered = Numbered(place, columns, rows);
        if (extra.Count == 0 && numbered < 0 && columns.Count > 0 && !rows.Any(row => row.Any(cell => cell is DefaultValue))) return insert;
        var filled = rows.Select(row => Row(row, columns, extra, numbered, place)).ToNodeList();
        var names = columns.Where((_, i) => i != numbered).Concat(extra).Select(column => new Identifier(column.Name, true)).ToNodeList();
        if (names.Count == 0) return rows.Count > 1 ? ManyOfDefaults(insert, rows.Count, place) : insert with { Columns = names, Source = null };
        return insert with { Columns = names, Source = (insert.Source ?? new SelectStatement(null, new ValuesBody([]))) with { Body = new ValuesBody(filled) } };
    }

    // DEFAULT VALUES is one row: several say the default of a column.
    private static InsertStatement ManyOfDefaults(InsertStatement insert, int count, TablePlace place)
    {
        var column = place.Schema.Columns.FirstOrDefault(each => !each.Generated)
            ?? throw new VitessException(ErrorCodes.QueryError, "an INSERT of several rows into a table of generated columns alone is not supported", sqlState: "0A000", hint: "Insert one row at a time.");
        NodeList<Expr> row = [DefaultOf(column, place)];
        return insert with { Columns = [new Identifier(column.Name, true)], Source = new SelectStatement(null, new ValuesBody(Enumerable.Repeat(row, count).ToNodeList())) };
    }

    // In PostgreSQL rows that are ordered, limited or named stand by themselves, as those of a query do.
    private static void RefuseDefaults(SelectStatement? source)
    {
        if (source is not { Body: ValuesBody values } || source is { With: null, OrderBy.Count: 0, Limit: null, Offset: null, Locking.Count: 0 }) return;
        if (values.Rows.SelectMany(row => row).OfType<DefaultValue>().FirstOrDefault() is not { } word) return;
        throw new VitessException(ErrorCodes.SyntaxError, "DEFAULT is not allowed in this context", sqlState: "42601", position: word.Span.Length > 0 ? word.Span.Start + 1 : null);
    }

    // In PostgreSQL rows may be shorter than the table: they give its first columns.
    private static (InsertStatement Insert, List<ColumnSchema> Columns) OnlyGiven(InsertStatement insert, List<ColumnSchema> columns)
    {
        if (insert.Columns.Count > 0 || insert.Source?.Body is not ValuesBody { Rows: [var first, ..] } values) return (insert, columns);
        if (first.Count >= columns.Count || values.Rows.Any(row => row.Count != first.Count)) return (insert, columns);
        columns = columns[..first.Count];
        return (insert with { Columns = [.. columns.Select(column => new Identifier(column.Name, true))] }, columns);
    }

    private static NodeList<Expr> Row(NodeList<Expr> row, List<ColumnSchema> columns, List<ColumnSchema> extra, int numbered, TablePlace place)
    {
        if (row.Count != columns.Count)
        {
            throw new VitessException(ErrorCodes.SyntaxError, $"INSERT has {row.Count} values for {columns.Count} columns", sqlState: "42601");
        }

        var cells = row.Select((cell, i) => cell is DefaultValue ? DefaultOf(columns[i], place) : cell).Where((_, i) => i != numbered);
        return [.. cells, .. extra.Select(column => DefaultOf(column, place))];
    }

    // Columns of one name would be one column where it stands in FROM. What has too few or too many is left to be refused.
    public static DerivedTable Named(SelectStatement source, List<ColumnSchema> columns, SqlDialect session, int? width)
    {
        var (alias, names) = (new Identifier("source_rows"), columns.Select(column => new Identifier(column.Name, true)).ToNodeList());
        if (width != columns.Count) return new DerivedTable(source, false, alias, []);
        if (session == SqlDialect.Postgres) return new DerivedTable(source, false, alias, names);
        var all = new SelectCore([new SelectItem(new Star(null, null), null)]) { From = [new TableRef(new ObjectName(null, alias), null, [])] };
        return new DerivedTable(new SelectStatement(new WithClause(false, [new CommonTable(alias, names, null, source)]), all), false, alias, []);
    }

    // In its own SELECT a text is still of no type, and becomes that of its column.
    private static InsertStatement FillSelect(InsertStatement insert, SelectStatement source, SelectCore core, List<ColumnSchema> columns, List<ColumnSchema> extra, TablePlace place) => insert with
    {
        Columns = Names(columns, extra),
        Source = source with { Body = core with { Items = [.. core.Items, .. Defaults(extra, place)] } },
    };

    // DISTINCT would find each row another one by a default that differs from row to row; what a star stands for has its type.
    private static bool TakesMore(SelectCore core, List<ColumnSchema> extra) => !core.Items.Any(item => item.Value is Star)
        && (!core.Distinct || extra.TrueForAll(column => column.Default is null || ValueSource.TryFrom(column.Default, out _)));

    // By a name that its ORDER BY does not mean.
    private static IEnumerable<SelectItem> Defaults(List<ColumnSchema> extra, TablePlace place) =>
        extra.Select(column => new SelectItem(DefaultOf(column, place), new Identifier("default of " + column.Name, true)));

    private static NodeList<Identifier> Names(List<ColumnSchema> columns, List<ColumnSchema> extra) => columns.Concat(extra).Select(column => new Identifier(column.Name, true)).ToNodeList();

    private static InsertStatement FillQuery(InsertStatement insert, DerivedTable source, List<ColumnSchema> columns, List<ColumnSchema> extra, TablePlace place)
    {
        var all = new SelectCore([new SelectItem(new Star(null, source.Alias), null), .. Defaults(extra, place)]) { From = [source] };
        return insert with
        {
            Columns = Names(columns, extra),
            Source = new SelectStatement(null, all),
        };
    }

    // A numbered column that says DEFAULT in every row is a column that is not named.
    private static int Numbered(TablePlace place, List<ColumnSchema> columns, NodeList<NodeList<Expr>> rows)
    {
        if (place.Table.AutoIncrement is not { } numbering) return -1;
        var index = columns.FindIndex(column => VSchemaNames.Comparer.Equals(column.Name, numbering.Column));
        return index >= 0 && rows.All(row => row.Count > index && row[index] is DefaultValue) ? index : -1;
    }

    private static bool IsNeeded(ColumnSchema column, TablePlace place)
    {
        if (column.Default is null || column.Generated) return false;
        if (place.IsSharded && place.Table.IsShardColumn(column.Name)) return true;
        return (place.IsReference || place.Table.Dialect == SqlDialect.Postgres) && !ValueSource.TryFrom(column.Default, out _);
    }

    // A query that gives no rows needs no sharding key; those that it gives have NULL there, and are refused.
    private static bool IsKey(ColumnSchema column, TablePlace place) =>
        place.IsSharded && place.Table.IsShardColumn(column.Name) && !column.Generated && !VSchemaNames.Comparer.Equals(place.Table.AutoIncrement?.Column, column.Name);

    // Where some rows give the numbered column and others say DEFAULT, those draw their number by themselves.
    private static Expr DefaultOf(ColumnSchema column, TablePlace place)
    {
        if (place.Table.AutoIncrement is not { } numbering || !VSchemaNames.Comparer.Equals(column.Name, numbering.Column)) return column.Default ?? new Literal(LiteralKind.Null);
        return new FunctionCall(new ObjectName(null, new Identifier("nextval")), [new Literal(LiteralKind.String, numbering.Sequence)]);
    }

    private static List<ColumnSchema> Columns(InsertStatement insert, TablePlace place, SqlDialect session) => insert.Columns.Count == 0
        ? [.. place.Schema.Columns.Where(column => session == SqlDialect.Postgres || !column.Generated)]
        : [.. insert.Columns.Select(name => WrittenRowIds.Column(place, name, session))];
}
