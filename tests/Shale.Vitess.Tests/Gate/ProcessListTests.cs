using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>SHOW PROCESSLIST, KILL, and the ways in which a statement is cancelled.</summary>
public class ProcessListTests
{
    private const string Endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r";

    [Fact]
    public async Task ShowProcesslist_WhileStatementsRun_ShowsWhatTheyDoAndWhere()
    {
        var gate = new Held();
        await using var cluster = await OpenAsync(gate);
        gate.Hold();
        var running = cluster.RunAsync("SELECT count(*) FROM t");
        await gate.ReachedAsync();

        var list = (await cluster.RunAsync("SHOW PROCESSLIST")).Rows;

        Assert.Equal(["id", "session", "dialect", "keyspace", "state", "time_ms", "shards", "statement"], list.Fields.Select(field => field.Name));
        Assert.Equal(2, list.RowCount);
        Assert.Equal(["postgres", "main", "running"], [list[0][2].ToString(), list[0][3].ToString(), list[0][4].ToString()]);
        Assert.Equal(["-80 80-", "SELECT count(*) FROM t"], [list[0][6].ToString(), list[0][7].ToString()]);
        Assert.Equal("SHOW PROCESSLIST", list[1][7].ToString());
        gate.Release();
        Assert.Equal(1, (await running).Rows.RowCount);
        Assert.Single(await cluster.RowsAsync("SHOW FULL PROCESSLIST"));
    }

    [Fact]
    public async Task ThreadsKept_OfStatements_AreThoseThatHaveRunForLonger()
    {
        var gate = new Held();
        await using var cluster = await OpenAsync(gate);
        gate.Hold();
        var running = cluster.RunAsync("SELECT count(*) FROM t");
        await gate.ReachedAsync();

        Assert.Equal((1, 0), (cluster.Gate.ThreadsKept(TimeSpan.Zero), cluster.Gate.ThreadsKept(TimeSpan.FromHours(1))));
        gate.Release();
        await running;
        Assert.Equal(0, cluster.Gate.ThreadsKept(TimeSpan.Zero));
    }

    [Theory]
    [InlineData("KILL ")]
    [InlineData("KILL QUERY ")]
    [InlineData("kill connection ")]
    public async Task Kill_StatementThatWaitsForShards_CancelsThem(string kill)
    {
        var gate = new Held();
        await using var cluster = await OpenAsync(gate);
        gate.Hold();
        var running = cluster.RunAsync("SELECT count(*) FROM t");
        await gate.ReachedAsync();

        await cluster.RunAsync(kill + await IdOfAsync(cluster, "SELECT count(*) FROM t"));

        var failure = await Assert.ThrowsAsync<VitessException>(() => running);
        Assert.Equal(("CANCELLED", "57014", false), (failure.Code, failure.SqlState, failure.IsTransient));
        Assert.NotEmpty(failure.Hint!);
        gate.Release();
        Assert.Equal(["40"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Theory]
    [InlineData(SqlDialect.Postgres)]
    [InlineData(SqlDialect.Sqlite)]
    public async Task Kill_StatementThatAnEngineComputes_InterruptsIt(SqlDialect dialect)
    {
        await using var cluster = await Cluster.OpenAsync(2, dialect);
        var running = Task.Run(() => cluster.RunAsync(Endless));

        await cluster.RunAsync("KILL " + await IdOfAsync(cluster, Endless));

        Assert.Equal("CANCELLED", (await Assert.ThrowsAsync<VitessException>(() => running)).Code);
        Assert.Single(await cluster.RowsAsync("SHOW PROCESSLIST"));
        Assert.Equal(["1"], await cluster.RowsAsync("SELECT 1"));
    }

    [Fact]
    public async Task Kill_Stream_EndsIt()
    {
        await using var cluster = await Cluster.OpenAsync(2, SqlDialect.Sqlite);
        const string sql = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r";
        var chunks = cluster.Gate.StreamAsync(new GateRequest(sql, []) { Dialect = SqlDialect.Sqlite }).GetAsyncEnumerator();
        Assert.True(await chunks.MoveNextAsync());

        await cluster.RunAsync("KILL " + await IdOfAsync(cluster, sql));

        var failure = await Assert.ThrowsAsync<VitessException>(async () =>
        {
            while (await chunks.MoveNextAsync()) Assert.NotEqual(0, chunks.Current.RowCount);
        });
        Assert.Equal("CANCELLED", failure.Code);
        await chunks.DisposeAsync();
        Assert.Single(await cluster.RowsAsync("SHOW PROCESSLIST"));
    }

    [Fact]
    public async Task Kill_IdleTransaction_RollsItBack()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)");
        var transaction = await cluster.Gate.BeginAsync(null);
        await cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (1)");
        var row = Assert.Single(await cluster.RowsAsync("SHOW PROCESSLIST"), line => line.Contains("idle in transaction", StringComparison.Ordinal));
        var id = row.Split('|')[0];
        Assert.DoesNotContain(transaction.TxId, row, StringComparison.Ordinal);
        Assert.Equal("main", row.Split('|')[3]);

        Assert.Equal("42704", (await cluster.FailsAsync("KILL QUERY " + id)).SqlState);
        await cluster.RunAsync("KILL " + id);

        Assert.Equal("TRANSACTION_EXPIRED", (await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "SELECT 1"))).Code);
        Assert.Equal(["0"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Kill_StatementOfATransaction_EndsBoth_KillQueryOnlyTheStatement()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        var kept = await cluster.Gate.BeginAsync("main", dialect: SqlDialect.Sqlite);
        var first = Task.Run(() => cluster.InAsync(kept.TxId, Endless));
        await cluster.RunAsync("KILL QUERY " + await IdOfAsync(cluster, Endless));
        await Assert.ThrowsAsync<VitessException>(() => first);
        Assert.Equal(1, (await cluster.InAsync(kept.TxId, "SELECT 1")).Rows.RowCount);

        var second = Task.Run(() => cluster.InAsync(kept.TxId, Endless));
        await cluster.RunAsync("KILL " + await IdOfAsync(cluster, Endless));
        await Assert.ThrowsAsync<VitessException>(() => second);
        await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(kept.TxId, "SELECT 1"));
    }

    [Theory]
    [InlineData("KILL 999999", "NOT_FOUND", "42704")]
    [InlineData("KILL QUERY 0", "NOT_FOUND", "42704")]
    [InlineData("KILL", "SYNTAX_ERROR", "42601")]
    [InlineData("KILL x", "SYNTAX_ERROR", "42601")]
    [InlineData("KILL -1", "SYNTAX_ERROR", "42601")]
    [InlineData("KILL 1 2", "SYNTAX_ERROR", "42601")]
    [InlineData("KILL 99999999999999999999999", "SYNTAX_ERROR", "42601")]
    public async Task Kill_BadInput_IsRefused(string sql, string code, string sqlState)
    {
        await using var cluster = await Cluster.OpenAsync(1);
        var failure = await cluster.FailsAsync(sql);
        Assert.Equal((code, sqlState), (failure.Code, failure.SqlState));
    }

    [Fact]
    public async Task Timeout_OfTheRequest_CancelsTheEngine()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        var failure = await Assert.ThrowsAsync<VitessException>(async () =>
            await cluster.Gate.ExecuteAsync(new GateRequest(Endless, []) { Timeout = TimeSpan.FromMilliseconds(20) }));
        Assert.Equal(("TIMEOUT", "57014", true), (failure.Code, failure.SqlState, failure.IsTransient));
        Assert.Contains("20 ms", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_ByTheCaller_StopsTheEngine()
    {
        await using var cluster = await Cluster.OpenAsync(2);
        using var source = new CancellationTokenSource();
        var running = Task.Run(async () => await cluster.Gate.ExecuteAsync(new GateRequest(Endless, []), source.Token));
        await IdOfAsync(cluster, Endless);
        await source.CancelAsync();
        Assert.Equal("57014", (await Assert.ThrowsAsync<VitessException>(() => running)).SqlState);
        Assert.Single(await cluster.RowsAsync("SHOW PROCESSLIST"));
    }

    [Fact]
    public async Task Execute_PointSelectThatNobodyListensTo_AllocatesNoMoreForBeingCancellable()
    {
        await using var cluster = await Cluster.OpenAsync(4);
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
        var request = new GateRequest("SELECT id, v FROM t WHERE id = $1", [SqlValue.Integer(2)]);
        using var source = new CancellationTokenSource();
        for (var i = 0; i < 200; i++) _ = Bytes(default) + Bytes(source.Token);

        // One after the other, and what lies in the middle: what is compiled anew meanwhile, and allocates less, counts for both.
        var pairs = Enumerable.Range(0, 201).Select(_ => (Plain: Bytes(default), Cancellable: Bytes(source.Token))).ToList();

        Assert.InRange(pairs.Min(pair => pair.Plain), 1, 1_200);
        Assert.Equal(0, pairs.Select(pair => pair.Cancellable - pair.Plain).Order().ElementAt(100));

        long Bytes(CancellationToken token)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var pending = cluster.Gate.ExecuteAsync(request, token);
            Assert.True(pending.IsCompletedSuccessfully);
            Assert.Equal(1, pending.Result.Rows.RowCount);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static async Task<Cluster> OpenAsync(Held gate)
    {
        var cluster = await Cluster.OpenAsync(2, configure: options => options with { WrapTablet = tablet => new HeldTablet(tablet, gate) });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", $"INSERT INTO t VALUES {string.Join(", ", Enumerable.Range(1, 40).Select(i => $"({i})"))}");
        return cluster;
    }

    // Waits until the statement runs: it has been begun by another thread.
    private static async Task<string> IdOfAsync(Cluster cluster, string sql)
    {
        for (var left = 200_000; left > 0; left--)
        {
            var list = (await cluster.RunAsync("SHOW PROCESSLIST")).Rows;
            for (var i = 0; i < list.RowCount; i++)
            {
                if (list[i][7].ToString() == sql && !list[i][6].IsNull) return list[i][0].ToString();
            }

            await Task.Yield();
        }

        throw new InvalidOperationException("the statement does not run");
    }
}
