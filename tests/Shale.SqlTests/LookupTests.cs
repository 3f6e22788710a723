using System.Globalization;
using Shale.Sql;
using Xunit.Abstractions;

namespace Shale.SqlTests;

/// <summary>
/// Statements that compare looked-up columns, reads and writes, alone and in transactions, answer as plain SQLite does: where lookup vindexes tell the shards, and where everything
/// is assembled. Values repeat, change, are NULL, and have other types than their columns.
/// </summary>
public sealed class LookupTests(ITestOutputHelper output)
{
    private static readonly string[] Tables =
    [
        "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, mail TEXT UNIQUE, team INT, first TEXT, last TEXT, UNIQUE (first, last))",
        "CREATE TABLE orders (user_id INTEGER NOT NULL, id INTEGER NOT NULL, ref TEXT, amount INT, PRIMARY KEY (user_id, id))",
        "CREATE TABLE items (id INTEGER NOT NULL PRIMARY KEY, mail TEXT, team INT)",
    ];

    private static readonly string[] Conditions =
    [
        "u.mail = {0}", "u.mail IN ({0}, {0})", "u.team = {1}", "u.team IN ({1}, {1}, {1})", "u.first = {0} AND u.last = {0}", "u.last IN ({0}, {0}) AND u.first = {0}", "u.mail = {0} AND u.team = {1}", "u.mail = {0} OR u.team = {1}",
        "NOT u.mail = {0}", "u.mail IS {0}", "u.mail IS NOT DISTINCT FROM {0}", "u.team IS NOT DISTINCT FROM NULL", "(u.first, u.last) = ({0}, {0})", "u.mail = {0} COLLATE NOCASE", "+u.mail = {0}", "u.team = '{1}'", "u.team = {1}.0", "u.mail = {1}",
        "u.mail = {0} AND u.id = {1}", "u.mail = {0} AND u.id IN ({1}, {1}, {1})", "u.mail > {0} AND u.team = {1}", "u.mail = (SELECT min(mail) FROM users)", "u.mail IN (SELECT mail FROM items WHERE team = {1})",
    ];

    private static readonly string[] Queries =
    [
        "SELECT u.id, u.mail, u.team FROM users u WHERE {0}", "SELECT count(*), sum(u.id), max(u.mail) FROM users u WHERE {0}", "SELECT u.team, count(*) FROM users u WHERE {0} GROUP BY u.team HAVING count(*) > 0",
        "SELECT u.id, o.id, o.amount FROM users u JOIN orders o ON o.user_id = u.id WHERE {0}", "SELECT u.id, o.id FROM users u LEFT JOIN orders o ON o.user_id = u.id AND o.amount > 3 WHERE {0}",
        "SELECT u.id, o.id FROM orders o LEFT JOIN users u ON o.user_id = u.id AND {0}", "SELECT u.id FROM users u WHERE {0} AND EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id)",
        "SELECT o.id, o.amount FROM orders o WHERE EXISTS (SELECT 1 FROM users u WHERE u.id = o.user_id AND {0})", "SELECT o.id FROM orders o WHERE o.user_id IN (SELECT u.id FROM users u WHERE {0})",
        "SELECT u.id, i.id FROM users u JOIN items i ON i.team = u.team WHERE {0}", "SELECT i.id, u.id FROM items i LEFT JOIN users u ON u.mail = i.mail AND {0}", "SELECT u.id FROM users u JOIN items i ON i.mail = u.mail WHERE {0}",
        "SELECT u.id FROM users u WHERE {0} UNION ALL SELECT o.amount FROM orders o WHERE o.ref = 'm3'", "SELECT u.id, u.first FROM users u WHERE {0} ORDER BY u.id LIMIT 3", "WITH w AS (SELECT * FROM users u WHERE {0}) SELECT w.id, o.id FROM w JOIN orders o ON o.user_id = w.id",
        "SELECT i.id, (SELECT u.team FROM users u WHERE u.mail = i.mail) FROM items i", "SELECT u.id, v.id FROM users u JOIN users v ON v.id = u.id WHERE {0}",
    ];

    [Fact]
    [Trait("Category", "Random")]
    [Trait("Rule", "S2.8")]
    [Trait("Rule", "S3.2")]
    [Trait("Rule", "S4.2")]
    public async Task Random_StatementsByLookup_AnswerAsOneDatabase()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 79;
        var random = new Random(seed);
        await using var plain = new PlainDatabase();
        var with = new Dictionary<string, string> { ["users"] = "shard_key = 'id'", ["orders"] = "shard_key = 'user_id'", ["items"] = "shard_key = 'id'" };
        await using var four = await ClusterDatabase.OpenAsync("4 shards", 4, SqlDialect.Sqlite, with);
        await using var assembled = await ClusterDatabase.OpenAsync("3 shards, assembled", 3, SqlDialect.Sqlite, with, assemble: true);
        ClusterDatabase[] sharded = [four, assembled];
        foreach (var sql in Tables) await EverywhereAsync(sql);
        foreach (var database in sharded)
        {
            foreach (var definition in (string[])["users ADD VINDEX by_team (team)", "orders ADD VINDEX by_ref (ref)", "items ADD VINDEX by_mail (mail)"])
            {
                Assert.Null((await database.RunAsync($"ALTER VSCHEMA ON {definition} USING lookup")).Failure);
            }
        }

        var tiers = new Dictionary<string, int>();
        var open = 0;
        for (var i = 0; i < 1_500; i++)
        {
            if (i % 100 == 0)
            {
                if (open > 0) await EverywhereAsync("ROLLBACK");
                open = 0;
                await FillAsync();
            }

            if (open == 0 && random.Next(15) == 0)
            {
                await EverywhereAsync("BEGIN");
                open = random.Next(2, 8);
            }

            var write = random.Next(4) == 0;
            await CompareAsync(write ? Write() : Query(), i);
            if (write) await CompareAsync("SELECT * FROM users", i);
            if (open > 0 && --open == 0) await EverywhereAsync(random.Next(3) == 0 ? "ROLLBACK" : "COMMIT");
        }

        output.WriteLine($"seed {seed}; {string.Join(", ", tiers)}");
        Assert.True(tiers.GetValueOrDefault("T0") > 100 && tiers.GetValueOrDefault("T1") > 100 && tiers.GetValueOrDefault("T2") > 100);

        async Task CompareAsync(string sql, int number)
        {
            var expected = await plain.RunAsync(sql);
            foreach (var database in sharded)
            {
                var actual = await database.RunAsync(sql);
                var where = $"seed {seed}, statement {number}, {database.Name}, {actual.Tier}{(open > 0 ? ", in a transaction" : "")}: {sql}";
                Assert.True((expected.Failure is null) == (actual.Failure is null), $"{where}\n{actual.Failure?.Message}; plain: {expected.Failure?.Message}");
                if (expected.Failure is not null) continue;
                tiers[actual.Tier] = tiers.GetValueOrDefault(actual.Tier) + 1;
                var difference = expected.Affected != actual.Affected ? $"{actual.Affected} rows, not {expected.Affected}" : ResultComparison.Difference(expected.Rows!, actual.Rows!, false);
                Assert.True(difference is null, $"{where}\n{difference}\nreplay: SHALE_SEED={seed} ./test SqlTests --filter LookupTests");
            }
        }

        async Task EverywhereAsync(string sql)
        {
            foreach (var database in (IFixtureDatabase[])[plain, .. sharded])
            {
                var failure = (await database.RunAsync(sql)).Failure;
                Assert.True(failure is null, $"{database.Name}: {sql}: {failure?.Message}");
            }
        }

        async Task FillAsync()
        {
            foreach (var table in (string[])["users", "orders", "items"]) await EverywhereAsync($"DELETE FROM {table}");
            for (var id = 1; id <= 20; id++)
            {
                if (random.Next(4) > 0) await EverywhereAsync($"INSERT OR IGNORE INTO users VALUES ({id}, {Word()}, {Number()}, {Word()}, {Word()})");
                await EverywhereAsync($"INSERT INTO orders VALUES ({random.Next(1, 21)}, {id}, {Word()}, {Number()})");
                await EverywhereAsync($"INSERT INTO items VALUES ({id}, {Word()}, {Number()})");
            }
        }

        string Condition() => string.Join("", Pick(Conditions).Split("{0}").Select((part, i) => (i == 0 ? "" : Word()) + string.Join("", part.Split("{1}").Select((piece, j) => (j == 0 ? "" : Digit()) + piece))));

        string Query() => Pick(Queries).Replace("{0}", Condition(), StringComparison.Ordinal);

        string Write()
        {
            var where = Condition().Replace("u.", "users.", StringComparison.Ordinal);
            return random.Next(7) switch
            {
                0 => $"DELETE FROM users WHERE {where}",
                1 => $"UPDATE users SET mail = {Word()} WHERE id = {random.Next(1, 21)}",
                2 => $"UPDATE users SET team = {Number()} WHERE {where}",
                3 => $"UPDATE users SET team = coalesce(team, 0) + 1, first = {Word()} WHERE {where} AND id = {random.Next(1, 21)}",
                4 => $"DELETE FROM orders WHERE user_id IN (SELECT id FROM users WHERE {where})",
                5 => $"UPDATE orders SET amount = {Number()} FROM users WHERE users.id = orders.user_id AND {where}",
                _ => $"INSERT INTO users VALUES ({random.Next(1, 30)}, {Word()}, {Number()}, {Word()}, {Word()})",
            };
        }

        string Pick(string[] items) => items[random.Next(items.Length)];

        string Digit() => random.Next(1, 7).ToString(CultureInfo.InvariantCulture);

        string Number() => random.Next(7) == 0 ? "NULL" : Digit();

        string Word() => random.Next(8) == 0 ? "NULL" : $"'m{random.Next(1, 15)}'";
    }
}
