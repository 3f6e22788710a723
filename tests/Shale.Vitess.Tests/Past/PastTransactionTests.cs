using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>Transactions and sessions at a point: every table without a point of its own is that of then.</summary>
public sealed class PastTransactionTests
{
    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.2")]
    [Trait("Rule", "S5.3")]
    public async Task Begin_AsOf_ReadsEveryTableThen(int shards, SqlDialect dialect)
    {
        await using var cluster = await OpenAsync(shards, dialect);
        var first = await Cluster.MomentAsync();
        await cluster.RunAllAsync("UPDATE t SET v = v + 100", "CREATE TABLE u (id BIGINT PRIMARY KEY)", "DROP VIEW w");
        var second = await Cluster.MomentAsync();
        await cluster.RunAsync("DELETE FROM t");

        var begun = await cluster.Gate.BeginAsync("main", new TransactionOptions { AsOf = $"TIMESTAMP '{first}'" }, dialect);
        async Task<string[]> Ask(string sql) => Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { TxId = begun.TxId })).Rows);
        Assert.Equal(["6"], await Ask("SELECT sum(v) FROM t"));
        Assert.Equal(["2|2"], await Ask("SELECT * FROM t WHERE id = 2"));
        Assert.Equal(["3"], await Ask("SELECT count(*) FROM w"));
        Assert.Equal(["6|306"], await Ask($"SELECT sum(t.v), sum(n.v) FROM t JOIN t AS OF '{second}' n ON n.id = t.id"));
        Assert.Equal(["306"], await Ask($"SELECT sum(v) FROM t AS OF '{second}'"));
        await cluster.Gate.CommitAsync(begun.TxId);
        Assert.Equal(["0"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Theory]
    [InlineData("INSERT INTO t VALUES (9, 9)", "25006")]
    [InlineData("DELETE FROM t", "25006")]
    [InlineData("CREATE TABLE x (id BIGINT PRIMARY KEY)", "25006")]
    [InlineData("SELECT * FROM u", "42P01")]
    [InlineData("SET TRANSACTION AS OF '2024-01-01'", "25001")]
    public async Task Statement_OfATransactionInThePast_OnlyReadsWhatWasThere(string sql, string sqlState)
    {
        await using var cluster = await OpenAsync(4, SqlDialect.Postgres);
        var moment = await Cluster.MomentAsync();
        await cluster.RunAsync("CREATE TABLE u (id BIGINT PRIMARY KEY)");
        var begun = await cluster.Gate.BeginAsync("main", new TransactionOptions { AsOf = moment });
        await cluster.InAsync(begun.TxId, "SELECT 1 FROM t");

        Assert.Equal(sqlState, (await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(begun.TxId, sql))).SqlState);
        await cluster.Gate.RollbackAsync(begun.TxId);
        Assert.Equal(["6"], await cluster.RowsAsync("SELECT sum(v) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task SetTransaction_AsOf_ComesFirst()
    {
        await using var cluster = await OpenAsync(4, SqlDialect.Postgres);
        var moment = await Cluster.MomentAsync();
        await cluster.RunAsync("DELETE FROM t");
        var begun = await cluster.Gate.BeginAsync("main");
        await cluster.InAsync(begun.TxId, "SET TRANSACTION AS OF TIMESTAMP $1", SqlValue.Text(moment));
        Assert.Equal(["3"], Cluster.Rows((await cluster.InAsync(begun.TxId, "SELECT count(*) FROM t")).Rows));
        await cluster.Gate.CommitAsync(begun.TxId);

        var late = await cluster.Gate.BeginAsync("main");
        await cluster.InAsync(late.TxId, "SELECT count(*) FROM t");
        Assert.Equal("25001", (await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(late.TxId, $"SET TRANSACTION AS OF '{moment}'"))).SqlState);
        await cluster.Gate.RollbackAsync(late.TxId);
        Assert.Equal("TRANSACTION_ERROR", (await cluster.FailsAsync($"BEGIN AS OF '{moment}'")).Code);
        foreach (var (point, code) in new[] { ("nonsense", "TT_INVALID_SYNTAX"), ("LSN 2", "TT_INVALID_SYNTAX"), ("'2999-01-01'", "TT_FUTURE_POINT") })
        {
            Assert.Equal(code, (await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.BeginAsync("main", new TransactionOptions { AsOf = point }))).Code);
        }
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.2")]
    public async Task Session_AtAPoint_AnswersAsThen(int shards, SqlDialect dialect)
    {
        await using var cluster = await OpenAsync(shards, dialect);
        var moment = TimePoint.OfTimestamp(await Cluster.MomentAsync());
        await cluster.RunAllAsync("ALTER TABLE t ADD COLUMN x TEXT", "DELETE FROM t WHERE id = 1");

        var session = await cluster.Gate.CreateTimeTravelSessionAsync(moment, target: "main", dialect: dialect);
        Assert.Equal((TimeTravelScope.Global, moment), (session.Scope, session.Point));
        Assert.Equal(["1|1", "2|2", "3|3"], Cluster.Rows(await session.QueryAsync("SELECT * FROM t ORDER BY id")));
        long rows = 0;
        await foreach (var chunk in session.StreamAsync("SELECT * FROM t")) rows += chunk.RowCount;
        Assert.Equal(3, rows);
        foreach (var sql in (string[])["DELETE FROM t", "DROP TABLE t", "VACUUM"]) await Assert.ThrowsAsync<VitessException>(async () => await session.QueryAsync(sql));
        Assert.Equal(["2", "3"], await cluster.RowsAsync("SELECT id FROM t ORDER BY id"));

        Assert.Equal("TT_INVALID_SYNTAX", (await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.CreateTimeTravelSessionAsync(TimePoint.OfLsn(1), TimeTravelScope.Global))).Code);
        if (shards > 1) Assert.Equal("TT_INVALID_SYNTAX", (await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.CreateTimeTravelSessionAsync(TimePoint.OfLsn(1)))).Code);
        else Assert.Equal(TimeTravelScope.Local, (await cluster.Gate.CreateTimeTravelSessionAsync(TimePoint.OfLsn(2))).Scope);
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Request_AtAPoint_ReadsThen()
    {
        await using var cluster = await OpenAsync(4, SqlDialect.Postgres);
        var moment = TimePoint.OfTimestamp(await Cluster.MomentAsync());
        await cluster.RunAsync("DELETE FROM t");

        Assert.Equal(["6"], Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest("SELECT sum(v) FROM t", []) { AsOf = moment, IdempotencyKey = "k" })).Rows));
        Assert.Equal("READ_ONLY_TRANSACTION", (await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(new GateRequest("INSERT INTO t VALUES (8, 8)", []) { AsOf = moment }))).Code);
        var begun = await cluster.Gate.BeginAsync("main");
        Assert.Equal("0A000", (await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(new GateRequest("SELECT 1", []) { AsOf = moment, TxId = begun.TxId }))).SqlState);
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.2")]
    public async Task Trace_AtAPoint_NotesWhatEachShardReadThen(int shards, SqlDialect dialect)
    {
        await using var cluster = await OpenAsync(shards, dialect);
        var earlier = await Cluster.MomentAsync();
        await cluster.RunAsync("DELETE FROM t WHERE id = 1");
        var moment = await Cluster.MomentAsync();
        await cluster.RunAsync("DELETE FROM t");
        async Task<string> ReadAsync(GateRequest request) => Cluster.Rows((await cluster.Gate.ExecuteAsync(request with { Dialect = dialect })).Rows)[^1].Split('|')[2];
        var trace = new GateRequest("VEXPLAIN TRACE SELECT id FROM t", []);
        var traceEarlier = new GateRequest($"VEXPLAIN TRACE SELECT id FROM t FOR SYSTEM_TIME AS OF TIMESTAMP '{earlier}'", []);

        var begun = await cluster.Gate.BeginAsync("main", new TransactionOptions { AsOf = $"TIMESTAMP '{moment}'" }, dialect);
        Assert.Equal("2", await ReadAsync(trace with { TxId = begun.TxId }));
        Assert.Equal("3", await ReadAsync(traceEarlier with { TxId = begun.TxId }));
        await cluster.Gate.RollbackAsync(begun.TxId);
        Assert.Equal("2", await ReadAsync(trace with { AsOf = TimePoint.OfTimestamp(moment) }));
        Assert.Equal("3", await ReadAsync(traceEarlier with { AsOf = TimePoint.OfTimestamp(moment) }));
        Assert.Equal("3", await ReadAsync(traceEarlier));
        var session = await cluster.Gate.CreateTimeTravelSessionAsync(TimePoint.OfTimestamp(moment), target: "main", dialect: dialect);
        Assert.Equal("2", Cluster.Rows(await session.QueryAsync(trace.Sql))[^1].Split('|')[2]);
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.3")]
    public async Task Request_AtAPoint_OfAStatementWithAPoint_ReadsThatOne(int shards, SqlDialect dialect)
    {
        await using var cluster = await OpenAsync(shards, dialect);
        var first = await Cluster.MomentAsync();
        await cluster.RunAsync("DELETE FROM t WHERE id = 1");
        var second = await Cluster.MomentAsync();
        await cluster.RunAsync("DELETE FROM t");
        foreach (var sql in (string[])[$"SELECT sum(v) FROM t AS OF '{first}'", $"SELECT sum(v) FROM t AS OF '{first}' WHERE v < 100", $"SELECT sum(v) + (SELECT 0 * count(*) FROM t) FROM t AS OF '{first}'", $"WITH x AS (SELECT v FROM t AS OF '{first}') SELECT sum(v) FROM x"])
        {
            for (var i = 0; i < 2; i++)
            {
                foreach (var point in (TimePoint?[])[null, TimePoint.OfTimestamp(second), TimePoint.OfTimestamp(first)])
                {
                    Assert.Equal(["6"], Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { AsOf = point, Dialect = dialect })).Rows));
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Rule", "S5.2")]
    public async Task VersionCurrent_InASessionAtAPoint_CountsFromThere(int shards)
    {
        await using var cluster = await OpenAsync(shards, SqlDialect.Sqlite);
        var target = shards == 1 ? "main" : "main:-80";
        var id = Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest("SELECT min(id) FROM t", []) { Target = target })).Rows)[0];
        await cluster.RunAllAsync($"UPDATE t SET v = 100 WHERE id = {id}", $"UPDATE t SET v = 200 WHERE id = {id}");
        var moment = await Cluster.MomentAsync();
        await cluster.RunAllAsync($"UPDATE t SET v = 300 WHERE id = {id}", $"UPDATE t SET v = 400 WHERE id = {id}");

        var session = await cluster.Gate.CreateTimeTravelSessionAsync(TimePoint.OfTimestamp(moment), target: target, dialect: SqlDialect.Sqlite);
        Assert.Equal(["100|200"], Cluster.Rows(await session.QueryAsync($"SELECT a.v, b.v FROM t AS OF VERSION CURRENT - 1 AS a JOIN t AS OF VERSION CURRENT AS b USING (id) WHERE id = {id}")));
        Assert.Equal(["100", "200"], Cluster.Rows(await session.QueryAsync($"SELECT v FROM t FOR SYSTEM_TIME BETWEEN VERSION CURRENT - 1 AND VERSION CURRENT WHERE id = {id} ORDER BY v")));
    }

    [Theory]
    [MemberData(nameof(Cluster.OfEachKind), MemberType = typeof(Cluster))]
    [Trait("Rule", "S5.2")]
    public async Task Begin_AsOfABranch_ReadsTheBranchFromAnyTarget(int shards, SqlDialect dialect)
    {
        await using var cluster = await OpenAsync(shards, dialect);
        await cluster.RunAsync("CALL dosql_branch('dev')");
        await cluster.OnAsync("main/dev", "UPDATE t SET v = v + 10");
        var then = await Cluster.MomentAsync();
        await cluster.OnAsync("main/dev", "INSERT INTO t VALUES (4, 40)");
        await cluster.OnAsync("main/dev", "CALL dosql_snapshot('s')");
        foreach (var (point, expected) in new[] { ("BRANCH 'dev'", "76"), ($"BRANCH 'dev' AT TIMESTAMP '{then}'", "36"), ("SNAPSHOT 's'", "76"), ("BRANCH 'main'", "6") })
        {
            foreach (var target in (string[])["main", "main/dev"])
            {
                var begun = await cluster.Gate.BeginAsync(target, new TransactionOptions { AsOf = point }, dialect);
                await cluster.OnAsync("main/dev", "DELETE FROM t WHERE id = 5");
                await cluster.OnAsync("main/dev", "INSERT INTO t VALUES (5, 1000)");
                foreach (var named in (string?[])[null, target])
                {
                    Assert.Equal([expected], Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest("SELECT sum(v) FROM t", []) { TxId = begun.TxId, Target = named })).Rows));
                    Assert.Equal([expected + "|6"], Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest("SELECT sum(t.v), (SELECT sum(v) FROM t AS OF BRANCH 'main') FROM t", []) { TxId = begun.TxId, Target = named })).Rows));
                }

                Assert.Equal("25006", (await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(begun.TxId, "DELETE FROM t"))).SqlState);
                await cluster.Gate.RollbackAsync(begun.TxId);
                await cluster.OnAsync("main/dev", "DELETE FROM t WHERE id = 5");
            }
        }

        var set = await cluster.Gate.BeginAsync("main", dialect: SqlDialect.Postgres);
        await cluster.InAsync(set.TxId, "SET TRANSACTION AS OF BRANCH 'dev'");
        Assert.Equal(["76"], Cluster.Rows((await cluster.InAsync(set.TxId, "SELECT sum(v) FROM t")).Rows));
        await cluster.Gate.RollbackAsync(set.TxId);
        var session = await cluster.Gate.CreateTimeTravelSessionAsync(TimePoint.OfBranch("dev"), target: shards == 1 ? "main" : "main:-40", dialect: dialect);
        var here = await cluster.OnAsync(shards == 1 ? "main/dev" : "main:-40/dev", "SELECT sum(v) FROM t");
        await cluster.OnAsync("main/dev", "UPDATE t SET v = 0");
        Assert.Equal(here, Cluster.Rows(await session.QueryAsync("SELECT sum(v) FROM t")));
        Assert.Equal(["0"], Cluster.Rows((await cluster.Gate.ExecuteAsync(new GateRequest("SELECT sum(v) FROM t", []) { AsOf = TimePoint.OfBranch("dev"), Dialect = dialect })).Rows));
        Assert.Equal("TT_BRANCH_NOT_FOUND", (await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.BeginAsync("main", new TransactionOptions { AsOf = "BRANCH 'nobody'" }))).Code);
    }

    private static async Task<Cluster> OpenAsync(int shards, SqlDialect dialect)
    {
        var cluster = await Cluster.OpenAsync(shards, dialect);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)", "CREATE VIEW w AS SELECT id FROM t");
        return cluster;
    }
}
