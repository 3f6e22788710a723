using Shale.Contracts;
using Shale.Engine.Specification;

namespace Shale.Vitess.Tests;

/// <summary>Limits of gate and keyspace: number, time, rows and bytes of statements.</summary>
public class LimitTests
{
    private const string Endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r";
    private const string Assembled = "SELECT id, (SELECT COUNT(*) FROM t o WHERE o.v <= t.v) FROM t";

    [Theory]
    [InlineData("SELECT id FROM t")]
    [InlineData("SELECT id FROM t ORDER BY id")]
    [InlineData("SELECT t.id FROM t, t o WHERE t.v = o.v AND t.id <= 3")]
    [InlineData(Assembled)]
    [InlineData("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r")]
    [InlineData("INSERT INTO t SELECT id + 1000, v FROM t")]
    public async Task MaxRows_StatementThatReadsMore_IsStopped(string sql)
    {
        await using var cluster = await OpenAsync(new StatementLimits { MaxRows = 20 });
        var failure = await cluster.FailsAsync(sql);
        Assert.Equal(("RESOURCE_EXHAUSTED", "54000", false), (failure.Code, failure.SqlState, failure.IsTransient));
        Assert.Contains("20 rows", failure.Message, StringComparison.Ordinal);
        Assert.Contains("maxRows", failure.Hint!, StringComparison.Ordinal);
        Assert.Single(await cluster.RowsAsync("SHOW PROCESSLIST"));
        Assert.Equal(["60"], await cluster.RowsAsync("SELECT count(*) FROM t"));
    }

    [Theory]
    [InlineData("SELECT id FROM t ORDER BY id LIMIT 20", 20)]
    [InlineData("SELECT id FROM t WHERE id = 7", 1)]
    [InlineData("SELECT count(*), sum(v) FROM t", 1)]
    [InlineData("SELECT id FROM t WHERE id IN (1, 2, 3, 4, 5)", 5)]
    public async Task MaxRows_StatementThatReadsNoMore_Runs(string sql, int rows)
    {
        await using var cluster = await OpenAsync(new StatementLimits { MaxRows = 80 });
        Assert.Equal(rows, (await cluster.RunAsync(sql)).Rows.RowCount);
    }

    [Fact]
    public async Task MaxRows_InATransaction_HoldsToo_AndOfTheKeyspaceTheStricterCounts()
    {
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with
        {
            Limits = new StatementLimits { MaxRows = 1_000 },
            KeyspaceLimits = new Dictionary<string, StatementLimits> { ["MAIN"] = new() { MaxRows = 2 } },
        });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)");
        var transaction = await cluster.Gate.BeginAsync("main");
        var failure = await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "SELECT id FROM t"));
        Assert.Equal("54000", failure.SqlState);
        await cluster.Gate.RollbackAsync(transaction.TxId);
    }

    [Fact]
    public async Task MaxBytes_ResultThatIsLarger_IsStoppedOnTheShard_ButMayBeStreamed()
    {
        await using var cluster = await OpenAsync(new StatementLimits { MaxBytes = 100_000 });
        await cluster.RunAllAsync("CREATE TABLE big (id BIGINT PRIMARY KEY, b TEXT)");
        for (var i = 0; i < 8; i++) await cluster.RunAsync("INSERT INTO big VALUES ($1, $2)", SqlValue.Integer(i), SqlValue.Text(new string('x', 50_000)));

        var failure = await cluster.FailsAsync("SELECT * FROM big");
        var rows = 0;
        await foreach (var chunk in cluster.Gate.StreamAsync(new GateRequest("SELECT * FROM big", []))) rows += chunk.RowCount;

        Assert.Equal("54000", failure.SqlState);
        Assert.Contains("bytes", failure.Message, StringComparison.Ordinal);
        Assert.Equal(8, rows);
    }

    [Fact]
    public async Task MaxTime_EndlessStatement_IsCancelled()
    {
        // No table is made: on a busy machine that alone takes longer.
        await using var cluster = await Cluster.OpenAsync(3, configure: options => options with { Limits = new StatementLimits { MaxTime = TimeSpan.FromMilliseconds(30) } });
        var failure = await cluster.FailsAsync(Endless);
        Assert.Equal(("TIMEOUT", "57014"), (failure.Code, failure.SqlState));
        Assert.Contains("30 ms", failure.Message, StringComparison.Ordinal);
        var shorter = await Assert.ThrowsAsync<VitessException>(async () =>
            await cluster.Gate.ExecuteAsync(new GateRequest(Endless, []) { Timeout = TimeSpan.FromMilliseconds(10) }));
        Assert.Contains("10 ms", shorter.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<VitessException>(async () =>
        {
            await foreach (var chunk in cluster.Gate.StreamAsync(new GateRequest(Endless, []))) Assert.NotEqual(0, chunk.RowCount);
        });
    }

    [Theory]
    [Trait("Rule", "S4.3")]
    [InlineData(null, 29_000, 31_000)]
    [InlineData(0, 29_000, 31_000)]
    [InlineData(2_000, 1_000, 3_000)]
    [InlineData(60_000, 59_000, 61_000)]
    public async Task Begin_Timeout_IsTheTransactionsAge_AndZeroIsNone(int? timeout, int openAfter, int overAfter)
    {
        var clock = new ManualTime();
        await using var cluster = await Cluster.OpenAsync(1, configure: options => options with { Clock = clock, TransactionIdle = TimeSpan.FromHours(1) });
        var transaction = await cluster.Gate.BeginAsync(null, new TransactionOptions(Timeout: timeout));
        clock.Advance(TimeSpan.FromMilliseconds(openAfter));
        await cluster.InAsync(transaction.TxId, "SELECT 1");
        clock.Advance(TimeSpan.FromMilliseconds(overAfter - openAfter));
        Assert.Equal("TRANSACTION_EXPIRED", (await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "SELECT 1"))).Code);
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Begin_OnAConnection_GrowsOld_AndIsIdleUntilItHoldsAWriter()
    {
        var clock = new ManualTime();
        await using var cluster = await Cluster.OpenAsync(1, configure: options => options with { Clock = clock });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)");
        var transaction = await cluster.Gate.BeginAsync(null, new TransactionOptions { OnConnection = true });
        await cluster.InAsync(transaction.TxId, "SELECT * FROM t");
        clock.Advance(TimeSpan.FromHours(1));
        await cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (1)");
        clock.Advance(TimeSpan.FromSeconds(9));
        await cluster.InAsync(transaction.TxId, "INSERT INTO t VALUES (2)");
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("TRANSACTION_EXPIRED", (await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "SELECT 1"))).Code);
    }

    [Fact]
    public async Task KeyspaceLimits_OfAKeyspaceThatIsNotThere_AreRefused()
    {
        var failure = await Assert.ThrowsAsync<VitessException>(() => Cluster.OpenAsync(1, configure: options => options with
        {
            KeyspaceLimits = new Dictionary<string, StatementLimits> { ["MAIN"] = new(), ["mian"] = new() { CrossShard = CrossShardPolicy.Deny } },
        }));
        Assert.Equal(("NOT_FOUND", "3D000"), (failure.Code, failure.SqlState));
        Assert.Contains("mian", failure.Message, StringComparison.Ordinal);
        Assert.Contains("main", failure.Hint!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT count(*) FROM t a JOIN t b ON a.v = b.v + 1")]
    [InlineData("UPDATE t SET v = v + 1 WHERE v IN (SELECT max(v) FROM t)")]
    public async Task NoLimit_StatementOfManyMinutes_Ends(string sql)
    {
        var (clock, held) = (new ManualTime(), new Held());
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with { Clock = clock, WrapTablet = tablet => new HeldTablet(tablet, held) });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3), (4, 4)");
        held.Hold();
        var running = cluster.RunAsync(sql);
        await held.ReachedAsync();
        clock.Advance(TimeSpan.FromHours(1));
        held.Release();
        await running;
    }

    [Fact]
    public async Task MaxConcurrent_MoreStatements_WaitTheirTurn_ThenFailTransiently()
    {
        var clock = new ManualTime();
        var held = new Held();
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with
        {
            Clock = clock, WrapTablet = tablet => new HeldTablet(tablet, held),
            KeyspaceLimits = new Dictionary<string, StatementLimits> { ["main"] = new() { MaxConcurrent = 1, MaxWaiting = 2, MaxWait = TimeSpan.FromSeconds(3) } },
        });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        held.Hold();
        var first = cluster.RunAsync("SELECT id FROM t WHERE id = 1");
        var second = cluster.RunAsync("SELECT id FROM t WHERE id = 1");
        var third = cluster.RunAsync("SELECT id FROM t WHERE id = 1");

        var fourth = await cluster.FailsAsync("SELECT id FROM t WHERE id = 1");
        Assert.Equal(("RESOURCE_EXHAUSTED", "53300", true), (fourth.Code, fourth.SqlState, fourth.IsTransient));
        Assert.Equal(2, (await cluster.RowsAsync("SHOW PROCESSLIST")).Count(row => row.Contains("waiting for its turn", StringComparison.Ordinal)));

        held.Release();
        Assert.Equal(1, (await first).Rows.RowCount);
        Assert.Equal(1, (await second).Rows.RowCount);
        Assert.Equal(1, (await third).Rows.RowCount);

        held.Hold();
        var running = cluster.RunAsync("SELECT id FROM t WHERE id = 1");
        var late = cluster.RunAsync("SELECT id FROM t WHERE id = 1");
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Contains("3000 ms", (await Assert.ThrowsAsync<VitessException>(() => late)).Message, StringComparison.Ordinal);
        held.Release();
        await running;
    }

    [Fact]
    public async Task MaxConcurrent_WaitingStatement_CanBeKilled_AndItsTurnIsNotLost()
    {
        var held = new Held();
        await using var cluster = await Cluster.OpenAsync(1, configure: options => options with
        {
            WrapTablet = tablet => new HeldTablet(tablet, held), Limits = new StatementLimits { MaxConcurrent = 1 },
        });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)");
        held.Hold();
        var running = cluster.RunAsync("SELECT id FROM t");
        var waiting = cluster.RunAsync("SELECT id FROM t");
        var row = Assert.Single(await cluster.RowsAsync("SHOW PROCESSLIST"), line => line.Contains("waiting", StringComparison.Ordinal));
        await cluster.RunAsync("KILL " + row.Split('|')[0]);
        Assert.Equal("CANCELLED", (await Assert.ThrowsAsync<VitessException>(() => waiting)).Code);
        held.Release();
        await running;
        Assert.Empty(await cluster.RowsAsync("SELECT id FROM t"));
    }

    public static TheoryData<StatementLimits> Senseless() =>
    [
        new() { MaxConcurrent = 0 }, new() { MaxWaiting = -1 }, new() { MaxWait = TimeSpan.FromSeconds(-1) }, new() { MaxRows = 0 }, new() { MaxBytes = 0 }, new() { MaxTime = TimeSpan.Zero },
    ];

    [Theory]
    [MemberData(nameof(Senseless))]
    public void Limits_ThatCannotBeMeant_AreRefused(StatementLimits limits) => Assert.Throws<ArgumentException>(() => limits.Validate("x"));

    private static async Task<Cluster> OpenAsync(StatementLimits limits)
    {
        var cluster = await Cluster.OpenAsync(3, configure: options => options with { Limits = limits });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", $"INSERT INTO t VALUES {string.Join(", ", Enumerable.Range(1, 60).Select(i => $"({i}, {i % 7})"))}");
        return cluster;
    }
}
