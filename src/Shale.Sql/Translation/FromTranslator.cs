namespace Shale.Sql;

/// <summary>Translates what stands in FROM, and columns into the names that they have there.</summary>
internal sealed class FromTranslator(TranslationContext context)
{
    /// <summary>Whether rows of several relations come together.</summary>
    public static bool Joins(NodeList<TableExpr> from) => from.Count > 1 || from is [Join];

    /// <summary>The comma list. Where a later item holds an outer join it is kept together, for SQLite would read the list from the left.</summary>
    public NodeList<TableExpr> Translate(NodeList<TableExpr> from) => from.Select(Translate).ToNodeList() is var items && items.Count > 1 && items.Any(item => item is Join)
        ? [items.Aggregate((left, right) => new Join(JoinKind.Cross, left, right, null, NodeList<Identifier>.Empty, false))] : items;

    /// <summary>Translates one item.</summary>
    public TableExpr Translate(TableExpr item)
    {
        SqlErrors.GuardStack();
        switch (item)
        {
            case TableRef table when context.Binding.RelationOf(table)?.Common is { } common && context.CommonNames.TryGetValue(common, out var renamed):
                return new TableRef(new ObjectName(null, renamed), table.Alias ?? table.Name.Name, NodeList<Identifier>.Empty);
            case TableRef table:
                return new TableRef(table.Name, table.Alias, NodeList<Identifier>.Empty) { Time = table.Time is null ? null : (SystemTime)table.Time.MapChildren(new Points(context)) };
            case DerivedTable derived:
                if (UsesSiblings(derived)) return Lateral(derived);
                var query = context.Queries.Translate(derived.Query);
                return derived.Columns.Count > 0 ? Renamed(query, AllNames(derived), derived.Alias) : new DerivedTable(query, false, derived.Alias, NodeList<Identifier>.Empty);
            case FunctionTable function:
                return Function(function);
            case Join join:
                return join.Alias is null ? Joined(join) : Aliased(join);
            default:
                throw SqlErrors.Unsupported(item.GetType().Name, item);
        }
    }

    /// <summary>The merged column of a join with USING or NATURAL.</summary>
    public Expr Merged(ExpandedColumn column)
    {
        if (!column.Full || column.Merged is not { } sides)
            return Column(column.Relation, column.Index, context.Unqualified || column.Relation.Alias.Length == 0 ? null : column.Relation.Alias);
        return SqlBuild.Call("coalesce", [.. sides.Select(Merged)]);
    }

    // USING and NATURAL become ON: SQLite knows the columns of a function and of a table with column aliases by other names.
    private Join Joined(Join join) => Joined(join, join);

    private Join Joined(Join join, Join bound)
    {
        var translated = join with { Left = Translate(join.Left), Right = Translate(join.Right), On = context.Expressions.Condition(join.On, joins: true) };
        var merged = context.Binding.MergedOf(bound);
        if (merged.Count == 0) return translated with { Natural = false };
        var on = merged.Select(Equal).Aggregate((left, right) => new Binary("AND", left, right));
        return translated with { Natural = false, Using = NodeList<Identifier>.Empty, On = on };
    }

    // A join with an alias is one relation: a query that names its columns.
    private DerivedTable Aliased(Join join)
    {
        var columns = context.Binding.ColumnsOf(join);
        if (columns.Select(column => column.Name).Distinct().Count() < columns.Count)
            throw SqlErrors.Unsupported("an alias of a join that has a column name twice", join, "Use the aliases of its tables.");
        var items = columns.Select(column => new SelectItem(Merged(column), SqlBuild.Name(column.Name)));
        var query = SqlBuild.Select(new SelectCore(items.ToNodeList()) { From = [Joined(join with { Alias = null }, join)] });
        return new DerivedTable(query, false, join.Alias, NodeList<Identifier>.Empty);
    }

    private Expr Equal(ExpandedColumn column)
    {
        var (left, right) = (column.Merged![0], column.Merged[1]);
        if (!IsComparedAsHeld(left.Output.Type, right.Output.Type))
            throw SqlErrors.Unsupported($"USING or NATURAL over columns of types {left.Output.Type.Display()} and {right.Output.Type.Display()}", null, "Compare them in ON.");
        var (a, b) = (Merged(left), Merged(right));
        if (!NumericTranslator.IsNumeric(left.Output.Type) || (a is ColumnRef && NumericTranslator.IsOrdered(left.Relation, left.Index))) return new Binary("=", a, b);
        return new Binary("=", SqlBuild.Call("shale_numeric_compare", a, b), SqlBuild.Integer(0));
    }

    private static bool IsComparedAsHeld(SqlType left, SqlType right) =>
        left.Kind == right.Kind && left.Kind is not (SqlTypeKind.Interval or SqlTypeKind.Char or SqlTypeKind.Jsonb or SqlTypeKind.Json) && !left.IsArray
        || (TypeRules.IsInteger(left.Kind) && TypeRules.IsInteger(right.Kind))
        || (left.Kind is SqlTypeKind.Text or SqlTypeKind.Varchar && right.Kind is SqlTypeKind.Text or SqlTypeKind.Varchar);

    /// <summary>A query whose columns go by other names: SQLite renames columns only of common tables.</summary>
    public static DerivedTable Renamed(SelectStatement query, NodeList<Identifier> columns, Identifier? alias)
    {
        var name = SqlBuild.Name(alias?.Name ?? "shale_t");
        var all = new SelectCore([new SelectItem(new Star(null, null), null)]) { From = [new TableRef(new ObjectName(null, name), null, NodeList<Identifier>.Empty)] };
        var with = new WithClause(false, [new CommonTable(name, columns, null, query)]);
        return new DerivedTable(new SelectStatement(with, all), false, alias, NodeList<Identifier>.Empty);
    }

    /// <summary>A column, by the name that it has in SQLite.</summary>
    public Expr Column(ColumnBinding column, ColumnRef name) => Column(column.Relation, column.Index, Qualifier(column, name));

    /// <summary>A column of a relation, qualified or not.</summary>
    public Expr Column(Relation relation, int index, string? qualifier) => relation.Node switch
    {
        FunctionTable function => FunctionColumn(function, index, relation.Alias),
        DerivedTable derived when UsesSiblings(derived) => SqlBuild.Call("shale_cell", SqlBuild.Column(relation.Alias, "value"), SqlBuild.Integer(index)),
        _ when relation.Table is { } table && index < table.Columns.Count && NumericTranslator.IsNative(table.Columns[index]) =>
            NumericTranslator.OfNative(SqlBuild.Column(qualifier, Name(relation, index)), table.Columns[index].Type),
        _ => SqlBuild.Column(qualifier, Name(relation, index)),
    };

    /// <summary>Whether a star over the block would give SQLite other columns or another order than PostgreSQL.</summary>
    public bool IsPlain(QueryBlock block, NodeList<TableExpr> from) =>
        block.Relations.TrueForAll(relation => (relation is { Node: TableRef { Columns.Count: 0 }, HiddenColumns: 0 } && relation.Table?.Columns.Any(NumericTranslator.IsNative) != true) || (relation.Node is DerivedTable derived && !UsesSiblings(derived))) && !from.Any(HasMergedColumns);

    private static string Name(Relation relation, int index) => relation.Table is { } table && index < table.Columns.Count ? table.Columns[index].Name : relation.Node is TableRef { Columns.Count: > 0 } renamed && index < renamed.Columns.Count
        ? throw SqlErrors.Unsupported("column aliases on a common table", renamed, "Name the columns in WITH.") : relation.Columns![index].Name;

    private static bool HasMergedColumns(TableExpr item) => SqlTree.Any(item, node => node is Join join && (join.Natural || join.Using.Count > 0 || join.Alias is not null));

    private string? Qualifier(ColumnBinding column, ColumnRef name)
    {
        if (context.Unqualified) return null;
        if (name.Table is null && !context.Qualified && column.Block.Relations.Count == 1 && context.Binding.Blocks.Count == 1) return null;
        return column.Relation.Alias.Length > 0 ? column.Relation.Alias : null;
    }

    private static NodeList<Identifier> Names(IReadOnlyList<OutputColumn> columns) => columns.Select(column => SqlBuild.Name(column.Name)).ToNodeList();

    private NodeList<Identifier> AllNames(DerivedTable derived) => Names(context.Binding.RelationOf(derived)!.Columns!);

    /// <summary>Constants of points mean the same to every engine: they are Shale's own to read.</summary>
    private sealed class Points(TranslationContext context) : NodeMapper
    {
        public override SqlNode Map(SqlNode node) => node switch
        {
            Literal => node,
            Expr expression => context.Expressions.Translate(expression),
            _ => node.MapChildren(this),
        };
    }

    // SQLite lets only functions use what stands to their left: the query becomes one value, its rows packed, and a function unpacks them.
    private FunctionTable Lateral(DerivedTable derived)
    {
        var query = context.Queries.Translate(derived.Query);
        var names = Enumerable.Range(1, context.Binding.OutputsOf(derived.Query).Count).Select(i => SqlBuild.Name("c" + i)).ToNodeList();
        var pack = SqlBuild.Call("shale_rows", [.. names.Select(name => SqlBuild.Column(null, name.Name))]);
        var rows = SqlBuild.Select(new SelectCore([new SelectItem(pack, null)]) { From = [Renamed(query, names, SqlBuild.Name("shale_l"))] });
        return JsonEach(new Subquery(rows), SqlBuild.Name(derived.Alias!.Name));
    }

    private bool UsesSiblings(DerivedTable derived) => derived.Lateral &&
        SqlTree.All<ColumnRef>(derived.Query).Any(column => context.Binding.ColumnOf(column) is { } found && IsSibling(found, derived));

    // The block that holds the derived table holds the relation that the column comes from.
    private static bool IsSibling(ColumnBinding column, DerivedTable derived) => column.Block.Relations.Exists(relation => ReferenceEquals(relation.Node, derived));

    private FunctionTable Function(FunctionTable function)
    {
        if (function.ColumnTypes.Count > 0) throw SqlErrors.Unsupported("a column definition list", function);
        var overload = context.Binding.OverloadOf(function.Call);
        var alias = SqlBuild.Name(context.Binding.RelationOf(function)!.Alias);
        if (overload is null || overload.Kind != FunctionKind.Set) return Scalar(function, alias);
        return overload.Emit == "shale_generate_series"
            ? new FunctionTable(SqlBuild.Call("generate_series", Arguments(function.Call, overload)), false, alias, NodeList<Identifier>.Empty) : JsonEach(Items(function.Call, overload), alias);
    }

    /// <summary>What a set-returning function returns, as a JSON array; of pairs an object.</summary>
    public Expr Items(FunctionCall call, FunctionOverload overload)
    {
        if (overload.Emit.Length == 0) throw SqlErrors.Unsupported($"the function {overload.Name}", call);
        if (overload.Name == "generate_subscripts" && call.Args.Count == 2 && CatalogColumns.IsVector(call.Args[0], context.Binding))
            return SqlBuild.Call("shale_generate_series", SqlBuild.Integer(0), new Binary("-", SqlBuild.Call("shale_array_length", Arguments(call, overload)), SqlBuild.Integer(1)));
        if (PostgresTableFunctions.IsUnnestOfSeveral(call)) return SqlBuild.Call("shale_zip", [.. call.Args.Select(array => Array(array, call))]);
        return overload.Name == "unnest" ? Array(call.Args[0], call) : SqlBuild.Call(overload.Emit, Arguments(call, overload));
    }

    private Expr[] Arguments(FunctionCall call, FunctionOverload overload) => [.. call.Args.Select((argument, i) => context.Expressions.As(argument, overload.At(i).Type))];

    private FunctionTable Scalar(FunctionTable function, Identifier alias)
    {
        if (IsRow(function.Call)) return JsonEach(SqlBuild.Call("json_array", context.Functions.Row(function.Call)), alias);
        var value = context.Expressions.Translate(function.Call);
        var type = context.Binding.TypeOf(function.Call);
        if (TypeRules.IsFloat(type.Kind) || type.Kind == SqlTypeKind.Bytea) throw SqlErrors.Unsupported($"a function that returns {type.Name} in FROM", function);
        return JsonEach(SqlBuild.Call("json_array", value), alias);
    }

    private Expr Array(Expr array, FunctionCall call)
    {
        var type = context.Binding.TypeOf(array);
        if (type.Kind == SqlTypeKind.Bytea) throw SqlErrors.Unsupported($"unnest of {type.Name}", call);
        return SqlBuild.Call("shale_array_json", context.Expressions.Translate(array), ArrayTranslator.Kind(type));
    }

    /// <summary>json_each over a value.</summary>
    public static FunctionTable JsonEach(Expr json, Identifier alias) => new(SqlBuild.Call("json_each", json), false, alias, NodeList<Identifier>.Empty);

    private static bool IsRow(FunctionCall call) => PostgresTableFunctions.PlaceOf(call, "") is not null;

    private static Expr FunctionColumn(FunctionTable function, int index, string alias)
    {
        var name = function.Call.Name.Name.Name;
        var pairs = name is "json_each" or "jsonb_each" or "json_each_text" or "jsonb_each_text";
        if (function.WithOrdinality && (pairs || name == "generate_series")) throw SqlErrors.Unsupported($"{name} WITH ORDINALITY", function);
        if (function.WithOrdinality && IsRow(function.Call)) throw SqlErrors.Unsupported($"{name} WITH ORDINALITY", function);
        var several = PostgresTableFunctions.IsUnnestOfSeveral(function.Call);
        if (function.WithOrdinality && index == (several ? function.Call.Args.Count : 1)) return new Binary("+", SqlBuild.Column(alias, "key"), SqlBuild.Integer(1));
        if (several || IsRow(function.Call)) return SqlBuild.Call("json_extract", SqlBuild.Column(alias, "value"), SqlBuild.Text($"$[{index}]"));
        return SqlBuild.Column(alias, pairs && index == 0 ? "key" : "value");
    }
}
