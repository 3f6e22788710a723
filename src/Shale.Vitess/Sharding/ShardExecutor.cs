using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What a <see cref="ShardExecutor"/> is made of (seed 003).</summary>
public sealed record ShardExecutorOptions
{
    /// <summary>What stores a shard's rows, by the shard's number: 0, 1, …, in order of the key ranges. Called once for each; the executor owns what it returns.</summary>
    public required Func<int, IStorageEngine> GetEngine { get; init; }

    /// <summary>Where the VSchema is kept, with the tables that CREATE TABLE makes; null for memory only. The caller disposes it after the executor.</summary>
    public ITopology? Topology { get; init; }

    /// <summary>Whose SQL the statements are. Default sqlite.</summary>
    public SqlDialect Dialect { get; init; } = SqlDialect.Sqlite;

    /// <summary>How long a statement may take; null for no limit.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>
/// Runs statements over shards (seed 003): a thin face over <see cref="VTGate"/>, which finds the shards, merges what they answer, and commits. Thread-safe.
/// Errors are those of the gate.
/// </summary>
public sealed class ShardExecutor : IAsyncDisposable
{
    private readonly ShardExecutorOptions _options;
    private readonly string _keyspace;

    private ShardExecutor(VTGate gate, string keyspace, ShardExecutorOptions options) => (Gate, _keyspace, _options) = (gate, keyspace, options);

    /// <summary>The gate.</summary>
    public VTGate Gate { get; }

    /// <summary>Opens the shards of a router. Errors: INVALID_VSCHEMA if the topology holds another VSchema; SHARD_ERROR.</summary>
    public static async ValueTask<ShardExecutor> CreateAsync(ShardRouter router, ShardExecutorOptions options, CancellationToken cancellationToken = default)
    {
        var topology = options.Topology ?? new MemoryTopology(null);
        var keyspace = ClusterStart.Apply(topology, new ClusterStartOptions(router.Keyspace.Name, VSchemaJson: router.Json)).Get(router.Keyspace.Name);
        var tablets = new List<VTTablet>();
        var scratch = new Dictionary<StorageEngineType, IScratchSource>();
        VTGate? gate = null;
        try
        {
            for (var i = 0; i < keyspace.Shards.Length; i++)
            {
                var engine = options.GetEngine(i);
                scratch.TryAdd(engine.Type, engine);
                tablets.Add(new VTTablet(new VTTabletOptions { Keyspace = keyspace.Name, Shard = keyspace.Shards[i].ToString(), Engine = engine }.BehindAGate()));
            }

            gate = new VTGate(new VTGateOptions { Topology = topology, Tablets = tablets, Scratch = scratch, DefaultKeyspace = keyspace.Name });
            await gate.RepairAsync(cancellationToken);
            return new ShardExecutor(gate, keyspace.Name, options);
        }
        catch
        {
            if (gate is not null) await gate.DisposeAsync();
            foreach (var tablet in tablets) await tablet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a statement and returns its rows: on one shard where its key says which, else on those that may have rows.</summary>
    public ValueTask<GateResult> QueryAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(sql, parameters, null, cancellationToken);

    /// <summary>Runs a statement that changes something; <see cref="GateResult.Affected"/> and <see cref="GateResult.LastInsertId"/> tell what.</summary>
    public ValueTask<GateResult> RunAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(sql, parameters, null, cancellationToken);

    /// <summary>Where a statement goes with these values.</summary>
    public Route Route(string sql, IReadOnlyList<object?>? parameters = null) => Gate.Route(sql, Values(parameters), _keyspace, _options.Dialect);

    /// <summary>Runs work in a transaction over all shards that it touches: commits when it returns, rolls back when it throws.</summary>
    public async ValueTask TransactionAsync(Func<ShardedTransaction, Task> work, TransactionOptions? options = null, CancellationToken cancellationToken = default)
    {
        var info = await Gate.BeginAsync(_keyspace, options, _options.Dialect, cancellationToken);
        try
        {
            await work(new ShardedTransaction(this, info.TxId, cancellationToken));
            await Gate.CommitAsync(info.TxId, cancellationToken);
        }
        catch
        {
            await RollbackQuietlyAsync(info.TxId);
            throw;
        }
    }

    /// <summary>See <see cref="TransactionAsync(Func{ShardedTransaction, Task}, TransactionOptions?, CancellationToken)"/>; returns what the work returns.</summary>
    public async ValueTask<T> TransactionAsync<T>(Func<ShardedTransaction, Task<T>> work, TransactionOptions? options = null, CancellationToken cancellationToken = default)
    {
        T result = default!;
        await TransactionAsync(async transaction => { result = await work(transaction); }, options, cancellationToken);
        return result;
    }

    /// <summary>Rolls back what is open and closes the shards.</summary>
    public ValueTask DisposeAsync() => Gate.DisposeAsync();

    internal ValueTask<GateResult> ExecuteAsync(string sql, IReadOnlyList<object?>? parameters, string? txId, CancellationToken cancellationToken) =>
        Gate.ExecuteAsync(new GateRequest(sql, Values(parameters)) { Target = _keyspace, TxId = txId, Dialect = _options.Dialect, Timeout = _options.Timeout }, cancellationToken);

    private static SqlValue[] Values(IReadOnlyList<object?>? parameters) => parameters is null ? [] : [.. parameters.Select(SqlConvert.ToSqlValue)];

    private async ValueTask RollbackQuietlyAsync(string txId)
    {
        try
        {
            await Gate.RollbackAsync(txId, CancellationToken.None);
        }
        catch (VitessException)
        {
            // It has ended already, by the failure that the caller is told.
        }
    }
}

/// <summary>A transaction of <see cref="ShardExecutor.TransactionAsync(Func{ShardedTransaction, Task}, TransactionOptions?, CancellationToken)"/>. Its statements run one after another.</summary>
public sealed class ShardedTransaction
{
    private readonly ShardExecutor _executor;
    private readonly string _id;
    private readonly CancellationToken _cancellation;

    internal ShardedTransaction(ShardExecutor executor, string id, CancellationToken cancellation) => (_executor, _id, _cancellation) = (executor, id, cancellation);

    /// <summary>Runs a statement and returns its rows.</summary>
    public ValueTask<GateResult> QueryAsync(string sql, IReadOnlyList<object?>? parameters = null) => _executor.ExecuteAsync(sql, parameters, _id, _cancellation);

    /// <summary>Runs a statement that changes something.</summary>
    public ValueTask<GateResult> RunAsync(string sql, IReadOnlyList<object?>? parameters = null) => _executor.ExecuteAsync(sql, parameters, _id, _cancellation);
}
