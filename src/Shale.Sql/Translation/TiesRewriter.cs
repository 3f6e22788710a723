namespace Shale.Sql;

/// <summary>FETCH FIRST n ROWS WITH TIES: a row comes if its place is behind OFFSET and its rank within n places behind it.</summary>
internal sealed class TiesRewriter(TranslationContext context)
{
    private const string Place = "shale_i";
    private const string Rank = "shale_r";

    /// <summary>Rewrites a query with WITH TIES.</summary>
    public SelectStatement Rewrite(SelectStatement query, IReadOnlyList<SqlType> targets, IReadOnlyList<ColumnSchema>? assigned)
    {
        if (query.OrderBy.Count == 0) throw SqlErrors.Syntax("WITH TIES cannot be specified without ORDER BY clause", query);
        var outputs = context.Binding.OutputsOf(query);
        var all = query with { WithTies = false, Limit = null, Offset = null, With = null };
        var sorted = query.Body is SelectCore { Distinct: false, DistinctOn.Count: 0 } core && !core.GroupBy.Any(item => item is GroupingSet)
            ? WithKeys(query, core, targets, assigned) : Ordinals(all, outputs, targets, assigned);
        var items = outputs.Select((output, i) => new SelectItem(SqlBuild.Column(null, "c" + (i + 1)), SqlBuild.Name(output.Name))).ToNodeList();
        var order = query.OrderBy.Select((item, i) => Ordered(item, SqlBuild.Column(null, "o" + (i + 1)))).ToNodeList();
        var outer = new SelectCore(items) { From = [Numbered(sorted, outputs.Count, order)], Where = Chosen(query) };
        return new SelectStatement(context.Queries.With(query.With), outer) { OrderBy = order };
    }

    private static OrderItem Ordered(OrderItem item, Expr key) => new(key, item.Descending, item.NullsFirst ?? item.Descending);

    // The rows as c1, c2, … and what they are sorted by as o1, o2, ….
    private SelectStatement WithKeys(SelectStatement query, SelectCore core, IReadOnlyList<SqlType> targets, IReadOnlyList<ColumnSchema>? assigned)
    {
        var plain = context.Queries.Plain(core, targets, assigned, keepStar: false);
        var items = plain.Items.Select((item, i) => new SelectItem(item.Value, SqlBuild.Name("c" + (i + 1)))).ToList();
        for (var i = 0; i < query.OrderBy.Count; i++)
        {
            var key = context.Expressions.Order(context.Queries.Sorted(query.OrderBy[i], query)).Value;
            if (key is Literal { Kind: LiteralKind.Integer } ordinal) key = plain.Items[int.Parse(ordinal.Text, System.Globalization.CultureInfo.InvariantCulture) - 1].Value;
            items.Add(new SelectItem(key, SqlBuild.Name("o" + (i + 1))));
        }

        return SqlBuild.Select(plain with { Items = items.ToNodeList() });
    }

    // DISTINCT and set operations are sorted by their columns.
    private SelectStatement Ordinals(SelectStatement all, IReadOnlyList<OutputColumn> outputs, IReadOnlyList<SqlType> targets, IReadOnlyList<ColumnSchema>? assigned)
    {
        var names = outputs.Select((_, i) => SqlBuild.Name("c" + (i + 1))).ToNodeList();
        var rows = FromTranslator.Renamed(context.Queries.Translate(all with { OrderBy = NodeList<OrderItem>.Empty }, targets, assigned), names, SqlBuild.Name("shale_d"));
        var items = names.Select(name => new SelectItem(SqlBuild.Column(null, name.Name), null)).ToList();
        for (var i = 0; i < all.OrderBy.Count; i++)
        {
            if (context.Expressions.Order(all.OrderBy[i]).Value is not Literal { Kind: LiteralKind.Integer } ordinal)
                throw SqlErrors.Unsupported("WITH TIES of DISTINCT by something that is no column's name or number", all.OrderBy[i]);
            var column = SqlBuild.Column(null, "c" + ordinal.Text);
            var type = outputs[int.Parse(ordinal.Text, System.Globalization.CultureInfo.InvariantCulture) - 1].Type;
            items.Add(new SelectItem(ExpressionTranslator.SortKey(column, type), SqlBuild.Name("o" + (i + 1))));
        }

        return SqlBuild.Select(new SelectCore(items.ToNodeList()) { From = [rows] });
    }

    private static DerivedTable Numbered(SelectStatement sorted, int width, NodeList<OrderItem> order)
    {
        Expr Over(string function) => SqlBuild.Call(function, []) with { Over = new WindowSpec(null, false, NodeList<Expr>.Empty, order, null) };
        var items = Enumerable.Range(1, width).Select(i => new SelectItem(SqlBuild.Column(null, "c" + i), null))
            .Concat(order.Select(item => new SelectItem(item.Value, null)))
            .Append(new SelectItem(Over("row_number"), SqlBuild.Name(Place))).Append(new SelectItem(Over("rank"), SqlBuild.Name(Rank)));
        var inner = new SelectCore(items.ToNodeList()) { From = [new DerivedTable(sorted, false, SqlBuild.Name("shale_k"), NodeList<Identifier>.Empty)] };
        return new DerivedTable(SqlBuild.Select(inner), false, SqlBuild.Name("shale_d"), NodeList<Identifier>.Empty);
    }

    private Expr? Chosen(SelectStatement query)
    {
        var count = context.Queries.Bound(query.Limit, "shale_limit");
        var skipped = context.Queries.Bound(query.Offset, "shale_offset");
        Expr? chosen = skipped is null ? null : new Binary(">", SqlBuild.Column(null, Place), skipped);
        if (count is null) return chosen;
        var last = skipped is null ? count : new Binary("+", count, skipped);
        return SqlBuild.And(SqlBuild.And(chosen, new Binary(">", count, SqlBuild.Integer(0))), new Binary("<=", SqlBuild.Column(null, Rank), last));
    }
}
