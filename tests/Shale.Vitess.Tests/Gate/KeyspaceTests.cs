using Shale.Sql;

namespace Shale.Vitess.Tests;

public class KeyspaceTests
{
    private static async Task<Cluster> OpenAsync()
    {
        var vschema = VSchema.Empty.WithKeyspace(VKeyspace.Create("main", KeyRange.Split(4))).WithKeyspace(VKeyspace.Create("lookup", KeyRange.Split(1)));
        var cluster = await Cluster.OpenAsync(4, configure: options => options with { VSchema = vschema });
        await cluster.RunAllAsync("CREATE TABLE people (id BIGINT PRIMARY KEY, city INT)", "INSERT INTO people VALUES (1, 10), (2, 20), (3, 10), (4, 30)");
        foreach (var sql in (string[])["CREATE TABLE cities (id INT PRIMARY KEY, name TEXT UNIQUE)", "INSERT INTO cities VALUES (10, 'Rome'), (20, 'Oslo')"])
        {
            await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = "lookup" });
        }

        return cluster;
    }

    [Fact]
    [Trait("Rule", "S1.1")]
    public async Task Query_OverKeyspaces_JoinsByTheirNames()
    {
        await using var cluster = await OpenAsync();

        Assert.Equal(["1|Rome", "2|Oslo", "3|Rome", "4|NULL"],
            await cluster.RowsAsync("SELECT p.id, c.name FROM people p LEFT JOIN lookup.cities c ON c.id = p.city ORDER BY p.id"));
        Assert.Equal(["Oslo", "Rome"], await cluster.RowsAsync("SELECT lookup.cities.name FROM lookup.cities ORDER BY 1"));
        Assert.Equal(["4"], await cluster.RowsAsync("SELECT COUNT(*) FROM public.people"));
        var counted = await cluster.Gate.ExecuteAsync(new GateRequest("SELECT COUNT(*) FROM main.people JOIN cities ON cities.id = people.city", []) { Target = "lookup" });
        Assert.Equal(["3"], Cluster.Rows(counted.Rows));
    }

    [Fact]
    [Trait("Rule", "S1.1")]
    public async Task Write_ToAnotherKeyspace_GoesThere()
    {
        await using var cluster = await OpenAsync();

        await cluster.RunAsync("INSERT INTO lookup.cities VALUES (30, 'Lima')");
        await cluster.RunAsync("UPDATE lookup.cities SET name = 'Roma' WHERE id = 10");
        await cluster.RunAsync("DELETE FROM people WHERE city IN (SELECT id FROM lookup.cities WHERE name = 'Oslo')");
        await cluster.RunAsync("INSERT INTO people SELECT id + 100, id FROM lookup.cities");

        Assert.Equal(["1|Roma", "3|Roma", "4|Lima", "110|Roma", "120|Oslo", "130|Lima"],
            await cluster.RowsAsync("SELECT p.id, c.name FROM people p JOIN lookup.cities c ON c.id = p.city ORDER BY p.id"));
    }

    [Theory]
    [InlineData("TRUNCATE lookup.people")]
    [InlineData("DROP TABLE lookup.people")]
    [InlineData("DROP TABLE IF EXISTS lookup.people")]
    [InlineData("ALTER TABLE lookup.people ADD COLUMN z INT")]
    [InlineData("CREATE INDEX i ON lookup.people (city)")]
    [InlineData("CREATE TABLE lookup.other (id INT PRIMARY KEY)")]
    [InlineData("CREATE TABLE other (id BIGINT PRIMARY KEY REFERENCES lookup.people (id))")]
    [InlineData("CREATE VIEW lookup.other AS SELECT 1 AS x")]
    [InlineData("CREATE SEQUENCE lookup.other")]
    [InlineData("CREATE TABLE nowhere.other (id INT PRIMARY KEY)", "3F000")]
    [InlineData("TRUNCATE nowhere.people", "3F000")]
    [Trait("Rule", "S1.1")]
    public async Task Definition_OfAnotherKeyspace_LeavesTheTargetAlone(string sql, string sqlState = "0A000")
    {
        await using var cluster = await OpenAsync();
        await cluster.Gate.ExecuteAsync(new GateRequest("CREATE TABLE people (id INT PRIMARY KEY, city INT)", []) { Target = "lookup" });

        Assert.Equal(sqlState, (await cluster.FailsAsync(sql)).SqlState);

        Assert.Equal(["1|10", "2|20", "3|10", "4|30"], await cluster.RowsAsync("SELECT * FROM people ORDER BY id"));
        Assert.Equal(["0"], await cluster.RowsAsync("SELECT COUNT(*) FROM lookup.people"));
        Assert.Equal("42P01", (await cluster.FailsAsync("SELECT * FROM other")).SqlState);
        await cluster.RunAllAsync("DROP TABLE IF EXISTS nowhere.people", "ALTER TABLE main.people ADD COLUMN z INT", "DROP TABLE public.people");
    }

    [Fact]
    public async Task Show_ListsKeyspacesShardsTablesAndVindexes()
    {
        await using var cluster = await OpenAsync();

        Assert.Equal(["lookup", "main"], await cluster.RowsAsync("SHOW KEYSPACES"));
        Assert.Equal(5, (await cluster.RowsAsync("SHOW VITESS_SHARDS")).Length);
        Assert.Equal(["people|sharded|id|hash"], await cluster.RowsAsync("SHOW VSCHEMA TABLES"));
        Assert.Equal(["hash|hash||people|NULL|NULL"], await cluster.RowsAsync("SHOW VSCHEMA VINDEXES"));
        Assert.Equal(["hash|hash||people|id|NULL"], await cluster.RowsAsync("SHOW VSCHEMA VINDEXES ON people"));
        Assert.Equal(5, (await cluster.RowsAsync("SHOW VITESS_TABLETS")).Length);
        var failure = await cluster.FailsAsync("SHOW nonsense");
        Assert.Equal("42704", failure.SqlState);
    }

    [Fact]
    [Trait("Rule", "S2.4")]
    public async Task AlterVSchema_AnotherVindex_MovesTheRows()
    {
        await using var cluster = await OpenAsync();

        await cluster.RunAsync("ALTER VSCHEMA CREATE VINDEX by_range USING range");
        await cluster.RunAsync("ALTER VSCHEMA ON people DROP VINDEX hash");
        await cluster.RunAsync("ALTER VSCHEMA ON people ADD VINDEX by_range (id)");

        Assert.Equal(["people|sharded|id|by_range"], await cluster.RowsAsync("SHOW VSCHEMA TABLES"));
        Assert.Equal(["2|20"], await cluster.RowsAsync("SELECT * FROM people WHERE id = 2"));
        Assert.Single((await cluster.RunAsync("SELECT * FROM people WHERE id BETWEEN 1 AND 3")).Shards);
        Assert.Equal(["4"], await cluster.RowsAsync("SELECT COUNT(*) FROM people"));
    }

    [Fact]
    public async Task Status_And_Schema_DescribeTheKeyspace()
    {
        await using var cluster = await OpenAsync();

        var status = await cluster.Gate.StatusAsync("main");
        Assert.Equal(4, status.ShardCount);
        Assert.True(status.TotalQueries > 0);
        Assert.All(status.Shards, shard => Assert.NotNull(shard.Latency));
        var tables = await cluster.Gate.SchemaAsync("lookup");
        Assert.Equal(["id", "name"], tables.Single().Columns.Select(column => column.Name));
        var vschema = await cluster.Gate.VSchemaAsync("main");
        Assert.True(vschema.Sharded);
        Assert.Equal("hash", vschema.Tables["people"].Vindex.Type);
    }
}
