using Shale.Contracts;
using Shale.Engine.Specification.Tablet;
using Shale.Vitess;

namespace Shale.Engine.Specification.Postgres;

/// <summary>A tablet of an engine that lets many write.</summary>
public sealed class PostgresTabletTests : ShardSpecification, IAsyncLifetime
{
    private readonly ManualTime _time = new();

    private VTTablet Tablet { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Tablet = new VTTablet(new VTTabletOptions { Shard = Shard, Keyspace = "main", Engine = await TestPostgres.EngineAsync(), TimeProvider = _time, MaxWriters = 3 });
        await Tablet.ExecuteAsync("CREATE TABLE t(id bigint PRIMARY KEY, n bigint)");
        await Tablet.ExecuteAsync("INSERT INTO t VALUES (1, 10), (2, 20)");
    }

    public Task DisposeAsync() => Tablet.DisposeAsync().AsTask();

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Transactions_OnSeveralRows_WriteSideBySide()
    {
        var one = await BeginAsync();
        var two = await BeginAsync();
        await WriteAsync(one, "UPDATE t SET n = 11 WHERE id = 1");
        await WriteAsync(two, "UPDATE t SET n = 21 WHERE id = 2");
        Assert.Equal((11, 20), (await ReadAsync(one, 1), await ReadAsync(one, 2)));
        Assert.Equal((10, 21), (await ReadAsync(two, 1), await ReadAsync(two, 2)));
        await WriteAsync(null, "INSERT INTO t VALUES (3, 30)");
        var waiting = WriteAsync(one, "UPDATE t SET n = n + 1 WHERE id = 2");
        await Tablet.CommitAsync(two, default);
        await waiting;
        await Tablet.CommitAsync(one, default);
        Assert.Equal((11, 22), (await ReadAsync(null, 1), await ReadAsync(null, 2)));
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Isolation_OfATransaction_IsPostgresOwn()
    {
        var committed = await BeginAsync(IsolationLevel.ReadCommitted);
        var repeatable = await BeginAsync(IsolationLevel.RepeatableRead);
        var fixedReader = await BeginAsync(IsolationLevel.RepeatableRead, readOnly: true);
        foreach (var tx in new[] { committed, repeatable, fixedReader }) Assert.Equal(10, await ReadAsync(tx, 1));
        await WriteAsync(null, "UPDATE t SET n = 11 WHERE id = 1");
        Assert.Equal((11, 10, 10), (await ReadAsync(committed, 1), await ReadAsync(repeatable, 1), await ReadAsync(fixedReader, 1)));
        await FailsAsync(ErrorCodes.ReadOnlyTransaction, "25006", () => WriteAsync(fixedReader, "DELETE FROM t"));
        Assert.True((await FailsAsync(ErrorCodes.SerializationFailure, "40001", () => WriteAsync(repeatable, "UPDATE t SET n = 0 WHERE id = 1"))).IsTransient);
        await FailsAsync(ErrorCodes.TransactionError, "25P02", () => ReadAsync(repeatable, 1));
        await FailsAsync(ErrorCodes.TransactionError, "25P02", () => Tablet.CommitAsync(repeatable, default).AsTask());
    }

    [Fact]
    public async Task Deadlock_OfTwoTransactions_EndsOneOfThem()
    {
        var one = await BeginAsync();
        var two = await BeginAsync();
        await WriteAsync(one, "UPDATE t SET n = 0 WHERE id = 1");
        await WriteAsync(two, "UPDATE t SET n = 0 WHERE id = 2");
        Task[] waits = [WriteAsync(one, "UPDATE t SET n = 0 WHERE id = 2"), WriteAsync(two, "UPDATE t SET n = 0 WHERE id = 1")];
        var failure = await Assert.ThrowsAsync<VitessException>(() => Task.WhenAll(waits));
        Assert.Equal(("DEADLOCK_DETECTED", "40P01", Shard), (failure.Code, failure.SqlState, failure.Shard));
        Assert.Equal(1, waits.Count(wait => wait.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task Batch_ThatFails_IsUndone()
    {
        ShardStatement[] statements = [new("INSERT INTO t VALUES ($1, 0)", [[SqlValue.Integer(3)], [SqlValue.Integer(4)]]), new("INSERT INTO t VALUES (1, 0)", [[]])];
        await FailsAsync(ErrorCodes.ConstraintViolation, "23505", async () => await Tablet.BatchAsync(new ShardBatchRequest(Shard, statements, null), default));
        var tx = await BeginAsync();
        await FailsAsync(ErrorCodes.ConstraintViolation, "23505", async () => await Tablet.BatchAsync(new ShardBatchRequest(Shard, statements, tx), default));
        await FailsAsync(ErrorCodes.TransactionError, "25P02", () => ReadAsync(tx, 1));
        await Tablet.RollbackAsync(tx, default);
        Assert.Equal(2, (await Tablet.QueryAsync("SELECT count(*) FROM t")).Rows[0][0].AsInteger());
    }

    [Fact]
    public async Task Transaction_IdleForTooLong_GivesItsLocksBack()
    {
        var tx = await BeginAsync();
        await WriteAsync(tx, "UPDATE t SET n = 0");
        _time.Advance(TimeSpan.FromSeconds(11));
        await WriteAsync(null, "UPDATE t SET n = n + 1 WHERE id = 1");
        Assert.Equal(11, await ReadAsync(null, 1));
        await FailsAsync(ErrorCodes.TransactionExpired, "25P03", () => ReadAsync(tx, 1));
    }

    [Fact]
    public async Task Writers_WhenAllAreTaken_AreWaitedFor()
    {
        List<string> open = [await BeginAsync(), await BeginAsync(), await BeginAsync()];
        foreach (var tx in open) await ReadAsync(tx, 1);
        var refused = WriteAsync(null, "UPDATE t SET n = 0");
        Assert.False(refused.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5.1));
        await FailsAsync(ErrorCodes.ResourceExhausted, "53300", () => refused);
        await Tablet.RollbackAsync(open[0], default);
        await WriteAsync(null, "UPDATE t SET n = 0");
    }

    [Fact]
    public async Task Connections_ThatTheServerEnds_AreReplaced()
    {
        var tx = await BeginAsync();
        await WriteAsync(tx, "UPDATE t SET n = 0");
        await ReadAsync(null, 1);
        await Tablet.QueryAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        var failure = await Assert.ThrowsAsync<VitessException>(() => ReadAsync(tx, 1));
        Assert.Equal(("SHARD_ERROR", Shard, true), (failure.Code, failure.Shard, failure.IsTransient));
        await FailsAsync(ErrorCodes.TransactionError, "40000", () => Tablet.CommitAsync(tx, default).AsTask());
        Assert.Equal(10, await ReadAsync(null, 1));
        await WriteAsync(null, "UPDATE t SET n = n + 1 WHERE id = 1");
        var health = await Tablet.HealthAsync(default);
        Assert.True(health is { Healthy: true, Engine: StorageEngineType.Postgres });
    }

    [Fact]
    public async Task Close_WhileAStatementRuns_StopsIt()
    {
        var reading = Tablet.QueryAsync("SELECT pg_sleep(600)").AsTask();
        var tx = await BeginAsync();
        var writing = WriteAsync(tx, "SELECT pg_sleep(600)");
        await Tablet.CloseAsync();
        Assert.Contains((await Assert.ThrowsAsync<VitessException>(() => reading)).Code, new[] { "TIMEOUT", "SHARD_ERROR" });
        Assert.Contains((await Assert.ThrowsAsync<VitessException>(() => writing)).Code, new[] { "TIMEOUT", "SHARD_ERROR" });
    }

    private async Task<string> BeginAsync(IsolationLevel? isolation = null, bool readOnly = false) =>
        await Tablet.BeginAsync(new ShardBeginRequest(Shard, new TransactionOptions(isolation, readOnly)), default);

    private async Task<long> ReadAsync(string? txId, long id) =>
        (await Tablet.QueryAsync(new ShardQueryRequest(Shard, "SELECT n FROM t WHERE id = $1", [SqlValue.Integer(id)], txId), default)).Rows[0][0].AsInteger();

    private Task WriteAsync(string? txId, string sql) => Tablet.ExecuteAsync(new ShardExecuteRequest(Shard, sql, [], txId), default).AsTask();
}
