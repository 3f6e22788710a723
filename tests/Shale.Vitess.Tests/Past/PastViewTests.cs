using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Views that name points in time: they keep the point as it is written, and each reading finds it anew.</summary>
public sealed class PastViewTests
{
    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S2.7")]
    public async Task View_BesideACommonTableOfTheNameOfItsTable_ReadsItsTable(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)", "CREATE VIEW v AS SELECT id FROM t", "CREATE VIEW w AS SELECT id FROM v", "CREATE VIEW commits AS SELECT message FROM dosql_log");

        Assert.Equal(["3"], await cluster.RowsAsync("WITH t AS (SELECT 99 AS id) SELECT count(*) FROM v"));
        Assert.Equal(["3"], await cluster.RowsAsync("WITH t AS (SELECT 99 AS id) SELECT count(*) FROM main.t"));
        if (dialect == SqlDialect.Postgres) Assert.Equal(["2"], await cluster.RowsAsync("WITH t AS (SELECT id + 1 AS id FROM t WHERE id < 3) SELECT count(*) FROM t WHERE id > 1"));
        else Assert.Contains("circular reference", (await cluster.FailsAsync("WITH t AS (SELECT id + 1 AS id FROM t WHERE id < 3) SELECT count(*) FROM t WHERE id > 1")).Message, StringComparison.Ordinal);
        Assert.NotEqual(["0"], await cluster.RowsAsync("WITH t AS (SELECT 99 AS id) SELECT count(*) FROM commits, t"));
        Assert.Equal(["3|99"], await cluster.RowsAsync("WITH t AS (SELECT 99 AS id), v AS (SELECT 98 AS id) SELECT count(*), max(t.id) FROM w, t"));
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.2")]
    public async Task Point_ComputedOfConstants_IsFound(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)");
        var moment = await Cluster.MomentAsync();
        await cluster.RunAsync("DELETE FROM t");

        Assert.Equal(["3"], await cluster.RowsAsync($"SELECT count(*) FROM t FOR SYSTEM_TIME AS OF ('{moment[..10]}' || '{moment[10..]}')"));
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S2.7")]
    [Trait("Rule", "S5.3")]
    public async Task View_WithAPoint_ReadsItAtEachReading(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "CREATE TABLE o (id BIGINT PRIMARY KEY, w INT)", "INSERT INTO t VALUES (1, 10), (2, 20)", "INSERT INTO o VALUES (1, 7), (2, 8)");
        var first = await Cluster.MomentAsync();
        await cluster.RunAllAsync(
            $"CREATE VIEW old AS SELECT * FROM t AS OF '{first}'", $"CREATE VIEW both_ (id, was, is_) AS SELECT n.id, a.v, n.v FROM t n JOIN t AS OF '{first}' a ON a.id = n.id", "CREATE VIEW over_ AS SELECT id, was FROM both_ WHERE was < 20",
            "CREATE VIEW ages AS SELECT id, v, _dosql_valid_to AS till FROM t FOR SYSTEM_TIME ALL", "UPDATE t SET v = 11 WHERE id = 1");
        var second = await Cluster.MomentAsync();
        await cluster.RunAllAsync("ALTER TABLE t ADD COLUMN x INT", "DELETE FROM t WHERE id = 2");

        Assert.Equal(["1|10", "2|20"], await cluster.RowsAsync("SELECT * FROM old ORDER BY id"));
        Assert.Equal(["20"], await cluster.RowsAsync("SELECT o.v FROM old o WHERE o.id = 2"));
        Assert.Equal(["1|10|11"], await cluster.RowsAsync("SELECT * FROM both_"));
        Assert.Equal(["1|10|7"], await cluster.RowsAsync("SELECT over_.*, o.w FROM over_ JOIN o ON o.id = over_.id"));
        Assert.Equal(["1|10", "1|11", "2|20"], await cluster.RowsAsync("SELECT id, v FROM ages ORDER BY id, v"));
        Assert.Equal(["2"], await cluster.RowsAsync("SELECT count(*) FROM ages WHERE till IS NOT NULL"));
        Assert.Equal(["1|10|11"], await cluster.RowsAsync($"SELECT old.id, old.v, t.v FROM old JOIN t AS OF '{second}' ON old.id = t.id WHERE t.v <> old.v"));
        Assert.Equal(["3"], await cluster.RowsAsync("WITH t AS (SELECT * FROM old) SELECT count(*) + (SELECT count(*) FROM main.t) FROM t"));
        await cluster.RunAsync("INSERT INTO t SELECT id + 100, v, 0 FROM old");
        Assert.Equal(["1", "101", "102"], await cluster.RowsAsync("SELECT id FROM t ORDER BY id"));
        await cluster.RunAsync("DELETE FROM t WHERE id IN (SELECT id + 100 FROM old)");
        await cluster.RunAsync("CREATE TABLE kept AS SELECT * FROM old WHERE id = 1");
        Assert.Equal(["1|10"], await cluster.RowsAsync("SELECT * FROM kept"));
        await cluster.RunAllAsync($"CREATE VIEW narrow AS SELECT v FROM t AS OF '{first}' WHERE v > 5", "ALTER TABLE t RENAME COLUMN v TO renamed");
        Assert.Equal(["10", "20"], await cluster.RowsAsync("SELECT * FROM narrow ORDER BY v"));
        foreach (var kind in (string[])["", "PLAN ", "ALL "]) Assert.Contains(await cluster.RowsAsync($"VEXPLAIN {kind}SELECT * FROM narrow"), row => row.Contains("main@1", StringComparison.Ordinal));
        Assert.NotEmpty(await cluster.RowsAsync("VEXPLAIN TRACE SELECT * FROM narrow"));
        Assert.Contains("t|v|filter|NULL|no|no|NULL", await cluster.RowsAsync("VEXPLAIN KEYS SELECT * FROM narrow WHERE v = 5"));
        await cluster.RunAsync("ALTER TABLE t RENAME COLUMN renamed TO v");

        var request = new GateRequest("SELECT * FROM both_ ORDER BY id", []) { AsOf = TimePoint.OfTimestamp(second), Dialect = dialect };
        Assert.Equal(["1|10|11", "2|20|20"], Cluster.Rows((await cluster.Gate.ExecuteAsync(request)).Rows));
        Assert.Equal("TT_NOT_SUPPORTED", (await cluster.FailsAsync($"SELECT * FROM old AS OF '{second}'")).Code);
        Assert.Equal("42P01", (await cluster.FailsAsync($"SELECT * FROM old AS OF '{first}'")).SqlState);
        Assert.Equal("TT_NOT_SUPPORTED", (await cluster.FailsAsync($"SELECT * FROM over_ AS OF '{second}'")).Code);
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.1")]
    public async Task View_WithARelativePoint_CountsFromEachReading(int shards, SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(shards, dialect);
        var second = dialect == SqlDialect.Postgres ? "now() - INTERVAL '0 seconds'" : "datetime('now', '+0 seconds')";
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 0)", "CALL dosql_snapshot('s')");
        await cluster.RunAllAsync("CREATE VIEW named AS SELECT v FROM t AS OF SNAPSHOT 's'", "CALL dosql_branch('b')", "CREATE VIEW there AS SELECT v FROM t AS OF BRANCH 'b'");
        if (shards == 1) await cluster.RunAsync("CREATE VIEW before AS SELECT v FROM t AS OF VERSION CURRENT - 1");
        if (dialect == SqlDialect.Postgres) await cluster.RunAsync($"CREATE VIEW recent AS SELECT v FROM t AS OF TIMESTAMP {second}");
        for (var i = 1; i < 4; i++)
        {
            await cluster.RunAsync($"UPDATE t SET v = {i}");
            await cluster.OnAsync("main/b", $"UPDATE t SET v = {i * 10}");
            if (shards == 1) Assert.Equal([$"{i - 1}"], await cluster.RowsAsync("SELECT * FROM before"));
            if (dialect == SqlDialect.Postgres) Assert.Equal([$"{i}"], await cluster.RowsAsync("SELECT * FROM recent"));
            Assert.Equal([$"0|{i * 10}"], await cluster.RowsAsync("SELECT * FROM named, there"));
        }

        await cluster.RunAsync("CALL dosql_drop_snapshot('s')");
        Assert.Equal("TT_SNAPSHOT_NOT_FOUND", (await cluster.FailsAsync("SELECT * FROM named")).Code);
    }

    [Theory]
    [InlineData("CREATE VIEW x AS SELECT * FROM t AS OF '2999-01-01'", "TT_FUTURE_POINT")]
    [InlineData("CREATE VIEW x AS SELECT * FROM t AS OF SNAPSHOT 'nothing'", "TT_SNAPSHOT_NOT_FOUND")]
    [InlineData("CREATE VIEW x AS SELECT * FROM t AS OF LSN 1", "TT_INVALID_SYNTAX")]
    [InlineData("CREATE VIEW x (a, b, c) AS SELECT * FROM t FOR SYSTEM_TIME ALL", "SYNTAX_ERROR")]
    [InlineData("CREATE VIEW x AS SELECT nothing FROM t FOR SYSTEM_TIME ALL", "NOT_FOUND")]
    [InlineData("CREATE VIEW x AS SELECT * FROM t AS OF $1", "QUERY_ERROR")]
    [Trait("Rule", "S5.2")]
    public async Task CreateView_OfWhatCannotBeRead_IsRefused(string sql, string code)
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)");

        var failure = await cluster.FailsAsync(sql);

        Assert.Equal(code, failure.Code);
        Assert.Equal("42P01", (await cluster.FailsAsync("SELECT * FROM x")).SqlState);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [Trait("Rule", "S5.3")]
    [Trait("Rule", "S4.1")]
    public async Task WithThatWrites_ReadsPoints(int shards)
    {
        await using var cluster = await Cluster.OpenAsync(shards);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 10), (2, 20), (3, 30)", "CREATE TABLE log (id BIGINT PRIMARY KEY, was INT)");
        var moment = await Cluster.MomentAsync();
        await cluster.RunAllAsync($"CREATE VIEW old AS SELECT * FROM t AS OF '{moment}'", "UPDATE t SET v = v + 1");

        Assert.Equal(["1|10", "2|20"], await cluster.RowsAsync($"WITH gone AS (DELETE FROM t WHERE id < 3 RETURNING id) SELECT gone.id, o.v FROM gone JOIN t AS OF '{moment}' o ON o.id = gone.id ORDER BY gone.id"));
        Assert.Equal(["1|10", "2|20"], await cluster.RowsAsync("WITH old_rows AS (SELECT id, v FROM old WHERE id < 3), back AS (INSERT INTO t SELECT id, v FROM old_rows RETURNING id, v), noted AS (INSERT INTO log SELECT id, v FROM old_rows) SELECT * FROM back ORDER BY id"));
        Assert.Equal(["1|10", "2|20", "3|31"], await cluster.RowsAsync("SELECT * FROM t ORDER BY id"));
        Assert.Equal(["1|10", "2|20"], await cluster.RowsAsync("SELECT * FROM log ORDER BY id"));
        Assert.Equal(["3|30"], await cluster.RowsAsync("WITH x AS (UPDATE t SET v = o.v FROM t AS OF TIMESTAMP $1 o WHERE o.id = t.id AND t.v <> o.v RETURNING t.id, t.v) SELECT * FROM x", SqlValue.Text(moment)));
        Assert.Equal("TT_FUTURE_POINT", (await cluster.FailsAsync("WITH x AS (DELETE FROM t RETURNING id) SELECT * FROM x, t AS OF '2999-01-01' o")).Code);
        Assert.Equal(["3"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }
}
