using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Draws statements over the table of <see cref="LookupSchema"/> whose answers SQL does not leave open: where several rows change, they do so in the order of <c>id</c>.</summary>
internal sealed class LookupStatements(Random random, SqlDialect dialect)
{
    private bool _saved;

    /// <summary>The next statement.</summary>
    public string Next(bool inTransaction)
    {
        if (!inTransaction)
        {
            _saved = false;
            if (random.Next(12) == 0) return "BEGIN";
        }
        else if (random.Next(4) == 0)
        {
            return Transaction();
        }

        return random.Next(10) switch
        {
            < 4 => Insert(),
            4 => InsertQuery(),
            < 8 => Update(),
            8 => $"DELETE FROM t WHERE {Where()}{Returning()}",
            _ => $"SELECT id, v FROM t WHERE n = {random.Next(30)}",
        };
    }

    private string Transaction()
    {
        switch (random.Next(6))
        {
            case 0 or 1:
                return "COMMIT";
            case 2:
                return "ROLLBACK";
            case 3 when _saved:
                return "ROLLBACK TO s";
            default:
                _saved = true;
                return "SAVEPOINT s";
        }
    }

    private string Insert()
    {
        var rows = Enumerable.Range(0, random.Next(3) == 0 ? random.Next(2, 5) : 1).Select(_ => Row()).ToList();
        return $"INSERT{Or(out var clause)} INTO t (id, n, a, b, tag, v) VALUES {string.Join(", ", rows)}{(rows.Count > 1 && clause.Contains("UPDATE", StringComparison.Ordinal) && dialect == SqlDialect.Postgres ? "" : clause)}{Returning()}";
    }

    private string InsertQuery() =>
        $"INSERT INTO t (id, n, tag) SELECT id + {random.Next(1, 30)}, n + {random.Next(1, 30)}, tag FROM t WHERE {Where()} ORDER BY id{(random.Next(3) == 0 ? " ON CONFLICT DO NOTHING" : "")}";

    private string Row() => $"({random.Next(40)}, {OrNull(30)}, {OrNull(4)}, {(random.Next(4) == 0 ? "NULL" : $"'b{random.Next(4)}'")}, {(random.Next(4) == 0 ? "NULL" : $"'tag{random.Next(3)}'")}, {random.Next(1020)})";

    private string OrNull(int most) => random.Next(6) == 0 ? "NULL" : $"{random.Next(most)}";

    private string Or(out string clause)
    {
        clause = random.Next(9) switch
        {
            0 => " ON CONFLICT DO NOTHING",
            1 => " ON CONFLICT (n) DO NOTHING",
            2 => " ON CONFLICT (n) DO UPDATE SET v = excluded.v",
            3 => " ON CONFLICT (a, b) DO UPDATE SET tag = 'again', v = t.v / 2",
            4 => $" ON CONFLICT (id) DO UPDATE SET n = {random.Next(30)}, tag = excluded.tag",
            5 => $" ON CONFLICT (n) DO UPDATE SET n = excluded.n + {random.Next(10)}, v = 1",
            _ => "",
        };
        if (clause.Length > 0 || dialect != SqlDialect.Sqlite) return "";
        return random.Next(4) switch
        {
            0 => " OR IGNORE",
            1 => " OR REPLACE",
            _ => "",
        };
    }

    private string Update()
    {
        var sqlite = dialect == SqlDialect.Sqlite;
        var one = $"id = {random.Next(40)}";
        return random.Next(9) switch
        {
            0 => $"UPDATE t SET n = {OrNull(30)} WHERE {one}{Returning()}",
            1 => $"UPDATE t SET n = {random.Next(30)}, v = 3 WHERE n = {random.Next(30)}",
            2 => $"UPDATE t SET a = {OrNull(4)}, tag = 'tag{random.Next(3)}' WHERE {Where()}{Returning()}",
            3 => $"UPDATE t SET id = {random.Next(40)} WHERE {one}",
            4 => $"UPDATE t SET id = {random.Next(40)}, n = {OrNull(30)}, b = 'b{random.Next(4)}' WHERE {one}{Returning()}",
            5 when sqlite => $"UPDATE t SET n = n {(random.Next(2) == 0 ? "+" : "-")} {random.Next(1, 4)} WHERE {Where()}",
            6 when sqlite => $"UPDATE t SET id = id + {random.Next(1, 5)}, n = n - 1 WHERE {Where()}",
            7 => $"UPDATE t SET v = v + 100 WHERE {Where()}{Returning()}",
            _ => $"UPDATE t SET tag = 'tag{random.Next(3)}' WHERE {Where()}",
        };
    }

    // No index but the primary key helps with these, so that one database comes to the rows in the order of that.
    private string Where() => random.Next(6) switch
    {
        0 => $"id = {random.Next(40)}",
        1 => $"n = {random.Next(30)}",
        2 => $"tag = 'tag{random.Next(3)}'",
        3 => $"n + 0 > {random.Next(30)}",
        4 => $"id > {random.Next(40)}",
        _ => $"a + 0 = {random.Next(4)} AND v < 900",
    };

    private string Returning() => random.Next(3) == 0 ? " RETURNING id, n, tag" : "";
}
