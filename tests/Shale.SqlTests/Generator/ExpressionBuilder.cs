using System.Globalization;
using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>Makes random conditions and values. A source is an alias and the table it stands for. Typed, so that both dialects take them.</summary>
public sealed class ExpressionBuilder(Random random, SqlDialect dialect, TestSchema schema, Literals literals)
{
    /// <summary>Whether the statements are in dialect postgres.</summary>
    public bool IsPostgres { get; } = dialect == SqlDialect.Postgres;

    /// <summary>A condition over sources.</summary>
    public string Condition((string Alias, TestTable Table)[] sources, int depth)
    {
        if (depth > 0 && random.Next(3) == 0) return $"({Condition(sources, depth - 1)} {Pick("AND", "OR", "AND")} {Condition(sources, depth - 1)})";
        if (depth > 0 && random.Next(10) == 0) return $"NOT ({Condition(sources, depth - 1)})";
        var (alias, table) = Pick(sources);
        var column = Pick(table.Columns);
        var name = $"{alias}.{column.Name}";
        return random.Next(10) switch
        {
            0 => $"{name} IS {Pick("", "NOT ")}NULL",
            1 => $"{name} {Pick("", "NOT ")}IN ({string.Join(", ", Enumerable.Range(0, random.Next(1, 5)).Select(_ => literals.Next(column, true)))})",
            2 => $"{name} BETWEEN {literals.Next(column, true)} AND {literals.Next(column, true)}",
            3 when column.Kind is ColumnKind.Text or ColumnKind.NoCase => $"{name} {Pick("", "NOT ")}LIKE '{Pick("a%", "%b%", "_", "%", "A%")}'",
            3 when column.Kind == ColumnKind.Bool => $"{Pick("", "NOT ")}{name}",
            4 when depth > 0 => InSubquery(sources),
            5 when depth > 0 => ExistsSubquery(sources),
            6 => $"{name} IS {Pick("", "NOT ")}DISTINCT FROM {literals.Next(column, false)}",
            7 when table.Key.Length > 1 => RowComparison(alias, table),
            _ => $"{name} {Pick("=", "=", "=", "<>", "<", "<=", ">", ">=")} {Operand(column, sources)}",
        };
    }

    /// <summary>An expression of a kind over one table, equal to no other under a collation unless the same.</summary>
    public string Scalar(ColumnKind kind, TestTable table, string alias, int depth)
    {
        var columns = table.Columns.Where(column => column.Kind == kind && !column.Huge).ToArray();
        if (columns.Length == 0) return literals.Constant(kind);
        var name = $"{alias}.{Pick(columns).Name}";
        if (kind == ColumnKind.NoCase) return Pick($"{name} || ''", $"LOWER({name})");
        return depth == 0 ? name : Computed(kind, name);
    }

    /// <summary>A column as it is shown: texts that differ in case only stay apart.</summary>
    public static string Shown(string alias, TestColumn column) => column.Kind == ColumnKind.NoCase ? $"{alias}.{column.Name} || ''" : $"{alias}.{column.Name}";

    /// <summary>Whether two columns may be joined and compared.</summary>
    public static bool AreComparable(TestColumn left, TestColumn right) =>
        left.Kind == right.Kind || (left.Kind is ColumnKind.Text or ColumnKind.NoCase && right.Kind is ColumnKind.Text or ColumnKind.NoCase);

    /// <summary>Whether MIN and MAX take a kind, and no two equal values look different.</summary>
    public static bool HasExtremes(ColumnKind kind) => kind is not (ColumnKind.Bool or ColumnKind.Uuid or ColumnKind.Blob or ColumnKind.NoCase);

    /// <summary>A subquery of one value.</summary>
    public string ScalarSubquery(ColumnKind kind, TestTable table)
    {
        var columns = table.Columns.Where(column => column.Kind == kind && !column.Huge).ToArray();
        return columns.Length == 0 || !HasExtremes(kind) ? literals.Constant(kind) : $"(SELECT {Pick("MIN", "MAX")}(s.{Pick(columns).Name}) FROM {table.Name} s)";
    }

    /// <summary>A condition that a key of one table is among values of another.</summary>
    public string InSubquery(TestTable table, TestTable other)
    {
        var key = table.Column(table.Key[0]);
        var columns = other.Columns.Where(column => AreComparable(column, key)).ToArray();
        return columns.Length == 0 ? $"{key.Name} IS NOT NULL" : $"{key.Name} IN (SELECT s.{Pick(columns).Name} FROM {other.Name} s WHERE {Condition([("s", other)], 1)})";
    }

    private string InSubquery((string Alias, TestTable Table)[] sources)
    {
        var (alias, table) = Pick(sources);
        var column = Pick(table.Columns);
        var other = Pick(schema.Sources);
        var columns = other.Columns.Where(each => AreComparable(each, column)).ToArray();
        if (columns.Length == 0) return $"{alias}.{column.Name} IS NULL";
        return $"{alias}.{column.Name} {Pick("", "NOT ")}IN (SELECT q.{Pick(columns).Name} FROM {other.Name} q WHERE {Condition([("q", other)], 0)})";
    }

    private string ExistsSubquery((string Alias, TestTable Table)[] sources)
    {
        var (alias, table) = Pick(sources);
        var column = Pick(table.Columns);
        var other = Pick(schema.Sources);
        var columns = other.Columns.Where(each => AreComparable(each, column)).ToArray();
        if (columns.Length == 0) return $"{alias}.{column.Name} IS NULL";
        return $"{Pick("", "NOT ")}EXISTS (SELECT 1 FROM {other.Name} e WHERE e.{Pick(columns).Name} = {alias}.{column.Name} AND {Condition([("e", other)], 0)})";
    }

    private string RowComparison(string alias, TestTable table)
    {
        var row = $"({string.Join(", ", table.Key.Select(name => $"{alias}.{name}"))})";
        return random.Next(3) == 0 ? $"{row} IN ({Values()}, {Values()})" : $"{row} {Pick("=", "=", "<", ">=")} {Values()}";
        string Values() => $"({string.Join(", ", table.KeyColumns.Select(column => literals.Next(column, true)))})";
    }

    private string Operand(TestColumn column, (string Alias, TestTable Table)[] sources)
    {
        if (random.Next(4) != 0) return literals.Next(column, true);
        var (alias, table) = Pick(sources);
        var columns = table.Columns.Where(each => AreComparable(each, column)).ToArray();
        return columns.Length == 0 ? literals.Next(column, true) : $"{alias}.{Pick(columns).Name}";
    }

    private string Computed(ColumnKind kind, string name) => kind switch
    {
        ColumnKind.Int => random.Next(6) switch
        {
            0 => $"{name} + {Small(0, 9)}",
            1 => $"{name} * {Small(-3, 4)}",
            2 => $"COALESCE({name}, {Small(0, 5)})",
            3 => $"CASE WHEN {name} > 5 THEN {name} ELSE {Small(0, 9)} END",
            4 => $"ABS({name})",
            _ => name,
        },
        ColumnKind.Text => Pick($"UPPER({name})", $"{name} || 'x'", $"COALESCE({name}, 'none')", $"SUBSTR({name}, 1, 2)", name),
        ColumnKind.Real => Pick($"{name} * 2", $"COALESCE({name}, 0.5)", name),
        ColumnKind.Numeric => Pick($"{name} * 2", $"{name} - 1", $"COALESCE({name}, 1)", name),
        ColumnKind.Bool => Pick($"NOT {name}", $"COALESCE({name}, FALSE)", $"({name} IS NULL)", name),
        ColumnKind.Date when dialect == SqlDialect.Postgres => Pick($"GREATEST({name}, DATE '2000-01-01') - 1", $"COALESCE({name}, DATE '2024-01-01')", name),
        ColumnKind.Timestamp when dialect == SqlDialect.Postgres => Pick($"date_trunc('day', {name})", $"COALESCE({name}, TIMESTAMP '2024-01-01 10:00:00')", name),
        _ => name,
    };

    private string Small(int from, int to) => random.Next(from, to).ToString(CultureInfo.InvariantCulture);

    private T Pick<T>(params T[] items) => items[random.Next(items.Length)];
}
