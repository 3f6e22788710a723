namespace Shale.Sql.Printing;

/// <summary>Queries and what stands in FROM.</summary>
internal sealed partial class Printer
{
    /// <summary>The query in parentheses.</summary>
    private void Query(SelectStatement query)
    {
        Add('(');
        Select(query);
        Add(')');
    }

    private void Select(SelectStatement query)
    {
        Guard();
        if (query.With is not null)
        {
            With(query.With);
            Add(' ');
        }

        Body(query.Body, 0, HasTail(query));
        OrderBy(query.OrderBy, true);
        if (query.WithTies)
        {
            OnlyIn(SqlDialect.Postgres, "WITH TIES");
            Clause(" OFFSET ", query.Offset);
            Add(" FETCH FIRST ");
            FetchCount(query.Limit!);
            Add(" ROWS WITH TIES");
        }
        else
        {
            // SQLite needs a LIMIT in front of OFFSET; -1 is none.
            if (query.Limit is null && query.Offset is not null && !_postgres) Add(" LIMIT -1");
            Clause(" LIMIT ", query.Limit);
            Clause(" OFFSET ", query.Offset);
        }

        foreach (var locking in query.Locking)
        {
            Add(' ');
            Locking(locking);
        }
    }

    private static bool HasTail(SelectStatement query) => query.OrderBy.Count > 0 || query.Limit is not null || query.Offset is not null;

    private void FetchCount(Expr count)
    {
        if (count is Literal or Parameter) Expression(count, 0);
        else Parenthesized(count);
    }

    private void Locking(LockingClause locking)
    {
        OnlyIn(SqlDialect.Postgres, "FOR UPDATE");
        Add("FOR ").AddUpper(locking.Strength);
        if (locking.Of.Count > 0)
        {
            Add(" OF ");
            List(locking.Of, Name);
        }

        if (locking.Wait.Length > 0) Add(' ').AddUpper(locking.Wait);
    }

    private void With(WithClause with)
    {
        Add(with.Recursive ? "WITH RECURSIVE " : "WITH ");
        List(with.Tables, CommonTable);
    }

    private void CommonTable(CommonTable table)
    {
        Name(table.Name);
        NamesOpt(table.Columns);
        Add(table.Materialized switch { true => " AS MATERIALIZED (", false => " AS NOT MATERIALIZED (", null => " AS (" });
        Statement(table.Statement);
        Add(')');
    }

    /// <summary>Writes a body; in parentheses, or as a query in FROM where SQLite has none, if it binds looser than its place needs.</summary>
    /// <param name="body">The body.</param>
    /// <param name="min">0 for a whole query, 1 and 2 for the sides of set operations.</param>
    /// <param name="tail">Whether ORDER BY or LIMIT will follow.</param>
    private void Body(QueryBody body, int min, bool tail)
    {
        Guard();
        switch (body)
        {
            case SelectCore core:
                Core(core);
                break;
            case ValuesBody values:
                // SQLite takes no ORDER BY behind VALUES.
                if (tail && !_postgres) InFrom(new SelectStatement(null, values));
                else Values(values);
                break;
            case SetOperation operation when LevelOf(operation) >= min:
                SetOperation(operation, tail);
                break;
            case SetOperation operation:
                InParens(new SelectStatement(null, operation));
                break;
            case NestedQuery nested:
                InParens(nested.Query);
                break;
        }
    }

    private int LevelOf(SetOperation operation) => _postgres && operation.Operator == SetOperator.Intersect ? 2 : 1;

    private void InParens(SelectStatement query)
    {
        if (_postgres) Query(query);
        else InFrom(query);
    }

    private void InFrom(SelectStatement query)
    {
        Add("SELECT * FROM ");
        Query(query);
    }

    private void SetOperation(SetOperation operation, bool tail)
    {
        if (operation.All && operation.Operator != SetOperator.Union) OnlyIn(SqlDialect.Postgres, "INTERSECT ALL or EXCEPT ALL");
        var level = LevelOf(operation);
        Body(operation.Left, level, false);
        Add(operation.Operator switch { SetOperator.Union => " UNION ", SetOperator.Intersect => " INTERSECT ", _ => " EXCEPT " });
        if (operation.All) Add("ALL ");
        Body(operation.Right, level + 1, tail);
    }

    private void Values(ValuesBody values)
    {
        Add("VALUES ");
        List(values.Rows, row =>
        {
            Add('(');
            List(row, item => Expression(item, 0));
            Add(')');
        });
    }

    private void Core(SelectCore core)
    {
        Add("SELECT");
        if (core.Distinct) Add(" DISTINCT");
        if (core.DistinctOn.Count > 0)
        {
            OnlyIn(SqlDialect.Postgres, "DISTINCT ON");
            Add(" DISTINCT ON (");
            List(core.DistinctOn, item => Expression(item, 0));
            Add(')');
        }

        if (core.Items.Count == 0) OnlyIn(SqlDialect.Postgres, "an empty select list");
        else Add(' ');
        List(core.Items, Item);
        if (core.From.Count > 0)
        {
            Add(" FROM ");
            FromList(core.From);
        }

        Clause(" WHERE ", core.Where);
        if (core.GroupBy.Count > 0)
        {
            if (core.GroupByDistinct) OnlyIn(SqlDialect.Postgres, "GROUP BY DISTINCT");
            Add(core.GroupByDistinct ? " GROUP BY DISTINCT " : " GROUP BY ");
            List(core.GroupBy, item => Expression(item, 0));
        }

        Clause(" HAVING ", core.Having);
        if (core.Windows.Count == 0) return;
        Add(" WINDOW ");
        List(core.Windows, NamedWindow);
    }

    private void FromList(NodeList<TableExpr> tables)
    {
        for (var i = 0; i < tables.Count; i++)
        {
            if (i > 0) Add(", ");

            // In SQLite a join behind a comma would take what stands in front of the comma as its left side.
            var nested = i > 0 && !_postgres && tables[i] is Join { Alias: null };
            if (nested) Add('(');
            Table(tables[i]);
            if (nested) Add(')');
        }
    }

    private void Item(SelectItem item)
    {
        Expression(item.Value, 0);
        if (item.Alias is null) return;
        Add(" AS ");
        Name(item.Alias);
    }

    private void Grouping(GroupingSet set)
    {
        Add(set.Kind switch { GroupingKind.Rollup => "ROLLUP ", GroupingKind.Cube => "CUBE ", GroupingKind.Sets => "GROUPING SETS ", _ => "" });
        Add('(');
        List(set.Items, item => Expression(item, 0));
        Add(')');
    }

    private void Table(TableExpr table)
    {
        Guard();
        switch (table)
        {
            case TableRef reference:
                Reference(reference);
                break;
            case DerivedTable derived:
                Lateral(derived.Lateral);
                Query(derived.Query);
                Alias(derived.Alias, derived.Columns);
                break;
            case FunctionTable function:
                Function(function);
                break;
            case Join { Alias: not null } join:
                Add('(');
                Join(join);
                Add(')');
                Alias(join.Alias, NodeList<Identifier>.Empty);
                break;
            case Join join:
                Join(join);
                break;
        }
    }

    private void Lateral(bool lateral)
    {
        if (!lateral) return;
        OnlyIn(SqlDialect.Postgres, "LATERAL");
        Add("LATERAL ");
    }

    private void Alias(Identifier? alias, NodeList<Identifier> columns)
    {
        if (alias is not null)
        {
            Add(" AS ");
            Name(alias);
        }

        if (columns.Count > 0) OnlyIn(SqlDialect.Postgres, "column aliases in FROM");
        NamesOpt(columns);
    }

    private void Reference(TableRef table)
    {
        if (table.Only) OnlyIn(SqlDialect.Postgres, "ONLY");
        if (table.IndexedBy is not null || table.NotIndexed) OnlyIn(SqlDialect.Sqlite, "INDEXED BY");
        if (table.Only) Add("ONLY ");
        Name(table.Name);
        if (table.Time is not null) Add(' ');
        if (table.Time is not null) Time(table.Time);
        Alias(table.Alias, table.Columns);
        if (table.NotIndexed) Add(" NOT INDEXED");
        if (table.IndexedBy is null) return;
        Add(" INDEXED BY ");
        Name(table.IndexedBy);
    }

    private void Function(FunctionTable table)
    {
        Lateral(table.Lateral);
        Call(table.Call);
        if (table.WithOrdinality)
        {
            OnlyIn(SqlDialect.Postgres, "WITH ORDINALITY");
            Add(" WITH ORDINALITY");
        }

        if (table.ColumnTypes.Count == 0)
        {
            Alias(table.Alias, table.Columns);
            return;
        }

        OnlyIn(SqlDialect.Postgres, "a column definition list");
        Add(" AS ");
        if (table.Alias is not null) Name(table.Alias);
        Add(table.Alias is null ? "(" : " (");
        for (var i = 0; i < table.Columns.Count; i++)
        {
            if (i > 0) Add(", ");
            Name(table.Columns[i]);
            Add(' ');
            Type(table.ColumnTypes[i]);
        }

        Add(')');
    }

    private void Join(Join join)
    {
        Table(join.Left);
        Add(' ');
        if (join.Natural) Add("NATURAL ");
        var bare = join.Kind == JoinKind.Inner && !join.Natural && join.On is null && join.Using.Count == 0;
        Add(join.Kind switch
        {
            JoinKind.Left => "LEFT JOIN ",
            JoinKind.Right => "RIGHT JOIN ",
            JoinKind.Full => "FULL JOIN ",
            JoinKind.Cross => "CROSS JOIN ",
            _ => bare && _postgres ? "CROSS JOIN " : "JOIN ",
        });
        var nested = join.Right is Join { Alias: null };
        if (nested) Add('(');
        Table(join.Right);
        if (nested) Add(')');
        Clause(" ON ", join.On);
        if (join.Using.Count == 0) return;
        Add(" USING ");
        Names(join.Using);
    }
}
