using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// One shard as the gate sees it: in this process or in another. Nothing here could not be a message: the requests are those of SHARD_* in
/// Shale.Contracts, and every failure is a <see cref="VitessException"/> that names the shard. Thread-safe.
/// </summary>
public interface ITablet : IAsyncDisposable
{
    /// <summary>The keyspace it belongs to.</summary>
    string Keyspace { get; }

    /// <summary>The shard, by its key range.</summary>
    string Shard { get; }

    /// <summary>What it stores its rows in.</summary>
    StorageEngineType Engine { get; }

    /// <summary>Its versions; null where it keeps none (SEMANTICS S5.4).</summary>
    IShardHistory? History { get; }

    /// <summary>
    /// The shard of a branch of the keyspace, whose name is this one's, a slash, and the branch; whether the shard has it shows when it is used. The caller closes it. Errors: TT_NOT_SUPPORTED where
    /// there are no branches; SHARD_ERROR after closing.
    /// </summary>
    ITablet OpenBranch(string name);

    /// <summary>Reads: in the transaction, in a snapshot of its own, or in a version of the past.</summary>
    ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken);

    /// <summary>Reads, in chunks; see <see cref="IEngineConnection.StreamAsync(string, IReadOnlyList{SqlValue}, int, CancellationToken)"/>.</summary>
    IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, CancellationToken cancellationToken);

    /// <summary>Runs a statement that may write: in the transaction, or in one of its own.</summary>
    ValueTask<ShardResult> ExecuteAsync(ShardExecuteRequest request, CancellationToken cancellationToken);

    /// <summary>Runs statements in order, all or nothing; one result for each.</summary>
    ValueTask<IReadOnlyList<ShardResult>> BatchAsync(ShardBatchRequest request, CancellationToken cancellationToken);

    /// <summary>Opens a transaction and returns its id. Errors: RESOURCE_EXHAUSTED (53300) when too many are open for too long.</summary>
    ValueTask<string> BeginAsync(ShardBeginRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Checks, before a transaction over several shards commits on the first of them, that this one still can: it is alive and its deferred constraints hold.
    /// Errors: as <see cref="CommitAsync"/>; the transaction stays open.
    /// </summary>
    ValueTask CheckDeferredAsync(string txId, CancellationToken cancellationToken);

    /// <summary>See <see cref="IEngineConnection.SuspendKeysAsync"/>; the transaction has written.</summary>
    ValueTask SuspendKeysAsync(string txId, bool suspends, CancellationToken cancellationToken);

    /// <summary>Commits. Errors: TRANSACTION_NOT_FOUND, TRANSACTION_EXPIRED, and what the engine finds at commit; then nothing was committed.</summary>
    ValueTask CommitAsync(string txId, CancellationToken cancellationToken);

    /// <summary>Rolls back; an unknown id is no error.</summary>
    ValueTask RollbackAsync(string txId, CancellationToken cancellationToken);

    /// <summary>Health, counters and latencies.</summary>
    ValueTask<ShardHealth> HealthAsync(CancellationToken cancellationToken);

    /// <summary>The objects of the shard's database.</summary>
    ValueTask<IReadOnlyList<ShardObject>> SchemaAsync(CancellationToken cancellationToken);
}
