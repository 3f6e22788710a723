using Shale.Contracts;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Engine.Specification.Tablet;

/// <summary>The base of the tablet's tests: one tablet of shard -80 with the table t(id, n), a clock that stands still, and shorthands.</summary>
public abstract class TabletSpecification : ShardSpecification, IAsyncLifetime
{
    protected ManualTime Time { get; } = new();

    protected VTTablet Tablet { get; private set; } = null!;

    protected virtual VTTabletOptions Options(VTTabletOptions options) => options;

    public async Task InitializeAsync()
    {
        Tablet = new VTTablet(Options(new VTTabletOptions { Shard = Shard, Keyspace = "main", Engine = new SqliteEngine(new SqliteEngineOptions { HasHistory = true }), TimeProvider = Time }));
        await Tablet.ExecuteAsync("CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER)");
        await Tablet.ExecuteAsync("INSERT INTO t VALUES (1, 10)");
        if (IsSwitched) await Tablet.SwitchEngineAsync(SqliteEngine.InMemory());
    }

    /// <summary>Whether the tablet has gone over to another engine, from a page log to a plain file.</summary>
    protected virtual bool IsSwitched => false;

    public virtual Task DisposeAsync() => Tablet.DisposeAsync().AsTask();

    protected async Task<string> BeginAsync(IsolationLevel? isolation = null, bool readOnly = false, int? timeout = null, bool write = false) =>
        await Tablet.BeginAsync(new ShardBeginRequest(Shard, new TransactionOptions(isolation, readOnly, timeout), write), default);

    protected async Task<long> ReadAsync(string? txId = null, string sql = "SELECT n FROM t WHERE id = 1")
    {
        var result = await Tablet.QueryAsync(new ShardQueryRequest(Shard, sql, [], txId), default);
        return result.Rows[0][0].AsInteger();
    }

    protected Task<ShardResult> WriteAsync(string? txId = null, string sql = "UPDATE t SET n = n + 1 WHERE id = 1", CancellationToken token = default) =>
        Tablet.ExecuteAsync(new ShardExecuteRequest(Shard, sql, [], txId), token).AsTask();

    protected Task CommitAsync(string txId) => Tablet.CommitAsync(txId, default).AsTask();

    protected Task RollbackAsync(string txId) => Tablet.RollbackAsync(txId, default).AsTask();
}
