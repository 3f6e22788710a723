using System.Globalization;

namespace Shale.Vitess.Tests;

/// <summary>Joins at the gate that ask one table only for the rows with values that another has.</summary>
public sealed class SemiJoinTests
{
    private const int Rows = 2_000;

    [Theory]
    [Trait("Rule", "S3.3")]
    [InlineData("SELECT count(*), sum(i.v) FROM items i JOIN users u ON i.owner = u.id WHERE u.team = 7", 20, 20)]
    [InlineData("SELECT count(*), sum(i.v) FROM users u, items i WHERE i.owner = u.id AND u.id IN (3, 4, 5)", 3, 3)]
    [InlineData("SELECT count(*), sum(i.v) FROM items i WHERE i.owner IN (SELECT id FROM users WHERE team = 7)", 20, 20)]
    [InlineData("SELECT count(*), sum(i.v) FROM items i WHERE i.owner IN (SELECT u.id FROM users u JOIN kinds k ON k.id = u.kind WHERE k.name = 'k1' AND u.team = 1)", 20, 20)]
    [InlineData("SELECT count(*), max(u.name) FROM items i JOIN users u ON i.owner = u.id WHERE i.id = 17", 1, 1)]
    [InlineData("SELECT count(*), count(i.id) FROM users u LEFT JOIN items i ON i.owner = u.id WHERE u.team = 7", 20, 20)]
    [InlineData("SELECT count(*) FROM users u WHERE u.team = 7 AND EXISTS (SELECT 1 FROM items i WHERE i.owner = u.id AND i.v > 2)", 20, 20)]
    [InlineData("SELECT count(*), sum((SELECT count(*) FROM items i WHERE i.owner = u.id)) FROM users u WHERE u.team = 7", 20, 20)]
    [InlineData("SELECT count(*) FROM items i JOIN users u ON i.owner = u.id WHERE u.team = 123456", 0, 0)]
    [InlineData("SELECT count(*) FROM items i JOIN users u ON i.owner = u.id WHERE u.team IS NULL", 5, 0)]
    [InlineData("SELECT count(*) FROM users u LEFT JOIN items i ON i.owner = u.id AND u.team = 7", Rows + 5, Rows)]
    [InlineData("SELECT count(*) FROM items i LEFT JOIN users u ON i.owner = u.id WHERE u.team = 7", Rows + 5, Rows)]
    [InlineData("SELECT count(*) FROM items i LEFT JOIN users u ON i.owner = u.id AND u.team = 7", 20, Rows)]
    [InlineData("SELECT count(*) FROM items i WHERE i.owner NOT IN (SELECT id FROM users WHERE team = 7)", 20, Rows)]
    [InlineData("SELECT count(*) FROM users u FULL JOIN items i ON i.owner = u.id WHERE u.team = 7", Rows + 5, Rows)]
    [InlineData("SELECT count(*) FROM items i WHERE i.owner IN (SELECT id FROM users WHERE team = 7) OR i.id = 1", 20, Rows)]
    [InlineData("SELECT count(*) FROM items i WHERE i.owner IN (SELECT id FROM users WHERE team = 7 ORDER BY id LIMIT 3)", 20, Rows)]
    [InlineData("SELECT count(*) FROM items i JOIN users u ON i.owner = u.id JOIN items j ON j.id = i.id + 1 WHERE u.team = 7", 20, Rows)]
    [InlineData("SELECT count(*) FROM items i JOIN users u ON i.label = u.id WHERE u.team = 7", 20, Rows)]
    public async Task Join_WhereOneSideHasFewValues_FetchesOnlyWhatHasThem(string sql, int users, int items)
    {
        await using var with = await OpenAsync(1_000);
        await using var without = await OpenAsync(0);

        var (rows, fetched) = await TraceAsync(with, sql);
        var (expected, _) = await TraceAsync(without, sql);

        Assert.Equal(expected, rows);
        Assert.Equal((users, items), (fetched.GetValueOrDefault("users"), fetched.GetValueOrDefault("items")));
    }

    [Fact]
    [Trait("Rule", "S3.3")]
    public async Task Join_WhereTheValuesAreMany_FetchesAll()
    {
        await using var cluster = await OpenAsync(19);
        Assert.Equal(Rows, (await TraceAsync(cluster, "SELECT count(*) FROM items i JOIN users u ON i.owner = u.id WHERE u.team = 7")).Fetched["items"]);
        Assert.Equal(19, (await TraceAsync(cluster, "SELECT count(*) FROM items i JOIN users u ON i.owner = u.id WHERE u.team = 7 AND u.id <> 7")).Fetched["items"]);
    }

    [Fact]
    public async Task Join_OnTheShardingKey_AsksTheShardsOfTheValues()
    {
        await using var cluster = await OpenAsync(1_000);
        Task<string[]> LinesAsync(string sql) => cluster.RowsAsync("VEXPLAIN TRACE " + sql);

        // A user is on one shard; the items of one user are anywhere.
        Assert.Single(await LinesAsync("SELECT u.name FROM items i JOIN users u ON u.id = i.owner WHERE i.id = 17"), line => line.Contains("users", StringComparison.Ordinal));
        Assert.Equal(4, (await LinesAsync("SELECT i.v FROM items i JOIN users u ON u.id = i.owner WHERE u.id = 17")).Count(line => line.Contains("items", StringComparison.Ordinal)));
        Assert.Contains(await cluster.RowsAsync("VEXPLAIN SELECT u.name FROM items i JOIN users u ON u.id = i.owner WHERE i.id = 17"), line => line.StartsWith("T2 keys|gate|users|SELECT DISTINCT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Join_OverText_FindsTheShardsOfTheValues()
    {
        await using var cluster = await OpenAsync(1_000);
        await cluster.RunAllAsync("CREATE TABLE tags (name TEXT PRIMARY KEY, v INT)", "INSERT INTO tags SELECT 'n' || g, g FROM generate_series(1, 100) g");
        Assert.Equal(["n5|5"], await cluster.RowsAsync("SELECT t.name, t.v FROM tags t JOIN users u ON t.name = u.name WHERE u.id = 5"));
    }

    [Theory]
    [InlineData("SELECT a.id FROM items i JOIN accounts a ON a.mail = i.mail WHERE i.id = 7", "7", 1)]
    [InlineData("SELECT a.id FROM accounts a WHERE a.mail IN (SELECT mail FROM items WHERE id = 7)", "7", 1)]
    [InlineData("SELECT a.id FROM items i JOIN accounts a ON a.mail = i.mail WHERE i.id = 999", "", 1)]
    [InlineData("SELECT count(*) FROM items i JOIN accounts a ON a.mail = i.mail WHERE i.id <= 40", "40", 4)]
    [InlineData("SELECT count(*) FROM items i JOIN accounts a ON a.team = i.id WHERE i.id = 3", "10", 4)]
    public async Task Join_OnALookedUpColumn_AsksTheShardsThatItsEntriesName(string sql, string rows, int shards)
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE accounts (id BIGINT PRIMARY KEY, mail TEXT UNIQUE, team INT)", "CREATE TABLE items (id BIGINT PRIMARY KEY, mail TEXT)",
            "INSERT INTO accounts SELECT g, 'm' || g, g % 10 FROM generate_series(1, 100) g", "INSERT INTO items SELECT g, 'm' || g FROM generate_series(1, 100) g");

        Assert.Equal(rows, string.Join(' ', await cluster.RowsAsync(sql)));

        var lines = (await cluster.RowsAsync("VEXPLAIN TRACE " + sql)).Select(line => line.Split('|')).ToList();
        Assert.Equal(shards, lines.Count(line => line[5].Contains("FROM accounts ", StringComparison.Ordinal)));
        Assert.Equal(!sql.Contains("team", StringComparison.Ordinal) && rows.Length > 0, lines.Exists(line => line[5].StartsWith("SELECT keyspace_id", StringComparison.Ordinal) && line[2] != "0"));
    }

    [Fact]
    public async Task Update_FromAnotherTable_ChangesTheRowsWithItsValues()
    {
        await using var cluster = await OpenAsync(1_000);
        Assert.Equal(20, (await cluster.RunAsync("UPDATE items SET v = -1 FROM users u WHERE items.owner = u.id AND u.team = 7")).Affected);
        Assert.Equal(["20"], await cluster.RowsAsync("SELECT count(*) FROM items WHERE v = -1"));
    }

    private static async Task<(string Rows, Dictionary<string, int> Fetched)> TraceAsync(Cluster cluster, string sql)
    {
        var result = await cluster.RunAsync(sql);
        Assert.Equal("T2", result.Tier);
        var fetched = new Dictionary<string, int>();
        foreach (var line in (await cluster.RowsAsync("VEXPLAIN TRACE " + sql)).Select(line => line.Split('|')).Where(line => line[0] != "gate"))
        {
            var table = new[] { "users", "items", "kinds" }.Single(name => line[5].Contains($"FROM {name}", StringComparison.Ordinal));
            fetched[table] = fetched.GetValueOrDefault(table) + int.Parse(line[2], CultureInfo.InvariantCulture);
        }

        return (string.Join('\n', Cluster.Rows(result.Rows)), fetched);
    }

    private static async Task<Cluster> OpenAsync(int keys)
    {
        var cluster = await Cluster.OpenAsync(4, configure: options => options with { SemiJoinKeys = keys });
        await cluster.RunAllAsync(
            "CREATE TABLE users (id BIGINT PRIMARY KEY, team INT, kind INT, name TEXT)", "CREATE TABLE items (id BIGINT PRIMARY KEY, owner BIGINT, v INT, label NUMERIC)",
            "CREATE TABLE kinds (id INT PRIMARY KEY, name TEXT) WITH (reference = true)", "INSERT INTO kinds VALUES (1, 'k1'), (2, 'k2')",
            $"INSERT INTO users SELECT g, g % 100, 1, 'n' || g FROM generate_series(1, {Rows}) g",
            $"INSERT INTO users SELECT g + {Rows}, NULL, 1, 'none' FROM generate_series(1, 5) g",
            $"INSERT INTO items SELECT g, {Rows + 1} - g, g % 5, g FROM generate_series(1, {Rows}) g");
        return cluster;
    }
}
