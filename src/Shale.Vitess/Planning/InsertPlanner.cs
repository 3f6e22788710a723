using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Plans an INSERT in the engine's dialect. Where one shard has everything it runs as it is; else each row is routed by its own key, numbered from the
/// table's sequence, and inserted by a statement for one row.
/// </summary>
internal sealed class InsertPlanner(Catalog catalog, SqlDialect engine, SqlDialect session, LookupReads lookups)
{
    /// <summary>Makes the plan.</summary>
    /// <param name="insert">The statement.</param>
    /// <param name="binding">Its names and types.</param>
    /// <param name="numbers">Cells of the query's rows that are numbered one by one.</param>
    public StatementPlan Plan(InsertStatement insert, Binding binding, IReadOnlyList<(int Cell, SequenceRef Sequence)> numbers)
    {
        var plan = Plan(insert, binding, mayRunWhole: numbers.Count == 0);
        if (plan is InsertPlan placed) placed.RowNumbers = numbers;
        return plan;
    }

    private StatementPlan Plan(InsertStatement insert, Binding binding, bool mayRunWhole)
    {
        var place = catalog.Require(insert.Table);
        RefuseKeyChange(insert, place);
        RefuseReplaced(insert, place);
        WrittenRowIds.Refuse(insert, binding, place);
        var scope = StatementScope.Of(insert, binding, catalog, lookups);
        var together = !place.IsSharded && !place.IsReference && scope.IsAllOnShardOf(place);
        var once = session == SqlDialect.Postgres && ConflictKeys.AreNeeded(insert);
        if (together && mayRunWhole && !once && place.Table.AutoIncrement is null) return Whole(insert, place, scope);
        RefuseOtherTables(insert, together);
        if (together)
        {
            var bare = scope.WithoutKeyspaces(insert);
            insert = insert with { OnConflict = bare.OnConflict, Returning = bare.Returning };
        }

        if (insert.Source is null) return Listed(insert, place, new ValuesBody([[]]), binding)!;
        return insert.Source is { Body: ValuesBody values, OrderBy.Count: 0, Limit: null, With: null } && insert.With is null && Listed(insert, place, values, binding) is { } plan
            ? plan
            : FromQuery(insert, place, insert.Source);
    }

    /// <summary>The statement as it is, on the one shard that has everything it uses.</summary>
    private DirectWritePlan Whole(InsertStatement insert, TablePlace place, StatementScope scope)
    {
        var statement = scope.WithoutKeyspaces(insert);
        if (statement.Table.Schema is not null) statement = statement with { Table = new ObjectName(null, statement.Table.Name) };
        return new DirectWritePlan { Target = new Routing(place.Keyspace, [new Routing.Use(place, null)]), Statement = Fragment.Print(statement, engine), GivesIds = place.NumbersItself, MayStayHalf = MayStayHalf(insert) };
    }

    /// <summary>Rows can be listed when every value is known when values are bound; others are computed first: then null.</summary>
    private InsertPlan? Listed(InsertStatement insert, TablePlace place, ValuesBody values, Binding binding)
    {
        if (!values.Rows.All(row => row.All(cell => ValueSource.TryFrom(cell is Cast cast ? cast.Operand : cell, out _) || PostgresStableFunctions.TimeOf(cell) is not null))) return null;
        var layout = InsertLayout.Of(insert, place, catalog, engine);
        var rows = new List<ValueSource[]>(values.Rows.Count);
        foreach (var cells in values.Rows)
        {
            if (!layout.TryRow(cells, engine, binding, out var row)) return null;
            rows.Add(row);
        }

        return Complete(insert, layout, place, rows, null);
    }

    private InsertPlan FromQuery(InsertStatement insert, TablePlace place, SelectStatement source)
    {
        if (insert.With is not null) source = source with { With = Merge(insert.With, source.With) };
        var layout = InsertLayout.Of(insert, place, catalog, engine);
        var binding = Binder.Bind(source, engine, catalog);
        if (binding.Outputs.Count != layout.GivenColumns)
        {
            throw new VitessException(ErrorCodes.SyntaxError, $"INSERT names {layout.GivenColumns} columns, the query gives {binding.Outputs.Count}", sqlState: "42601");
        }

        var plan = new SelectPlanner(catalog, engine, lookups).Plan(source, binding, null);
        return Complete(insert, layout, place, [], plan, readsNothing: !SqlTree.Any(source, node => node is TableRef));
    }

    private InsertPlan Complete(InsertStatement insert, InsertLayout layout, TablePlace place, IReadOnlyList<ValueSource[]> rows, SelectPlan? source, bool readsNothing = false) => new()
    {
        Place = place, Rows = rows, Source = source, ReadsNothing = readsNothing, Template = layout.Template(engine), Written = layout.Lookups, Conflicts = LookupConflicts.Of(insert, layout.Lookups), Sequence = layout.Sequence, GivenCells = layout.GivenColumns,
        MayStayHalf = rows.Count > 1 && MayStayHalf(insert), NumbersNulls = session == SqlDialect.Sqlite, Once = session == SqlDialect.Postgres ? ConflictKeys.Of(insert, place, layout.Columns) : null,
    };

    private static bool MayStayHalf(InsertStatement insert) => insert.Or is "ignore" or "replace" || insert.OnConflict.Count > 0;

    /// <summary>What both name, the inner one last.</summary>
    public static WithClause Merge(WithClause outer, WithClause? inner) =>
        inner is null ? outer : new WithClause(outer.Recursive || inner.Recursive, [.. outer.Tables, .. inner.Tables]);

    private static void RefuseKeyChange(InsertStatement insert, TablePlace place)
    {
        foreach (var set in insert.OnConflict.SelectMany(conflict => conflict.Sets.Where(set => !ConflictKeys.KeepsKey(conflict, set))))
        {
            foreach (var column in set.Columns.Where(column => place.IsSharded && place.Table.IsShardColumn(column.Name)))
            {
                throw new VitessException(ErrorCodes.QueryError, $"ON CONFLICT DO UPDATE cannot change \"{column.Name}\", by which \"{place.Table.Name}\" is sharded",
                    sqlState: "0A000", hint: "Update the key in a statement of its own.");
            }
        }
    }

    // The rows that it replaces are known to the engine only.
    private void RefuseReplaced(InsertStatement insert, TablePlace place)
    {
        if (insert.Or != "replace" || new CascadingRows(catalog, engine).OfDelete(place, _ => 0) is not { Count: > 0 }) return;
        throw new VitessException(ErrorCodes.QueryError, $"OR REPLACE of rows of \"{place.Table.Name}\" would by a foreign key's action delete or change rows of tables that have lookup vindexes", sqlState: "0A000",
            hint: "Use ON CONFLICT DO UPDATE, or delete the rows that are in the way first.");
    }

    private static void RefuseOtherTables(InsertStatement insert, bool together)
    {
        if (insert.Or is "fail" or "rollback")
        {
            throw new VitessException(ErrorCodes.QueryError, $"INSERT OR {insert.Or.ToUpperInvariant()} keeps part of a statement, which several shards cannot do together",
                sqlState: "0A000", hint: "Use OR ABORT, OR IGNORE or OR REPLACE.");
        }

        SqlNode[] tail = [.. insert.OnConflict, .. insert.Returning];
        if (together || !tail.Any(node => SqlTree.Any(node, child => child is SelectStatement or InTable))) return;
        throw new VitessException(ErrorCodes.QueryError, "a subquery in ON CONFLICT or RETURNING would see one shard only", sqlState: "0A000",
            hint: "Query first and give the values as parameters.");
    }
}
