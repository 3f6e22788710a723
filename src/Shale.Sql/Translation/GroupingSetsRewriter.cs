namespace Shale.Sql;

/// <summary>GROUPING SETS, ROLLUP and CUBE as a UNION ALL of one grouping each, with NULL for what a grouping leaves out.</summary>
internal sealed class GroupingSetsRewriter(TranslationContext context, SelectCore core)
{
    private const int MaxSets = 64;

    private readonly CanonicalExpressions _canonical = new(context.Binding, context.Binding.BlockOf(core));

    /// <summary>Rewrites a query whose body groups by sets.</summary>
    public SelectStatement Rewrite(SelectStatement query, IReadOnlyList<SqlType> targets, IReadOnlyList<ColumnSchema>? assigned)
    {
        if (core.Distinct || core.GroupByDistinct || core.Windows.Count > 0) throw SqlErrors.Unsupported("DISTINCT or WINDOW with grouping sets", core);
        if (core.Items.Any(item => item.Value is Star)) throw SqlErrors.Unsupported("a star with grouping sets", core);
        if (core.Items.Any(item => SqlTree.Any(item, node => node is FunctionCall { Over: not null }))) throw SqlErrors.Unsupported("window functions with grouping sets", core);
        if (FunctionCatalog.VolatilityOf((SqlNode)core, SqlDialect.Postgres) == Volatility.Volatile) throw SqlErrors.Unsupported("volatile functions with grouping sets", core);
        RefuseTwice();
        var sets = Sets(core.GroupBy);
        if (sets.Count > MaxSets) throw SqlErrors.Unsupported($"more than {MaxSets} grouping sets", core);
        var all = sets.SelectMany(set => set).Distinct(_canonical).ToList();
        QueryBody? body = null;
        foreach (var set in sets)
        {
            var one = One(set, all, targets, assigned);
            body = body is null ? one : new SetOperation(SetOperator.Union, true, body, one);
        }

        var order = query.OrderBy.Select(item => Output(item)).ToNodeList();
        var outputs = context.Binding.OutputsOf(core);
        bool IsKeyed(OrderItem item) => QueryTranslator.HasKey(outputs[Place(item)].Type);
        if (order.Any(IsKeyed))
        {
            // A union is ordered by its columns alone: what sorts by a key of ours is ordered around it.
            var names = outputs.Select((_, i) => SqlBuild.Name("c" + (i + 1))).ToNodeList();
            var items = outputs.Select((output, i) => new SelectItem(NumericTranslator.Ordered(SqlBuild.Column(null, names[i].Name), output.Type), SqlBuild.Name(output.Name)));
            body = new SelectCore(items.ToNodeList()) { From = [FromTranslator.Renamed(new SelectStatement(null, body!), names, SqlBuild.Name("shale_g"))] };
            order = order.Select(item => IsKeyed(item) ? item with { Value = ExpressionTranslator.SortKey(SqlBuild.Column(null, names[Place(item)].Name), outputs[Place(item)].Type) } : item).ToNodeList();
        }

        var result = new SelectStatement(context.Queries.With(query.With), body!) { OrderBy = order };
        return context.Queries.Limited(query, result);
    }

    private static int Place(OrderItem item) => int.Parse(((Literal)item.Value).Text, System.Globalization.CultureInfo.InvariantCulture) - 1;

    // PostgreSQL holds two outputs that are one expression apart where GROUP BY names both.
    private void RefuseTwice()
    {
        var named = core.GroupBy.SelectMany(item => SqlTree.All<ColumnRef>(item, node => node is not SelectStatement)).Select(context.Binding.OutputAliasOf).OfType<SelectItem>()
            .Distinct(ReferenceEqualityComparer.Instance).OfType<SelectItem>().ToList();
        if (named.Select(item => item.Value).Distinct(_canonical).Count() < named.Count) throw SqlErrors.Unsupported("two names of one expression in grouping sets", core);
    }

    private SelectCore One(List<Expr> set, List<Expr> all, IReadOnlyList<SqlType> targets, IReadOnlyList<ColumnSchema>? assigned)
    {
        var reduced = new Reducer(context.Binding, _canonical, set, all);
        var outputs = context.Binding.OutputsOf(core);
        var items = core.Items.Select((item, i) => new SelectItem(Value(reduced.Map(item.Value), item.Value, targets[i], assigned?[i]), SqlBuild.Name(outputs[i].Name)));
        Expr? having = core.Having is null ? null : context.Expressions.Translate(reduced.Map(core.Having));

        // The empty set is one row even over no rows.
        var list = items.ToNodeList();
        if (set.Count == 0 && !core.Items.Any(item => HasAggregate(item.Value))) list = QueryTranslator.OneGroup(list);
        return new SelectCore(list)
        {
            From = context.From.Translate(core.From),
            Where = context.Expressions.Condition(core.Where, FromTranslator.Joins(core.From)),
            GroupBy = set.Select(context.Expressions.GroupKey).ToNodeList(),
            Having = having,
        };
    }

    private Expr Value(Expr reduced, Expr original, SqlType target, ColumnSchema? assigned)
    {
        var type = context.Binding.TypeOf(original);
        var value = CastEmitter.Convert(context.Expressions.Translate(reduced), type, assigned?.Type ?? target, false);
        if (assigned is not null) return NumericTranslator.IsNative(assigned) ? NumericTranslator.ToNative(value) : value;
        return NumericTranslator.Ordered(value, target);
    }

    private static bool HasAggregate(Expr value) => SqlTree.All<FunctionCall>(value, node => node is not SelectStatement).Any(call => FunctionCatalog.IsAggregate(call, SqlDialect.Postgres));

    // ORDER BY of a union: an output column only.
    private OrderItem Output(OrderItem item)
    {
        var nulls = item.NullsFirst ?? item.Descending;
        if (item.Value is Literal { Kind: LiteralKind.Integer }) return new OrderItem(item.Value, item.Descending, nulls);
        if (item.Value is ColumnRef name && context.Binding.OutputIndexOf(name) is { } index) return new OrderItem(SqlBuild.Integer(index + 1), item.Descending, nulls);
        for (var i = 0; i < core.Items.Count; i++)
            if (_canonical.Equals(core.Items[i].Value, item.Value)) return new OrderItem(SqlBuild.Integer(i + 1), item.Descending, nulls);
        throw SqlErrors.Unsupported("ORDER BY of an expression that is not selected, with grouping sets", item, "Select it, and order by its name.");
    }

    private List<List<Expr>> Sets(NodeList<Expr> groupBy)
    {
        List<List<Expr>> product = [[]];
        foreach (var item in groupBy)
        {
            var parts = Expand(item);
            product = [.. product.SelectMany(left => parts.Select(right => left.Concat(right).Distinct(_canonical).ToList()))];
            if (product.Count > MaxSets) throw SqlErrors.Unsupported($"more than {MaxSets} grouping sets", item);
        }

        return product;
    }

    private List<List<Expr>> Expand(Expr item)
    {
        if (item is not GroupingSet set) return [Columns(item)];
        var parts = set.Items.Select(Columns).ToList();
        switch (set.Kind)
        {
            case GroupingKind.Group:
                return [[.. parts.SelectMany(part => part)]];
            case GroupingKind.Rollup:
                return [.. Enumerable.Range(0, parts.Count + 1).Select(cut => parts.Take(parts.Count - cut).SelectMany(part => part).ToList())];
            case GroupingKind.Cube:
                if (parts.Count > 6) throw SqlErrors.Unsupported($"more than {MaxSets} grouping sets", set);
                return [.. Enumerable.Range(0, 1 << parts.Count).Reverse().Select(mask => parts.Where((_, i) => (mask >> (parts.Count - 1 - i) & 1) == 1).SelectMany(part => part).ToList())];
            default:
                return [.. set.Items.SelectMany(Expand)];
        }
    }

    private List<Expr> Columns(Expr item) => item switch
    {
        RowConstructor row => [.. row.Items.SelectMany(Columns)],
        GroupingSet { Kind: GroupingKind.Group } group => [.. group.Items.SelectMany(Columns)],
        Literal { Kind: LiteralKind.Integer } ordinal => [core.Items[int.Parse(ordinal.Text, System.Globalization.CultureInfo.InvariantCulture) - 1].Value],
        GroupingSet => throw SqlErrors.Unsupported("nested sets in grouping sets", item),
        ColumnRef name when context.Binding.OutputAliasOf(name) is { } output => [output.Value],
        _ => [item],
    };

    // NULL for a grouping expression that this set leaves out, outside of aggregates; GROUPING(…) becomes its number.
    private sealed class Reducer(Binding binding, CanonicalExpressions canonical, List<Expr> set, List<Expr> all) : NodeMapper
    {
        public override SqlNode Map(SqlNode node)
        {
            if (node is FunctionCall { Name.Name.Name: "grouping" } grouping) return Grouping(grouping);
            if (node is FunctionCall call && FunctionCatalog.IsAggregate(call, SqlDialect.Postgres)) return node;
            if (node is Expr expression && all.Contains(expression, canonical)) return set.Contains(expression, canonical) ? node : SqlBuild.Null;
            var mapped = node.MapChildren(this);
            if (node is SelectStatement && !ReferenceEquals(mapped, node)) throw SqlErrors.Unsupported("a subquery that uses grouped columns, with grouping sets", node);
            if (!ReferenceEquals(mapped, node) && node is Expr original)
            {
                binding.SetType(mapped, binding.TypeOf(original));
                if (node is FunctionCall before && mapped is FunctionCall after && binding.OverloadOf(before) is { } overload) binding.SetOverload(after, overload);
            }

            return mapped;
        }

        private Literal Grouping(FunctionCall call)
        {
            var bits = 0;
            foreach (var argument in call.Args) bits = (bits << 1) | (set.Contains(argument, canonical) ? 0 : 1);
            var literal = new Literal(LiteralKind.Integer, bits.ToString(System.Globalization.CultureInfo.InvariantCulture));
            binding.SetType(literal, new SqlType(SqlTypeKind.Int4));
            return literal;
        }
    }
}
