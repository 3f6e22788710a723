using System.Globalization;
using System.Text;
using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>A statement and how its rows compare: in order where ORDER BY names every output column.</summary>
public sealed record GeneratedStatement(string Sql, bool Ordered, bool IsWrite);

/// <summary>
/// Makes random statements over <see cref="TestTable.All"/> that mean the same wherever the rows live: no LIMIT without a total order, no bare columns beside aggregates, no
/// order-dependent aggregates, no volatile functions. Typed, so that both dialects take them.
/// </summary>
public sealed class StatementGenerator(Random random, SqlDialect dialect)
{
    private readonly QueryBuilder _queries = new(random, dialect);

    /// <summary>The next statement; one in six writes.</summary>
    public GeneratedStatement Next() => random.Next(6) == 0 ? new GeneratedStatement(Write(), false, true) : Query();

    /// <summary>A statement that fills a table with a few rows.</summary>
    public string Fill(TestTable table)
    {
        var count = random.Next(10) == 0 ? 0 : random.Next(3, 25);
        if (count == 0) return $"DELETE FROM {table.Name}";
        var rows = new List<string>();
        var keys = new HashSet<string>();
        for (var i = 0; i < count; i++)
        {
            var cells = table.Columns.Select(column => Literal(column, table)).ToArray();
            if (table.Key.Length > 0 && !keys.Add(KeyOf(table, cells))) continue;
            rows.Add($"({string.Join(", ", cells)})");
        }

        return $"INSERT INTO {table.Name} VALUES {string.Join(", ", rows)}";
    }

    private GeneratedStatement Query()
    {
        var text = _queries.Statement(out var ordered);
        return new GeneratedStatement(text, ordered, false);
    }

    private string Write()
    {
        var table = Pick(TestTable.All);
        return random.Next(8) switch
        {
            0 or 1 => Insert(table),
            2 => InsertSelect(table),
            3 or 4 => Update(table),
            5 => UpdateKey(),
            _ => Delete(table),
        };
    }

    private string Insert(TestTable table)
    {
        var rows = Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"({string.Join(", ", table.Columns.Select(column => Literal(column, table)))})");
        var conflict = table.Key.Length == 0 ? "" : random.Next(4) switch
        {
            0 => $" ON CONFLICT ({string.Join(", ", table.Key)}) DO NOTHING",
            1 => $" ON CONFLICT ({string.Join(", ", table.Key)}) DO UPDATE SET {NonKey(table).Name} = excluded.{NonKey(table).Name}",
            _ => "",
        };
        if (conflict.Contains("UPDATE", StringComparison.Ordinal)) rows = rows.Take(1);
        return $"INSERT INTO {table.Name} VALUES {string.Join(", ", rows)}{conflict}{Returning(table)}";
    }

    private string InsertSelect(TestTable table)
    {
        var source = Pick(TestTable.All);
        var cells = table.Columns.Select(column => random.Next(2) == 0
            ? source.Columns.FirstOrDefault(each => each.Kind == column.Kind && !each.Huge)?.Name is { } name ? column.Kind == ColumnKind.Int ? $"{name} + {random.Next(50, 90)}" : name : Literal(column, table)
            : Literal(column, table));
        var conflict = table.Key.Length == 0 ? "" : $" ON CONFLICT ({string.Join(", ", table.Key)}) DO NOTHING";
        var key = source.Key.Length == 0 ? "a" : source.Key[0];
        var order = string.Join(", ", Enumerable.Range(1, table.Columns.Length));

        // The order decides which of two rows with one key wins.
        return $"INSERT INTO {table.Name} SELECT {string.Join(", ", cells)} FROM {source.Name} WHERE {key} {(KindOf(source, key) == ColumnKind.Text ? "< 'c'" : "< 3")} ORDER BY {order}{conflict}";
    }

    private string Update(TestTable table)
    {
        var column = NonKey(table);
        var others = TestTable.All.Where(each => each != table).ToArray();
        var value = random.Next(3) switch
        {
            0 => _queries.Scalar(column.Kind, table, table.Name, 2),
            1 when table.Key.Length > 0 => _queries.ScalarSubquery(column.Kind, Pick(others)),
            _ => Literal(column, table),
        };
        var where = random.Next(4) == 0 && table.Key.Length > 0 ? _queries.InSubquery(table, Pick(others)) : UpdateCondition(table);
        return $"UPDATE {table.Name} SET {column.Name} = {value} WHERE {where}{Returning(table)}";
    }

    // What SQLite's own UPDATE shows a subquery over the table it changes depends on SQLite's version and plan; dialect postgres says what it must.
    private string UpdateCondition(TestTable table)
    {
        var where = _queries.Condition([(table.Name, table)], 2);
        while (dialect == SqlDialect.Sqlite && where.Contains($"FROM {table.Name} ", StringComparison.Ordinal)) where = _queries.Condition([(table.Name, table)], 2);
        return where;
    }

    private string UpdateKey() =>
        $"UPDATE people SET id = id + {random.Next(100, 200)} WHERE id {Pick("=", "<", ">")} {random.Next(-3, 30)} AND id < 60";

    private string Delete(TestTable table)
    {
        var others = TestTable.All.Where(each => each != table).ToArray();
        var where = random.Next(4) == 0 && table.Key.Length > 0 ? _queries.InSubquery(table, Pick(others)) : _queries.Condition([(table.Name, table)], 2);
        return $"DELETE FROM {table.Name} WHERE {where}{Returning(table)}";
    }

    private string Returning(TestTable table) => random.Next(4) == 0 ? $" RETURNING {(random.Next(2) == 0 ? "*" : table.Columns[0].Name)}" : "";

    private TestColumn NonKey(TestTable table) => Pick(table.Columns.Where(column => !table.Key.Contains(column.Name)).ToArray());

    private string Literal(TestColumn column, TestTable table) => _queries.Literal(column, table.Key.Contains(column.Name));

    private static string KeyOf(TestTable table, string[] cells) =>
        string.Join('|', table.Key.Select(name => cells[Array.FindIndex(table.Columns, column => column.Name == name)]));

    private static ColumnKind KindOf(TestTable table, string name) => table.Columns.First(column => column.Name == name).Kind;

    private T Pick<T>(params T[] items) => items[random.Next(items.Length)];
}
