using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>A tablet that hands everything on to another, which it owns; for those that look at some of it, or do some of it otherwise. As thread-safe as that one.</summary>
/// <param name="inner">What everything goes on to.</param>
public abstract class ForwardingTablet(ITablet inner) : ITablet
{
    /// <summary>What everything goes on to.</summary>
    protected ITablet Inner => inner;

    /// <inheritdoc/>
    public virtual string Keyspace => inner.Keyspace;

    /// <inheritdoc/>
    public string Shard => inner.Shard;

    /// <inheritdoc/>
    public StorageEngineType Engine => inner.Engine;

    /// <inheritdoc/>
    public virtual IShardHistory? History => inner.History;

    /// <inheritdoc/>
    public virtual ITablet OpenBranch(string name) => inner.OpenBranch(name);

    /// <inheritdoc/>
    public virtual ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken) => inner.QueryAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual async IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var chunk in inner.StreamAsync(request, cancellationToken)) yield return chunk;
    }

    /// <inheritdoc/>
    public virtual ValueTask<ShardResult> ExecuteAsync(ShardExecuteRequest request, CancellationToken cancellationToken) => inner.ExecuteAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<IReadOnlyList<ShardResult>> BatchAsync(ShardBatchRequest request, CancellationToken cancellationToken) => inner.BatchAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<string> BeginAsync(ShardBeginRequest request, CancellationToken cancellationToken) => inner.BeginAsync(request, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask CheckDeferredAsync(string txId, CancellationToken cancellationToken) => inner.CheckDeferredAsync(txId, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask SuspendKeysAsync(string txId, bool suspends, CancellationToken cancellationToken) => inner.SuspendKeysAsync(txId, suspends, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask CommitAsync(string txId, CancellationToken cancellationToken) => inner.CommitAsync(txId, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask RollbackAsync(string txId, CancellationToken cancellationToken) => inner.RollbackAsync(txId, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ShardHealth> HealthAsync(CancellationToken cancellationToken) => inner.HealthAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<IReadOnlyList<ShardObject>> SchemaAsync(CancellationToken cancellationToken) => inner.SchemaAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }
}
