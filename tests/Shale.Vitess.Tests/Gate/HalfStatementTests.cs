using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>SQLite leaves what a statement with OR or ON CONFLICT has done before it failed, if it is in a transaction; Shale undoes it alone.</summary>
public sealed class HalfStatementTests
{
    [Theory]
    [Trait("Rule", "S4.1")]
    [InlineData("INSERT INTO t VALUES (4, 4), ('abc', 5) ON CONFLICT DO NOTHING")]
    [InlineData("INSERT OR IGNORE INTO t VALUES (4, 4), ('abc', 5)")]
    [InlineData("INSERT OR REPLACE INTO t VALUES (4, 4), ('abc', 5)")]
    [InlineData("UPDATE OR IGNORE t SET id = CASE id WHEN 1 THEN 10 ELSE 'abc' END")]
    [InlineData("UPDATE OR REPLACE t SET id = CASE id WHEN 1 THEN 10 ELSE 'abc' END")]
    public async Task Statement_ThatFailsInTheMiddle_LeavesNothing(string sql)
    {
        foreach (var (shards, options) in ((int, string)[])[(1, ""), (3, ""), (3, " WITH (reference = true)"), (3, " WITH (shard_key = 'n')")])
        {
            await using var cluster = await Cluster.OpenAsync(shards, SqlDialect.Sqlite);
            await cluster.RunAllAsync($"CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL){options}", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
            var id = (await cluster.Gate.BeginAsync("main", null, SqlDialect.Sqlite)).TxId;
            await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { TxId = id }));
            await cluster.Gate.CommitAsync(id);
            Assert.Equal(["1|1", "2|2", "3|3"], await cluster.RowsAsync("SELECT id, n FROM t ORDER BY id"));
        }
    }
}
