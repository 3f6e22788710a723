using System.Globalization;
using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>Makes random writes whose outcome does not depend on the order in which rows are met.</summary>
public sealed class WriteBuilder(Random random, SqlDialect dialect, TestSchema schema, ExpressionBuilder expressions, Literals literals)
{
    private readonly bool _postgres = dialect == SqlDialect.Postgres;

    /// <summary>A whole statement and the table that it writes.</summary>
    public string Statement(out TestTable table)
    {
        table = Pick(schema.Tables);
        return random.Next(15) switch
        {
            0 or 1 or 2 => Insert(table),
            3 or 4 => InsertSelect(table),
            5 or 6 or 7 => Update(table),
            8 => UpdateFrom(table),
            9 or 10 => UpdateKey(table),
            11 when _postgres => DeleteUsing(table),
            12 when !_postgres || random.Next(6) == 0 => Limited(table),
            13 => WithCommonTable(table),
            _ => Delete(table),
        };
    }

    private string Insert(TestTable table)
    {
        // Without all columns the others take their defaults.
        var columns = random.Next(4) == 0 ? table.Columns.Where(column => table.Key.Contains(column.Name) || random.Next(2) == 0).ToArray() : table.Columns;
        if (columns.Length == 0) columns = table.Columns;
        var named = columns.Length < table.Columns.Length ? $" ({string.Join(", ", columns.Select(column => column.Name))})" : "";
        var rows = Enumerable.Range(0, random.Next(1, 5)).Select(_ => $"({string.Join(", ", columns.Select(column => Literal(column, table)))})").ToArray();
        return $"INSERT INTO {table.Name}{named} VALUES {string.Join(", ", rows)}{Conflict(table, columns)}{Returning(table)}";
    }

    private string Conflict(TestTable table, TestColumn[] given)
    {
        var column = NonKey(table);
        if (table.Key.Length == 0) return "";
        var target = $"({string.Join(", ", table.Key)})";
        var value = given.Contains(column) && random.Next(3) != 0 ? $"excluded.{column.Name}" : column.Kind == ColumnKind.Int && !column.Unique && !column.Huge
            ? $"{table.Name}.{column.Name} + 1" : Literal(column, table);
        return random.Next(6) switch
        {
            0 => $" ON CONFLICT {target} DO NOTHING",
            1 => " ON CONFLICT DO NOTHING",
            2 => $" ON CONFLICT {target} DO UPDATE SET {column.Name} = {value}",
            3 => $" ON CONFLICT {target} DO UPDATE SET {column.Name} = {value} WHERE {expressions.Condition([(table.Name, table)], 0)}",
            _ => "",
        };
    }

    private string InsertSelect(TestTable table)
    {
        var source = Pick(schema.Tables);
        var columns = Given(table, out var named);
        var cells = columns.Select(column => random.Next(2) == 0 && source.Columns.FirstOrDefault(each => each.Kind == column.Kind && !each.Huge) is { } from
            ? Copied(column, from, table)
            : column.Kind == ColumnKind.NoCase || random.Next(2) == 0 ? literals.Constant(column.Kind) : Literal(column, table)).ToArray();

        // The order decides which of two rows with one key wins, so no two that differ may tie.
        var order = string.Join(", ", columns.Select((column, i) => column.Kind == ColumnKind.NoCase ? $"{cells[i]} || ''" : (i + 1).ToString(CultureInfo.InvariantCulture)));
        return $"INSERT INTO {table.Name}{named} SELECT {string.Join(", ", cells)} FROM {source.Name} WHERE {expressions.Condition([(source.Name, source)], 1)} ORDER BY {order}"
            + $"{Conflict(table, [])}{Returning(table)}";
    }

    // The others take their defaults: those that are not named, and in dialect postgres those behind the last that is given.
    private TestColumn[] Given(TestTable table, out string named)
    {
        named = "";
        if (table.Key.Length == 0 || random.Next(3) != 0) return table.Columns;
        if (_postgres && random.Next(2) == 0) return table.Columns[..random.Next(table.Key.Length, table.Columns.Length)];
        var columns = table.Columns.Where(column => table.Key.Contains(column.Name) || random.Next(2) == 0).ToArray();
        named = $" ({string.Join(", ", columns.Select(column => column.Name))})";
        return columns;
    }

    // SQLite numbers a row whose INTEGER PRIMARY KEY is NULL; which number it gives is left open.
    private string Copied(TestColumn column, TestColumn from, TestTable table)
    {
        var value = column.Kind == ColumnKind.Int && !column.Checked ? $"{from.Name} + {Number(50, 90)}" : from.Name;
        return column.Kind == ColumnKind.Int && table.Key is [var key] && key == column.Name ? $"COALESCE({value}, {Number(0, 9)})" : value;
    }

    private string Update(TestTable table)
    {
        var column = NonKey(table);
        var others = schema.Tables.Where(each => each != table).ToArray();
        var where = random.Next(4) == 0 && table.Key.Length > 0 ? Outside(table, () => expressions.InSubquery(table, Pick(others))) : UpdateCondition(table);
        return $"UPDATE {table.Name} SET {column.Name} = {NewValue(table, column, others)} WHERE {where}{Returning(table)}";
    }

    // A UNIQUE constraint is watched row by row: values computed from rows could collide on their way in one order and not in another.
    private string NewValue(TestTable table, TestColumn column, TestTable[] others) => random.Next(3) switch
    {
        0 when !column.Unique && !column.Huge => expressions.Scalar(column.Kind, table, table.Name, 2),
        1 when table.Key.Length > 0 => expressions.ScalarSubquery(column.Kind, Pick(others)),
        _ => Literal(column, table),
    };

    // What SQLite's own UPDATE shows a subquery over the table it changes depends on SQLite's version and plan; dialect postgres says what it must.
    private string UpdateCondition(TestTable table) => Outside(table, () => expressions.Condition([(table.Name, table)], 2));

    private string Outside(TestTable table, Func<string> make)
    {
        var where = make();
        while (!_postgres && Reads(where, table)) where = make();
        return where;
    }

    // A view may show the table.
    private bool Reads(string where, TestTable table) => schema.Views.Append(table).Any(each => where.Contains($"FROM {each.Name} ", StringComparison.Ordinal));

    // Each row of the target meets at most one of the others, so there is one new value.
    private string UpdateFrom(TestTable table)
    {
        var column = NonKey(table);
        var pairs = (from other in schema.Tables where other != table from l in table.Columns from r in other.Columns
            where l.Kind == r.Kind && l.Kind is not (ColumnKind.Real or ColumnKind.NoCase) select (other, l, r)).ToArray();
        if (pairs.Length == 0 || column.Unique || !ExpressionBuilder.HasExtremes(column.Kind)) return Update(table);
        var (from, left, right) = Pick(pairs);
        var given = from.Columns.FirstOrDefault(each => each.Kind == column.Kind && !each.Huge);
        var value = given is null ? literals.Constant(column.Kind) : $"s.{given.Name}";
        var extra = random.Next(2) == 0 ? $" AND {expressions.Condition([(table.Name, table)], 0)}" : "";
        if (from.Key.Length == 1 && random.Next(2) == 0 && left.Kind == from.KeyColumns[0].Kind)
        {
            return $"UPDATE {table.Name} SET {column.Name} = {value} FROM {from.Name} s WHERE s.{from.Key[0]} = {table.Name}.{left.Name}{extra}{Returning(table)}";
        }

        var query = $"SELECT g.{right.Name} AS k, {(given is null ? "COUNT(*)" : $"MAX(g.{given.Name})")} AS v FROM {from.Name} g GROUP BY g.{right.Name}";
        return $"UPDATE {table.Name} SET {column.Name} = {(given is null ? value : "s.v")} FROM ({query}) s WHERE s.k = {table.Name}.{left.Name}{extra}{Returning(table)}";
    }

    private string UpdateKey(TestTable table)
    {
        var keys = table.KeyColumns;
        if (keys.Length == 0) return Update(table);
        var column = Pick(keys);
        if (column is { Kind: ColumnKind.Int, Huge: false } && !table.Columns.Any(each => each.Checked))
        {
            // Far enough not to meet another row on the way.
            return $"UPDATE {table.Name} SET {column.Name} = {column.Name} + {Number(100, 200)} WHERE {column.Name} {Pick("=", "<", ">")} {Literal(column, table)} AND {column.Name} < 60{Returning(table)}";
        }

        return $"UPDATE {table.Name} SET {column.Name} = {Literal(column, table)} WHERE {column.Name} = {Literal(column, table)}{Returning(table)}";
    }

    private string Delete(TestTable table)
    {
        var others = schema.Tables.Where(each => each != table).ToArray();
        var where = random.Next(4) == 0 && table.Key.Length > 0 ? expressions.InSubquery(table, Pick(others)) : expressions.Condition([(table.Name, table)], 2);
        return $"DELETE FROM {table.Name} WHERE {where}{Returning(table)}";
    }

    private string DeleteUsing(TestTable table)
    {
        var other = Pick(schema.Tables);
        var pairs = (from l in table.Columns from r in other.Columns where ExpressionBuilder.AreComparable(l, r) && l.Kind != ColumnKind.Real select (l, r)).ToArray();
        if (pairs.Length == 0) return Delete(table);
        var (left, right) = Pick(pairs);
        return $"DELETE FROM {table.Name} USING {other.Name} s WHERE s.{right.Name} = {table.Name}.{left.Name} AND {expressions.Condition([(table.Name, table), ("s", other)], 1)}{ReturningTarget(table)}";
    }

    private string Limited(TestTable table)
    {
        if (table.Key.Length == 0) return Delete(table);
        var column = NonKey(table);
        var start = random.Next(2) == 0 ? $"DELETE FROM {table.Name}" : $"UPDATE {table.Name} SET {column.Name} = {Literal(column, table)}";
        var offset = random.Next(3) == 0 ? $" OFFSET {Number(0, 4)}" : "";
        var order = string.Join(", ", table.Key.Select(name => $"{name}{Pick("", " DESC")}"));
        return $"{start} WHERE {UpdateCondition(table)}{Returning(table)} ORDER BY {order} LIMIT {Number(0, 6)}{offset}";
    }

    private string WithCommonTable(TestTable table)
    {
        var other = Pick(schema.Tables.Where(each => each != table).ToArray());
        var column = Pick(table.Columns);
        var columns = other.Columns.Where(each => ExpressionBuilder.AreComparable(each, column)).ToArray();
        if (columns.Length == 0) return Update(table);
        var with = $"WITH c AS (SELECT w.{Pick(columns).Name} AS x FROM {other.Name} w WHERE {expressions.Condition([("w", other)], 1)})";
        var where = $"{table.Name}.{column.Name} IN (SELECT c.x FROM c)";
        var set = NonKey(table);
        return random.Next(2) == 0
            ? $"{with} DELETE FROM {table.Name} WHERE {where}{Returning(table)}"
            : $"{with} UPDATE {table.Name} SET {set.Name} = {Literal(set, table)} WHERE {where}{Returning(table)}";
    }

    private string Returning(TestTable table) => random.Next(4) != 0 ? "" : random.Next(3) switch
    {
        0 => " RETURNING *",
        1 => $" RETURNING {table.Columns[0].Name}",
        _ => $" RETURNING {string.Join(", ", table.Columns.OrderBy(_ => random.Next()).Take(2).Select(column => $"{table.Name}.{column.Name}"))}",
    };

    // Of several joined rows SQL leaves open which one RETURNING sees.
    private string ReturningTarget(TestTable table) => Returning(table).Replace("RETURNING *", $"RETURNING {table.Name}.*", StringComparison.Ordinal);

    private TestColumn NonKey(TestTable table) => Pick(table.Values);

    private string Literal(TestColumn column, TestTable table) => literals.Next(column, table.Key.Contains(column.Name));

    private string Number(int from, int to) => random.Next(from, to).ToString(CultureInfo.InvariantCulture);

    private T Pick<T>(params T[] items) => items[random.Next(items.Length)];
}
