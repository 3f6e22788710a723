using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>UPDATE and DELETE that no shard can make alone.</summary>
public class RowChangeTests
{
    [Fact]
    public async Task Update_AtAShardByRowsOfAnotherKeyspace_ChangesThatShardOnly()
    {
        var vschema = VSchema.Empty.WithKeyspace(VKeyspace.Create("main", KeyRange.Split(4))).WithKeyspace(VKeyspace.Create("lookup", KeyRange.Split(1)));
        await using var cluster = await Cluster.OpenAsync(4, configure: options => options with { VSchema = vschema });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t SELECT g, 0 FROM generate_series(1, 40) g");
        await cluster.Gate.ExecuteAsync(new GateRequest("CREATE TABLE allowed (id BIGINT PRIMARY KEY)", []) { Target = "lookup" });
        await cluster.Gate.ExecuteAsync(new GateRequest("INSERT INTO allowed SELECT g FROM generate_series(1, 20) g", []) { Target = "lookup" });
        const string Target = "main:80-c0";
        var there = await cluster.Gate.ExecuteAsync(new GateRequest("SELECT COUNT(*) FROM t WHERE id <= 20", []) { Target = Target });

        var result = await cluster.Gate.ExecuteAsync(new GateRequest("UPDATE t SET v = 1 WHERE id IN (SELECT id FROM lookup.allowed)", []) { Target = Target });

        Assert.Equal(result.Affected, there.Rows[0][0].AsInteger());
        Assert.True(result.Affected > 0);
        Assert.Equal([$"{result.Affected}"], await cluster.RowsAsync("SELECT COUNT(*) FROM t WHERE v = 1"));
        var moves = await Assert.ThrowsAsync<VitessException>(async () =>
            await cluster.Gate.ExecuteAsync(new GateRequest("UPDATE t SET id = id + 1000", []) { Target = Target }));
        Assert.Equal("0A000", moves.SqlState);
    }

    [Fact]
    [Trait("Rule", "S1.2")]
    public async Task Update_OfAReferenceTableWithoutKeyThatReadsItself_IsRefused()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE r (g INT, v INT) WITH (reference = true)", "INSERT INTO r VALUES (1, 1), (1, 2), (2, 3)");
        const string Update = "UPDATE r SET v = NULL WHERE NOT EXISTS (SELECT 1 FROM r e WHERE e.g = r.g AND e.v IS NULL)";

        Assert.Equal("0A000", (await Assert.ThrowsAsync<VitessException>(async () => await cluster.RunAsync(Update))).SqlState);

        Assert.Equal(["3"], await cluster.RowsAsync("SELECT COUNT(v) FROM r"));
    }

    [Theory]
    [InlineData(SqlDialect.Postgres, 3)]
    [InlineData(SqlDialect.Sqlite, 0)]
    public async Task CreateTableAs_CountsItsRowsAsTheDialectDoes(SqlDialect dialect, long affected)
    {
        await using var cluster = await Cluster.OpenAsync(2, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");

        Assert.Equal(affected, (await cluster.RunAsync("CREATE TABLE copy AS SELECT * FROM t")).Affected);
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT COUNT(*) FROM copy"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Change_OfRowsWithoutAPrimaryKeyByASubqueryOverShards_ChangesEachRowOnce(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE keys (id BIGINT PRIMARY KEY, v INT)", "CREATE TABLE bag (a INT NOT NULL, b INT) WITH (shard_key = 'a')",
            "CREATE TABLE pinned (a INT, b INT)", "INSERT INTO keys SELECT g, g % 4 FROM generate_series(1, 20) g",
            "INSERT INTO bag SELECT g % 10, g % 3 FROM generate_series(1, 40) g", "INSERT INTO bag SELECT * FROM bag", "INSERT INTO pinned SELECT * FROM bag");

        foreach (var table in (string[])["bag", "pinned"])
        {
            Assert.Equal(16, (await cluster.RunAsync($"UPDATE {table} SET b = b + 100 WHERE a IN (SELECT id FROM keys WHERE v = 2 AND id < 9)")).Affected);
            Assert.Equal(["102"], await cluster.RowsAsync($"SELECT MAX(b) FROM {table}"));
            Assert.Equal(16, (await cluster.RunAsync($"UPDATE {table} SET b = (SELECT MAX(v) FROM keys WHERE keys.id >= {table}.a) WHERE b >= 100")).Affected);
            Assert.Equal(16, (await cluster.RunAsync($"DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM keys WHERE id = {table}.a + 1 AND v = 0)")).Affected);
            Assert.Equal(["64"], await cluster.RowsAsync($"SELECT COUNT(*) FROM {table}"));
        }

        Assert.Equal(await cluster.RowsAsync("SELECT a, b FROM pinned ORDER BY a, b"), await cluster.RowsAsync("SELECT a, b FROM bag ORDER BY a, b"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Update_OfRowsWithoutAPrimaryKeyByTheirOwnTable_SeesTheStateBeforeIt(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT NOT NULL, next BIGINT, rowid INT) WITH (shard_key = 'id')", "INSERT INTO t VALUES (1, 2, 0), (2, 3, 0), (3, 4, 0), (4, NULL, 0)");

        var result = await cluster.RunAsync("UPDATE t SET next = NULL WHERE EXISTS (SELECT 1 FROM t e WHERE e.id = t.next AND e.next IS NOT NULL)");

        Assert.Equal(2, result.Affected);
        Assert.Equal(["1|NULL", "2|NULL", "3|4", "4|NULL"], await cluster.RowsAsync("SELECT id, next FROM t ORDER BY id"));
    }

    [Fact]
    [Trait("Rule", "S2.5")]
    public async Task Update_OfTheShardingKeyOfRowsWithoutAPrimaryKey_MovesThem()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE bag (a INT NOT NULL, b INT) WITH (shard_key = 'a')", "INSERT INTO bag SELECT g % 5, g FROM generate_series(1, 20) g", "INSERT INTO bag SELECT * FROM bag");

        Assert.Equal(40, (await cluster.RunAsync("UPDATE bag SET a = a + 1")).Affected);

        Assert.Equal(["1|8", "2|8", "3|8", "4|8", "5|8"], await cluster.RowsAsync("SELECT a, COUNT(*) FROM bag GROUP BY a ORDER BY a"));
        for (var key = 1; key <= 5; key++) Assert.Equal(["8"], await cluster.RowsAsync("SELECT COUNT(*) FROM bag WHERE a = $1", SqlValue.Integer(key)));
    }

    [Fact]
    public async Task UpdateOrReplace_OfKeysThatMeetOneAnother_IsRefused()
    {
        await using var cluster = await Cluster.OpenAsync(3, SqlDialect.Sqlite);
        await cluster.RunAllAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3), (9, 9)");

        var failure = await cluster.FailsAsync("UPDATE OR REPLACE t SET id = id + 1");
        Assert.Equal("0A000", failure.SqlState);
        Assert.Equal(1, (await cluster.RunAsync("UPDATE OR REPLACE t SET id = 9 WHERE id = 1")).Affected);
        Assert.Equal(["2|2", "3|3", "9|1"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
    }
}
