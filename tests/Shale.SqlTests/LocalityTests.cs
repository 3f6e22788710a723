using Shale.Sql;
using Xunit.Abstractions;

namespace Shale.SqlTests;

/// <summary>
/// What shares a sharding key stays on its shard: groups, windows, subqueries and queries in FROM that T1 leaves to the shards answer as plain SQLite does. Tables are small
/// and full of gaps, so that a shard often has nothing where another has something.
/// </summary>
public sealed class LocalityTests(ITestOutputHelper output)
{
    private static readonly string[] Joins =
    [
        "users u", "users u JOIN orders o ON o.user_id = u.id", "users u LEFT JOIN orders o ON o.user_id = u.id", "orders o LEFT JOIN users u ON o.user_id = u.id",
        "users u FULL JOIN orders o ON o.user_id = u.id", "users u JOIN kinds r ON r.id = u.kind", "kinds r LEFT JOIN users u ON r.id = u.kind",
        "users u LEFT JOIN orders o ON o.user_id = u.id AND o.amount > 3", "orders o RIGHT JOIN users u ON o.user_id = u.id", "users u, orders o", "orders o",
    ];

    private static readonly string[] Subqueries =
    [
        "EXISTS (SELECT 1 FROM orders s WHERE s.user_id = {0})", "NOT EXISTS (SELECT 1 FROM orders s WHERE s.user_id = {0} AND s.amount > 2)",
        "{0} IN (SELECT s.user_id FROM orders s WHERE s.amount < 5)", "{0} NOT IN (SELECT s.user_id FROM orders s)", "{0} NOT IN (SELECT s.user_id FROM orders s WHERE s.amount > 7)",
        "{0} IN (SELECT s.user_id FROM users t LEFT JOIN orders s ON s.user_id = t.id)", "{0} NOT IN (SELECT s.user_id FROM users t LEFT JOIN orders s ON s.user_id = t.id)",
        "{0} IN (SELECT s.user_id FROM orders s JOIN users t ON t.id = s.user_id WHERE t.kind = 1)", "{0} IN (SELECT s.id FROM orders s)", "{0} NOT IN (SELECT s.user_id FROM orders s ORDER BY s.user_id LIMIT 2)",
        "(SELECT sum(s.amount) FROM orders s WHERE s.user_id = {0}) > 5", "(SELECT count(*) FROM orders s JOIN users t ON t.id = s.user_id WHERE s.user_id = {0}) = 1",
        "(SELECT count(*) FROM orders s LEFT JOIN users t ON t.id = s.user_id WHERE s.user_id = {0}) > 0", "(SELECT max(s.id) FROM orders s WHERE s.user_id = {0} OR s.amount = 1) > 3",
        "EXISTS (SELECT 1 FROM users t WHERE t.id = {0} AND EXISTS (SELECT 1 FROM orders s WHERE s.user_id = t.id))", "EXISTS (SELECT 1 FROM users t WHERE t.kind = 2)",
        "EXISTS (SELECT 1 FROM orders s WHERE s.user_id = {0} UNION SELECT 1 FROM orders s WHERE s.user_id = {0} AND s.id > 3)",
        "(SELECT s.amount FROM orders s WHERE s.user_id = {0} ORDER BY s.id LIMIT 1) IS NULL", "{0} IN (SELECT id FROM kinds)", "{0} IN (SELECT count(*) FROM orders s GROUP BY s.user_id)",
    ];

    [Fact]
    [Trait("Category", "Random")]
    [Trait("Rule", "S3.5")]
    public async Task Random_WhatSharesAKey_AnswersAsOneDatabase()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 77;
        var random = new Random(seed);
        await using var plain = new PlainDatabase();
        var with = new Dictionary<string, string> { ["users"] = "shard_key = 'id'", ["orders"] = "shard_key = 'user_id'", ["kinds"] = "reference = true" };
        await using var sharded = await ClusterDatabase.OpenAsync("3 shards", 3, SqlDialect.Sqlite, with);
        var tiers = new Dictionary<string, int>();
        foreach (var sql in (string[])["CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, kind INT, name TEXT)", "CREATE TABLE kinds (id INTEGER NOT NULL PRIMARY KEY, label TEXT)",
            "CREATE TABLE orders (user_id INTEGER NOT NULL, id INTEGER NOT NULL, amount INT, PRIMARY KEY (user_id, id))"]) await BothAsync(sql);
        for (var i = 0; i < 2_000; i++)
        {
            if (i % 50 == 0) await FillAsync();
            var sql = Query(random);
            var (expected, actual) = (await plain.RunAsync(sql), await sharded.RunAsync(sql));
            Assert.True((expected.Failure is null) == (actual.Failure is null), $"seed {seed}, statement {i}: {sql}\n{actual.Failure?.Message}; plain: {expected.Failure?.Message}");
            if (expected.Failure is not null) continue;
            tiers[actual.Tier] = tiers.GetValueOrDefault(actual.Tier) + 1;
            var difference = ResultComparison.Difference(expected.Rows!, actual.Rows!, false);
            Assert.True(difference is null, $"seed {seed}, statement {i}, {actual.Tier}: {sql}\n{difference}\nreplay: SHALE_SEED={seed} ./test SqlTests --filter LocalityTests");
        }

        output.WriteLine($"seed {seed}; {string.Join(", ", tiers)}");
        Assert.True(tiers.GetValueOrDefault("T1") > 300 && tiers.GetValueOrDefault("T2") > 100);

        async Task BothAsync(string sql)
        {
            foreach (var failure in new[] { (await plain.RunAsync(sql)).Failure, (await sharded.RunAsync(sql)).Failure }) Assert.True(failure is null, $"{sql}: {failure?.Message}");
        }

        async Task FillAsync()
        {
            foreach (var table in (string[])["users", "kinds", "orders"]) await BothAsync($"DELETE FROM {table}");
            foreach (var id in Enumerable.Range(1, 12).Where(_ => random.Next(3) > 0)) await BothAsync($"INSERT INTO users VALUES ({id}, {Small(random)}, '{"abc"[random.Next(3)]}')");
            foreach (var id in Enumerable.Range(1, 3).Where(_ => random.Next(4) > 0)) await BothAsync($"INSERT INTO kinds VALUES ({id}, 'k{id}')");
            foreach (var id in Enumerable.Range(1, random.Next(3) == 0 ? 2 : 14)) await BothAsync($"INSERT INTO orders VALUES ({random.Next(1, 14)}, {id}, {Small(random)})");
        }
    }

    private static string Small(Random random) => random.Next(5) == 0 ? "NULL" : random.Next(1, 9).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Query(Random random)
    {
        string Pick(params string[] items) => items[random.Next(items.Length)];
        var from = Pick(Joins);
        var (users, orders) = (from.Contains("users u", StringComparison.Ordinal), from.Contains("orders o", StringComparison.Ordinal));
        var key = users && (!orders || random.Next(2) == 0) ? "u.id" : "o.user_id";
        var other = users ? Pick("u.kind", "u.name") : "o.amount";
        string Test() => TestOf(random.Next(6) == 0 ? other : key);
        string TestOf(string column) => string.Format(System.Globalization.CultureInfo.InvariantCulture, Pick(Subqueries), column);
        var where = random.Next(3) switch { 0 => "", 1 => $" WHERE {Test()}", _ => $" WHERE {Test()} {Pick("AND", "OR")} {Pick($"{key} > 4", $"{other} IS NOT NULL", Test())}" };
        var group = Pick(key, other);
        var number = orders ? "o.amount" : "u.kind";
        return random.Next(9) switch
        {
            0 => $"SELECT {key}, {other}, {Test()} FROM {from}{where}",
            1 => $"SELECT {key}, count(*), count(DISTINCT {number}), sum(DISTINCT {number} * 2), total({number}) FROM {from}{where} GROUP BY {Pick(key, $"{key}, {other}", "1")}{Pick("", " HAVING count(*) > 1", $" HAVING {TestOf(key)}")}",
            2 => $"SELECT {key}, count({number}) OVER (PARTITION BY {Pick(key, $"{key}, {other}", other)}), rank() OVER (PARTITION BY {key} ORDER BY {number}) FROM {from}{where}",
            3 => $"SELECT count(*), sum(d.n), max(d.x) FROM (SELECT {group} AS x, count(*) AS n FROM {from}{where} GROUP BY {group}) d{Pick("", " WHERE d.n > 1")}",
            4 => $"SELECT d.y, count(*) FROM (SELECT {key} AS x, {other} AS y FROM {from}{where}{Pick("", " ORDER BY 1", " LIMIT 1000")}) d GROUP BY d.y",
            5 => $"SELECT count(*), count(DISTINCT {number}), sum(DISTINCT {number}), min({key}), avg(DISTINCT {number}) FROM {from}{where}{Pick("", $" GROUP BY {other}", $" GROUP BY {other} HAVING count(DISTINCT {key}) > 1")}",
            7 => $"SELECT count(*) FROM (SELECT u.*, u.id FROM users u GROUP BY {random.Next(1, 5)}) d",
            6 => $"SELECT {key}, {other} FROM {from}{where} UNION ALL SELECT {Pick("id, kind FROM users", "user_id, count(*) FROM orders GROUP BY user_id", "id, count(*) FROM orders GROUP BY id", "id, label FROM kinds")}",
            _ => $"SELECT {key}, {other}, count(*) AS n FROM {from}{where} GROUP BY {key}, {other} ORDER BY {Pick("n DESC, 1, 2", $"{other}, {key}", "3, 1, 2")} LIMIT {random.Next(1, 6)}",
        };
    }
}
