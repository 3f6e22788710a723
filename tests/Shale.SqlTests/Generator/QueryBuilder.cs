using System.Globalization;
using System.Text;
using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>Makes random queries and parts of queries. A source is an alias and the table it stands for.</summary>
public sealed class QueryBuilder(Random random, SqlDialect dialect)
{
    private static readonly string[] Words = ["a", "B", "b", "", "apple", "Apple", "zebra", "ä", "o'clock", "10", "9", "%", "x_y"];

    private readonly bool _postgres = dialect == SqlDialect.Postgres;

    /// <summary>A whole query.</summary>
    public string Statement(out bool ordered)
    {
        ordered = false;
        switch (random.Next(14))
        {
            case 0:
                return SetOperation(out ordered);
            case 1:
                return WithQuery(out ordered);
            case 2:
                return Window();
            case 10:
                return Derived(out ordered);
            case 11:
                return MergedColumns(out ordered);
            case 12:
                return Correlated(out ordered);
            case 13:
                return OverSetOperation(out ordered);
            case 3 or 4 or 5:
                return Aggregate(out ordered);
            default:
                return Plain(out ordered);
        }
    }

    /// <summary>A literal that fits a column; keys are small and collide often.</summary>
    public string Literal(TestColumn column, bool key)
    {
        if (!key && column.Nullable && random.Next(5) == 0) return "NULL";
        return column.Kind switch
        {
            ColumnKind.Int when column.Huge => Pick("9007199254740993", "-9223372036854775807", "0", "4611686018427387904", "7"),
            ColumnKind.Int => random.Next(-3, 30).ToString(CultureInfo.InvariantCulture),
            ColumnKind.Real => Pick("0.5", "-2.25", "1e10", "3.0", "0.125", "-0.75"),
            _ => $"'{Pick(Words).Replace("'", "''", StringComparison.Ordinal)}'",
        };
    }

    /// <summary>A condition over sources.</summary>
    public string Condition((string Alias, TestTable Table)[] sources, int depth)
    {
        if (depth > 0 && random.Next(3) == 0) return $"({Condition(sources, depth - 1)} {Pick("AND", "OR", "AND")} {Condition(sources, depth - 1)})";
        if (depth > 0 && random.Next(10) == 0) return $"NOT ({Condition(sources, depth - 1)})";
        var (alias, table) = Pick(sources);
        var column = Pick(table.Columns);
        var name = $"{alias}.{column.Name}";
        return random.Next(9) switch
        {
            0 => $"{name} IS {Pick("", "NOT ")}NULL",
            1 => $"{name} {Pick("", "NOT ")}IN ({string.Join(", ", Enumerable.Range(0, random.Next(1, 5)).Select(_ => Literal(column, true)))})",
            2 => $"{name} BETWEEN {Literal(column, true)} AND {Literal(column, true)}",
            3 when column.Kind == ColumnKind.Text => $"{name} {Pick("", "NOT ")}LIKE '{Pick("a%", "%b%", "_", "%", "A%")}'",
            4 when depth > 0 => InSubquery(sources),
            5 when depth > 0 => ExistsSubquery(sources),
            6 => $"{name} IS {Pick("", "NOT ")}DISTINCT FROM {Literal(column, false)}",
            _ => $"{name} {Pick("=", "=", "=", "<>", "<", "<=", ">", ">=")} {Operand(column.Kind, sources, column)}",
        };
    }

    /// <summary>An expression of a kind over one table.</summary>
    public string Scalar(ColumnKind kind, TestTable table, string alias, int depth)
    {
        var columns = table.Columns.Where(column => column.Kind == kind && !column.Huge).ToArray();
        if (columns.Length == 0) return Literal(new TestColumn("", kind), true);
        var name = $"{alias}.{Pick(columns).Name}";
        if (depth == 0) return name;
        return kind switch
        {
            ColumnKind.Int => random.Next(6) switch
            {
                0 => $"{name} + {random.Next(9)}",
                1 => $"{name} * {random.Next(-3, 4)}",
                2 => $"COALESCE({name}, {random.Next(5)})",
                3 => $"CASE WHEN {name} > 5 THEN {name} ELSE {random.Next(9)} END",
                4 => $"ABS({name})",
                _ => name,
            },
            ColumnKind.Text => random.Next(5) switch
            {
                0 => $"UPPER({name})",
                1 => $"{name} || 'x'",
                2 => $"COALESCE({name}, 'none')",
                3 => $"SUBSTR({name}, 1, 2)",
                _ => name,
            },
            _ => random.Next(3) switch
            {
                0 => $"{name} * 2",
                1 => $"COALESCE({name}, 0.5)",
                _ => name,
            },
        };
    }

    /// <summary>A subquery of one value.</summary>
    public string ScalarSubquery(ColumnKind kind, TestTable table)
    {
        var columns = table.Columns.Where(column => column.Kind == kind && !column.Huge).ToArray();
        return columns.Length == 0 ? Literal(new TestColumn("", kind), true) : $"(SELECT {Pick("MIN", "MAX")}(s.{Pick(columns).Name}) FROM {table.Name} s)";
    }

    /// <summary>A condition that a key of one table is among values of another.</summary>
    public string InSubquery(TestTable table, TestTable other)
    {
        var key = table.Columns.First(column => column.Name == table.Key[0]);
        var columns = other.Columns.Where(column => column.Kind == key.Kind && !column.Huge).ToArray();
        return columns.Length == 0 ? $"{key.Name} IS NOT NULL" : $"{key.Name} IN (SELECT s.{Pick(columns).Name} FROM {other.Name} s WHERE {Condition([("s", other)], 1)})";
    }

    private string InSubquery((string Alias, TestTable Table)[] sources)
    {
        var (alias, table) = Pick(sources);
        var column = Pick(table.Columns);
        var other = Pick(TestTable.All);
        var columns = other.Columns.Where(each => each.Kind == column.Kind).ToArray();
        if (columns.Length == 0) return $"{alias}.{column.Name} IS NULL";
        return $"{alias}.{column.Name} {Pick("", "NOT ")}IN (SELECT q.{Pick(columns).Name} FROM {other.Name} q WHERE {Condition([("q", other)], 0)})";
    }

    private string ExistsSubquery((string Alias, TestTable Table)[] sources)
    {
        var (alias, table) = Pick(sources);
        var column = Pick(table.Columns);
        var other = Pick(TestTable.All);
        var columns = other.Columns.Where(each => each.Kind == column.Kind).ToArray();
        if (columns.Length == 0) return $"{alias}.{column.Name} IS NULL";
        return $"{Pick("", "NOT ")}EXISTS (SELECT 1 FROM {other.Name} e WHERE e.{Pick(columns).Name} = {alias}.{column.Name} AND {Condition([("e", other)], 0)})";
    }

    private string Operand(ColumnKind kind, (string Alias, TestTable Table)[] sources, TestColumn column)
    {
        if (random.Next(4) != 0) return Literal(column, true);
        var (alias, table) = Pick(sources);
        return Scalar(kind, table, alias, 0);
    }

    private string Plain(out bool ordered)
    {
        var sources = Sources(out var from);
        var items = Items(sources, random.Next(1, 4));
        var distinct = random.Next(5) == 0 ? "DISTINCT " : "";
        return $"SELECT {distinct}{string.Join(", ", items)} FROM {from}{Where(sources)}{Order(items.Length, out ordered)}";
    }

    private string Aggregate(out bool ordered)
    {
        var sources = Sources(out var from);
        var groups = random.Next(3) == 0 ? [] : Items(sources, random.Next(1, 3));
        var aggregates = Enumerable.Range(0, random.Next(1, 4)).Select(_ => AggregateOf(sources)).ToArray();
        var items = groups.Concat(aggregates).ToArray();
        var having = random.Next(4) == 0 ? $" HAVING {AggregateOf(sources, ColumnKind.Int)} > {random.Next(5)}" : "";
        var by = groups.Length == 0 ? "" : $" GROUP BY {string.Join(", ", groups)}";
        return $"SELECT {string.Join(", ", items)} FROM {from}{Where(sources)}{by}{having}{Order(items.Length, out ordered)}";
    }

    private string AggregateOf((string Alias, TestTable Table)[] sources, ColumnKind? wanted = null)
    {
        var (alias, table) = Pick(sources);
        var kind = wanted ?? Pick(ColumnKind.Int, ColumnKind.Text, ColumnKind.Real);
        var value = Scalar(kind, table, alias, 1);
        if (wanted is not null) return Pick("COUNT(*)", $"COUNT({value})");
        if (kind == ColumnKind.Text) return Pick("COUNT(*)", $"COUNT({value})", $"COUNT(DISTINCT {value})", $"MIN({value})", $"MAX({value})");
        var filter = random.Next(8) == 0 ? $" FILTER (WHERE {Condition([(alias, table)], 0)})" : "";
        return Pick("COUNT(*)", $"SUM({value})", $"AVG({value})", $"MIN({value})", $"MAX({value})", $"COUNT({value})", $"SUM(DISTINCT {value})") + filter;
    }

    private string Window()
    {
        var (alias, table) = ("t", Pick(TestTable.All.Where(each => each.Key.Length > 0).ToArray()));
        var key = string.Join(", ", table.Key.Select(name => $"t.{name}"));
        var partition = random.Next(2) == 0 ? $"PARTITION BY {Items([(alias, table)], 1)[0]} " : "";
        var call = Pick("ROW_NUMBER()", "RANK()", $"SUM({Scalar(ColumnKind.Int, table, alias, 0)})", "COUNT(*)", $"LAG({Scalar(ColumnKind.Int, table, alias, 0)})");
        return $"SELECT {key}, {call} OVER ({partition}ORDER BY {key}) FROM {table.Name} t{Where([(alias, table)])}";
    }

    private string Derived(out bool ordered)
    {
        var (inner, outer) = (Pick(TestTable.All), Pick(TestTable.All));
        var kind = Pick(ColumnKind.Int, ColumnKind.Text);
        var key = Scalar(kind, inner, "i", random.Next(2));
        var query = random.Next(2) == 0
            ? $"SELECT {key} AS x, i.{inner.Columns[0].Name} AS y FROM {inner.Name} i{Where([("i", inner)])}"
            : $"SELECT {key} AS x, COUNT(*) AS y FROM {inner.Name} i{Where([("i", inner)])} GROUP BY {key}";
        var join = Pick("JOIN", "LEFT JOIN", "RIGHT JOIN");
        var columns = outer.Columns.Where(column => column.Kind == kind).ToArray();
        if (columns.Length == 0) return $"SELECT d.x, COUNT(*) FROM ({query}) d GROUP BY d.x{Order(2, out ordered)}";
        return $"SELECT d.x, d.y, o.{outer.Columns[0].Name} FROM ({query}) d {join} {outer.Name} o ON o.{Pick(columns).Name} = d.x{Order(3, out ordered)}";
    }

    private string MergedColumns(out bool ordered)
    {
        var tables = TestTable.All.Where(table => table.Columns.Any(column => column.Name == "id")).ToArray();
        var (left, right) = (Pick(tables), Pick(tables));
        var join = $"{Pick("", "LEFT ", "RIGHT ", "FULL ")}JOIN {right.Name} b";
        var from = random.Next(3) == 0 && left != right ? $"{left.Name} a NATURAL {join}" : $"{left.Name} a {join} USING (id)";
        switch (random.Next(3))
        {
            case 0:
                ordered = false;
                return $"SELECT * FROM {from}";
            case 1:
                return $"SELECT id, COUNT(*) FROM {from} GROUP BY id{Order(2, out ordered)}";
            default:
                return $"SELECT id, a.{Pick(left.Columns).Name}, b.{Pick(right.Columns).Name} FROM {from}{Where([("a", left), ("b", right)])}{Order(3, out ordered)}";
        }
    }

    private string Correlated(out bool ordered)
    {
        var (outer, inner) = (Pick(TestTable.All), Pick(TestTable.All));
        var pairs = (from o in outer.Columns from i in inner.Columns where o.Kind == i.Kind && o.Kind != ColumnKind.Real select (o, i)).ToArray();
        if (pairs.Length == 0) return Plain(out ordered);
        var (left, right) = Pick(pairs);
        var value = Pick("COUNT(*)", $"MAX(i.{Pick(inner.Columns).Name})", $"MIN(i.{right.Name})");
        var query = $"(SELECT {value} FROM {inner.Name} i WHERE i.{right.Name} {Pick("=", "=", "<")} o.{left.Name}{(random.Next(2) == 0 ? $" AND {Condition([("i", inner)], 0)}" : "")})";
        return $"SELECT o.{outer.Columns[0].Name}, {query} AS v FROM {outer.Name} o{Where([("o", outer)])}{Order(2, out ordered)}";
    }

    private string OverSetOperation(out bool ordered)
    {
        var kind = Pick(ColumnKind.Int, ColumnKind.Text);
        var first = Pick(TestTable.All);
        var query = $"SELECT {Scalar(kind, first, "p", 1)} AS x FROM {first.Name} p{Where([("p", first)])} {Pick("UNION", "UNION ALL", "INTERSECT", "EXCEPT")} {Part([kind])}";
        return $"SELECT s.x, COUNT(*) FROM ({query}) s GROUP BY s.x{Order(2, out ordered)}";
    }

    private string SetOperation(out bool ordered)
    {
        var kinds = Enumerable.Range(0, random.Next(1, 3)).Select(_ => Pick(ColumnKind.Int, ColumnKind.Text)).ToArray();
        var parts = Enumerable.Range(0, random.Next(2, 4)).Select(_ => Part(kinds)).ToArray();
        var text = new StringBuilder(parts[0]);
        foreach (var part in parts.Skip(1)) text.Append(' ').Append(Pick("UNION", "UNION ALL", "INTERSECT", "EXCEPT")).Append(' ').Append(part);
        return text.Append(Order(kinds.Length, out ordered)).ToString();
    }

    private string Part(ColumnKind[] kinds)
    {
        var table = Pick(TestTable.All);
        return $"SELECT {string.Join(", ", kinds.Select(kind => Scalar(kind, table, "p", 1)))} FROM {table.Name} p{Where([("p", table)])}";
    }

    private string WithQuery(out bool ordered)
    {
        var inner = Pick(TestTable.All);
        var kind = Pick(ColumnKind.Int, ColumnKind.Text);
        var sources = Sources(out var from);
        var items = Items(sources, 2);
        if (random.Next(3) == 0)
        {
            ordered = true;
            return $"WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT r.n, COUNT(*) FROM r JOIN {inner.Name} i ON i.{IntColumn(inner)} >= r.n GROUP BY r.n ORDER BY 1, 2";
        }

        return $"WITH c AS (SELECT {Scalar(kind, inner, "i", 1)} AS x FROM {inner.Name} i{Where([("i", inner)])}) "
            + $"SELECT {string.Join(", ", items)}, (SELECT COUNT(*) FROM c) FROM {from}{Where(sources)}{Order(items.Length + 1, out ordered)}";
    }

    private (string Alias, TestTable Table)[] Sources(out string from)
    {
        var count = random.Next(4) switch { 0 or 1 => 1, 2 => 2, _ => random.Next(2, 4) };
        var sources = Enumerable.Range(0, count).Select(i => ($"t{i}", Pick(TestTable.All))).ToArray();
        var text = new StringBuilder($"{sources[0].Item2.Name} t0");
        for (var i = 1; i < count; i++)
        {
            var (alias, table) = sources[i];
            if (random.Next(8) == 0)
            {
                text.Append($" CROSS JOIN {table.Name} {alias}");
                continue;
            }

            var join = Pick("JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN");
            text.Append($" {join} {table.Name} {alias} ON {JoinCondition(sources, i, join)}");
        }

        from = text.ToString();
        return sources;
    }

    private string JoinCondition((string Alias, TestTable Table)[] sources, int index, string join)
    {
        var (alias, table) = sources[index];
        var (leftAlias, left) = sources[random.Next(index)];
        var pairs = (from l in left.Columns from r in table.Columns where l.Kind == r.Kind && l.Kind != ColumnKind.Real select (l, r)).ToArray();
        if (pairs.Length == 0) return "1 = 1";
        var keyed = pairs.Where(pair => pair.l.Name is "id" or "person" && pair.r.Name is "id" or "person").ToArray();
        var (a, b) = Pick(keyed.Length > 0 && random.Next(2) == 0 ? keyed : pairs);
        var equal = $"{leftAlias}.{a.Name} = {alias}.{b.Name}";

        // PostgreSQL joins FULL only on plain equalities.
        return join == "FULL JOIN" || random.Next(4) != 0 ? equal : $"{equal} AND {Condition([(leftAlias, left), (alias, table)], 0)}";
    }

    private string[] Items((string Alias, TestTable Table)[] sources, int count) => Enumerable.Range(0, count).Select(_ =>
    {
        var (alias, table) = Pick(sources);
        return Scalar(Pick(table.Columns).Kind, table, alias, random.Next(2));
    }).ToArray();

    private string Where((string Alias, TestTable Table)[] sources) => random.Next(3) == 0 ? "" : $" WHERE {Condition(sources, 2)}";

    private string Order(int columns, out bool ordered)
    {
        ordered = random.Next(2) == 0;
        if (!ordered) return "";
        var keys = Enumerable.Range(1, columns).OrderBy(_ => random.Next()).Select(i => $"{i}{Pick("", " ASC", " DESC")}{Pick("", "", " NULLS FIRST", " NULLS LAST")}");
        var limit = random.Next(3) == 0 ? $" LIMIT {random.Next(0, 12)}" : "";
        if (limit.Length > 0 && random.Next(2) == 0) limit += $" OFFSET {random.Next(0, 15)}";
        return $" ORDER BY {string.Join(", ", keys)}{limit}";
    }

    private static string IntColumn(TestTable table) => table.Columns.First(column => column.Kind == ColumnKind.Int && !column.Huge).Name;

    private T Pick<T>(params T[] items) => items[random.Next(items.Length)];

    /// <summary>Whether statements are for dialect postgres.</summary>
    public bool IsPostgres => _postgres;
}
