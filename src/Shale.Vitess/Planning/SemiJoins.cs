using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Finds what tells the values that a table's rows must have: conjuncts that stand where S3.3 lets conjuncts drop its rows, and that no row satisfies unless its column equals a
/// column of another table (of the same block, or of one around it) or a value that a query gives. What the other table's fetch leaves out matters to nobody, so that its
/// rows are enough. Columns are of one type and collation, so that the engine compares values as it compares the columns.
/// </summary>
internal sealed class SemiJoins(StatementScope scope, SqlDialect engine)
{
    /// <summary>What a conjunct says of a table; null for nothing.</summary>
    /// <param name="conjunct">One that may drop rows of the table where they are fetched, but for what it refers to.</param>
    /// <param name="relation">The use of the table.</param>
    /// <param name="block">The block of both.</param>
    public KeySource? SourceIn(Expr conjunct, Relation relation, QueryBlock block) => conjunct switch
    {
        Binary { Op: "=", Left: ColumnRef left, Right: ColumnRef right } => OfJoin(left, right, relation, block) ?? OfJoin(right, left, relation, block),
        InQuery { Not: false, Operand: ColumnRef operand } test => OfQuery(operand, test.Query, relation, block),
        _ => null,
    };

    private KeySource? OfJoin(ColumnRef own, ColumnRef other, Relation relation, QueryBlock block)
    {
        if (ColumnOf(own, relation, block) is not { } column || scope.Binding.ColumnOf(other) is not { Column: not null } key) return null;
        if (ReferenceEquals(key.Relation, relation) || key.Relation.Table is null || !ShardKey.AreComparable(column.Column!, key.Column)) return null;
        var table = scope.ScratchName(key.Relation);
        var name = new ColumnRef(null, null, new Identifier(key.Column.Name, true));
        return Source(column.Index, [table], new SelectCore([new SelectItem(name, null)]) { From = [new TableRef(new ObjectName(null, new Identifier(table, true)), null, [])] });
    }

    private KeySource? OfQuery(ColumnRef own, SelectStatement query, Relation relation, QueryBlock block)
    {
        if (ColumnOf(own, relation, block) is not { } column) return null;
        if (query is not { With: null, OrderBy.Count: 0, Body: SelectCore { DistinctOn.Count: 0, GroupBy.Count: 0, Having: null, Items: [{ Value: ColumnRef output }] } core }) return null;
        if (scope.Binding.ColumnOf(output) is not { Column: not null } found || !ShardKey.AreComparable(column.Column!, found.Column) || !GivesTheSameTwice(query, block)) return null;
        List<Relation?> tables = [.. SqlTree.All<TableRef>(query).Select(scope.RelationOf)];
        if (tables.Count == 0 || tables.Exists(table => table?.Table is null)) return null;
        return Source(column.Index, [.. tables.Select(table => scope.ScratchName(table!)).Distinct()], scope.WithoutKeyspaces(core));
    }

    private KeySource Source(int column, IReadOnlyList<string> tables, SelectCore values)
    {
        var statement = new SelectStatement(null, values with { Distinct = true }) { Limit = KeyedFragment.Parameters(1)[0] };
        return new KeySource(column, tables, new KeyedFragment(statement, engine));
    }

    /// <summary>Whether a query stands on its own, and its rows are the same whenever it runs over the same tables.</summary>
    private bool GivesTheSameTwice(SelectStatement query, QueryBlock block) => !SqlTree.Any(query, node => node switch
    {
        SelectStatement { Limit: not null } or SelectStatement { Offset: not null } or SelectStatement { With: not null } or InTable or DerivedTable or FunctionTable => true,
        FunctionCall call => call.Over is not null || FunctionCatalog.VolatilityOf(call, engine) != Volatility.Immutable,
        ColumnRef column => scope.Binding.IsRowId(column, out _) || (scope.Binding.ColumnOf(column) is { } bound && IsAround(bound.Block, block)),
        _ => false,
    });

    private static bool IsAround(QueryBlock outer, QueryBlock? block)
    {
        for (; block is not null; block = block.Parent)
        {
            if (ReferenceEquals(block, outer)) return true;
        }

        return false;
    }

    private ColumnBinding? ColumnOf(ColumnRef name, Relation relation, QueryBlock block) =>
        scope.Binding.ColumnOf(name) is { Column: not null } column && ReferenceEquals(column.Relation, relation) && ReferenceEquals(column.Block, block) ? column : null;
}
