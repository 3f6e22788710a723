using System.Globalization;
using System.Runtime.CompilerServices;
using Shale.Contracts;
using Shale.Sql;
using Shale.Vitess;
using Shale.Vitess.Tests;
using Xunit.Abstractions;

namespace Shale.SqlTests;

/// <summary>
/// Tables that are joined at the gate ask one another for few rows only: whatever the joins, filters, NULLs and types are, the answer is that of plain SQLite, with semi-joins,
/// with semi-joins of two values at most, and without.
/// </summary>
public sealed class SemiJoinTests(ITestOutputHelper output)
{
    private static readonly string[] Joins =
    [
        "a JOIN b ON b.x = a.id", "a, b", "a LEFT JOIN b ON b.x = a.id", "a LEFT JOIN b ON b.x = a.id AND {0}", "b LEFT JOIN a ON b.x = a.id", "a RIGHT JOIN b ON b.x = a.x AND {0}", "a FULL JOIN b ON b.x = a.x",
        "a JOIN b ON b.id = a.x JOIN c ON c.t = b.t", "a LEFT JOIN b ON b.id = a.x JOIN c ON c.id = b.x", "a JOIN (b LEFT JOIN c ON c.id = b.x AND {0}) ON b.t = a.t", "(a LEFT JOIN b ON a.id = b.x) LEFT JOIN c ON c.x = b.x AND {0}",
        "a JOIN b ON b.n = a.n", "a JOIN b ON a.t = b.n", "a JOIN b ON a.r = b.r", "a JOIN b ON a.r = b.x", "a JOIN b USING (x)", "a NATURAL JOIN b", "a JOIN a AS b ON b.x = a.id", "a JOIN b ON b.x = a.id LEFT JOIN b AS c ON c.id = a.x AND {0}",
        "c JOIN a ON a.x = c.id JOIN b ON b.x = c.x", "a JOIN b ON b.x IS a.x", "a JOIN b ON (b.x, b.t) = (a.x, a.t)",
    ];

    private static readonly string[] Tests =
    [
        "{0}.x IN (SELECT id FROM b AS s WHERE s.x < {2})", "{0}.x NOT IN (SELECT x FROM b AS s WHERE s.id < {2})", "{0}.t IN (SELECT t FROM c AS s WHERE s.id = {2})", "{0}.n IN (SELECT n FROM c AS s)",
        "{0}.x IN (SELECT s.x FROM a AS s JOIN c AS z ON z.id = s.x)", "{0}.x IN (SELECT x FROM c AS s ORDER BY id LIMIT 2)", "{0}.id IN (SELECT x FROM c AS s WHERE s.id = {0}.x)", "{0}.x IN (SELECT max(id) FROM c AS s GROUP BY x)",
        "EXISTS (SELECT 1 FROM c AS s WHERE s.x = {0}.id AND s.id > {2})", "NOT EXISTS (SELECT 1 FROM b AS s WHERE s.x = {0}.id)", "(SELECT count(*) FROM c AS s WHERE s.x = {0}.x) > 1", "{0}.x = {2}", "{0}.id < {2}", "{0}.t = '{1}'",
        "{0}.x IS NULL", "{0}.x = (SELECT min(id) FROM c AS s)", "{0}.x IN (1, {2}, NULL)", "{0}.x IN (SELECT id FROM b AS s) OR {0}.id = {2}", "NOT {0}.x IN (SELECT x FROM c AS s)", "{0}.r IN (SELECT r FROM b AS s)", "{0}.t IN (SELECT n FROM c AS s)",
        "EXISTS (SELECT 1 FROM b AS s LEFT JOIN c AS z ON z.id = s.x WHERE s.x = {0}.id AND z.x IN (SELECT id FROM a AS y WHERE y.x < {2}))",
    ];

    [Fact]
    [Trait("Category", "Random")]
    [Trait("Rule", "S3.3")]
    public async Task Random_JoinsAtTheGate_AnswerAsOneDatabase()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 78;
        var random = new Random(seed);
        await using var plain = new PlainDatabase();
        var fetched = new long[3];
        var sharded = new List<ClusterDatabase>();
        foreach (var keys in (int[])[1_000, 2, 0])
        {
            var place = sharded.Count;
            sharded.Add(await ClusterDatabase.OpenAsync($"{keys} keys", 3, SqlDialect.Sqlite, null, wrap: tablet => new CountingTablet(tablet, rows => Interlocked.Add(ref fetched[place], rows)), semiJoinKeys: keys));
        }

        foreach (var table in (string[])["a", "b", "c"])
        {
            await EverywhereAsync($"CREATE TABLE {table} (id INTEGER NOT NULL PRIMARY KEY, x INT, t TEXT, n TEXT COLLATE NOCASE, r REAL)");
        }

        foreach (var lookup in (string[])["a ADD VINDEX a_x (x)", "b ADD VINDEX b_x (x)", "b ADD VINDEX b_t (t)", "c ADD VINDEX c_t (t)"])
        {
            Assert.Null((await sharded[0].RunAsync($"ALTER VSCHEMA ON {lookup} USING lookup")).Failure);
        }

        var tiers = new Dictionary<string, int>();
        for (var i = 0; i < 1_500; i++)
        {
            if (i % 75 == 0) await FillAsync();
            var sql = Query(random);
            var expected = await plain.RunAsync(sql);
            foreach (var database in sharded)
            {
                var actual = await database.RunAsync(sql);
                var where = $"seed {seed}, statement {i}, {database.Name}, {actual.Tier}: {sql}";
                Assert.True((expected.Failure is null) == (actual.Failure is null), $"{where}\n{actual.Failure?.Message}; plain: {expected.Failure?.Message}");
                if (expected.Failure is not null) continue;
                tiers[actual.Tier] = tiers.GetValueOrDefault(actual.Tier) + 1;
                var difference = ResultComparison.Difference(expected.Rows!, actual.Rows!, false);
                Assert.True(difference is null, $"{where}\n{difference}\nreplay: SHALE_SEED={seed} ./test SqlTests --filter SemiJoinTests");
            }
        }

        foreach (var database in sharded) await database.DisposeAsync();
        output.WriteLine($"seed {seed}; {string.Join(", ", tiers)}; rows fetched {string.Join(", ", fetched)}");
        Assert.True(tiers.GetValueOrDefault("T2") > 1_500 && fetched[0] * 100 < fetched[2] * 95 && fetched[0] < fetched[1] && fetched[1] < fetched[2]);

        async Task EverywhereAsync(string sql)
        {
            foreach (var database in (IFixtureDatabase[])[plain, .. sharded])
            {
                var failure = (await database.RunAsync(sql)).Failure;
                Assert.True(failure is null, $"{sql}: {failure?.Message}");
            }
        }

        async Task FillAsync()
        {
            foreach (var table in (string[])["a", "b", "c"])
            {
                await EverywhereAsync($"DELETE FROM {table}");
                var rows = Enumerable.Range(1, 15).Where(_ => random.Next(4) > 0).Select(id => $"({id}, {Small(random)}, {Word(random)}, {Word(random)}, {(random.Next(4) == 0 ? "NULL" : $"{random.Next(1, 9)}.5")})").ToList();
                await EverywhereAsync($"INSERT INTO {table} VALUES {string.Join(", ", rows)}");
            }
        }
    }

    private static string Small(Random random) => random.Next(6) == 0 ? "NULL" : random.Next(1, 18).ToString(CultureInfo.InvariantCulture);

    private static string Word(Random random) => random.Next(6) == 0 ? "NULL" : $"'{"aAbBc5"[random.Next(6)]}'";

    private static string Query(Random random)
    {
        string Pick(params string[] items) => items[random.Next(items.Length)];
        var from = Pick(Joins);
        string[] tables = from.Contains("c ON", StringComparison.Ordinal) || from.Contains("AS c", StringComparison.Ordinal) || from.StartsWith('c') ? ["a", "b", "c"] : ["a", "b"];
        string Test() => string.Format(CultureInfo.InvariantCulture, Pick(Tests), Pick(tables), "aAbBc5"[random.Next(6)], random.Next(1, 16));
        from = string.Format(CultureInfo.InvariantCulture, from, Test());
        var where = random.Next(5) switch { 0 => "", 1 => $" WHERE {Test()}", 2 => $" WHERE {Test()} OR {Test()}", _ => $" WHERE {Test()} AND {Test()}" };
        if (from == "a, b") where = where.Length == 0 ? " WHERE b.x = a.id" : $"{where.Replace(" OR ", " AND ", StringComparison.Ordinal)} AND {Pick("b.x = a.id", "a.t = b.t", "a.n = b.t", "a.id = b.id", "b.x = a.x")}";
        return random.Next(4) switch
        {
            0 => $"SELECT count(*), sum({Pick(tables)}.id), min({Pick(tables)}.t) FROM {from}{where}",
            1 => $"SELECT {Pick(tables)}.id AS i, (SELECT count(*) FROM c AS w WHERE w.x = {Pick(tables)}.id) AS n FROM {from}{where}",
            2 => $"WITH w AS (SELECT {Pick(tables)}.id AS i FROM {from}{where}) SELECT w.i, b.t FROM w {Pick("JOIN", "LEFT JOIN")} b ON b.x = w.i",
            _ => $"SELECT {string.Join(", ", tables.Select(table => $"{table}.id AS {table}1, {table}.x AS {table}2, {table}.n AS {table}3"))} FROM {from}{where}",
        };
    }

    private sealed class CountingTablet(ITablet inner, Action<int> read) : ForwardingTablet(inner)
    {
        public override async IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var chunk in base.StreamAsync(request, cancellationToken))
            {
                read(chunk.RowCount);
                yield return chunk;
            }
        }
    }
}
