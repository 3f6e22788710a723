using System.Globalization;
using System.Text;

namespace Shale.SqlTests;

/// <summary>Makes random queries. A source is an alias and the table it stands for.</summary>
public sealed class QueryBuilder(Random random, TestSchema schema, ExpressionBuilder expressions)
{
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
        var kind = wanted ?? Pick(table.Columns).Kind;
        var value = expressions.Scalar(kind, table, alias, 1);
        if (wanted is not null) return Pick("COUNT(*)", $"COUNT({value})");
        if (!ExpressionBuilder.HasExtremes(kind)) return Pick("COUNT(*)", $"COUNT({value})", $"COUNT(DISTINCT {value})");
        if (kind is not (ColumnKind.Int or ColumnKind.Real or ColumnKind.Numeric)) return Pick("COUNT(*)", $"COUNT({value})", $"COUNT(DISTINCT {value})", $"MIN({value})", $"MAX({value})");
        var filter = random.Next(8) == 0 ? $" FILTER (WHERE {expressions.Condition([(alias, table)], 0)})" : "";
        return Pick("COUNT(*)", $"SUM({value})", $"AVG({value})", $"MIN({value})", $"MAX({value})", $"COUNT({value})", $"SUM(DISTINCT {value})") + filter;
    }

    private string Window()
    {
        var (alias, table) = ("t", Pick(schema.Sources.Where(each => each.Key.Length > 0).ToArray()));
        var key = string.Join(", ", table.Key.Select(name => $"t.{name}"));
        var partition = random.Next(2) == 0 ? $"PARTITION BY {Items([(alias, table)], 1)[0]} " : "";
        var call = Pick("ROW_NUMBER()", "RANK()", $"SUM({expressions.Scalar(ColumnKind.Int, table, alias, 0)})", "COUNT(*)", $"LAG({expressions.Scalar(ColumnKind.Int, table, alias, 0)})");
        return $"SELECT {key}, {call} OVER ({partition}ORDER BY {key}) FROM {table.Name} t{Where([(alias, table)])}";
    }

    private string Derived(out bool ordered)
    {
        var (inner, outer) = (Pick(schema.Sources), Pick(schema.Sources));
        var kind = Kind();
        var key = expressions.Scalar(kind, inner, "i", random.Next(2));
        var query = random.Next(2) == 0
            ? $"SELECT {key} AS x, {ExpressionBuilder.Shown("i", inner.Columns[0])} AS y FROM {inner.Name} i{Where([("i", inner)])}"
            : $"SELECT {key} AS x, COUNT(*) AS y FROM {inner.Name} i{Where([("i", inner)])} GROUP BY {key}";
        // SQLite 3.40 loses rows of a RIGHT JOIN whose left side is a query with LIKE over a NOCASE index.
        var join = expressions.IsPostgres ? Pick("JOIN", "LEFT JOIN", "RIGHT JOIN") : Pick("JOIN", "LEFT JOIN");
        var columns = outer.Columns.Where(column => column.Kind == kind).ToArray();
        if (columns.Length == 0) return $"SELECT d.x, COUNT(*) FROM ({query}) d GROUP BY d.x{Order(2, out ordered)}";
        return $"SELECT d.x, d.y, {ExpressionBuilder.Shown("o", outer.Columns[0])} FROM ({query}) d {join} {outer.Name} o ON o.{Pick(columns).Name} = d.x{Order(3, out ordered)}";
    }

    private string MergedColumns(out bool ordered)
    {
        var tables = schema.Sources.Where(table => table.Columns.Any(column => column.Name == "id" && column.Kind != ColumnKind.NoCase)).ToArray();
        if (tables.Length == 0) return Plain(out ordered);
        var left = Pick(tables);
        var right = Pick(tables.Where(table => table.Column("id").Kind == left.Column("id").Kind).ToArray());
        var join = $"{Pick("", "LEFT ", "RIGHT ", "FULL ")}JOIN {right.Name} b";
        var from = random.Next(3) == 0 && left != right && HaveOneKind(left, right) ? $"{left.Name} a NATURAL {join}" : $"{left.Name} a {join} USING (id)";
        switch (random.Next(3))
        {
            case 0:
                ordered = false;
                return $"SELECT * FROM {from}";
            case 1:
                return $"SELECT id, COUNT(*) FROM {from} GROUP BY id{Order(2, out ordered)}";
            default:
                return $"SELECT id, {ExpressionBuilder.Shown("a", Pick(left.Columns))}, {ExpressionBuilder.Shown("b", Pick(right.Columns))} FROM {from}{Where([("a", left), ("b", right)])}{Order(3, out ordered)}";
        }
    }

    private string Correlated(out bool ordered)
    {
        var (outer, inner) = (Pick(schema.Sources), Pick(schema.Sources));
        var pairs = (from o in outer.Columns from i in inner.Columns where ExpressionBuilder.AreComparable(o, i) && o.Kind != ColumnKind.Real select (o, i)).ToArray();
        if (pairs.Length == 0) return Plain(out ordered);
        var (left, right) = Pick(pairs);
        var extremes = inner.Columns.Where(column => ExpressionBuilder.HasExtremes(column.Kind)).ToArray();
        var value = extremes.Length == 0 ? "COUNT(*)" : Pick("COUNT(*)", $"MAX(i.{Pick(extremes).Name})", $"MIN(i.{Pick(extremes).Name})");
        var query = $"(SELECT {value} FROM {inner.Name} i WHERE i.{right.Name} {Pick("=", "=", "<")} o.{left.Name}{(random.Next(2) == 0 ? $" AND {expressions.Condition([("i", inner)], 0)}" : "")})";
        return $"SELECT {ExpressionBuilder.Shown("o", outer.Columns[0])}, {query} AS v FROM {outer.Name} o{Where([("o", outer)])}{Order(2, out ordered)}";
    }

    private string OverSetOperation(out bool ordered)
    {
        var kind = Kind();
        var first = Pick(schema.Sources);
        var query = $"SELECT {expressions.Scalar(kind, first, "p", 1)} AS x FROM {first.Name} p{Where([("p", first)])} {Pick("UNION", "UNION ALL", "INTERSECT", "EXCEPT")} {Part([kind])}";
        return $"SELECT s.x, COUNT(*) FROM ({query}) s GROUP BY s.x{Order(2, out ordered)}";
    }

    private string SetOperation(out bool ordered)
    {
        var kinds = Enumerable.Range(0, random.Next(1, 3)).Select(_ => Kind()).ToArray();
        var parts = Enumerable.Range(0, random.Next(2, 4)).Select(_ => Part(kinds)).ToArray();
        var text = new StringBuilder(parts[0]);
        foreach (var part in parts.Skip(1)) text.Append(' ').Append(Pick("UNION", "UNION ALL", "INTERSECT", "EXCEPT")).Append(' ').Append(part);
        return text.Append(Order(kinds.Length, out ordered)).ToString();
    }

    private string Part(ColumnKind[] kinds)
    {
        var table = Pick(schema.Sources);
        return $"SELECT {string.Join(", ", kinds.Select(kind => expressions.Scalar(kind, table, "p", 1)))} FROM {table.Name} p{Where([("p", table)])}";
    }

    private string WithQuery(out bool ordered)
    {
        var inner = Pick(schema.Sources);
        var kind = Kind();
        var sources = Sources(out var from);
        var items = Items(sources, 2);
        if (random.Next(3) == 0)
        {
            ordered = true;
            return $"WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT r.n, COUNT(*) FROM r JOIN {inner.Name} i ON i.{IntColumn(inner)} >= r.n GROUP BY r.n ORDER BY 1, 2";
        }

        return $"WITH c AS (SELECT {expressions.Scalar(kind, inner, "i", 1)} AS x FROM {inner.Name} i{Where([("i", inner)])}) "
            + $"SELECT {string.Join(", ", items)}, (SELECT COUNT(*) FROM c) FROM {from}{Where(sources)}{Order(items.Length + 1, out ordered)}";
    }

    private (string Alias, TestTable Table)[] Sources(out string from)
    {
        var count = random.Next(4) switch { 0 or 1 => 1, 2 => 2, _ => random.Next(2, 4) };
        var sources = Enumerable.Range(0, count).Select(i => ($"t{i}", Pick(schema.Sources))).ToArray();
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
        var pairs = (from l in left.Columns from r in table.Columns where ExpressionBuilder.AreComparable(l, r) && l.Kind != ColumnKind.Real select (l, r)).ToArray();
        if (pairs.Length == 0) return "1 = 1";
        var keyed = pairs.Where(pair => left.Key.Contains(pair.l.Name) && table.Key.Contains(pair.r.Name)).ToArray();
        var (a, b) = Pick(keyed.Length > 0 && random.Next(2) == 0 ? keyed : pairs);
        var equal = $"{leftAlias}.{a.Name} = {alias}.{b.Name}";

        // PostgreSQL joins FULL only on plain equalities.
        return join == "FULL JOIN" || random.Next(4) != 0 ? equal : $"{equal} AND {expressions.Condition([(leftAlias, left), (alias, table)], 0)}";
    }

    private string[] Items((string Alias, TestTable Table)[] sources, int count) => Enumerable.Range(0, count).Select(_ =>
    {
        var (alias, table) = Pick(sources);
        return expressions.Scalar(Pick(table.Columns).Kind, table, alias, random.Next(2));
    }).ToArray();

    private string Where((string Alias, TestTable Table)[] sources) => random.Next(3) == 0 ? "" : $" WHERE {expressions.Condition(sources, 2)}";

    private string Order(int columns, out bool ordered)
    {
        ordered = random.Next(2) == 0;
        if (!ordered) return "";
        var keys = Enumerable.Range(1, columns).OrderBy(_ => random.Next()).Select(i => $"{i}{Pick("", " ASC", " DESC")}{Pick("", "", " NULLS FIRST", " NULLS LAST")}");
        var limit = random.Next(3) == 0 ? $" LIMIT {random.Next(0, 12)}" : "";
        if (limit.Length > 0 && random.Next(2) == 0) limit += $" OFFSET {random.Next(0, 15)}";
        return $" ORDER BY {string.Join(", ", keys)}{limit}";
    }

    // Columns that NATURAL would join must be comparable.
    private static bool HaveOneKind(TestTable left, TestTable right) =>
        left.Columns.All(column => right.Columns.FirstOrDefault(each => each.Name == column.Name) is not { } other || other.Kind == column.Kind);

    // The kind of some column; texts that differ in case only would be equal without being the same, floats are not to be equal.
    private ColumnKind Kind()
    {
        var kind = Pick(Pick(schema.Sources).Columns).Kind;
        return kind is ColumnKind.NoCase or ColumnKind.Real ? ColumnKind.Text : kind;
    }

    private static string IntColumn(TestTable table) => table.Columns.First(column => column.Kind == ColumnKind.Int && !column.Huge).Name;

    private T Pick<T>(params T[] items) => items[random.Next(items.Length)];
}
