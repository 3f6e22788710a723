namespace Shale.Vitess.Tests;

/// <summary>What PostgreSQL lets be written, says of what it does not, and gives back, over shards as on one.</summary>
public class PostgresWriteTests
{
    [Theory]
    [Trait("Rule", "S1.2")]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Insert_IntoGeneratedColumns_TakesDefaultOnly(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE g (a INT PRIMARY KEY, b INT GENERATED ALWAYS AS (a * 2) STORED, c TEXT DEFAULT 'x')",
            "INSERT INTO g VALUES (1, DEFAULT)", "INSERT INTO g VALUES (2, DEFAULT, 'y'), (3, DEFAULT, DEFAULT)", "INSERT INTO g (b, a) VALUES (DEFAULT, 4)");
        await cluster.RunAsync("UPDATE g SET a = 5, b = DEFAULT WHERE a = 4");

        Assert.Equal(["1|2|x", "2|4|y", "3|6|x", "5|10|x"], await cluster.RowsAsync("SELECT * FROM g ORDER BY a"));
        foreach (var sql in new[] { "INSERT INTO g VALUES (6, 12)", "INSERT INTO g VALUES (6, DEFAULT), (7, 14)", "INSERT INTO g (a, b) SELECT 6, 12", "UPDATE g SET b = 1" })
        {
            Assert.Equal("428C9", (await FailureAsync(cluster, sql)).SqlState);
        }
    }

    [Theory]
    [Trait("Rule", "S2.6")]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Insert_IntoIdentityAlways_TakesValuesOnlyOverridingSystemValue(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE i (a INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b TEXT)", "INSERT INTO i VALUES (DEFAULT, 'one'), (DEFAULT, 'two')",
            "INSERT INTO i OVERRIDING SYSTEM VALUE VALUES (DEFAULT, 'three'), (-4, 'mine')", "INSERT INTO i OVERRIDING USER VALUE VALUES (77, 'four')");

        Assert.Equal(["-4|mine", "1|one", "2|two", "3|three", "4|four"], await cluster.RowsAsync("SELECT * FROM i ORDER BY a"));
        foreach (var sql in new[] { "INSERT INTO i VALUES (5, 'b')", "INSERT INTO i VALUES (NULL, 'b')", "INSERT INTO i (b, a) VALUES ('b', DEFAULT), ('c', 9)", "INSERT INTO i SELECT 5, 'b'", "UPDATE i SET a = 9" })
        {
            var failure = await FailureAsync(cluster, sql);
            Assert.True(failure.SqlState is "428C9" or "42601", $"{sql}: {failure.Message}");
        }

        Assert.Equal(["5"], await cluster.RowsAsync("SELECT COUNT(*) FROM i"));
    }

    [Fact]
    [Trait("Rule", "S1.2")]
    public async Task BrokenConstraint_IsToldInPostgresWords()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE c (a INT PRIMARY KEY, b INT NOT NULL, d INT CHECK (d > 0), e INT, CHECK (e < d), CONSTRAINT small CHECK (a < 100), UNIQUE (a, b))",
            "CREATE UNIQUE INDEX c_sum ON c (a, (e + d))", "INSERT INTO c VALUES (1, 1, 1, 0)");

        Assert.Equal("null value in column \"b\" of relation \"c\" violates not-null constraint", (await FailureAsync(cluster, "INSERT INTO c VALUES (2, NULL)")).Message);
        Assert.Equal("null value in column \"a\" of relation \"c\" violates not-null constraint", (await FailureAsync(cluster, "UPDATE c SET a = NULLIF(a, 1)")).Message);
        Assert.Equal("duplicate key value violates unique constraint \"c_pkey\"", (await FailureAsync(cluster, "INSERT INTO c VALUES (1, 2)")).Message);
        Assert.Equal("new row for relation \"c\" violates check constraint \"c_d_check\"", (await FailureAsync(cluster, "INSERT INTO c VALUES (2, 2, 0)")).Message);
        Assert.Equal("new row for relation \"c\" violates check constraint \"c_check\"", (await FailureAsync(cluster, "UPDATE c SET e = 9")).Message);
        Assert.Equal("new row for relation \"c\" violates check constraint \"small\"", (await FailureAsync(cluster, "INSERT INTO c VALUES (200, 2)")).Message);
    }

    [Theory]
    [Trait("Rule", "S1.2")]
    [InlineData(1)]
    [InlineData(3)]
    public async Task OnConflictDoUpdate_OfARowTwice_IsRefused(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE u (k INT PRIMARY KEY, v INT)", "INSERT INTO u VALUES (1, 0)");

        foreach (var sql in new[] { "INSERT INTO u VALUES (4, 1), (4, 2)", "INSERT INTO u VALUES (1, 1), (1, 2)", "INSERT INTO u SELECT 1, x FROM generate_series(1, 2) x" })
        {
            Assert.Equal("21000", (await FailureAsync(cluster, sql + " ON CONFLICT (k) DO UPDATE SET v = excluded.v")).SqlState);
        }

        Assert.Equal("0A000", (await FailureAsync(cluster, "INSERT INTO u VALUES (1, 1), (1, 2) ON CONFLICT (k) DO UPDATE SET v = excluded.v WHERE u.v > 0")).SqlState);
        Assert.Equal("0A000", (await FailureAsync(cluster, "INSERT INTO u VALUES (1, 1), (2, 2) ON CONFLICT (k) DO UPDATE SET k = u.k + 1")).SqlState);
        Assert.Equal(["1|0"], await cluster.RowsAsync("SELECT * FROM u"));
        await cluster.RunAllAsync("INSERT INTO u VALUES (4, 1), (4, 2) ON CONFLICT (k) DO NOTHING", "INSERT INTO u VALUES (4, 3), (1, 4) ON CONFLICT (k) DO UPDATE SET v = excluded.v");
        Assert.Equal(["1|4", "4|3"], await cluster.RowsAsync("SELECT * FROM u ORDER BY k"));

        // Equal keys may be written in several ways.
        await cluster.RunAllAsync("CREATE TABLE n (k NUMERIC, at UUID, v INT, PRIMARY KEY (k, at)) WITH (shard_key = 'k')");
        const string Id = "aaaaaaaa-0000-4000-8000-000000000001";
        Assert.Equal("21000", (await FailureAsync(cluster, $"INSERT INTO n VALUES (1.5, '{Id}', 1), (1.50, '{Id.ToUpperInvariant()}', 2) ON CONFLICT (k, at) DO UPDATE SET v = excluded.v")).SqlState);
        await cluster.RunAllAsync($"INSERT INTO n VALUES (1.5, '{Id}', 1), (1.51, '{Id}', 2) ON CONFLICT (k, at) DO UPDATE SET v = excluded.v");
    }

    [Theory]
    [Trait("Rule", "S1.2")]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Returning_OfJoinedTables_GivesTheRowsThatChanged(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE t (id INT PRIMARY KEY, v NUMERIC(8,2), f FLOAT8, ok BOOLEAN, g INT GENERATED ALWAYS AS (id * 10) STORED)",
            "CREATE TABLE s (k INT PRIMARY KEY, t_id INT, word TEXT)",
            "INSERT INTO t (id, v, f, ok) VALUES (1, 1.5, 1, true), (2, 2, 2, false), (3, NULL, NULL, NULL)", "INSERT INTO s VALUES (10, 1, 'a'), (20, 2, 'b'), (30, 2, 'b')");

        Assert.Equal(["1|2.50|7|false|a", "2|3.00|7|true|b"], (await cluster.RowsAsync(
            "UPDATE t SET v = v + 1, f = 7, ok = NOT ok FROM s WHERE s.t_id = t.id RETURNING t.id, t.v, f, t.ok, s.word")).Order());
        Assert.Equal(["1|2.50|7", "2|3.00|7"], (await cluster.RowsAsync("SELECT id, v, f FROM t WHERE id < 3")).Order());
        Assert.Equal(["101|1 A"], await cluster.RowsAsync("UPDATE t x SET id = x.id + y.t_id * 100 FROM s y WHERE y.t_id = x.id AND y.k = $1 RETURNING x.id, y.t_id || ' ' || upper(word)", SqlValue.Integer(10)));
        Assert.Equal("0A000", (await FailureAsync(cluster, "UPDATE t SET v = 0 FROM s WHERE s.t_id = t.id RETURNING *")).SqlState);
        Assert.Equal(["2|3.00|7|true|20|b"], await cluster.RowsAsync("DELETE FROM t USING s WHERE s.t_id = t.id AND s.k = 20 RETURNING t.id, t.v, t.f, t.ok, t.g, s.word"));
        Assert.Equal(["101", "3"], (await cluster.RowsAsync("SELECT id FROM t")).Order());
        Assert.Equal(["10|1|a|3|NULL|NULL|NULL|30"], await cluster.RowsAsync("DELETE FROM s USING t WHERE t.id = 3 AND s.k = 10 RETURNING *"));
        Assert.Equal(["20", "30"], (await cluster.RowsAsync("SELECT k FROM s")).Order());
    }

    [Theory]
    [Trait("Rule", "S1.2")]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Update_OfSeveralColumnsByAQueryOfSeveralRows_Fails(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)", "INSERT INTO t VALUES (1, 10, 100), (2, 20, 200)");

        Assert.Equal("21000", (await FailureAsync(cluster, "UPDATE t SET (a, b) = (SELECT s.b, s.a FROM t s)")).SqlState);
        await cluster.RunAllAsync("UPDATE t SET (a, b) = (SELECT s.b, s.a FROM t s WHERE s.id = t.id) WHERE id = 1", "UPDATE t SET (a, b) = (SELECT 1, 2 WHERE false) WHERE id = 2");

        Assert.Equal(["1|100|10", "2|NULL|NULL"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
    }

    [Theory]
    [Trait("Rule", "S2.6")]
    [InlineData("a TEXT GENERATED ALWAYS AS IDENTITY", "22023")]
    [InlineData("a INT DEFAULT 1 GENERATED ALWAYS AS IDENTITY", "42601")]
    [InlineData("a INT GENERATED ALWAYS AS IDENTITY GENERATED BY DEFAULT AS IDENTITY", "42601")]
    [InlineData("a INT GENERATED ALWAYS AS IDENTITY NULL", "42601")]
    [InlineData("a INT GENERATED ALWAYS AS IDENTITY GENERATED ALWAYS AS (1) STORED", "42601")]
    public async Task CreateTable_WithAnImpossibleIdentity_IsRefused(string column, string state)
    {
        await using var cluster = await Cluster.OpenAsync(2);

        Assert.Equal(state, (await FailureAsync(cluster, $"CREATE TABLE t ({column}, b INT)")).SqlState);
    }

    [Fact]
    [Trait("Rule", "S1.2")]
    public async Task DistinctAggregate_OrderedByWhatItDoesNotTake_IsRefused()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id INT PRIMARY KEY, a TEXT)", "INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'x')");

        Assert.Equal("42P10", (await FailureAsync(cluster, "SELECT string_agg(DISTINCT a, ',' ORDER BY id) FROM t")).SqlState);
        Assert.Equal(["y,x"], await cluster.RowsAsync("SELECT string_agg(DISTINCT a, ',' ORDER BY t.a DESC) FROM t"));
        Assert.Equal(["{4,3,2}"], await cluster.RowsAsync("SELECT array_agg(DISTINCT id + 1 ORDER BY id + 1 DESC) FROM t"));
    }

    private static async Task<VitessException> FailureAsync(Cluster cluster, string sql) => await Assert.ThrowsAsync<VitessException>(async () => await cluster.RunAsync(sql));
}
