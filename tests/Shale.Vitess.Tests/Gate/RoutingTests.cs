using Shale.Sql;

namespace Shale.Vitess.Tests;

public class RoutingTests
{
    private const string People = "CREATE TABLE people (id BIGINT PRIMARY KEY, name TEXT, age INT)";
    private const string Orders = "CREATE TABLE orders (person BIGINT, id BIGINT, amount INT, PRIMARY KEY (person, id)) WITH (shard_key = 'person')";

    [Fact]
    public async Task Route_KeyOfSeedExample_GoesToTheDocumentedShard()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync(People);

        var route = cluster.Gate.Route("SELECT * FROM people WHERE id = $1", [SqlValue.Integer(123)]);

        Assert.Equal(["-80"], route.Shards);
        Assert.False(route.Scatter);
        Assert.Equal("people", route.Table);
    }

    [Theory]
    [Trait("Rule", "S3.2")]
    [InlineData("SELECT * FROM people WHERE name = 'x' AND id = 5", 1)]
    [InlineData("SELECT * FROM people WHERE id = 5 OR name = 'x'", 4)]
    [InlineData("SELECT * FROM people WHERE NOT id = 5", 4)]
    [InlineData("SELECT * FROM people WHERE id IN (1, 2)", 2)]
    [InlineData("SELECT * FROM people WHERE id IN (5, 5)", 1)]
    [InlineData("SELECT * FROM people WHERE id = -5", 1)]
    [InlineData("SELECT * FROM people", 4)]
    [InlineData("SELECT * FROM people p JOIN orders o ON p.id = o.person WHERE o.person = 7", 1)]
    [InlineData("SELECT * FROM people p LEFT JOIN orders o ON p.id = o.person AND o.person = 7", 4)]
    [InlineData("SELECT * FROM people p WHERE p.id = 7 AND EXISTS (SELECT 1 FROM orders o WHERE o.person = p.id)", 1)]
    [InlineData("SELECT * FROM orders o WHERE NOT EXISTS (SELECT 1 FROM people p WHERE p.id = o.person AND p.id = 7)", 4)]
    [InlineData("SELECT * FROM people WHERE id + 0 = 5", 4)]
    public async Task Route_Conjuncts_NarrowOnlyWhereTheyMust(string sql, int shards)
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync(People, Orders);

        Assert.Equal(shards, cluster.Gate.Route(sql).Shards.Count);
    }

    [Fact]
    [Trait("Rule", "S3.1")]
    public async Task Execute_SamePlanWithOtherValues_GoesToOtherShards()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync(People, "INSERT INTO people VALUES (1, 'a', 1), (2, 'b', 2)");

        Assert.Equal(["80-"], (await cluster.RunAsync("SELECT name FROM people WHERE id = 1")).Shards);
        Assert.Equal(["-80"], (await cluster.RunAsync("SELECT name FROM people WHERE id = 2")).Shards);
    }

    [Fact]
    public async Task Plan_CountOfAll_IsAScatterAggregate()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync(People);

        Assert.Equal("scatter_aggregate", cluster.Gate.Plan("SELECT COUNT(*) FROM people").Type);
        Assert.Equal("single_shard", cluster.Gate.Plan("SELECT * FROM people WHERE id = $1").Type);
        Assert.Equal("scatter", cluster.Gate.Plan("SELECT * FROM people").Type);
        Assert.Equal("assembly", cluster.Gate.Plan("SELECT * FROM people a JOIN people b ON a.age = b.age").Type);
    }

    [Fact]
    [Trait("Rule", "S2.2")]
    public async Task Execute_ValueThatCanEqualNoKey_AsksOneShardAndFindsNothing()
    {
        await using var cluster = await Cluster.OpenAsync(4, SqlDialect.Sqlite);
        await cluster.RunAllAsync(People, "INSERT INTO people VALUES (1, 'a', 1)");

        var result = await cluster.RunAsync("SELECT * FROM people WHERE id = 1.5");
        Assert.Single(result.Shards);
        Assert.Equal(0, result.Rows.RowCount);
        Assert.Single((await cluster.RunAsync("SELECT * FROM people WHERE id = NULL")).Shards);
    }

    [Fact]
    [Trait("Rule", "S2.2")]
    public async Task Insert_NullKey_IsRefused()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync(People);

        var failure = await cluster.FailsAsync("INSERT INTO people VALUES (NULL, 'a', 1)");
        Assert.Equal("23502", failure.SqlState);
        Assert.NotNull(failure.Hint);
    }

    [Fact]
    [Trait("Rule", "S2.2")]
    public async Task Insert_OfAQueryWithoutTheKey_IsRefusedForItsRows()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE events (id bigint PRIMARY KEY, day date NOT NULL)", "INSERT INTO events VALUES (1, '2024-01-02')");

        Assert.Equal(0, (await cluster.RunAsync("INSERT INTO events (day) SELECT '2024-01-03' FROM events WHERE id = 2")).Affected);
        Assert.Equal("23502", (await cluster.FailsAsync("INSERT INTO events (day) SELECT '2024-01-03' FROM events")).SqlState);
    }

    [Fact]
    [Trait("Rule", "S1.1")]
    public async Task Target_OfOneShard_ReadsThatShardOnly()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync(People, "INSERT INTO people VALUES (1, 'a', 1), (2, 'b', 2)");

        var rows = await cluster.Gate.ExecuteAsync(new GateRequest("SELECT id FROM people", []) { Target = "main:-80" });
        Assert.Equal(["2"], Cluster.Rows(rows.Rows));
        await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(new GateRequest("SELECT 1", []) { Target = "main:-20" }));
        await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(new GateRequest("SELECT 1", []) { Target = "main@replica" }));
        await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(new GateRequest("SELECT 1", []) { Target = "nowhere" }));
    }

    [Fact]
    public async Task VExplain_Plan_NamesTierShardsAndStatements()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync(People);

        var rows = await cluster.RowsAsync("VEXPLAIN PLAN SELECT age, COUNT(*) FROM people GROUP BY age");
        Assert.Equal(3, rows.Length);
        Assert.StartsWith("T1|-80|", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("T1|80-|", rows[1], StringComparison.Ordinal);
        Assert.StartsWith("T1|gate|", rows[2], StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "S3.7")]
    public async Task Execute_AfterSchemaChange_UsesTheNewSchema()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync(People, "INSERT INTO people VALUES (1, 'a', 1)");
        Assert.Equal(["1|a|1"], await cluster.RowsAsync("SELECT * FROM people"));

        await cluster.RunAsync("ALTER TABLE people ADD COLUMN city TEXT");
        Assert.Equal(["1|a|1|NULL"], await cluster.RowsAsync("SELECT * FROM people"));
    }

    [Fact]
    public async Task Assembly_OverItsBudget_IsRefusedWithWhatToDo()
    {
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with { AssemblyBytes = 150 });
        await cluster.RunAllAsync(People, "INSERT INTO people VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3), (4, 'd', 4)");

        var failure = await cluster.FailsAsync("SELECT a.name, b.name FROM people a JOIN people b ON a.age = b.age");
        Assert.Equal("RESOURCE_EXHAUSTED", failure.Code);
        Assert.Contains("people", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.Hint);
    }

    [Fact]
    public async Task Timeout_StopsTheShardsWork()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync(People, "INSERT INTO people VALUES (1, 'a', 1)");
        var endless = new GateRequest("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r, people WHERE people.id = 1", [])
        {
            Timeout = TimeSpan.FromMilliseconds(100),
        };

        var failure = await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(endless));
        Assert.Equal("TIMEOUT", failure.Code);
        Assert.True(failure.IsTransient);
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT COUNT(*) FROM people"));
    }

    [Fact]
    [Trait("Rule", "S3.1")]
    public async Task NamedParameters_AreFoundByName()
    {
        await using var cluster = await Cluster.OpenAsync(2, SqlDialect.Sqlite);
        await cluster.RunAllAsync(People, "INSERT INTO people VALUES (1, 'a', 10), (2, 'b', 20)");
        var request = new GateRequest("SELECT name FROM people WHERE id = :id AND age > @least AND age < 99", [])
        {
            Dialect = SqlDialect.Sqlite,
            NamedParams = new Dictionary<string, SqlValue> { ["id"] = SqlValue.Integer(2), ["least"] = SqlValue.Integer(5) },
        };

        for (var i = 0; i < 2; i++) Assert.Equal(["b"], Cluster.Rows((await cluster.Gate.ExecuteAsync(request)).Rows));
        var missing = request with { NamedParams = new Dictionary<string, SqlValue> { ["id"] = SqlValue.Integer(2) } };
        var failure = await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(missing));
        Assert.Equal("08P01", failure.SqlState);
    }

    [Fact]
    public async Task Errors_BehindLiterals_PointIntoTheUsersText()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAsync(People);
        const string Sql = "SELECT * FROM people WHERE name = 'a long literal' AND nothing = 1";

        var failure = await cluster.FailsAsync(Sql);
        Assert.Equal(Sql.IndexOf("nothing", StringComparison.Ordinal) + 1, failure.Position);
    }

    [Theory]
    [Trait("Rule", "S3.5")]
    [InlineData("SELECT age, COUNT(*), SUM(age), AVG(age), MIN(name), MAX(length(name)) FROM people GROUP BY age ORDER BY 2 DESC, 1", "T1")]
    [InlineData("SELECT AVG(age) FROM people", "T1")]
    [InlineData("SELECT upper(name) FROM people ORDER BY length(name), id LIMIT 2", "T1")]
    [InlineData("SELECT DISTINCT age FROM people", "T1")]
    [InlineData("SELECT COUNT(DISTINCT age), SUM(DISTINCT age) FILTER (WHERE id > 2), COUNT(*), MAX(name) FROM people", "T1")]
    [InlineData("SELECT COUNT(DISTINCT age), COUNT(name) FROM people WHERE age > 100", "T1")]
    [InlineData("SELECT bool_and(age > 1), bit_or(age), bit_xor(age) FROM people", "T1")]
    [InlineData("SELECT id, string_agg(name, ',' ORDER BY name), rank() OVER (PARTITION BY id ORDER BY count(*)) FROM people GROUP BY id HAVING count(*) > 0 ORDER BY id LIMIT 3", "T1")]
    [InlineData("SELECT id, (SELECT max(b.age) FROM people b WHERE b.id = a.id) FROM people a WHERE NOT EXISTS (SELECT 1 FROM people c WHERE c.id = a.id AND c.age > 5)", "T1")]
    [InlineData("SELECT count(*) FROM people WHERE id NOT IN (SELECT id FROM people WHERE age = 7)", "T1")]
    [InlineData("SELECT count(*), sum(n) FROM (SELECT id, count(*) AS n FROM people GROUP BY id) d WHERE n > 0", "T1")]
    [InlineData("SELECT name FROM people UNION ALL SELECT 'x' || name FROM people WHERE age > 2", "T1")]
    [InlineData("SELECT name FROM people UNION SELECT name FROM people", "T1")]
    [InlineData("SELECT name FROM people UNION ALL SELECT 'one'", "T2")]
    [InlineData("SELECT id, (SELECT max(b.age) FROM people b WHERE b.age = a.id) FROM people a", "T2")]
    [InlineData("SELECT count(*) FROM people WHERE age NOT IN (SELECT id FROM people)", "T2")]
    [InlineData("SELECT string_agg(name, ',' ORDER BY name) FROM people", "T1")]
    [InlineData("SELECT random() < 2 FROM people", "T2")]
    [InlineData("SELECT rank() OVER (ORDER BY age) FROM people", "T2")]
    public async Task Scatter_WhatCanBeMergedExactly_IsT1AndTheRestT2(string sql, string tier)
    {
        await using var sharded = await Cluster.OpenAsync(4);
        await using var whole = await Cluster.OpenAsync(1);
        foreach (var cluster in (Cluster[])[sharded, whole])
        {
            await cluster.RunAllAsync(People, "INSERT INTO people VALUES (1, 'a', 1), (2, 'bb', 2), (3, 'c', 2), (4, NULL, NULL), (5, 'eee', 7), (6, 'f', 7), (7, 'g', 7)");
        }

        Assert.Equal(tier, (await sharded.RunAsync(sql)).Tier);
        Assert.Equal((await whole.RowsAsync(sql)).Order(StringComparer.Ordinal), (await sharded.RowsAsync(sql)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Assembly_OfACorrelatedSubquery_LooksRowsUpByIndex()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync(People, "INSERT INTO people SELECT g, 'n' || g, g % 500 FROM generate_series(1, 4000) AS g");
        var request = new GateRequest("SELECT COUNT(*) FROM people p WHERE EXISTS (SELECT 1 FROM people q WHERE q.age = p.age + 0 AND q.age = p.age AND q.id <> p.id)", [])
        {
            Timeout = TimeSpan.FromSeconds(30),
        };

        var result = await cluster.Gate.ExecuteAsync(request);
        Assert.Equal("T2", result.Tier);
        Assert.Equal(["4000"], Cluster.Rows(result.Rows));
    }
}
