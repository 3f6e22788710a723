namespace Shale.Sql;

/// <summary>Translates INSERT, UPDATE and DELETE. What is written is converted to its column's type as PostgreSQL assigns it.</summary>
internal sealed class WriteTranslator(TranslationContext context)
{
    private Binding Binding => context.Binding;

    private ExpressionTranslator Expressions => context.Expressions;

    /// <summary>Translates an INSERT.</summary>
    public InsertStatement Translate(InsertStatement insert)
    {
        var table = Binding.BlockOf(insert).Relations[0].Table!;
        var columns = insert.Columns.Count > 0
            ? insert.Columns.Select(name => table.Column(name.Name)!).ToList()
            : insert.Source is null ? [] : table.Columns.Take(Binding.OutputsOf(insert.Source).Count).ToList();
        RequireKey(table, columns);
        var source = insert.Source is null ? null : context.Queries.Translate(insert.Source, [.. columns.Select(column => column.Type)], columns);
        if (insert.OnConflict.Count > 0 && source?.Body is SelectCore { Where: null, From.Count: > 0 } core)
        {
            // SQLite would read ON CONFLICT as the ON of a join.
            source = source with { Body = core with { Where = SqlBuild.Integer(1) } };
        }

        return new InsertStatement(insert.Table, columns.Select(column => SqlBuild.Name(column.Name)).ToNodeList(), source)
        {
            With = context.Queries.With(insert.With),
            Alias = insert.Alias,
            OnConflict = insert.OnConflict.Select(conflict => Conflict(conflict, table)).ToNodeList(),
            Returning = Returning(insert.Returning, insert),
        };
    }

    /// <summary>Translates an UPDATE.</summary>
    public UpdateStatement Translate(UpdateStatement update)
    {
        var table = Binding.BlockOf(update).Relations[0].Table!;
        SetKey(table);
        return new UpdateStatement(Target(update.Table), Sets(update.Sets, table))
        {
            With = context.Queries.With(update.With),
            From = context.From.Translate(update.From),
            Where = Expressions.Condition(update.Where, update.From.Count > 0),
            Returning = Returning(update.Returning, update), ReturnsJoined = ReturnsJoined(update.Returning, update),
        };
    }

    /// <summary>Translates a DELETE; USING becomes EXISTS.</summary>
    public DeleteStatement Translate(DeleteStatement delete)
    {
        var where = Expressions.Condition(delete.Where, delete.Using.Count > 0);
        var joined = ReturnsJoined(delete.Returning, delete);
        NodeList<TableExpr> others = [];
        if (joined)
        {
            others = context.From.Translate(delete.Using);
        }
        else if (delete.Using.Count > 0)
        {
            var core = new SelectCore([new SelectItem(SqlBuild.Integer(1), null)]) { From = context.From.Translate(delete.Using), Where = where };
            where = new Exists(SqlBuild.Select(core));
        }

        return new DeleteStatement(Target(delete.Table))
        {
            With = context.Queries.With(delete.With), Using = others, Where = where, Returning = Returning(delete.Returning, delete), ReturnsJoined = joined,
        };
    }

    // SQLite numbers an INTEGER PRIMARY KEY that is NULL or left out; in PostgreSQL it must be given.
    private void SetKey(TableSchema table)
    {
        if (table.PrimaryKey is not [var key] || table.Column(key) is not { AutoNumber: false, Type: { Kind: SqlTypeKind.Int4, IsArray: false } } column) return;
        (context.Key, context.KeyTable) = (column, table.Name);
    }

    private void RequireKey(TableSchema table, List<ColumnSchema> columns)
    {
        SetKey(table);
        if (context.Key is { Default: null } key && !columns.Contains(key)) throw SqlErrors.NotNull(key.Name, table.Name);
    }

    private static TableRef Target(TableRef table) => new(table.Name, table.Alias, NodeList<Identifier>.Empty);

    private NodeList<SetClause> Sets(NodeList<SetClause> sets, TableSchema table)
    {
        var result = new List<SetClause>();
        foreach (var set in sets)
        {
            var columns = set.Columns.Select(name => table.Column(name.Name)!).ToList();
            var names = columns.Select(column => SqlBuild.Name(column.Name)).ToNodeList();
            if (set is { Multiple: true, Value: Subquery subquery })
            {
                result.Add(new SetClause(names, new Subquery(OneRow(subquery.Query, columns))) { Multiple = true });
                continue;
            }

            var values = set is { Multiple: true, Value: RowConstructor row } ? [.. row.Items] : new List<Expr> { set.Value };
            for (var i = 0; i < columns.Count; i++)
            {
                if (!columns[i].Generated) result.Add(new SetClause([names[i]], Expressions.Assigned(values[i], columns[i])));
            }
        }

        return result.ToNodeList();
    }

    // SQLite would take the first row of several; PostgreSQL fails (21000).
    private SelectStatement OneRow(SelectStatement query, List<ColumnSchema> columns)
    {
        var row = context.Queries.Translate(query, [.. columns.Select(column => column.Type)], columns);
        if (context.Queries.GivesOneRow(query)) return row;
        var names = columns.Select((_, i) => SqlBuild.Name("shale_v" + i.ToString(System.Globalization.CultureInfo.InvariantCulture))).ToNodeList();
        var items = names.Select(name => new SelectItem(SqlBuild.Call("shale_single", SqlBuild.Column(null, name.Name)), null)).ToNodeList();
        return SqlBuild.Select(new SelectCore(items) { From = [FromTranslator.Renamed(row, names, SqlBuild.Name("shale_q"))] });
    }

    private OnConflict Conflict(OnConflict conflict, TableSchema table)
    {
        var target = conflict.Target;
        if (conflict.Constraint is { } name)
        {
            var key = table.Keys.FirstOrDefault(other => other.Name == name.Name)
                ?? throw SqlErrors.Query($"constraint \"{name.Name}\" for table \"{table.Name}\" does not exist", "42704", conflict);
            target = key.Columns.Select(column => new OrderItem(SqlBuild.Column(null, column))).ToNodeList();
        }
        else
        {
            context.Unqualified = true;
            target = target.Select(item => item with { Value = item.Value is ColumnRef column ? SqlBuild.Column(null, column.Column.Name) : Expressions.GroupKey(item.Value) }).ToNodeList();
            context.Unqualified = false;
        }

        return new OnConflict(
            target, conflict.TargetWhere is null ? null : Expressions.Translate(conflict.TargetWhere), null, Sets(conflict.Sets, table),
            conflict.Where is null ? null : Expressions.Translate(conflict.Where));
    }

    // SQLite's RETURNING knows the target's columns only.
    private bool ReturnsJoined(NodeList<SelectItem> items, Statement statement)
    {
        if (Binding.BlockOf(statement) is not { Relations.Count: > 1 } block) return false;
        var target = block.Relations[0].Alias;
        return items.Any(item => item.Value is Star star ? star.Table is not { } of || of.Name != target : SqlTree.All<ColumnRef>(item).Any(column =>
            Binding.ColumnOf(column) is { } found && ReferenceEquals(found.Block, block) && !ReferenceEquals(found.Relation, block.Relations[0])));
    }

    // The target's columns have their bare names, but where the rows are found by a query first.
    private NodeList<SelectItem> Returning(NodeList<SelectItem> items, Statement statement)
    {
        if (items.Count == 0) return items;
        if (ReturnsJoined(items, statement))
        {
            var joined = OutputsOf(items, statement);
            return context.Queries.Items(items, joined, [.. joined.Select(column => column.Type)], keepStar: false);
        }

        var columns = OutputsOf(items, statement);
        context.Unqualified = context.InReturning = true;
        var translated = context.Queries.Items(items, columns, [.. columns.Select(column => column.Type)], keepStar: false);
        context.Unqualified = context.InReturning = false;
        return translated;
    }

    private IReadOnlyList<OutputColumn> OutputsOf(NodeList<SelectItem> items, Statement statement)
    {
        if (ReferenceEquals(statement, Binding.Statement)) return Binding.Outputs;
        throw SqlErrors.Unsupported("a data-modifying WITH", items[0]);
    }
}
