using System.Runtime.CompilerServices;
using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Cli.Bench.Gate;

/// <summary>A tablet that answers each read and write at once with nothing, so that what is measured is the gate's way to it. Definitions go on to the real one.</summary>
internal sealed class InstantTablet(ITablet inner) : ITablet
{
    private static readonly ShardResult _nothing = new(new RowSet([]), 1);

    /// <summary>Whether it answers by itself.</summary>
    public bool IsInstant { get; set; }

    /// <summary>How often it has been asked since.</summary>
    public long Calls { get; private set; }

    /// <inheritdoc/>
    public string Keyspace => inner.Keyspace;

    /// <inheritdoc/>
    public string Shard => inner.Shard;

    /// <inheritdoc/>
    public StorageEngineType Engine => inner.Engine;

    /// <inheritdoc/>
    public ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken) => IsInstant ? Nothing() : inner.QueryAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ShardResult> ExecuteAsync(ShardExecuteRequest request, CancellationToken cancellationToken) => IsInstant ? Nothing() : inner.ExecuteAsync(request, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, CancellationToken cancellationToken) => inner.StreamAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ShardResult>> BatchAsync(ShardBatchRequest request, CancellationToken cancellationToken) => inner.BatchAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string> BeginAsync(ShardBeginRequest request, CancellationToken cancellationToken) => inner.BeginAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask CheckDeferredAsync(string txId, CancellationToken cancellationToken) => inner.CheckDeferredAsync(txId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask CommitAsync(string txId, CancellationToken cancellationToken) => inner.CommitAsync(txId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask RollbackAsync(string txId, CancellationToken cancellationToken) => inner.RollbackAsync(txId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ShardHealth> HealthAsync(CancellationToken cancellationToken) => inner.HealthAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ShardObject>> SchemaAsync(CancellationToken cancellationToken) => inner.SchemaAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ValueTask<ShardResult> Nothing()
    {
        Calls++;
        return new ValueTask<ShardResult>(_nothing);
    }
}
