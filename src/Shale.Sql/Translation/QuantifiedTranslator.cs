namespace Shale.Sql;

/// <summary>Translates IN, ANY and ALL.</summary>
internal sealed class QuantifiedTranslator(TranslationContext context)
{
    private static readonly SqlType Text = new(SqlTypeKind.Text);

    private Binding Binding => context.Binding;

    /// <summary>x IN (a, b, …).</summary>
    public Expr In(InList list) => Members(list.Operand, list.Items, list.Not);

    /// <summary>x IN (SELECT …).</summary>
    public Expr In(Expr operand, SelectStatement query, bool not, SqlNode at)
    {
        IReadOnlyList<Expr> left = operand is RowConstructor row ? row.Items : [operand];
        var outputs = Binding.OutputsOf(query);
        var types = new List<SqlType>();
        for (var i = 0; i < left.Count; i++)
        {
            var type = TypeRules.Common(Binding.TypeOf(left[i]), outputs[i].Type) ?? Text;
            ExpressionTranslator.RequireHashable(type, "IN", at);

            // A padded char is compared without its blanks: as text, which strips them.
            types.Add(type.Kind == SqlTypeKind.Char ? Text : type.Plain);
        }

        var items = left.Select((item, i) => context.Expressions.As(item, types[i])).ToList();
        var keys = items.Select((item, i) => NumericTranslator.HasOtherTexts(types[i]) && !context.Numerics.IsOrdered(left[i], item) ? types[i] : (SqlType?)null).ToList();
        for (var i = 0; i < keys.Count; i++) items[i] = keys[i] is { } type ? NumericTranslator.Key(items[i], type) : items[i];
        var translated = Keyed(context.Queries.Translate(query, types), keys);
        return new InQuery(items.Count == 1 ? items[0] : new RowConstructor(items.ToNodeList(), false), translated, not);
    }

    // Columns of numerics, intervals and jsonb as keys, where nothing brings the collation to the comparison.
    private static SelectStatement Keyed(SelectStatement query, List<SqlType?> keys)
    {
        if (keys.TrueForAll(key => key is null)) return query;
        var names = keys.Select((_, i) => SqlBuild.Name("shale_k" + i.ToString(System.Globalization.CultureInfo.InvariantCulture))).ToNodeList();
        var items = names.Select((name, i) => new SelectItem(keys[i] is { } type ? NumericTranslator.Key(SqlBuild.Column(null, name.Name), type) : SqlBuild.Column(null, name.Name), null)).ToNodeList();
        return SqlBuild.Select(new SelectCore(items) { From = [FromTranslator.Renamed(query, names, SqlBuild.Name("shale_q"))] });
    }

    /// <summary>x op ANY (…), x op ALL (…).</summary>
    public Expr Translate(Quantified quantified)
    {
        var isIn = quantified is { Op: "=", All: false };
        var isNotIn = quantified is { Op: "<>", All: true };
        if (quantified.Right is Subquery subquery)
            return isIn || isNotIn ? In(quantified.Left, subquery.Query, isNotIn, quantified) : OverQuery(quantified, subquery.Query);
        if (Items(quantified) is not { } items || (!isIn && !isNotIn && items.Any(item => Binding.TypeOf(item).Kind == SqlTypeKind.Unknown) && OperatorTypes.IsComparison(quantified.Op))) return OverValue(quantified, isIn, isNotIn);
        if (items.Count == 0) return SqlBuild.Integer(quantified.All ? 1 : 0);
        return isIn || isNotIn ? Members(quantified.Left, items, isNotIn) : EachItem(quantified, items);
    }

    private Expr Members(Expr operand, IReadOnlyList<Expr> items, bool not)
    {
        var simple = operand is not RowConstructor && items.All(item => item is not Subquery and not RowConstructor);
        var type = simple ? Binding.TypeOf(operand) : default;
        if (simple)
            foreach (var item in items) type = TypeRules.Common(type, TypeOf(item, type)) ?? type;
        if (simple && NumericTranslator.IsNumeric(type))
        {
            var asKey = !context.Numerics.IsOrdered(operand, context.Expressions.Translate(operand));
            return new InList(context.Numerics.Comparable(operand, asKey), items.Select(item => asKey ? NumericTranslator.Key(Item(item, type), type) : Item(item, type)).ToNodeList(), not);
        }

        if (simple && type.Kind is not (SqlTypeKind.Interval or SqlTypeKind.Jsonb or SqlTypeKind.Char) && !type.IsArray)
            return new InList(context.Expressions.Comparable(operand, type), items.Select(item => Item(item, type)).ToNodeList(), not);
        if (FunctionCatalog.VolatilityOf(operand, SqlDialect.Postgres) == Volatility.Volatile) throw SqlErrors.Unsupported("IN over a volatile expression", operand);
        Expr? any = null;
        var operators = new OperatorTranslator(context);
        foreach (var item in items) any = SqlBuild.Or(any, operators.Compare("=", operand, item));
        return not ? new Unary("NOT", any!) : any!;
    }

    // Elements of an array literal are nodes of ours that the binder has not seen; they are typed as text.
    private SqlType TypeOf(Expr item, SqlType otherwise) => Binding.TypeOf(item) is { Kind: not SqlTypeKind.Unknown } known ? known : otherwise;

    private Expr Item(Expr item, SqlType type) => Binding.TypeOf(item).Kind == SqlTypeKind.Unknown && item is Literal { Kind: LiteralKind.String } literal
        ? SqlBuild.Value(PgCasts.Convert(SqlValue.Text(literal.Text), SqlType.Unknown, type, false)) : context.Expressions.Comparable(item, type);

    private Expr EachItem(Quantified quantified, IReadOnlyList<Expr> items)
    {
        if (FunctionCatalog.VolatilityOf(quantified.Left, SqlDialect.Postgres) == Volatility.Volatile) throw SqlErrors.Unsupported("ANY over a volatile expression", quantified);
        Expr? result = null;
        var operators = new OperatorTranslator(context);
        foreach (var item in items)
        {
            if (Binding.TypeOf(item).Kind == SqlTypeKind.Unknown) throw SqlErrors.Unsupported($"{quantified.Op} ANY over an array literal", quantified, "Write ARRAY[…].");
            var test = OperatorTypes.IsComparison(quantified.Op)
                ? operators.Compare(quantified.Op, quantified.Left, item) : operators.Translate(new Binary(OperatorTypes.Canonical(quantified.Op), quantified.Left, item));
            result = quantified.All ? SqlBuild.And(result, test) : SqlBuild.Or(result, test);
        }

        return result!;
    }

    // The elements, where the statement spells them out.
    private static IReadOnlyList<Expr>? Items(Quantified quantified)
    {
        var array = quantified.Right;
        while (array is Cast { Type.ArrayDimensions: > 0 } cast) array = cast.Operand;
        return array switch
        {
            ArrayConstructor constructor => constructor.Items,
            Literal { Kind: LiteralKind.String } literal => [.. PgArrays.Parse(literal.Text).Select(item => (Expr)(item is null ? SqlBuild.Null : SqlBuild.Text(item)))],
            _ => null,
        };
    }

    // An array that is computed: its elements are rows.
    private Expr OverValue(Quantified quantified, bool isIn, bool isNotIn)
    {
        if (!OperatorTypes.IsComparison(quantified.Op)) throw SqlErrors.Unsupported($"{quantified.Op} {(quantified.All ? "ALL" : "ANY")} over an array that is computed", quantified);
        var type = Binding.TypeOf(quantified.Right);
        if (type.Kind == SqlTypeKind.Bytea) throw SqlErrors.Unsupported($"ANY over {type.Name}", quantified);

        // No array at all is like one of nothing known: every comparison is NULL.
        var array = SqlBuild.Call("shale_array_json", context.Expressions.Translate(quantified.Right), ArrayTranslator.Kind(type));
        var items = SqlBuild.Call("coalesce", array, SqlBuild.Text("[null]"));
        var core = new SelectCore([new SelectItem(SqlBuild.Column(null, "value"), null)])
        {
            From = [new FunctionTable(SqlBuild.Call("json_each", items), false, null, NodeList<Identifier>.Empty)],
        };
        var common = TypeRules.Common(Binding.TypeOf(quantified.Left), new SqlType(type.Kind)) ?? Text;
        var left = context.Expressions.As(quantified.Left, common);
        if (!isIn && !isNotIn) return Over(quantified, common, SqlBuild.Select(core));
        var asKey = NumericTranslator.HasOtherTexts(common) && !context.Numerics.IsOrdered(quantified.Left, left);
        return new InQuery(asKey ? NumericTranslator.Key(left, common) : left, Keyed(SqlBuild.Select(core), [asKey ? common : null]), isNotIn);
    }

    // x > ALL (SELECT y …) as an aggregate over the comparisons, which gives NULL where PostgreSQL does.
    private Expr OverQuery(Quantified quantified, SelectStatement query)
    {
        if (FunctionCatalog.VolatilityOf(quantified.Left, SqlDialect.Postgres) == Volatility.Volatile || quantified.Left is RowConstructor)
            throw SqlErrors.Unsupported($"{quantified.Op} {(quantified.All ? "ALL" : "ANY")} of such an operand", quantified);
        if (SqlTree.All<FunctionCall>(quantified.Left, node => node is not SelectStatement).Any(call => FunctionCatalog.IsAggregate(call, SqlDialect.Postgres)))
            throw SqlErrors.Unsupported($"{quantified.Op} {(quantified.All ? "ALL" : "ANY")} of an aggregate", quantified, "Compute the aggregate in a subquery in FROM.");
        var type = TypeRules.Common(Binding.TypeOf(quantified.Left), Binding.OutputsOf(query)[0].Type) ?? Text;
        ExpressionTranslator.RequireHashable(type, "ANY", quantified);
        if (type.Kind == SqlTypeKind.Char) type = Text;
        return Over(quantified, type, context.Queries.Translate(query, [type]));
    }

    private Subquery Over(Quantified quantified, SqlType type, SelectStatement rows)
    {
        var (left, right) = (context.Expressions.As(quantified.Left, type), SqlBuild.Column("shale_q", "shale_v"));
        var comparison = type is { Kind: SqlTypeKind.Interval or SqlTypeKind.Inet or SqlTypeKind.Cidr or SqlTypeKind.Jsonb, IsArray: false } ? new Binary(quantified.Op, NumericTranslator.Key(left, type), NumericTranslator.Key(right, type))
            : NumericTranslator.IsNumeric(type) ? new Binary(quantified.Op, SqlBuild.Call("shale_numeric_compare", left, right), SqlBuild.Integer(0)) : new Binary(quantified.Op, left, right);
        var decided = new Binary("=", SqlBuild.Call(quantified.All ? "min" : "max", comparison), SqlBuild.Integer(quantified.All ? 0 : 1));
        var unknown = new Binary(">", SqlBuild.Call("count", []) with { IsStar = true }, SqlBuild.Call("count", comparison));
        var choice = new Case(
            null, [new WhenClause(decided, SqlBuild.Integer(quantified.All ? 0 : 1)), new WhenClause(unknown, SqlBuild.Null)], SqlBuild.Integer(quantified.All ? 1 : 0));
        var source = FromTranslator.Renamed(rows, [SqlBuild.Name("shale_v")], SqlBuild.Name("shale_q"));
        return new Subquery(SqlBuild.Select(new SelectCore([new SelectItem(choice, null)]) { From = [source] }));
    }
}
