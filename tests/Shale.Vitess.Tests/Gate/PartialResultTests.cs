using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Partial results: only who asks for them gets them, only where what is given is right, and what is missing is said.</summary>
public class PartialResultTests
{
    [Theory]
    [InlineData("SELECT id FROM t", false)]
    [InlineData("SELECT id, v FROM t ORDER BY v, id", false)]
    [InlineData("SELECT id FROM t ORDER BY id LIMIT 3", false)]
    [InlineData("SELECT DISTINCT v FROM t", false)]
    [InlineData("SELECT id FROM t UNION ALL SELECT id FROM u", false)]
    [InlineData("SELECT v, count(*), sum(id) FROM t GROUP BY v", true)]
    [InlineData("SELECT t.id, u.id FROM t LEFT JOIN u ON u.id = t.id", false)]
    [InlineData("SELECT id FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.id = t.id)", false)]
    [InlineData("SELECT id FROM t EXCEPT SELECT id FROM u", false)]
    public async Task Query_OneShardDown_GivesWhatTheOthersHave_AndSaysWhatIsMissing(string sql, bool computes)
    {
        var down = new Down();
        await using var cluster = await OpenAsync(down);
        var whole = await cluster.RunAsync(sql);
        Assert.Equal("T1", whole.Tier);
        down.Shard = "80-c0";

        var failure = await cluster.FailsAsync(sql);
        Assert.Equal("58030", failure.SqlState);
        var result = await PartlyAsync(cluster, sql);

        // What one database would answer that has the rows of the other shards only.
        down.Shard = null;
        await using var rest = await Cluster.OpenAsync(1);
        await rest.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "CREATE TABLE u (id BIGINT PRIMARY KEY)");
        foreach (var table in (string[])["t", "u"])
        {
            foreach (var row in await RowsOfOthersAsync(cluster, table)) await rest.RunAsync($"INSERT INTO {table} VALUES ({row.Replace('|', ',')})");
        }

        Assert.Equal((await rest.RowsAsync(sql)).Order(), Cluster.Rows(result.Rows).Order());
        Assert.Equal(["80-c0"], result.MissingShards);
        Assert.Equal(["-40", "40-80", "c0-"], result.Shards);
        var notice = Assert.Single(result.Notices);
        Assert.Contains("lacks the rows of 1 of 4 shards: 80-c0 (the disk is gone)", notice, StringComparison.Ordinal);
        Assert.Equal(computes, notice.Contains("aggregates are without them", StringComparison.Ordinal));
        Assert.Equal(whole.Rows.Fields.Select(field => field.Name), result.Rows.Fields.Select(field => field.Name));
    }

    [Theory]
    [InlineData("SELECT id, (SELECT count(*) FROM t o WHERE o.v <= t.v) FROM t")]
    [InlineData("SELECT v FROM t EXCEPT SELECT id FROM u")]
    [InlineData("SELECT id FROM t WHERE v NOT IN (SELECT id FROM u)")]
    [InlineData("SELECT id FROM t WHERE id = 7")]
    public async Task Query_WhoseMeaningNeedsAllRows_StillFails(string sql)
    {
        var down = new Down();
        await using var cluster = await OpenAsync(down);
        down.Shard = "*";
        Assert.Equal("58030", (await Assert.ThrowsAsync<VitessException>(() => PartlyAsync(cluster, sql))).SqlState);
        down.Shard = "-40";
        if (sql.Contains("= 7", StringComparison.Ordinal)) return;
        Assert.Equal("58030", (await Assert.ThrowsAsync<VitessException>(() => PartlyAsync(cluster, sql))).SqlState);
    }

    [Fact]
    public async Task Query_AllShardsUp_LacksNothing_AndAllDown_Fails()
    {
        var down = new Down();
        await using var cluster = await OpenAsync(down);
        var result = await PartlyAsync(cluster, "SELECT count(*) FROM t");
        Assert.Equal(["60"], Cluster.Rows(result.Rows));
        Assert.Empty(result.MissingShards);
        Assert.Empty(result.Notices);
        down.Shard = "*";
        Assert.Equal("58030", (await Assert.ThrowsAsync<VitessException>(() => PartlyAsync(cluster, "SELECT count(*) FROM t"))).SqlState);
    }

    [Fact]
    public async Task Query_FailsByItself_IsNoMissingShard()
    {
        await using var cluster = await OpenAsync(new Down());
        Assert.Equal("22012", (await Assert.ThrowsAsync<VitessException>(() => PartlyAsync(cluster, "SELECT 1 / (id - 7) FROM t"))).SqlState);
    }

    [Theory]
    [InlineData("INSERT INTO t VALUES (100, 1)")]
    [InlineData("INSERT INTO u SELECT id + 100 FROM t")]
    [InlineData("UPDATE t SET v = 1")]
    [InlineData("DELETE FROM t RETURNING id")]
    [InlineData("SELECT id FROM t FOR UPDATE")]
    [InlineData("WITH gone AS (DELETE FROM t RETURNING id) SELECT count(*) FROM gone")]
    [InlineData("CREATE TABLE x (id INT PRIMARY KEY)")]
    public async Task Statement_ThatDoesMoreThanRead_IsRefused(string sql)
    {
        await using var cluster = await OpenAsync(new Down());
        var failure = await Assert.ThrowsAsync<VitessException>(() => PartlyAsync(cluster, sql));
        Assert.Equal(("QUERY_ERROR", "0A000"), (failure.Code, failure.SqlState));
        Assert.Contains("partial results", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["60"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Transaction_AndStream_AreRefused()
    {
        await using var cluster = await OpenAsync(new Down());
        var transaction = await cluster.Gate.BeginAsync(null);
        var request = new GateRequest("SELECT id FROM t", []) { PartialResults = true };
        Assert.Equal("0A000", (await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(request with { TxId = transaction.TxId }))).SqlState);
        await cluster.Gate.RollbackAsync(transaction.TxId);
        Assert.Equal("0A000", (await Assert.ThrowsAsync<VitessException>(async () =>
        {
            await foreach (var chunk in cluster.Gate.StreamAsync(request)) Assert.NotNull(chunk);
        })).SqlState);
    }

    private static async Task<GateResult> PartlyAsync(Cluster cluster, string sql) => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { PartialResults = true });

    private static async Task<Cluster> OpenAsync(Down down)
    {
        var cluster = await Cluster.OpenAsync(4, configure: options => options with { WrapTablet = tablet => new DownTablet(tablet, down) });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "CREATE TABLE u (id BIGINT PRIMARY KEY)",
            $"INSERT INTO t VALUES {string.Join(", ", Enumerable.Range(1, 60).Select(i => $"({i}, {i % 7})"))}", $"INSERT INTO u VALUES {string.Join(", ", Enumerable.Range(1, 30).Select(i => $"({2 * i})"))}");
        return cluster;
    }

    private static async Task<List<string>> RowsOfOthersAsync(Cluster cluster, string table)
    {
        var rows = new List<string>();
        foreach (var shard in (string[])["-40", "40-80", "c0-"]) rows.AddRange(Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest($"SELECT * FROM {table}", []) { Target = "main:" + shard })).Rows));
        return rows;
    }

    private sealed class Down
    {
        public string? Shard { get; set; }
    }

    private sealed class DownTablet(ITablet inner, Down down) : ForwardingTablet(inner)
    {
        public override ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken)
        {
            Require();
            return base.QueryAsync(request, cancellationToken);
        }

        public override IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, CancellationToken cancellationToken)
        {
            Require();
            return base.StreamAsync(request, cancellationToken);
        }

        private void Require()
        {
            if (down.Shard == "*" || down.Shard == Shard) throw new VitessException(ErrorCodes.ShardError, "the disk is gone", Shard, sqlState: "58030");
        }
    }
}
