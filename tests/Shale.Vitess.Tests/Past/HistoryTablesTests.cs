using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>The tables in which a keyspace says what past it has, and the calls of the gate that have no statement.</summary>
public sealed class HistoryTablesTests
{
    [Theory]
    [InlineData(SqlDialect.Postgres)]
    [InlineData(SqlDialect.Sqlite)]
    [Trait("Rule", "S5.1")]
    public async Task Log_OfAKeyspace_HasTheCommitsOfEveryShard(SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(2, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3), (4), (5), (6)");
        var then = await Cluster.MomentAsync();
        await cluster.RunAsync("DELETE FROM t");

        Assert.Equal(["2"], await cluster.RowsAsync("SELECT count(DISTINCT shard) FROM dosql_log"));
        Assert.Equal(["12"], await cluster.RowsAsync("SELECT sum(rows_changed) FROM dosql_log l WHERE l.version > 1"));
        Assert.Equal(["6"], await cluster.RowsAsync("SELECT sum(rows_changed) FROM dosql_log WHERE timestamp > $1", SqlValue.Text(dialect == SqlDialect.Postgres ? then : then.TrimEnd('Z'))));
        Assert.Equal(["lsn", "version", "branch", "timestamp", "rows_changed", "message"], (await cluster.RunAsync("SELECT * FROM dosql_log")).Rows.Fields.Select(field => field.Name).Skip(1));
        var one = await cluster.Gate.ExecuteAsync(new GateRequest("SELECT DISTINCT shard, branch FROM dosql_log", []) { Target = "main:-80", Dialect = dialect });
        Assert.Equal(["-80|main"], Cluster.Rows(one.Rows));
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Snapshots_AreListedWithTheirTimes()
    {
        await using var cluster = await Cluster.OpenAsync(3);
        await cluster.RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)");
        var then = await Cluster.MomentAsync();

        await cluster.Gate.SnapshotAsync("b");
        await cluster.Gate.SnapshotAsync("a", TimePoint.OfTimestamp(then));
        await cluster.Gate.SnapshotAsync("c", TimePoint.OfSnapshot("b"));
        await cluster.Gate.DropSnapshotAsync("c");

        Assert.Equal(["a|main|true", "b|main|false"], await cluster.RowsAsync("SELECT name, branch, timestamp = $1 FROM dosql_snapshots ORDER BY timestamp", SqlValue.Text(then)));
        Assert.Equal("TT_INVALID_SYNTAX", (await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.SnapshotAsync("d", TimePoint.OfLsn(1)))).Code);
        await cluster.RunAllAsync("CREATE TABLE dosql_log (id BIGINT PRIMARY KEY)", "INSERT INTO dosql_log VALUES (7)");
        Assert.Equal(["7"], await cluster.RowsAsync("SELECT * FROM dosql_log"));
    }

    [Fact]
    [Trait("Rule", "S5.4")]
    public async Task Tables_OfShardsWithoutVersions_NotSupported()
    {
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with { WrapTablet = tablet => new TabletWithoutHistory(tablet) });

        foreach (var table in (string[])["dosql_log", "dosql_snapshots"])
        {
            Assert.Equal("TT_NOT_SUPPORTED", (await cluster.FailsAsync($"SELECT * FROM {table}")).Code);
        }
    }

    [Fact]
    [Trait("Rule", "S5.1")]
    public async Task Gate_RestoresAndCountsCommits_AsStatementsDo()
    {
        await using var cluster = await Cluster.OpenAsync(1);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (3)");

        Assert.Equal(2, await cluster.Gate.GetDistanceAsync(TimePoint.OfVersion(2), TimePoint.OfVersion(4)));
        Assert.Equal(-3, await cluster.Gate.GetDistanceAsync(TimePoint.OfOffset(RelativeUnit.Version, 0), TimePoint.OfVersion(1)));
        var undo = await cluster.Gate.RestoreAsync(TimePoint.OfVersion(2));
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT count(*) FROM t"));
        await cluster.Gate.RestoreAsync(TimePoint.OfBookmark(undo));
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT count(*) FROM t"));

        await using var several = await Cluster.OpenAsync(2);
        Assert.Equal("TT_INVALID_SYNTAX", (await Assert.ThrowsAsync<VitessException>(async () => await several.Gate.GetDistanceAsync(TimePoint.OfVersion(0), TimePoint.OfVersion(0)))).Code);
        Assert.Equal(0, await several.Gate.GetDistanceAsync(TimePoint.OfVersion(0), TimePoint.OfVersion(0), "main:80-"));
    }
}
