namespace Shale.Sql;

/// <summary>Binds whole statements: the writes, and what carries a query.</summary>
internal sealed class StatementBinder(BindContext context)
{
    public void Bind(Statement statement)
    {
        switch (statement)
        {
            case SelectStatement select:
                context.Binding.Outputs = context.Queries.BindSelect(select, null, null);
                break;
            case InsertStatement or UpdateStatement or DeleteStatement:
                context.Binding.Outputs = BindWrite(statement, null);
                break;
            case CreateTableStatement { AsQuery: { } query }:
                context.Binding.Outputs = context.Queries.BindSelect(query, null, null);
                break;
            case CreateViewStatement view:
                context.Binding.Outputs = context.Queries.BindSelect(view.Query, null, null);
                break;
            case ExplainStatement explain:
                Bind(explain.Inner);
                break;
            case VExplainStatement explain:
                Bind(explain.Inner);
                break;
            case RestoreStatement restore:
                context.Points.Bind(restore.Point);
                break;
            case BeginStatement { AsOf: { } point }:
                context.Points.Bind(point);
                break;
            case SetStatement { AsOf: { } point }:
                context.Points.Bind(point);
                break;
            case CallStatement call:
                foreach (var argument in call.Call.Args) context.Typer.BindSettled(argument, null);
                break;
            case CreateIndexStatement index when context.Schema.Find(index.Table) is { } table:
                var expressions = index.Columns.Select(column => column.Value).Concat(index.Where is null ? [] : [index.Where]).ToList();
                BindOver(expressions, index, table);
                break;
        }
    }

    public void BindOver(IReadOnlyList<Expr> expressions, SqlNode node, TableSchema table)
    {
        var block = new QueryBlock { Node = node };
        context.Binding.Add(block);
        var scope = new Scope(null, block, null);
        AddTarget(scope, node, table.Name, table);
        foreach (var expression in expressions) context.Typer.BindSettled(expression, scope);
    }

    /// <summary>Binds an INSERT, UPDATE or DELETE and returns what it returns.</summary>
    public IReadOnlyList<OutputColumn> BindWrite(Statement statement, CommonTables? tables) => statement switch
    {
        InsertStatement insert => BindInsert(insert, tables),
        UpdateStatement update => BindUpdate(update, tables),
        DeleteStatement delete => BindDelete(delete, tables),
        _ => throw SqlErrors.Syntax("a common table needs SELECT, INSERT, UPDATE or DELETE", statement),
    };

    private IReadOnlyList<OutputColumn> BindInsert(InsertStatement insert, CommonTables? tables)
    {
        var schema = Table(insert.Table);
        var block = new QueryBlock { Node = insert };
        context.Binding.Add(block);
        tables = context.Queries.BindWith(insert.With, tables, null);
        var scope = new Scope(null, block, tables);
        var target = AddTarget(scope, insert, insert.Alias?.Name ?? insert.Table.Name.Name, schema);
        var columns = TargetColumns(schema, insert.Columns);
        if (insert.Source is { } source) BindSource(insert, source, columns, tables);
        foreach (var conflict in insert.OnConflict) BindConflict(conflict, scope, schema, target);
        return context.Queries.BindReturning(insert.Returning, scope);
    }

    private void BindSource(InsertStatement insert, SelectStatement source, IReadOnlyList<ColumnSchema> columns, CommonTables? tables)
    {
        var outputs = context.Queries.BindSelect(source, null, tables, leaveUnknown: true);
        if (insert.Columns.Count == 0 ? outputs.Count > columns.Count : outputs.Count != columns.Count)
            throw SqlErrors.Syntax(outputs.Count > columns.Count ? "INSERT has more expressions than target columns" : "INSERT has more target columns than expressions", insert);
        if (!context.IsPostgres && outputs.Count != columns.Count)
            throw SqlErrors.Syntax($"table {insert.Table.Name.Name} has {columns.Count} columns but {outputs.Count} values were supplied", insert);
        if (context.IsPostgres) context.Queries.AssignOutputs(source, columns);
    }

    private void BindConflict(OnConflict conflict, Scope target, TableSchema schema, Relation relation)
    {
        foreach (var item in conflict.Target) context.Typer.BindSettled(item.Value, target);
        if (conflict.TargetWhere is not null) context.Typer.BindCondition(conflict.TargetWhere, target, "WHERE");
        target.Excluded = relation;
        BindSets(conflict.Sets, target, schema);
        if (conflict.Where is not null) context.Typer.BindCondition(conflict.Where, target, "WHERE");
        target.Excluded = null;
    }

    private IReadOnlyList<OutputColumn> BindUpdate(UpdateStatement update, CommonTables? tables)
    {
        var schema = Table(update.Table.Name);
        var block = new QueryBlock { Node = update };
        context.Binding.Add(block);
        tables = context.Queries.BindWith(update.With, tables, null);
        var scope = new Scope(null, block, tables);
        AddTarget(scope, update.Table, update.Table.Alias?.Name ?? update.Table.Name.Name.Name, schema);
        var returning = ReturningScope(scope, update.ReturnsJoined);
        foreach (var item in update.From) context.From.Bind(item, scope);

        // A parameter has the type that it gets first, and PostgreSQL looks at what is set last.
        if (update.Where is not null) context.Typer.BindCondition(update.Where, scope, "WHERE");
        BindLimits(update.OrderBy, update.Limit, update.Offset, scope);
        var outputs = context.Queries.BindReturning(update.Returning, returning);
        BindSets(update.Sets, scope, schema);
        return outputs;
    }

    private IReadOnlyList<OutputColumn> BindDelete(DeleteStatement delete, CommonTables? tables)
    {
        var schema = Table(delete.Table.Name);
        var block = new QueryBlock { Node = delete };
        context.Binding.Add(block);
        tables = context.Queries.BindWith(delete.With, tables, null);
        var scope = new Scope(null, block, tables);
        AddTarget(scope, delete.Table, delete.Table.Alias?.Name ?? delete.Table.Name.Name.Name, schema);
        var returning = ReturningScope(scope, delete.ReturnsJoined);
        foreach (var item in delete.Using) context.From.Bind(item, scope);
        if (delete.Where is not null) context.Typer.BindCondition(delete.Where, scope, "WHERE");
        BindLimits(delete.OrderBy, delete.Limit, delete.Offset, scope);
        return context.Queries.BindReturning(delete.Returning, returning);
    }

    // SQLite's RETURNING sees the target alone, PostgreSQL's the tables of FROM and USING too.
    private Scope ReturningScope(Scope target, bool joined)
    {
        if (context.IsPostgres || joined) return target;
        var scope = new Scope(null, target.Block, target.Tables);
        scope.Relations.AddRange(target.Relations);
        scope.Visible.AddRange(target.Visible);
        return scope;
    }

    private void BindLimits(NodeList<OrderItem> orderBy, Expr? limit, Expr? offset, Scope scope)
    {
        foreach (var item in orderBy) context.Typer.BindSettled(item.Value, scope);
        if (limit is not null) context.Typer.BindSettled(limit, null);
        if (offset is not null) context.Typer.BindSettled(offset, null);
    }

    private void BindSets(NodeList<SetClause> sets, Scope scope, TableSchema schema)
    {
        var seen = new HashSet<string>();
        foreach (var set in sets)
        {
            var columns = set.Columns.Select(column => Column(schema, column)).ToList();
            foreach (var column in columns)
            {
                if (!seen.Add(column.Name) && context.IsPostgres)
                    throw SqlErrors.Syntax($"multiple assignments to same column \"{column.Name}\"", set);
            }

            RefuseGenerated(set, columns);
            BindSet(set, columns, scope);
        }
    }

    private void RefuseGenerated(SetClause set, List<ColumnSchema> columns)
    {
        if (!context.IsPostgres) return;
        for (var i = 0; i < columns.Count; i++)
        {
            var value = set.Value is RowConstructor row && set.Multiple && row.Items.Count == columns.Count ? row.Items[i] : set.Value;
            if (value is DefaultValue && columns[i].AutoNumber) throw SqlErrors.Unsupported("UPDATE of a column that numbers itself to DEFAULT", set, "Give it nextval('…') by a statement of its own.");
            if (value is DefaultValue || !(columns[i].Generated || columns[i].IsIdentityAlways)) continue;
            throw SqlErrors.Query($"column \"{columns[i].Name}\" can only be updated to DEFAULT", "428C9", set);
        }
    }

    private void BindSet(SetClause set, List<ColumnSchema> columns, Scope scope)
    {
        if (columns.Count == 1 && !set.Multiple)
        {
            context.Typer.BindAssigned(set.Value, columns[0], scope);
            return;
        }

        switch (set.Value)
        {
            case RowConstructor row when row.Items.Count == columns.Count:
                for (var i = 0; i < columns.Count; i++) context.Typer.BindAssigned(row.Items[i], columns[i], scope);
                context.Binding.SetType(row, new SqlType(SqlTypeKind.Record));
                break;
            case Subquery subquery:
                var outputs = context.Queries.BindSelect(subquery.Query, scope, scope.Tables, leaveUnknown: true);
                if (outputs.Count != columns.Count) throw SqlErrors.Syntax("number of columns does not match number of values", set);
                if (context.IsPostgres) context.Queries.AssignOutputs(subquery.Query, columns);
                context.Binding.SetType(subquery, new SqlType(SqlTypeKind.Record));
                break;
            default:
                if (columns.Count != 1) throw SqlErrors.Syntax("number of columns does not match number of values", set);
                context.Typer.BindAssigned(set.Value, columns[0], scope);
                break;
        }
    }

    private List<ColumnSchema> TargetColumns(TableSchema schema, NodeList<Identifier> named)
    {
        if (named.Count == 0) return [.. schema.Columns.Where(column => context.IsPostgres || !column.Generated)];
        var columns = new List<ColumnSchema>();
        foreach (var name in named)
        {
            var column = Column(schema, name);
            if (context.IsPostgres && columns.Contains(column))
                throw SqlErrors.Query($"column \"{name.Name}\" specified more than once", "42701", name);
            columns.Add(column);
        }

        return columns;
    }

    private ColumnSchema Column(TableSchema schema, Identifier name)
    {
        if (schema.Column(name.Name) is { } column) return column;
        if (!context.IsPostgres && !schema.WithoutRowId && name.Name.ToLowerInvariant() is "rowid" or "oid" or "_rowid_")
            return new ColumnSchema(name.Name, new SqlType(SqlTypeKind.Int8), "INTEGER");
        throw new VitessException(ErrorCodes.NotFound, $"column \"{name.Name}\" of relation \"{schema.Name}\" does not exist", sqlState: "42703",
            hint: NearestName.Hint(name.Name, schema.Columns.Select(other => other.Name)) ?? "Check the name.", position: name.Span.Length > 0 ? name.Span.Start + 1 : null);
    }

    private TableSchema Table(ObjectName name) => context.Schema.Find(name) ?? throw SqlErrors.UndefinedTable(FromBinder.Display(name), name, NearestName.Hint(name.Name.Name, context.Schema.NamesBeside(name)));

    private Relation AddTarget(Scope scope, SqlNode node, string alias, TableSchema schema)
    {
        var relation = new Relation { Node = node, Alias = alias, Table = schema, Columns = FromBinder.ColumnsOf(scope.Block, schema, []) };
        FromBinder.LinkOrigins(scope.Block, relation);
        context.From.Add(scope, relation);
        context.Binding.SetRelation(node, relation);
        return relation;
    }
}
