namespace Shale.Sql;

/// <summary>Translates queries.</summary>
internal sealed class QueryTranslator(TranslationContext context)
{
    private Binding Binding => context.Binding;

    private ExpressionTranslator Expressions => context.Expressions;

    /// <summary>Translates a query; its columns have the types asked for, or their own.</summary>
    /// <param name="query">The query.</param>
    /// <param name="targets">The types of the columns; null for their own.</param>
    /// <param name="assigned">The columns that the rows are written to: conversions are those of an assignment.</param>
    public SelectStatement Translate(SelectStatement query, IReadOnlyList<SqlType>? targets = null, IReadOnlyList<ColumnSchema>? assigned = null)
    {
        targets ??= Types(Binding.OutputsOf(query));
        if (query.WithTies) return new TiesRewriter(context).Rewrite(query, targets, assigned);
        if (query.Body is SelectCore { DistinctOn.Count: > 0 } distinct) return new DistinctOnRewriter(context).Rewrite(query, distinct, targets, assigned);
        if (query.Body is SelectCore { GroupBy: var groups } grouped && groups.Any(item => item is GroupingSet))
            return new GroupingSetsRewriter(context, grouped).Rewrite(query, targets, assigned);
        if (query.Body is SelectCore { Distinct: true } core) CheckDistinct(core);
        return Limited(query, new SelectStatement(With(query.With), Body(query.Body, targets, assigned))
        {
            OrderBy = query.OrderBy.Select(item => Expressions.Order(Sorted(item, query))).ToNodeList(),
        });
    }

    /// <summary>An ORDER BY item by the expression behind its number or name where it sorts by a key of ours, which the column is not.</summary>
    public OrderItem Sorted(OrderItem item, SelectStatement query)
    {
        var index = item.Value switch
        {
            Literal { Kind: LiteralKind.Integer } ordinal => int.Parse(ordinal.Text, System.Globalization.CultureInfo.InvariantCulture) - 1,
            ColumnRef name => Binding.OutputIndexOf(name) ?? -1,
            _ => -1,
        };
        if (index < 0) return item;
        var type = Binding.OutputsOf(query)[index].Type;
        if (!HasKey(type)) return item;
        if (query.Body is not SelectCore core || core.Items.Take(index + 1).Any(each => each.Value is Star))
            throw SqlErrors.Unsupported("ORDER BY of arrays, intervals, addresses or jsonb by their number here", item, "Put the query into FROM, and order by the column.");
        return item with { Value = core.Items[index].Value };
    }

    /// <summary>Whether values of a type sort by a key of ours.</summary>
    public static bool HasKey(SqlType type) => type is { IsArray: true } or { Kind: SqlTypeKind.Interval or SqlTypeKind.Jsonb or SqlTypeKind.Inet or SqlTypeKind.Cidr } || TypeRules.IsReg(type.Kind);

    /// <summary>A query as a value: one row at most (21000).</summary>
    public Expr Scalar(Subquery subquery)
    {
        var query = Translate(subquery.Query);
        if (Binding.OutputsOf(subquery.Query).Count != 1) throw SqlErrors.Unsupported("a row of several columns as a value", subquery);
        if (GivesOneRow(subquery.Query)) return new Subquery(query);
        var source = FromTranslator.Renamed(query, [SqlBuild.Name("shale_v")], SqlBuild.Name("shale_q"));
        var single = new SelectItem(SqlBuild.Call("shale_single", SqlBuild.Column(null, "shale_v")), null);
        return new Subquery(SqlBuild.Select(new SelectCore([single]) { From = [source] }));
    }

    /// <summary>Translates WITH.</summary>
    public WithClause? With(WithClause? with)
    {
        if (with is null) return null;
        if (!with.Recursive) RenameShadowing(with);
        var tables = new List<CommonTable>();
        foreach (var table in with.Tables)
        {
            if (table.Statement is not SelectStatement select) throw SqlErrors.Unsupported("a data-modifying WITH", table, "Send the statements one after another in a transaction.");
            tables.Add(table with { Name = context.CommonNames.GetValueOrDefault(table) ?? table.Name, Statement = Translate(select) });
        }

        return with with { Tables = tables.ToNodeList() };
    }

    // Without RECURSIVE a common table's query sees only those before it, so its own name is that of another table there; in SQLite it would be itself.
    private void RenameShadowing(WithClause with)
    {
        for (var i = 0; i < with.Tables.Count; i++)
        {
            var table = with.Tables[i];
            var shadows = with.Tables.Take(i + 1).Any(earlier => SqlTree.Any(earlier.Statement, node => node is TableRef { Name.Schema: null } use
                && use.Name.Name.Name == table.Name.Name && !ReferenceEquals(Binding.RelationOf(use)?.Common, table)));
            if (shadows) context.CommonNames[table] = SqlBuild.Name("shale_with_" + table.Name.Name);
        }
    }

    /// <summary>LIMIT and OFFSET: NULL is none, a negative one is an error.</summary>
    public SelectStatement Limited(SelectStatement query, SelectStatement translated) => translated with
    {
        Limit = Bound(query.Limit, "shale_limit") ?? (query.Offset is null ? null : SqlBuild.Integer(-1)), Offset = Bound(query.Offset, "shale_offset"),
    };

    /// <summary>Translates a select list; every column that is not plain gets the name that PostgreSQL gives it.</summary>
    public NodeList<SelectItem> Items(
        NodeList<SelectItem> items, IReadOnlyList<OutputColumn> outputs, IReadOnlyList<SqlType> targets, bool keepStar, IReadOnlyList<ColumnSchema>? assigned = null)
    {
        var result = new List<SelectItem>();
        var at = 0;
        foreach (var item in items)
        {
            if (item.Value is Star star)
            {
                at = AddStar(star, keepStar, outputs, targets, assigned, result, at);
                continue;
            }

            if (item.Value is RowConstructor) throw SqlErrors.Unsupported("a row as a value", item.Value, "Select its columns.");
            var value = assigned is not null && at < assigned.Count ? Expressions.Assigned(item.Value, assigned[at])
                : at < targets.Count ? Expressions.As(item.Value, targets[at]) : Expressions.Translate(item.Value);
            value = Selected(item.Value, value, at < targets.Count ? targets[at] : Binding.TypeOf(item.Value), assigned is not null);
            var name = at < outputs.Count ? outputs[at].Name : "?column?";
            result.Add(new SelectItem(value, item.Alias is null && value is ColumnRef column && column.Column.Name == name ? null : SqlBuild.Name(name)));
            at++;
        }

        return result.ToNodeList();
    }

    // What is selected brings the collation of numerics with it: for DISTINCT, set operations, ORDER BY its number, and queries around this one.
    private Expr Selected(Expr item, Expr value, SqlType type, bool assigned)
    {
        if ((assigned && value is Literal or Parameter) || context.InReturning || context.Numerics.IsOrdered(item, value)) return value;
        return NumericTranslator.Ordered(value, type);
    }

    private static SqlType[] Types(IReadOnlyList<OutputColumn> outputs) => [.. outputs.Select(output => output.Type)];

    private void CheckDistinct(SelectCore core)
    {
        foreach (var output in Binding.OutputsOf(core)) ExpressionTranslator.RequireHashable(output.Type, "DISTINCT", core);
    }

    /// <summary>The number of a LIMIT or OFFSET, checked by the function; null for none.</summary>
    public Expr? Bound(Expr? value, string function)
    {
        if (value is null or Literal { Kind: LiteralKind.Null }) return null;
        return value is Literal { Kind: LiteralKind.Integer } ? value : SqlBuild.Call(function, Expressions.As(value, new SqlType(SqlTypeKind.Int8)));
    }

    private QueryBody Body(QueryBody body, IReadOnlyList<SqlType> targets, IReadOnlyList<ColumnSchema>? assigned)
    {
        SqlErrors.GuardStack();
        switch (body)
        {
            case SelectCore core:
                return Core(core, targets, assigned);
            case ValuesBody values:
                return new ValuesBody(values.Rows.Select(row => Row(row, targets, assigned)).ToNodeList());
            case NestedQuery nested:
                return Nested(nested, targets, assigned);
            case SetOperation set:
                return Set(set, targets, assigned);
            default:
                throw SqlErrors.Unsupported(body.GetType().Name, body);
        }
    }

    private NodeList<Expr> Row(NodeList<Expr> row, IReadOnlyList<SqlType> targets, IReadOnlyList<ColumnSchema>? assigned) => row.Select((value, i) =>
        assigned is not null && i < assigned.Count ? Expressions.Assigned(value, assigned[i]) : Selected(value, Expressions.As(value, targets[i]), targets[i], assigned: false)).ToNodeList();

    private QueryBody Core(SelectCore core, IReadOnlyList<SqlType> targets, IReadOnlyList<ColumnSchema>? assigned)
    {
        if (core.DistinctOn.Count > 0 || core.GroupBy.Any(item => item is GroupingSet))
            return Wrapped(Translate(new SelectStatement(null, core), targets, assigned));
        return Plain(core, targets, assigned);
    }

    /// <summary>A core without DISTINCT ON and grouping sets.</summary>
    /// <param name="core">The core.</param>
    /// <param name="targets">The types of its columns.</param>
    /// <param name="assigned">The columns that its rows are written to.</param>
    /// <param name="keepStar">Whether a star may stay one.</param>
    public SelectCore Plain(SelectCore core, IReadOnlyList<SqlType> targets, IReadOnlyList<ColumnSchema>? assigned, bool keepStar = true)
    {
        var outputs = Binding.OutputsOf(core);
        var from = context.From.Translate(core.From);
        var sets = new SelectListSets(context, core);
        keepStar = keepStar && sets.Count == 0 && context.From.IsPlain(Binding.BlockOf(core), core.From) && assigned is null
            && outputs.Select((output, i) => i < targets.Count && CastEmitter.IsSame(output.Type, targets[i]) && output.Type is not { Kind: SqlTypeKind.Interval, IsArray: false }).All(same => same);
        var items = sets.Around(() => Items(core.Items, outputs, targets, keepStar, assigned));
        if (sets.Count > 0) from = sets.Joined(from);
        return new SelectCore(core.Having is not null && core.GroupBy.Count == 0 && !core.Items.Any(item => HasAggregate(item.Value)) ? OneGroup(items) : items)
        {
            Distinct = core.Distinct,
            From = from,
            Where = Expressions.Condition(core.Where, FromTranslator.Joins(core.From)),
            GroupBy = core.GroupBy.SelectMany(Groups).ToNodeList(),
            Having = core.Having is null ? null : Expressions.Translate(core.Having),
            Windows = core.Windows.Select(window => window with { Window = context.Aggregates.Window(window.Window) }).ToNodeList(),
        };
    }

    /// <summary>
    /// Makes a query without GROUP BY one group: SQLite sees that only by an aggregate in the select list, and refuses HAVING without one.
    /// </summary>
    public static NodeList<SelectItem> OneGroup(NodeList<SelectItem> items)
    {
        var always = new Binary(">=", SqlBuild.Call("count", []) with { IsStar = true }, SqlBuild.Integer(0));
        var first = items[0] with { Value = new Case(null, [new WhenClause(always, items[0].Value)], null) };
        return items.Skip(1).Prepend(first).ToNodeList();
    }

    /// <summary>A GROUP BY item: a row is the list of its parts.</summary>
    public IEnumerable<Expr> Groups(Expr item)
    {
        if (item is RowConstructor { Keyword: false } row)
        {
            foreach (var inner in row.Items.SelectMany(Groups)) yield return inner;
            yield break;
        }

        ExpressionTranslator.RequireHashable(Binding.TypeOf(item), "GROUP BY", item);
        yield return item is Literal { Kind: LiteralKind.Integer } ? item : Expressions.GroupKey(item);
    }

    private int AddStar(
        Star star, bool keepStar, IReadOnlyList<OutputColumn> outputs, IReadOnlyList<SqlType> targets, IReadOnlyList<ColumnSchema>? assigned, List<SelectItem> result, int at)
    {
        var columns = Binding.ExpandMerged(star);
        if (keepStar)
        {
            result.Add(new SelectItem(star with { Schema = null }, null));
            return at + columns.Count;
        }

        foreach (var column in columns)
        {
            if (column.Index < 0) throw SqlErrors.Unsupported("a star over a function of unknown columns", star);
            if (column.Relation.Columns!.Count(other => other.Name == column.Name) > 1) throw SqlErrors.Unsupported("a star over columns of one name here", star, "Give the columns names of their own, or name them in place of the star.");
            var value = context.From.Merged(column);
            var type = outputs[at].Type;
            if (assigned is not null && at < assigned.Count) value = Held(CastEmitter.Convert(value, type, assigned[at].Type, false), assigned[at]);
            else if (at < targets.Count) value = CastEmitter.Convert(value, type, targets[at], false);
            var kept = at < targets.Count ? targets[at] : type;
            if (assigned is null && !context.InReturning && !(NumericTranslator.IsNumeric(kept) && value is ColumnRef && NumericTranslator.IsOrdered(column.Relation, column.Index)))
                value = NumericTranslator.Ordered(value, kept);
            result.Add(new SelectItem(value, value is ColumnRef plain && plain.Column.Name == column.Name ? null : SqlBuild.Name(column.Name)));
            at++;
        }

        return at;
    }

    private static Expr Held(Expr value, ColumnSchema column) => NumericTranslator.IsNative(column) ? NumericTranslator.ToNative(value) : value;

    private QueryBody Nested(NestedQuery nested, IReadOnlyList<SqlType> targets, IReadOnlyList<ColumnSchema>? assigned)
    {
        var query = nested.Query;
        if (query.With is null && query.OrderBy.Count == 0 && query.Limit is null && query.Offset is null && query.Body is SelectCore or ValuesBody) return Body(query.Body, targets, assigned);
        return Wrapped(Translate(query, targets, assigned));
    }

    private static SelectCore Wrapped(SelectStatement query) =>
        new([new SelectItem(new Star(null, null), null)]) { From = [new DerivedTable(query, false, SqlBuild.Name("shale_n"), NodeList<Identifier>.Empty)] };

    private QueryBody Set(SetOperation set, IReadOnlyList<SqlType> targets, IReadOnlyList<ColumnSchema>? assigned)
    {
        // Rows are compared in the types of the set operation itself; an assignment converts them afterwards.
        var own = Types(Binding.OutputsOf(set));
        if (assigned is not null) return Converted(set, own, assigned);
        if (!(set is { Operator: SetOperator.Union, All: true }))
            foreach (var type in own) ExpressionTranslator.RequireHashable(type, set.Operator.ToString().ToUpperInvariant(), set);
        if (own.Any(type => type.Kind == SqlTypeKind.Char) && set is not { Operator: SetOperator.Union, All: true })
            throw SqlErrors.Unsupported($"{set.Operator.ToString().ToUpperInvariant()} of char(n)", set, "Cast it to text.");
        var types = own.Select((type, i) => i < targets.Count ? targets[i] : type).ToList();
        var left = Body(set.Left, types, null);
        var right = Body(set.Right, types, null);
        if (right is SetOperation) right = Wrapped(new SelectStatement(null, right));
        return set is { All: true, Operator: not SetOperator.Union } ? Bags(set.Operator, left, right, Binding.OutputsOf(set)) : set with { Left = left, Right = right };
    }

    private SelectCore Converted(SetOperation set, SqlType[] own, IReadOnlyList<ColumnSchema> assigned)
    {
        var names = own.Select((_, i) => SqlBuild.Name("c" + (i + 1))).ToNodeList();
        var source = FromTranslator.Renamed(new SelectStatement(null, Set(set, own, null)), names, SqlBuild.Name("shale_s"));
        var items = own.Select((type, i) => new SelectItem(Held(CastEmitter.Convert(SqlBuild.Column(null, names[i].Name), type, assigned[i].Type, false), assigned[i]), null));
        return new SelectCore(items.ToNodeList()) { From = [source] };
    }

    // INTERSECT ALL and EXCEPT ALL: equal rows are numbered, and the numbers are part of the row.
    private static SelectCore Bags(SetOperator op, QueryBody left, QueryBody right, IReadOnlyList<OutputColumn> outputs)
    {
        var names = Enumerable.Range(1, outputs.Count).Select(i => SqlBuild.Name("c" + i)).ToNodeList();
        SelectCore Numbered(QueryBody body)
        {
            var columns = names.Select(name => (Expr)SqlBuild.Column(null, name.Name)).ToNodeList();
            var number = SqlBuild.Call("row_number", []) with { Over = new WindowSpec(null, false, columns, NodeList<OrderItem>.Empty, null) };
            return new SelectCore([.. columns.Select(column => new SelectItem(column, null)), new SelectItem(number, SqlBuild.Name("shale_i"))])
            {
                From = [FromTranslator.Renamed(new SelectStatement(null, body), names, SqlBuild.Name("shale_b"))],
            };
        }

        var both = new SelectStatement(null, new SetOperation(op, false, Numbered(left), Numbered(right)));
        return new SelectCore(names.Select((name, i) => new SelectItem(SqlBuild.Column(null, name.Name), SqlBuild.Name(outputs[i].Name))).ToNodeList())
        {
            From = [new DerivedTable(both, false, SqlBuild.Name("shale_n"), NodeList<Identifier>.Empty)],
        };
    }

    // Aggregates without GROUP BY, LIMIT 0 or 1, no FROM, or a whole unique key compared with what is not of this query.
    /// <summary>Whether it cannot give more than one row.</summary>
    public bool GivesOneRow(SelectStatement query)
    {
        if (query.Limit is Literal { Kind: LiteralKind.Integer, Text: "0" or "1" }) return true;
        if (query.Body is not SelectCore core) return query.Body is ValuesBody { Rows.Count: 1 };
        if (core.From.Count == 0) return true;
        var aggregates = core.GroupBy.Count == 0 && core.Items.Any(item => HasAggregate(item.Value));
        return aggregates || HasKey(core);
    }

    /// <summary>Whether an aggregate of this query stands in the expression.</summary>
    public static bool HasAggregate(Expr expression) => SqlTree.All<FunctionCall>(expression, node => node is not SelectStatement)
        .Any(call => call.Over is null && FunctionCatalog.IsAggregate(call, SqlDialect.Postgres));

    private bool HasKey(SelectCore core)
    {
        var block = Binding.BlockOf(core);
        if (block.Relations is not [{ Table: { } table, Node: TableRef } relation] || relation.Time is { IsPeriod: true } || core.Where is null) return false;
        var fixedColumns = new HashSet<string>();
        AddFixed(core.Where, relation, table, fixedColumns);
        return table.Keys.Any(key => key.Columns.Count > 0 && key.Columns.All(fixedColumns.Contains));
    }

    private void AddFixed(Expr condition, Relation relation, TableSchema table, HashSet<string> columns)
    {
        if (condition is not Binary binary) return;
        if (binary.Op == "AND")
        {
            AddFixed(binary.Left, relation, table, columns);
            AddFixed(binary.Right, relation, table, columns);
        }
        else if (binary.Op == "=")
        {
            AddFixed(binary.Left, binary.Right, relation, table, columns);
            AddFixed(binary.Right, binary.Left, relation, table, columns);
        }
    }

    private void AddFixed(Expr column, Expr value, Relation relation, TableSchema table, HashSet<string> columns)
    {
        if (column is not ColumnRef name || Binding.ColumnOf(name) is not { } found || !ReferenceEquals(found.Relation, relation)) return;
        var own = SqlTree.Any(value, node => node is SelectStatement || (node is ColumnRef other && Binding.ColumnOf(other) is { } inner && ReferenceEquals(inner.Relation, relation)));
        if (!own) columns.Add(table.Columns[found.Index].Name);
    }
}
