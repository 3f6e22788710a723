using Shale.Engines;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>A point in time is refused where it is not built yet, and where shards keep no past; it is never ignored.</summary>
public class TimeTravelTests
{
    [Theory]
    [InlineData("CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t WHERE id IN (SELECT id FROM t AS OF LSN 1); END", 86)]
    [InlineData("CREATE TRIGGER g AFTER INSERT ON t WHEN EXISTS (SELECT 1 FROM t FOR SYSTEM_TIME ALL) BEGIN SELECT 1; END", 65)]
    public async Task Trigger_OfThePast_RefusedAndNothingIsChanged(string sql, int position)
    {
        foreach (var shards in new[] { 1, 2 })
        {
            await using var cluster = await Cluster.OpenAsync(shards, SqlDialect.Sqlite);
            await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (7, 7)");

            var failure = await Record.ExceptionAsync(() => cluster.RunAsync(sql)) as VitessException;

            Assert.Equal(("TT_NOT_SUPPORTED", "0A000", (int?)position), (failure?.Code, failure?.SqlState, failure?.Position));
            Assert.Contains("a trigger cannot read the past", failure!.Message, StringComparison.Ordinal);
            Assert.Equal(["7|7"], await cluster.RowsAsync("SELECT * FROM t"));
        }
    }

    [Theory]
    [InlineData("SELECT * FROM t AS OF LSN 5", 23)]
    [InlineData("SELECT * FROM t FOR SYSTEM_TIME ALL", 17)]
    [InlineData("SELECT * FROM t a JOIN t FOR SYSTEM_TIME BETWEEN '2024-01-01' AND '2024-02-01' AS b ON a.id = b.id", 26)]
    [InlineData("INSERT INTO t SELECT id + 1, v FROM t FOR SYSTEM_TIME ALL", 39)]
    [InlineData("SELECT * FROM t AS OF '2024-01-01' WHERE id = 7", 23)]
    [InlineData("SELECT * FROM t a JOIN t AS OF VERSION CURRENT - 1 AS b ON a.id = b.id", 32)]
    [InlineData("SELECT (SELECT count(*) FROM t AS OF LSN 1)", 38)]
    [InlineData("WITH x AS (SELECT * FROM t AS OF LSN 1) SELECT * FROM x", 34)]
    [InlineData("INSERT INTO t SELECT id + 1, v FROM t AS OF LSN 1", 45)]
    [InlineData("UPDATE t SET v = o.v FROM t AS OF LSN 1 AS o WHERE o.id = t.id", 35)]
    [InlineData("DELETE FROM t WHERE id IN (SELECT id FROM t AS OF BRANCH 'x')", 51)]
    [InlineData("SELECT * FROM v AS OF LSN 1", 23)]
    [InlineData("VEXPLAIN PLAN SELECT * FROM t AS OF LSN 1", null)]
    [InlineData("RESTORE KEYSPACE main TO TIMESTAMP '2024-01-01'", 26)]
    [InlineData("CALL dosql_snapshot('x')", null)]
    [Trait("Rule", "S5.4")]
    public async Task Statement_ShardsWithoutVersions_NotSupported(string sql, int? position)
    {
        foreach (var (shards, dialect) in new[] { (1, SqlDialect.Sqlite), (2, SqlDialect.Postgres) })
        {
            await using var cluster = await Cluster.OpenAsync(shards, dialect, configure: options => options with { WrapTablet = tablet => new TabletWithoutHistory(tablet) });
            await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (7, 7)", "CREATE VIEW v AS SELECT * FROM t");

            var failure = await Record.ExceptionAsync(() => cluster.RunAsync(sql)) as VitessException;

            Assert.Equal(("TT_NOT_SUPPORTED", "0A000"), (failure?.Code, failure?.SqlState));
            if (position is not null) Assert.Equal(position, failure!.Position);
            Assert.Contains("page log", failure!.Hint, StringComparison.Ordinal);
            Assert.Equal(["7|7"], await cluster.RowsAsync("SELECT * FROM t"));
        }
    }

    [Fact]
    public async Task Statement_TableCalledOf_IsThePresent()
    {
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            await using var cluster = await Cluster.OpenAsync(2, dialect);
            await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (7, 7)");

            Assert.Equal(["7|7"], await cluster.RowsAsync("SELECT of.id, of.v AS of FROM t AS of WHERE of.id = 7"));
        }
    }

    [Fact]
    public async Task Call_OfAnUnknownProcedure_RefusedByName()
    {
        await using var cluster = await Cluster.OpenAsync(2);

        var failure = await Record.ExceptionAsync(() => cluster.RunAsync("CALL dosql_nothing('x')")) as VitessException;

        Assert.Equal("42883", failure?.SqlState);
        Assert.Contains("dosql_nothing", failure!.Message, StringComparison.Ordinal);
    }
}
