namespace Shale.Sql;

/// <summary>Binds queries: WITH, set operations, SELECT cores, ORDER BY, RETURNING.</summary>
internal sealed class QueryBinder(BindContext context)
{
    private static readonly SqlType Int8 = new(SqlTypeKind.Int8);

    /// <summary>Binds a query and returns its columns.</summary>
    /// <param name="query">The query.</param>
    /// <param name="outer">The scope whose columns it may use.</param>
    /// <param name="tables">The common tables it can reach.</param>
    /// <param name="leaveUnknown">Whether untyped literals and parameters stay so, for the caller to settle.</param>
    /// <param name="recursive">The common table whose query this is, if it may name itself.</param>
    public IReadOnlyList<OutputColumn> BindSelect(
        SelectStatement query, Scope? outer, CommonTables? tables, bool leaveUnknown = false, CommonTables? recursive = null)
    {
        tables = BindWith(query.With, tables, outer);
        var columns = query.Body is SelectCore core
            ? BindCore(core, outer, tables, query.OrderBy, leaveUnknown)
            : BindCompound(query, outer, tables, leaveUnknown, recursive);
        if (query.Locking.Count > 0 && query.Body is SelectCore locked) PointBinder.RefuseLocks(query, context.Binding.BlockOf(locked));
        BindLimit(query.Limit, outer, tables, "LIMIT");
        BindLimit(query.Offset, outer, tables, "OFFSET");
        context.Binding.SetOutputs(query, columns);
        return columns;
    }

    /// <summary>Puts the tables of a WITH in reach.</summary>
    public CommonTables? BindWith(WithClause? with, CommonTables? tables, Scope? around)
    {
        if (with is null) return tables;
        var added = new List<CommonTables>();
        foreach (var table in with.Tables)
        {
            if (context.IsPostgres && added.Any(other => other.Table.Name.Name == table.Name.Name))
                throw SqlErrors.Query($"WITH query name \"{table.Name.Name}\" specified more than once", "42712", table);
            var before = tables;
            tables = new CommonTables(tables, table, around);
            tables.Inside = before;
            added.Add(tables);
        }

        // SQLite lets any common table name itself and later ones; PostgreSQL only after RECURSIVE.
        if (with.Recursive || !context.IsPostgres)
            foreach (var table in added) table.Inside = tables;
        foreach (var table in added) ColumnsOf(table);
        return tables;
    }

    /// <summary>The columns of a common table; binds its query when first asked.</summary>
    public IReadOnlyList<OutputColumn> ColumnsOf(CommonTables table)
    {
        if (table.Columns is not null) return table.Columns;
        if (table.Busy) throw SqlErrors.Query($"circular reference to WITH query \"{table.Table.Name.Name}\"", "42P19", table.Table);
        table.Busy = true;
        var outer = table.Around is null ? null : new Scope(table.Around.Parent, table.Around.Block, table.Inside);
        _ = outer;
        var columns = table.Table.Statement is SelectStatement select
            ? BindSelect(select, table.Around, table.Inside, recursive: table)
            : new StatementBinder(context).BindWrite(table.Table.Statement, table.Inside);
        table.Columns = Named(columns, table.Table);
        table.Busy = false;
        return table.Columns;
    }

    /// <summary>Binds a RETURNING list.</summary>
    public IReadOnlyList<OutputColumn> BindReturning(NodeList<SelectItem> items, Scope scope) =>
        items.Count == 0 ? [] : BindItems(items, scope, leaveUnknown: false).Columns;

    /// <summary>Settles what is still untyped in a query's outputs by the columns it is written to, and checks that each fits.</summary>
    public void AssignOutputs(SelectStatement query, IReadOnlyList<ColumnSchema> columns) => Assign(query.Body, columns);

    private void Assign(QueryBody body, IReadOnlyList<ColumnSchema> columns)
    {
        switch (body)
        {
            case NestedQuery nested:
                Assign(nested.Query.Body, columns);
                break;
            case ValuesBody values:
                foreach (var row in values.Rows)
                    for (var i = 0; i < row.Count && i < columns.Count; i++) context.Typer.Assign(row[i], columns[i]);
                break;
            case SelectCore core when core.Items.All(item => item.Value is not Star):
                for (var i = 0; i < core.Items.Count && i < columns.Count; i++) context.Typer.Assign(core.Items[i].Value, columns[i]);
                break;
            default:
                var outputs = context.Binding.OutputsOf(body);
                for (var i = 0; i < outputs.Count && i < columns.Count; i++)
                    TypeRules.RequireAssignable(outputs[i].Type, columns[i], body);
                break;
        }
    }

    private static IReadOnlyList<OutputColumn> Named(IReadOnlyList<OutputColumn> columns, CommonTable table)
    {
        if (table.Columns.Count == 0) return columns;
        if (table.Columns.Count > columns.Count)
            throw SqlErrors.Query(
                $"WITH query \"{table.Name.Name}\" has {columns.Count} columns available but {table.Columns.Count} columns specified", "42P10", table);
        return [.. columns.Select((column, i) => i < table.Columns.Count ? column with { Name = table.Columns[i].Name } : column)];
    }

    private void BindLimit(Expr? limit, Scope? outer, CommonTables? tables, string clause)
    {
        _ = tables;
        if (limit is null) return;
        context.Typer.Bind(limit, outer);
        if (!context.IsPostgres) return;
        var type = context.Typer.Coerce(limit, Int8);
        if (!TypeRules.IsNumeric(type.Kind))
            throw SqlErrors.DatatypeMismatch($"argument of {clause} must be type bigint, not type {type.Display()}", limit);
    }

    private IReadOnlyList<OutputColumn> BindCompound(
        SelectStatement query, Scope? outer, CommonTables? tables, bool leaveUnknown, CommonTables? recursive)
    {
        var columns = BindBody(query.Body, outer, tables, leaveUnknown, recursive);
        var names = new OutputNames(columns, ItemsOf(query.Body, columns.Count));
        foreach (var item in query.OrderBy) BindCompoundOrder(item.Value, names, query, outer, tables);
        return columns;
    }

    // ORDER BY of a set operation names output columns; SQLite also takes an expression that one of the cores selects.
    private void BindCompoundOrder(Expr value, OutputNames names, SelectStatement query, Scope? outer, CommonTables? tables)
    {
        var inner = value;
        while (inner is Collate collate)
        {
            context.Binding.SetCollation(collate, collate.Collation.Name.Name);
            inner = collate.Operand;
        }

        if (inner is Literal { Kind: LiteralKind.Integer } number)
        {
            CheckOrdinal(number, names.Columns.Count, "ORDER BY");
            context.Typer.Bind(inner, null);
        }
        else if (inner is ColumnRef { Table: null } column && names.Find(column.Column.Name, context.Dialect, false) is >= 0 and var index)
        {
            context.NameResolver.Alias(column, names, index);
        }
        else if (context.IsPostgres)
        {
            if (inner is ColumnRef { Table: null } missing) throw SqlErrors.UndefinedColumn(missing.Column.Name, missing);
            throw SqlErrors.Query("invalid UNION/INTERSECT/EXCEPT ORDER BY clause", "0A000", value, "Only result column names can be used, not expressions or functions.");
        }
        else
        {
            var scope = FirstScope(query.Body, outer, tables);
            context.Typer.Bind(inner, scope);
        }
    }

    // A scope over the first core's FROM, so that SQLite's expressions in a compound's ORDER BY find their columns.
    private Scope? FirstScope(QueryBody body, Scope? outer, CommonTables? tables)
    {
        while (body is SetOperation set) body = set.Left;
        if (body is not SelectCore core) return outer;
        var block = context.Binding.BlockOf(core);
        var scope = new Scope(outer, block, tables);
        foreach (var relation in block.Relations)
        {
            scope.Relations.Add(relation);
            for (var i = 0; i < relation.StarColumns; i++) scope.Visible.Add(new ExpandedColumn(relation.Columns![i].Name, relation, i));
        }

        return scope;
    }

    private IReadOnlyList<OutputColumn> BindBody(QueryBody body, Scope? outer, CommonTables? tables, bool leaveUnknown, CommonTables? recursive)
    {
        SqlErrors.GuardStack();
        switch (body)
        {
            case SelectCore core:
                return BindCore(core, outer, tables, NodeList<OrderItem>.Empty, leaveUnknown);
            case NestedQuery nested:
                return Noted(nested, BindSelect(nested.Query, outer, tables, leaveUnknown, recursive));
            case ValuesBody values:
                return Noted(values, BindValues(values, outer, tables, leaveUnknown));
            case SetOperation set:
                return Noted(set, BindSetOperation(set, outer, tables, leaveUnknown, recursive));
            default:
                throw SqlErrors.Syntax("not a query", body);
        }
    }

    private IReadOnlyList<OutputColumn> Noted(QueryBody body, IReadOnlyList<OutputColumn> columns)
    {
        context.Binding.SetOutputs(body, columns);
        return columns;
    }

    private List<OutputColumn> BindValues(ValuesBody values, Scope? outer, CommonTables? tables, bool leaveUnknown)
    {
        var width = values.Rows[0].Count;
        var scope = ValuesScope(outer, tables, values);
        foreach (var row in values.Rows)
        {
            if (row.Count != width) throw SqlErrors.Syntax("VALUES lists must all be the same length", values);
            foreach (var value in row) context.Typer.Bind(value, scope);
        }

        var columns = new List<OutputColumn>();
        for (var i = 0; i < width; i++)
        {
            var index = i;
            var type = leaveUnknown ? context.Binding.TypeOf(values.Rows[0][i]) : context.Typer.Unify([.. values.Rows.Select(row => row[index])], "VALUES", values);
            columns.Add(new OutputColumn($"column{i + 1}", type));
        }

        return columns;
    }

    // VALUES is a block without FROM: its subqueries reach outwards, and common tables stay in reach.
    private static Scope ValuesScope(Scope? outer, CommonTables? tables, ValuesBody values) =>
        new(outer, outer?.Block ?? new QueryBlock { Node = values }, tables);

    private List<OutputColumn> BindSetOperation(SetOperation set, Scope? outer, CommonTables? tables, bool leaveUnknown, CommonTables? recursive)
    {
        var left = Widened(set.Left, BindBody(set.Left, outer, tables, true, recursive));
        if (recursive is { Busy: true })
        {
            if (context.IsPostgres) left = Settled(set.Left, left);
            recursive.Columns = Named(left, recursive.Table);
        }

        var right = Widened(set.Right, BindBody(set.Right, outer, tables, true, null));
        if (recursive is { Busy: true }) recursive.Columns = null;
        var name = set.Operator.ToString().ToUpperInvariant();
        if (left.Count != right.Count) throw SqlErrors.Syntax($"each {name} query must have the same number of columns", set);
        var columns = new List<OutputColumn>();
        for (var i = 0; i < left.Count; i++) columns.Add(Unified(set, left[i], right[i], i, name, leaveUnknown));
        return columns;
    }

    private IReadOnlyList<OutputColumn> Settled(QueryBody body, IReadOnlyList<OutputColumn> columns) =>
        [.. columns.Select((column, i) => column.Type.Kind == SqlTypeKind.Unknown ? column with { Type = SettleOutput(body, i, new SqlType(SqlTypeKind.Text)) } : column)];

    // The rows of VALUES have one type together before the set operation looks at it; where all are unknown, that decides.
    private IReadOnlyList<OutputColumn> Widened(QueryBody body, IReadOnlyList<OutputColumn> columns)
    {
        if (!context.IsPostgres || body is not ValuesBody { Rows.Count: > 1 } values) return columns;
        return [.. columns.Select((column, i) => values.Rows.All(row => context.Binding.TypeOf(row[i]).Kind == SqlTypeKind.Unknown)
            ? column : column with { Type = context.Typer.Unify([.. values.Rows.Select(row => row[i])], "VALUES", values) })];
    }

    private OutputColumn Unified(SetOperation set, OutputColumn left, OutputColumn right, int index, string name, bool leaveUnknown)
    {
        if (!context.IsPostgres) return left with { Type = left.Type == right.Type ? left.Type : TypeRules.Loose(left.Type, right.Type), Origin = null, View = null };
        var type = TypeRules.Common(left.Type, right.Type);
        if (type is null)
            throw SqlErrors.DatatypeMismatch($"{name} types {left.Type.Display()} and {right.Type.Display()} cannot be matched", set);
        if (type.Value.Kind == SqlTypeKind.Unknown && leaveUnknown) return left with { Origin = null, View = null };
        if (type.Value.Kind == SqlTypeKind.Unknown) type = new SqlType(SqlTypeKind.Text);
        if (left.Type.Kind == SqlTypeKind.Unknown) SettleOutput(set.Left, index, type.Value);
        if (right.Type.Kind == SqlTypeKind.Unknown) SettleOutput(set.Right, index, type.Value);
        return new OutputColumn(left.Name, type.Value, left.Collation ?? right.Collation) { IsMeasured = left.IsMeasured && right.IsMeasured && left.Type == right.Type };
    }

    // Gives an untyped output of a body its type, wherever in the body it is written.
    private SqlType SettleOutput(QueryBody body, int index, SqlType type)
    {
        switch (body)
        {
            case SelectCore core when index < core.Items.Count:
                context.Typer.Coerce(core.Items[index].Value, type);
                break;
            case ValuesBody values:
                foreach (var row in values.Rows) context.Typer.Coerce(row[index], type);
                break;
            case SetOperation set:
                SettleOutput(set.Left, index, type);
                SettleOutput(set.Right, index, type);
                break;
            case NestedQuery nested:
                SettleOutput(nested.Query.Body, index, type);
                break;
        }

        var outputs = context.Binding.OutputsOf(body);
        if (index < outputs.Count)
            context.Binding.SetOutputs(body, [.. outputs.Select((column, i) => i == index && column.Type.Kind == SqlTypeKind.Unknown ? column with { Type = type } : column)]);
        return type;
    }

    private static List<SelectItem> ItemsOf(QueryBody body, int count)
    {
        while (body is SetOperation set) body = set.Left;
        if (body is NestedQuery nested) return ItemsOf(nested.Query.Body, count);
        if (body is SelectCore core && core.Items.Count == count) return [.. core.Items];
        var star = body is SelectCore { Items: [var only, ..] } ? only : new SelectItem(new Literal(LiteralKind.Null), null);
        return [.. Enumerable.Repeat(star, count)];
    }

    private IReadOnlyList<OutputColumn> BindCore(
        SelectCore core, Scope? outer, CommonTables? tables, NodeList<OrderItem> orderBy, bool leaveUnknown)
    {
        var block = new QueryBlock { Node = core, Parent = outer?.Block };
        context.Binding.Add(block);
        var scope = new Scope(outer, block, tables);
        foreach (var item in core.From) context.From.Bind(item, scope);
        BindWindows(core, scope);
        var outputs = BindItems(core.Items, scope, leaveUnknown && !core.Distinct);
        if (!context.IsPostgres) scope.Aliases = outputs;
        if (core.Where is not null) context.Typer.BindCondition(core.Where, scope, "WHERE");
        foreach (var item in core.GroupBy) BindGroup(item, outputs, scope);
        if (core.Having is not null) context.Typer.BindCondition(core.Having, scope, "HAVING");
        foreach (var item in core.DistinctOn) BindOrder(item, outputs, scope, "DISTINCT ON");
        foreach (var item in orderBy) BindOrder(item.Value, outputs, scope, "ORDER BY");
        context.Binding.SetOutputs(core, outputs.Columns);
        if (context.IsPostgres && core.Distinct) CheckDistinctOrder(core, orderBy);
        if (context.IsPostgres) new GroupingCheck(context.Binding, core, scope, outputs, orderBy).Run();
        return outputs.Columns;
    }

    private void CheckDistinctOrder(SelectCore core, NodeList<OrderItem> orderBy)
    {
        foreach (var item in orderBy)
        {
            if (item.Value is Literal { Kind: LiteralKind.Integer } || core.Items.Any(output => output.Value is Star || Same(output.Value, item.Value, context.Binding))) continue;
            if (item.Value is ColumnRef name && context.Binding.OutputAliasOf(name) is not null) continue;
            throw SqlErrors.Query("for SELECT DISTINCT, ORDER BY expressions must appear in select list", "42P10", item);
        }
    }

    /// <summary>Whether two expressions are the same, or the same column by two names.</summary>
    public static bool Same(Expr left, Expr right, Binding binding) => left.Equals(right) ||
        (left is ColumnRef a && right is ColumnRef b && binding.ColumnOf(a) is { } x && binding.ColumnOf(b) is { } y && ReferenceEquals(x.Relation, y.Relation) && x.Index == y.Index);

    private void BindWindows(SelectCore core, Scope scope)
    {
        var names = new HashSet<string>();
        foreach (var window in core.Windows)
        {
            if (context.IsPostgres && !names.Add(window.Name.Name)) throw SqlErrors.Query($"window \"{window.Name.Name}\" is already defined", "42P20", window);
            context.Typer.BindWindow(window.Window, scope);
        }
    }

    private OutputNames BindItems(NodeList<SelectItem> items, Scope scope, bool leaveUnknown)
    {
        var columns = new List<OutputColumn>();
        var sources = new List<SelectItem>();
        foreach (var item in items)
        {
            if (item.Value is Star star)
            {
                BindStar(star, item, scope, columns, sources);
                continue;
            }

            if (context.IsPostgres && item.Value is FieldAccess { FieldName: null }) throw SqlErrors.Unsupported("a star behind parentheses", item, "Leave the parentheses out behind the name of a relation, or name the fields.");
            if (leaveUnknown) context.Typer.Bind(item.Value, scope);
            else context.Typer.BindSettled(item.Value, scope);
            columns.Add(Output(item));
            sources.Add(item);
        }

        return new OutputNames(columns, sources);
    }

    private OutputColumn Output(SelectItem item)
    {
        var origin = item.Value is ColumnRef column ? context.Binding.ColumnOf(column) : null;
        var baseColumn = origin?.Relation.Table is null ? null : origin;
        if (origin is not null && baseColumn is null && origin.Relation.Columns is { } inner && origin.Index >= 0) baseColumn = inner[origin.Index].Origin;
        return new OutputColumn(ColumnNames.Of(item, context.Binding), context.Binding.TypeOf(item.Value), context.Binding.CollationOf(item.Value), baseColumn)
        {
            View = origin is { Index: >= 0, Relation.Columns: { } columns } ? columns[origin.Index].View : null,
            IsMeasured = MeasuredTypes.Has(item.Value, context.Binding),
            IsNames = CatalogColumns.IsNames(item.Value, context.Binding),
        };
    }

    private void BindStar(Star star, SelectItem item, Scope scope, List<OutputColumn> columns, List<SelectItem> sources)
    {
        var expanded = star.Table is null ? scope.Visible : Qualified(star, scope);
        if (expanded.Count == 0 && (star.Table is not null || scope.Relations.Count > 0))
            throw SqlErrors.Unsupported("a star that stands for no column", star, "Give the table a column first: ALTER TABLE … ADD COLUMN.");
        if (expanded.Count == 0) throw SqlErrors.Syntax("SELECT * with no tables specified is not valid", star);
        context.Binding.SetStar(star, [.. expanded]);
        foreach (var column in expanded)
        {
            columns.Add(column.Output with { Name = column.Name, Origin = column.Full ? null : column.Output.Origin, View = column.Full ? null : column.Output.View });
            sources.Add(item);
        }
    }

    private List<ExpandedColumn> Qualified(Star star, Scope scope)
    {
        for (var at = scope; at is not null; at = at.Parent)
        {
            foreach (var relation in at.Relations)
            {
                if (!Names.Equal(relation.Alias, star.Table!.Name, context.Dialect)) continue;
                return relation.Columns is null
                    ? [new ExpandedColumn("*", relation, -1)]
                    : [.. relation.Columns.Take(relation.StarColumns).Select((column, i) => new ExpandedColumn(column.Name, relation, i))];
            }

            if (!context.IsPostgres) break;
        }

        throw SqlErrors.MissingFrom(star.Table!.Name, star);
    }

    private void BindGroup(Expr item, OutputNames outputs, Scope scope)
    {
        if (item is GroupingSet set)
        {
            foreach (var inner in set.Items) BindGroup(inner, outputs, scope);
            return;
        }

        if (item is RowConstructor { Keyword: false } row)
        {
            foreach (var inner in row.Items) BindGroup(inner, outputs, scope);
            context.Binding.SetType(row, new SqlType(SqlTypeKind.Record));
            return;
        }

        if (Ordinal(item, outputs, "GROUP BY")) return;
        if (item is ColumnRef { Table: null } name && !scope.Visible.Any(column => column.Index >= 0 && Names.Equal(column.Name, name.Column.Name, context.Dialect))
            && TryAlias(name, outputs, aliasesOnly: !context.IsPostgres))
            return;
        context.Typer.BindSettled(item, scope);
    }

    // PostgreSQL looks a bare name up among the outputs first, and input columns inside expressions; so does SQLite, where aliases reach into expressions too.
    private void BindOrder(Expr value, OutputNames outputs, Scope scope, string clause)
    {
        if (Ordinal(value, outputs, clause)) return;
        var inner = value;
        while (!context.IsPostgres && inner is Collate collate) inner = collate.Operand;
        if (inner is ColumnRef { Table: null } name && TryAlias(name, outputs, aliasesOnly: !context.IsPostgres))
        {
            if (!ReferenceEquals(inner, value)) BindCollates(value);
            return;
        }

        context.Typer.BindSettled(value, scope);
    }

    private void BindCollates(Expr value)
    {
        while (value is Collate collate)
        {
            context.Binding.SetType(collate, new SqlType(SqlTypeKind.Text));
            context.Binding.SetCollation(collate, collate.Collation.Name.Name);
            value = collate.Operand;
        }
    }

    private bool TryAlias(ColumnRef name, OutputNames outputs, bool aliasesOnly)
    {
        var index = outputs.Find(name.Column.Name, context.Dialect, aliasesOnly);
        if (index == -2) throw SqlErrors.AmbiguousColumn(name.Column.Name, name);
        if (index < 0) return false;

        // A star's column is the input column itself: say so, which tells a reader more.
        if (outputs.Items[index].Value is Star) return false;
        context.NameResolver.Alias(name, outputs, index);
        return true;
    }

    private bool Ordinal(Expr value, OutputNames outputs, string clause)
    {
        if (value is not Literal literal) return false;
        if (literal.Kind == LiteralKind.Integer)
        {
            CheckOrdinal(literal, outputs.Columns.Count, clause);
            context.Typer.Bind(literal, null);
            return true;
        }

        if (context.IsPostgres && literal.Kind != LiteralKind.Null)
            throw SqlErrors.Syntax($"non-integer constant in {clause}", literal);
        return false;
    }

    private static void CheckOrdinal(Literal literal, int count, string clause)
    {
        if (int.TryParse(literal.Text, out var ordinal) && ordinal >= 1 && ordinal <= count) return;
        throw SqlErrors.Query($"{clause} position {literal.Text} is not in select list", "42P10", literal);
    }
}
