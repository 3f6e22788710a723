using System.Globalization;
using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>UPDATE of keys whose new values meet old ones: several shards find the same rows in the way as plain SQLite, which changes row after row in the order of the key.</summary>
public class KeyMoveTests
{
    private const int Rounds = 400;

    [Theory]
    [Trait("Rule", "S2.5")]
    [InlineData("id INTEGER PRIMARY KEY, n INT, v TEXT", "")]
    [InlineData("id INT NOT NULL, n INT NOT NULL, v TEXT, PRIMARY KEY (id, n)", "WITHOUT ROWID")]
    public async Task Update_OfKeysThatMeetOneAnother_AnswersAsPlainSqlite(string columns, string options)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 20240607;
        var random = new Random(seed);
        await using var plain = new PlainDatabase();
        await using var three = await ClusterDatabase.OpenAsync("three shards", 3, SqlDialect.Sqlite, null);
        await using var two = await ClusterDatabase.OpenAsync("two shards", 2, SqlDialect.Sqlite, null);
        IFixtureDatabase[] sharded = [three, two];
        await plain.RunAsync($"CREATE TABLE t ({columns}) {options}");
        foreach (var database in sharded) Assert.Null((await database.RunAsync($"CREATE TABLE t ({columns}) {options}{(options.Length == 0 ? "" : ", ")}WITH (shard_key = 'id')".Replace("WITHOUT ROWID, WITH", "WITHOUT ROWID WITH", StringComparison.Ordinal))).Failure);
        var failures = 0;
        for (var round = 0; round < Rounds; round++)
        {
            if (round % 4 == 0) await RefillAsync(random, [plain, .. sharded]);
            var sql = Update(random);
            var expected = await plain.RunAsync(sql);
            if (expected.Failure is not null) failures++;
            var rows = (await plain.RunAsync("SELECT * FROM t")).Rows!;
            foreach (var database in sharded)
            {
                var actual = await database.RunAsync(sql);
                var told = $"{database.Name}, round {round}: {sql}\nreplay: SHALE_SEED={seed} ./test SqlTests --filter KeyMoveTests";
                Assert.True(expected.Failure is null == actual.Failure is null, $"{told}\nplain {expected.Failure?.Message ?? "succeeds"}, the gate {actual.Failure?.Message ?? "succeeds"}");
                Assert.True(actual.Failure is null or { SqlState: "23505" }, $"{told}\n{actual.Failure?.Message}");
                Assert.True(expected.Affected == actual.Affected, $"{told}\n{actual.Affected} rows, not {expected.Affected}");
                var difference = ResultComparison.Difference(rows, (await database.RunAsync("SELECT * FROM t")).Rows!, false);
                Assert.True(difference is null, $"{told}\n{difference}");
            }
        }

        Assert.InRange(failures, Rounds / 20, Rounds * 9 / 10);
    }

    private static async Task RefillAsync(Random random, IFixtureDatabase[] databases)
    {
        var ids = Enumerable.Range(-6, 24).Where(_ => random.Next(3) == 0).ToArray();
        random.Shuffle(ids);
        foreach (var database in databases)
        {
            await database.RunAsync("DELETE FROM t");
            if (ids.Length > 0) await database.RunAsync($"INSERT INTO t VALUES {string.Join(", ", ids.Select(id => $"({id}, {id % 3}, 'row {id}')"))}");
        }
    }

    private static string Update(Random random)
    {
        var change = random.Next(7) switch
        {
            0 => $"id + {random.Next(1, 4)}",
            1 => $"id - {random.Next(1, 4)}",
            2 => "-id",
            3 => $"{random.Next(8)} - id",
            4 => "id * 2",
            5 => $"CASE WHEN id % 2 = 0 THEN id + 1 ELSE id - 1 END",
            _ => "id / 2",
        };
        var where = random.Next(4) switch
        {
            0 => "",
            1 => $" WHERE id > {random.Next(-4, 10)}",
            2 => $" WHERE n = {random.Next(3)}",
            _ => $" WHERE id IN (SELECT id FROM t WHERE n <> {random.Next(3)})",
        };
        return $"UPDATE t SET id = {change}{where}";
    }
}
