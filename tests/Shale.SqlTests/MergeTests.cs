using System.Globalization;
using Shale.Sql;
using Xunit.Abstractions;

namespace Shale.SqlTests;

/// <summary>
/// Set operations, and aggregates that collect, over shards: what T1 merges is what one database answers (plain SQLite, or the same session on one shard), and what T2 answers.
/// Tables are small and full of repetitions, so that equal rows are on several shards.
/// </summary>
public sealed class MergeTests(ITestOutputHelper output)
{
    private static readonly string[] Tables =
    [
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, g INT, v INT NOT NULL, s TEXT, n TEXT)", "CREATE TABLE u (id INTEGER NOT NULL PRIMARY KEY, t INTEGER NOT NULL, s TEXT)",
    ];

    [Fact]
    [Trait("Category", "Random")]
    [Trait("Rule", "S3.5")]
    public async Task Random_DialectSqlite_AnswersAsPlainSqlite() => await RunAsync(SqlDialect.Sqlite, new PlainDatabase(), 1_000, 400);

    [Fact]
    [Trait("Category", "Random")]
    [Trait("Rule", "S3.5")]
    public async Task Random_DialectPostgres_AnswersAsOneShard() =>
        await RunAsync(SqlDialect.Postgres, await ClusterDatabase.OpenAsync("unsharded", 1, SqlDialect.Postgres, null), 1_000, 500);

    [Theory]
    [Trait("Rule", "S3.5")]
    [InlineData(SqlDialect.Sqlite, "SELECT id, s FROM t UNION ALL SELECT id, s FROM u ORDER BY 1, 2 LIMIT 3 OFFSET 1", "T1")]
    [InlineData(SqlDialect.Sqlite, "SELECT s FROM t UNION SELECT s FROM u", "T1")]
    [InlineData(SqlDialect.Sqlite, "SELECT id FROM t INTERSECT SELECT id FROM u", "T1")]
    [InlineData(SqlDialect.Sqlite, "SELECT s, id FROM t EXCEPT SELECT s, id FROM u ORDER BY 2", "T1")]
    [InlineData(SqlDialect.Sqlite, "SELECT s FROM t EXCEPT SELECT s FROM u", "T2")]
    [InlineData(SqlDialect.Sqlite, "SELECT id, s FROM t INTERSECT SELECT t, s FROM u", "T2")]
    [InlineData(SqlDialect.Sqlite, "SELECT s FROM t UNION SELECT s FROM u UNION ALL SELECT s FROM u", "T2")]
    [InlineData(SqlDialect.Sqlite, "SELECT DISTINCT g FROM t ORDER BY g", "T1")]
    [InlineData(SqlDialect.Sqlite, "SELECT group_concat(s, ';') FROM t GROUP BY g", "T1")]
    [InlineData(SqlDialect.Sqlite, "SELECT group_concat(x) FROM (SELECT s AS x FROM t ORDER BY s)", "T2")]
    [InlineData(SqlDialect.Postgres, "SELECT string_agg(s, ',' ORDER BY v DESC, id) FROM t GROUP BY g", "T1")]
    [InlineData(SqlDialect.Postgres, "SELECT array_agg(v ORDER BY id), jsonb_agg(s ORDER BY id) FROM t", "T1")]
    [InlineData(SqlDialect.Postgres, "SELECT id FROM t ORDER BY v, id LIMIT 2 + 1 OFFSET 1", "T1")]
    [InlineData(SqlDialect.Postgres, "SELECT id FROM t INTERSECT SELECT id FROM u", "T1")]
    [InlineData(SqlDialect.Postgres, "SELECT id FROM t INTERSECT ALL SELECT id FROM u", "T2")]
    public async Task Tier_OfWhatIsProvedAndWhatIsNot(SqlDialect dialect, string sql, string tier)
    {
        await using var sharded = await ClusterDatabase.OpenAsync("3 shards", 3, dialect, null);
        foreach (var table in Tables) Assert.Null((await sharded.RunAsync(table)).Failure);
        var answer = await sharded.RunAsync(sql);
        Assert.Null(answer.Failure);
        Assert.Equal(tier, answer.Tier);
    }

    private async Task RunAsync(SqlDialect dialect, IFixtureDatabase one, int statements, int expectedMerges)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 19;
        var random = new Random(seed);
        await using var oracle = one;
        await using var sharded = await ClusterDatabase.OpenAsync("3 shards", 3, dialect, null);
        await using var assembled = await ClusterDatabase.OpenAsync("assembled", 3, dialect, null, assemble: true);
        IFixtureDatabase[] all = [oracle, sharded, assembled];
        foreach (var table in Tables) await EverywhereAsync(table);
        var merged = 0;
        for (var i = 0; i < statements; i++)
        {
            if (i % 100 == 0) await FillAsync();
            var sql = Query(random, dialect, out var ordered);
            var expected = await oracle.RunAsync(sql);
            foreach (var database in (IFixtureDatabase[])[sharded, assembled])
            {
                var actual = await database.RunAsync(sql);
                var where = $"seed {seed}, statement {i}, {database.Name} {actual.Tier}: {sql}\n";
                Assert.True((expected.Failure is null) == (actual.Failure is null), $"{where}{actual.Failure?.Message}; one database: {expected.Failure?.Message}");
                if (expected.Failure is not null) continue;
                if (actual.Tier == "T1") merged++;
                var difference = ResultComparison.Difference(Sorted(expected.Rows!), Sorted(actual.Rows!), ordered);
                Assert.True(difference is null, $"{where}{difference}\nreplay: SHALE_SEED={seed} ./test SqlTests --filter MergeTests");
            }
        }

        output.WriteLine($"seed {seed}, {merged} merged");
        Assert.True(merged > expectedMerges);

        async Task EverywhereAsync(string sql)
        {
            foreach (var database in all) Assert.Null((await database.RunAsync(sql)).Failure);
        }

        async Task FillAsync()
        {
            string Number() => random.Next(5) == 0 ? "NULL" : random.Next(0, 4).ToString(CultureInfo.InvariantCulture);
            string Text() => random.Next(5) == 0 ? "NULL" : $"'{"abc"[random.Next(3)]}'";
            foreach (var table in (string[])["t", "u"]) await EverywhereAsync("DELETE FROM " + table);
            if (random.Next(6) == 0) return;
            await EverywhereAsync("INSERT INTO t VALUES " + string.Join(", ", Enumerable.Range(1, 20).Where(_ => random.Next(4) > 0).Prepend(30).Select(id => $"({id}, {Number()}, {random.Next(4)}, {Text()}, {Text()})")));
            await EverywhereAsync("INSERT INTO u VALUES " + string.Join(", ", Enumerable.Range(1, 20).Where(_ => random.Next(4) > 0).Prepend(31).Select(id => $"({id}, {random.Next(1, 20)}, {Text()})")));
        }
    }

    private static string Query(Random random, SqlDialect dialect, out bool ordered)
    {
        string Pick(params string[] items) => items[random.Next(items.Length)];
        var postgres = dialect == SqlDialect.Postgres;
        ordered = random.Next(2) == 0;
        var where = Pick("", " WHERE t.v > 1", " WHERE t.g IS NOT NULL", " WHERE t.id % 2 = 0", " WHERE t.id > 100");
        if (random.Next(2) == 0)
        {
            var arms = new[] { "id, s FROM t", "t.id, t.s FROM t", "id, s FROM u", "t, s FROM u", "t.id, u.s FROM t JOIN u ON u.id = t.id", "v, n FROM t", "g, s FROM t", "v + 1, s FROM t" };
            var operators = postgres ? (string[])["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"] : ["UNION", "UNION", "UNION ALL", "INTERSECT", "EXCEPT"];
            var text = "SELECT " + Pick(arms) + Pick("", " WHERE s IS NOT NULL").Replace(" s ", " 1 ", StringComparison.Ordinal);
            for (var i = random.Next(1, 3); i > 0; i--) text += $" {Pick(operators)} SELECT {Pick(arms)}";
            return text + (ordered ? $" ORDER BY {Pick("1, 2", "2 DESC, 1", "2, 1 DESC")}{Pick("", " LIMIT 4", " LIMIT 3 OFFSET 2", " OFFSET 1000".Insert(0, postgres ? "" : " LIMIT -1"))}" : "");
        }

        var aggregates = postgres
            ? (string[])["string_agg(s, ',' ORDER BY v, id) AS a", "string_agg(s, ';' ORDER BY id DESC) FILTER (WHERE v > 1) AS a", "string_agg(DISTINCT s, ',') AS a", "string_agg(s, ',') AS gc", "array_agg(v ORDER BY s DESC NULLS LAST, id) AS a",
                "array_agg(DISTINCT s) AS a", "json_agg(s ORDER BY id) AS a", "jsonb_agg(v ORDER BY id DESC) AS a", "json_object_agg(id, s ORDER BY id) AS a", "jsonb_object_agg(id, v ORDER BY id) AS a", "avg(v) AS a", "bool_and(v > 0) AS a", "bool_or(g > 2) AS a"]
            : ["group_concat(s) AS gc", "group_concat(s, ';') AS gc", "group_concat(DISTINCT s) AS gc", "group_concat(v + 1, '') AS gc", "avg(v) AS a", "sum(v) AS b", "count(v) AS c", "avg(v) FILTER (WHERE g > 1) AS a", "sum(v) FILTER (WHERE g > 1) AS b",
                "total(v) AS a", "sum(g) AS a", "avg(g) AS a", "count(g) AS a", "group_concat(s) FILTER (WHERE v > 1) AS gc", "avg(DISTINCT v) AS a"];
        var group = Pick("g", "g", "n", "g % 2", "s");
        var items = string.Join(", ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(aggregates)));
        if (random.Next(3) == 0)
        {
            ordered = false;
            return $"SELECT {items} FROM t{where}";
        }

        return $"SELECT {group} AS k, {items} FROM t{where} GROUP BY {group}{Pick("", " HAVING sum(v) > 2", " HAVING count(*) > 1")}{(ordered ? " ORDER BY 1" : "")}{(ordered ? Pick("", " LIMIT 2") : "")}";
    }

    // Nothing says in which order group_concat without ORDER BY puts its values.
    private static RowSet Sorted(RowSet rows)
    {
        var sorted = new RowSet(rows.Fields, rows.RowCount);
        for (var i = 0; i < rows.RowCount; i++)
        {
            var row = sorted.AddRow();
            for (var c = 0; c < row.Length; c++) row[c] = rows.Fields[c].Name == "gc" && rows[i][c].Kind == SqlValueKind.Text ? SqlValue.Text(new string([.. rows[i][c].AsText().Order()])) : rows[i][c];
        }

        return sorted;
    }
}
