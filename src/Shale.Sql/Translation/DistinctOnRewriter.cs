namespace Shale.Sql;

/// <summary>DISTINCT ON as the first row of each group by row_number().</summary>
internal sealed class DistinctOnRewriter(TranslationContext context)
{
    /// <summary>Rewrites a query whose body has DISTINCT ON.</summary>
    public SelectStatement Rewrite(SelectStatement query, SelectCore core, IReadOnlyList<SqlType> targets, IReadOnlyList<ColumnSchema>? assigned)
    {
        var outputs = context.Binding.OutputsOf(core);
        foreach (var item in core.DistinctOn) ExpressionTranslator.RequireHashable(context.Binding.TypeOf(item), "DISTINCT ON", item);
        CheckPrefix(query, core);
        var plain = context.Queries.Plain(core, targets, assigned);
        var expanded = plain.Items.Any(item => item.Value is Star) ? context.Queries.Items(core.Items, outputs, targets, false, assigned) : plain.Items;
        var names = expanded.Select((_, i) => SqlBuild.Name("c" + (i + 1))).ToList();
        var order = query.OrderBy.Select(item => Inner(context.Expressions.Order(context.Queries.Sorted(item, query)), expanded)).ToList();
        var items = expanded.Select((item, i) => new SelectItem(item.Value, names[i])).ToList();
        for (var i = 0; i < order.Count; i++) items.Add(new SelectItem(order[i].Value, SqlBuild.Name("o" + (i + 1))));
        var partition = core.DistinctOn.Select(item => Inner(new OrderItem(context.Expressions.GroupKey(item)), expanded).Value).ToNodeList();
        var number = SqlBuild.Call("row_number", []) with { Over = new WindowSpec(null, false, partition, order.ToNodeList(), null) };
        items.Add(new SelectItem(number, SqlBuild.Name("shale_i")));
        var inner = new SelectStatement(context.Queries.With(query.With), plain with { Items = items.ToNodeList() });
        var outer = new SelectCore(names.Select((name, i) => new SelectItem(SqlBuild.Column(null, name.Name), SqlBuild.Name(outputs[i].Name))).ToNodeList())
        {
            From = [new DerivedTable(inner, false, SqlBuild.Name("shale_d"), NodeList<Identifier>.Empty)],
            Where = new Binary("=", SqlBuild.Column(null, "shale_i"), SqlBuild.Integer(1)),
        };
        var outerOrder = order.Select((item, i) => item with { Value = SqlBuild.Column(null, "o" + (i + 1)) }).ToNodeList();
        return context.Queries.Limited(query, new SelectStatement(null, outer) { OrderBy = outerOrder });
    }

    // An ordinal stands for the column's own expression inside the window.
    private static OrderItem Inner(OrderItem item, NodeList<SelectItem> items) =>
        item.Value is Literal { Kind: LiteralKind.Integer } ordinal && int.TryParse(ordinal.Text, out var index) && index >= 1 && index <= items.Count
            ? item with { Value = items[index - 1].Value } : item;

    private void CheckPrefix(SelectStatement query, SelectCore core)
    {
        var canonical = new CanonicalExpressions(context.Binding, context.Binding.BlockOf(core));
        var distinct = core.DistinctOn.Select(item => Meant(item, core)).ToList();
        for (var i = 0; i < query.OrderBy.Count && i < core.DistinctOn.Count; i++)
        {
            if (!distinct.Contains(Meant(query.OrderBy[i].Value, core), canonical))
                throw SqlErrors.Query("SELECT DISTINCT ON expressions must match initial ORDER BY expressions", "42P10", query.OrderBy[i]);
        }
    }

    // The expression behind an ordinal or an output's name.
    private Expr Meant(Expr item, SelectCore core)
    {
        if (item is ColumnRef name && context.Binding.OutputAliasOf(name) is { Value: not Star and var value }) return value;
        var plain = !core.Items.Any(each => each.Value is Star);
        return plain && item is Literal { Kind: LiteralKind.Integer } ordinal && int.TryParse(ordinal.Text, out var index) && index >= 1 && index <= core.Items.Count
            ? core.Items[index - 1].Value : item;
    }
}
