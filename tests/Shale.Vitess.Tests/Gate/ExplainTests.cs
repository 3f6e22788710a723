namespace Shale.Vitess.Tests;

/// <summary>VEXPLAIN TRACE and KEYS, advice, and the policy for statements that go to several shards.</summary>
public class ExplainTests
{
    [Fact]
    public async Task VexplainTrace_Scatter_TellsRowsBytesAndTimeOfEachShard()
    {
        await using var cluster = await OpenAsync();
        var result = await cluster.RunAsync("VEXPLAIN TRACE SELECT id FROM t WHERE v = $1", SqlValue.Integer(1));

        Assert.Equal(["shard", "runs", "rows", "bytes", "time_ms", "sql"], result.Rows.Fields.Select(field => field.Name));
        var rows = Cluster.Rows(result.Rows).Select(row => row.Split('|')).ToList();
        Assert.Equal(["-80", "80-", "gate"], rows.Select(row => row[0]));
        Assert.Equal(10, int.Parse(rows[0][2]) + int.Parse(rows[1][2]));
        Assert.Equal("10", rows[2][2]);
        Assert.All(rows, row => Assert.True((long.Parse(row[3]) > 0) == (row[2] != "0") && double.Parse(row[4], System.Globalization.CultureInfo.InvariantCulture) >= 0));
        Assert.Equal(("T1", "T1"), (result.Tier, rows[2][5]));
        Assert.Contains("add a lookup vindex on t.v", Assert.Single(result.Notices), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT id FROM t WHERE id = 3", 1)]
    [InlineData("SELECT id, (SELECT count(*) FROM t o WHERE o.v <= t.v) FROM t WHERE id IN (1, 2, 3, 4)", 4)]
    [InlineData("SELECT count(*) FROM t", 1)]
    public async Task VexplainTrace_OfAQuery_CountsItsRows(string sql, int rows)
    {
        await using var cluster = await OpenAsync();
        Assert.Equal(rows.ToString(System.Globalization.CultureInfo.InvariantCulture), (await cluster.RowsAsync("VEXPLAIN TRACE " + sql))[^1].Split('|')[2]);
    }

    [Fact]
    public async Task VexplainTrace_Write_RunsIt_AlsoInATransactionThatHasWrittenThere()
    {
        await using var cluster = await OpenAsync();
        Assert.Equal(10, (await cluster.RunAsync("VEXPLAIN TRACE UPDATE t SET v = 99 WHERE v = 1")).Affected);
        Assert.Equal(["10"], await cluster.RowsAsync("SELECT count(*) FROM t WHERE v = 99"));

        var transaction = await cluster.Gate.BeginAsync("main");
        await cluster.InAsync(transaction.TxId, "DELETE FROM t WHERE v = 99");
        Assert.Equal(30, (await cluster.InAsync(transaction.TxId, "VEXPLAIN TRACE DELETE FROM t")).Affected);
        Assert.Equal("0", Cluster.Rows((await cluster.InAsync(transaction.TxId, "SELECT count(*) FROM t")).Rows)[0]);
        await cluster.Gate.RollbackAsync(transaction.TxId);
        Assert.Equal(["40"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Theory]
    [InlineData("SELECT id FROM t WHERE id = 3", "SEARCH t USING", 1)]
    [InlineData("SELECT id FROM t WHERE v = $1", "SCAN t", 2)]
    [InlineData("SELECT count(*) FROM t JOIN u ON u.w = t.v", "SCAN t", 2)]
    [InlineData("UPDATE t SET v = v + 1 WHERE id = 3", "SEARCH t USING", 1)]
    [InlineData("DELETE FROM t WHERE v > 0", "SCAN t", 2)]
    [InlineData("SELECT id FROM t WHERE id = $1", "SEARCH t USING", 1)]
    public async Task VexplainAll_AddsWhatTheEnginesWouldDo(string sql, string engine, int shards)
    {
        await using var cluster = await OpenAsync();
        var result = await cluster.RunAsync("VEXPLAIN ALL " + sql);
        Assert.Equal(["tier", "shard", "table", "sql", "engine"], result.Rows.Fields.Select(field => field.Name));
        var rows = Enumerable.Range(0, result.Rows.RowCount).Select(i => result.Rows[i].ToArray()).ToList();
        Assert.Equal(shards, rows.Count(row => row[1].AsText() != "gate" && row[3].AsText().Contains(" t", StringComparison.Ordinal) && !row[4].IsNull && row[4].AsText().StartsWith(engine, StringComparison.Ordinal)));
        Assert.All(rows.Where(row => row[1].AsText() == "gate"), row => Assert.True(row[4].IsNull));
        Assert.Equal(await cluster.RowsAsync("VEXPLAIN PLAN " + sql), rows.Select(row => string.Join('|', row[..4])));
        Assert.Equal(["40"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task VexplainKeys_JoinWithFiltersAndGroups_NamesTheColumnsAndCandidates()
    {
        await using var cluster = await OpenAsync();
        var result = await cluster.RunAsync("VEXPLAIN KEYS SELECT t.v, count(*) FROM t JOIN u ON u.t_id = t.id WHERE u.w = 5 AND t.id > 3 AND u.id IN (1, 2) GROUP BY t.v");

        Assert.Equal(["table", "column", "use", "with", "sharding key", "vindex candidate", "lookup"], result.Rows.Fields.Select(field => field.Name));
        Assert.Equal(
            ["t|id|filter||yes|no|", "t|id|join|u.t_id|yes|no|", "t|v|group||no|no|", "u|id|IN||yes|no|", "u|t_id|join|t.id|no|yes|", "u|w|=||no|yes|"],
            Cluster.Rows(result.Rows).Select(row => row.Replace("NULL", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains("u.t_id is joined with t.id", Assert.Single(result.Notices), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("VEXPLAIN SELECT * FROM t WHERE v = 1", true)]
    [InlineData("VEXPLAIN UPDATE t SET v = 2 WHERE v IN (1, 3)", true)]
    [InlineData("VEXPLAIN SELECT * FROM t WHERE id = 1 AND v = 1", false)]
    [InlineData("VEXPLAIN SELECT * FROM t WHERE v > 1", false)]
    [InlineData("VEXPLAIN SELECT * FROM r WHERE v = 1", false)]
    public async Task Vexplain_EqualityThatCouldNarrow_IsAdvised(string sql, bool isAdvised)
    {
        await using var cluster = await OpenAsync();
        Assert.Equal(isAdvised, (await cluster.RunAsync(sql)).Notices.Any(notice => notice.Contains("add a lookup vindex on t.v", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Vexplain_Advice_CanBeTaken()
    {
        await using var cluster = await OpenAsync();
        const string Sql = "VEXPLAIN SELECT * FROM t WHERE v = 1";
        var advice = Assert.Single((await cluster.RunAsync(Sql)).Notices);

        await cluster.RunAsync(advice[(advice.IndexOf("(ALTER", StringComparison.Ordinal) + 1)..(advice.IndexOf("lookup)", StringComparison.Ordinal) + 6)]);

        Assert.Empty((await cluster.RunAsync(Sql)).Notices);
        Assert.Contains(await cluster.RowsAsync(Sql), line => line.StartsWith("lookup|", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("VEXPLAIN TRACE SHOW TABLES")]
    [InlineData("VEXPLAIN KEYS DROP TABLE t")]
    [InlineData("VEXPLAIN TRACE CREATE TABLE x (id INT PRIMARY KEY)")]
    [InlineData("VEXPLAIN KEYS SELECT nope FROM t")]
    [InlineData("VEXPLAIN TRACE SELECT * FROM missing")]
    [InlineData("VEXPLAIN TRACE")]
    public async Task Vexplain_BadInput_IsRefused(string sql)
    {
        await using var cluster = await OpenAsync();
        Assert.Contains((await cluster.FailsAsync(sql)).SqlState, new[] { "0A000", "42601", "42703", "42P01" });
    }

    [Fact]
    public async Task Explain_OfASessionWhoseShardsCannotGiveIt_NamesVexplain()
    {
        await using var cluster = await OpenAsync();
        var failure = await cluster.FailsAsync("EXPLAIN SELECT * FROM t WHERE id = 1");
        Assert.Equal("0A000", failure.SqlState);
        Assert.Contains("on SQLite shards", failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("VEXPLAIN shows", failure.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT * FROM t WHERE v = 1")]
    [InlineData("SELECT count(*) FROM t")]
    [InlineData("UPDATE t SET v = 2 WHERE v = 1")]
    [InlineData("DELETE FROM t")]
    [InlineData("INSERT INTO u SELECT id, id, v FROM t")]
    public async Task Policy_StatementOverSeveralShards_IsWarnedOrDenied(string sql)
    {
        await using (var warned = await OpenAsync(CrossShardPolicy.Warn))
        {
            Assert.Contains("goes to 2 shards", (await warned.RunAsync(sql)).Notices[0], StringComparison.Ordinal);
        }

        await using var denied = await OpenAsync(CrossShardPolicy.Deny);
        var failure = await Assert.ThrowsAsync<VitessException>(() => denied.RunAsync(sql));
        Assert.Equal(("QUERY_ERROR", "42501"), (failure.Code, failure.SqlState));
        Assert.NotEmpty(failure.Hint!);
        await Assert.ThrowsAsync<VitessException>(async () =>
        {
            await foreach (var chunk in denied.Gate.StreamAsync(new GateRequest(sql, []))) Assert.NotNull(chunk);
        });
    }

    [Theory]
    [InlineData("SELECT * FROM t WHERE id = 1")]
    [InlineData("INSERT INTO t VALUES (101, 1), (102, 1), (103, 1), (104, 1)")]
    [InlineData("UPDATE r SET v = 2")]
    [InlineData("SELECT * FROM r")]
    [InlineData("SHOW TABLES")]
    public async Task Policy_StatementOnOneShardOrOfRows_Runs(string sql)
    {
        await using var cluster = await OpenAsync(CrossShardPolicy.Deny);
        Assert.Empty((await cluster.RunAsync(sql)).Notices);
    }

    private static async Task<Cluster> OpenAsync(CrossShardPolicy policy = CrossShardPolicy.Allow)
    {
        var cluster = await Cluster.OpenAsync(2, configure: options => options with
        {
            KeyspaceLimits = new Dictionary<string, StatementLimits> { ["main"] = new() { CrossShard = policy } },
        });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "CREATE TABLE u (id BIGINT PRIMARY KEY, t_id BIGINT, w INT)",
            "CREATE TABLE r (id BIGINT PRIMARY KEY, v INT) WITH (reference = true)", "INSERT INTO r VALUES (1, 1)",
            $"INSERT INTO t VALUES {string.Join(", ", Enumerable.Range(1, 40).Select(i => $"({i}, {i % 4})"))}");
        return cluster;
    }
}
