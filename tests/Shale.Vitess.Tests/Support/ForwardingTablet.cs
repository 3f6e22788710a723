using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess.Tests;

/// <summary>A tablet that hands everything on, for tests that look at, delay or fail some of it.</summary>
internal class ForwardingTablet(ITablet inner) : ITablet
{
    public string Keyspace => inner.Keyspace;

    public string Shard => inner.Shard;

    public StorageEngineType Engine => inner.Engine;

    public virtual ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken) => inner.QueryAsync(request, cancellationToken);

    public virtual async IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var chunk in inner.StreamAsync(request, cancellationToken)) yield return chunk;
    }

    public virtual ValueTask<ShardResult> ExecuteAsync(ShardExecuteRequest request, CancellationToken cancellationToken) => inner.ExecuteAsync(request, cancellationToken);

    public virtual ValueTask<IReadOnlyList<ShardResult>> BatchAsync(ShardBatchRequest request, CancellationToken cancellationToken) => inner.BatchAsync(request, cancellationToken);

    public virtual ValueTask<string> BeginAsync(ShardBeginRequest request, CancellationToken cancellationToken) => inner.BeginAsync(request, cancellationToken);

    public virtual ValueTask CheckDeferredAsync(string txId, CancellationToken cancellationToken) => inner.CheckDeferredAsync(txId, cancellationToken);

    public virtual ValueTask CommitAsync(string txId, CancellationToken cancellationToken) => inner.CommitAsync(txId, cancellationToken);

    public virtual ValueTask RollbackAsync(string txId, CancellationToken cancellationToken) => inner.RollbackAsync(txId, cancellationToken);

    public ValueTask<ShardHealth> HealthAsync(CancellationToken cancellationToken) => inner.HealthAsync(cancellationToken);

    public ValueTask<IReadOnlyList<ShardObject>> SchemaAsync(CancellationToken cancellationToken) => inner.SchemaAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
