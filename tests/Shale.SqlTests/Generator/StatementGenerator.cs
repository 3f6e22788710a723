using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>A statement and how its rows compare: in order where ORDER BY names every output column.</summary>
public sealed record GeneratedStatement(string Sql, bool Ordered, bool IsWrite)
{
    /// <summary>The values of its parameters, in the order of their first use.</summary>
    public SqlValue[] Values { get; init; } = [];

    /// <summary>The names of its parameters; null if they go by place.</summary>
    public string[]? Names { get; init; }

    /// <summary>The table that it writes, * for all; null for none.</summary>
    public string? Written { get; init; }

    public override string ToString() => Values.Length == 0 ? Sql : $"{Sql}\nwith {string.Join(", ", Values.Select(value => $"{value.Kind} {value}"))}";
}

/// <summary>
/// Makes random statements over the tables of a schema that mean the same wherever the rows live: no LIMIT without a total order, no bare columns beside aggregates, no
/// order-dependent aggregates, no volatile functions. Typed, so that both dialects take them.
/// </summary>
public sealed class StatementGenerator
{
    private readonly Random _random;
    private readonly Literals _literals;
    private readonly QueryBuilder _queries;
    private readonly WriteBuilder _writes;

    public StatementGenerator(Random random, SqlDialect dialect, TestSchema schema)
    {
        _random = random;
        _literals = new Literals(random, dialect);
        var expressions = new ExpressionBuilder(random, dialect, schema, _literals);
        _queries = new QueryBuilder(random, schema, expressions);
        _writes = new WriteBuilder(random, dialect, schema, expressions, _literals);
    }

    /// <summary>The next statement; one in six writes.</summary>
    public GeneratedStatement Next()
    {
        if (_random.Next(6) == 0)
        {
            var write = _writes.Statement(out var table);
            return _literals.Finish(write, false, true) with { Written = table.Name };
        }

        var query = _queries.Statement(out var ordered);
        return _literals.Finish(query, ordered, false);
    }

    /// <summary>A statement that fills a table with a few rows, or with none. Of rows with one key the first stays.</summary>
    public string Fill(TestTable table)
    {
        var count = _random.Next(10) == 0 ? 0 : _random.Next(3, 25);
        if (count == 0) return $"DELETE FROM {table.Name}";
        var rows = Enumerable.Range(0, count).Select(_ => $"({string.Join(", ", table.Columns.Select(column => Cell(column, table)))})");
        return $"INSERT INTO {table.Name} VALUES {string.Join(", ", rows)}{(table.Key.Length > 0 ? " ON CONFLICT DO NOTHING" : "")}";
    }

    private string Cell(TestColumn column, TestTable table) => _literals.Plain(table.Key.Contains(column.Name) ? column with { Nullable = false } : column).Text;
}
