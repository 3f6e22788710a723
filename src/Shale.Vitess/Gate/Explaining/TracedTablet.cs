using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>A tablet that notes what it does for one statement. It owns nothing: what it stands for lives on.</summary>
internal sealed class TracedTablet(ITablet inner, ShardTrace trace) : ITablet
{
    /// <inheritdoc/>
    public string Keyspace => inner.Keyspace;

    /// <inheritdoc/>
    public string Shard => inner.Shard;

    /// <inheritdoc/>
    public StorageEngineType Engine => inner.Engine;

    /// <inheritdoc/>
    public async ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken)
    {
        var start = trace.Now();
        var result = await inner.QueryAsync(request, cancellationToken);
        trace.Ran(Shard, request.Sql, result.Rows.RowCount, result.Rows.SizeBytes, start);
        return result;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = trace.Now();
        long rows = 0, bytes = 0;
        await foreach (var chunk in inner.StreamAsync(request, cancellationToken))
        {
            rows += chunk.RowCount;
            bytes += chunk.SizeBytes;
            yield return chunk;
        }

        trace.Ran(Shard, request.Sql, rows, bytes, start);
    }

    /// <inheritdoc/>
    public async ValueTask<ShardResult> ExecuteAsync(ShardExecuteRequest request, CancellationToken cancellationToken)
    {
        var start = trace.Now();
        var result = await inner.ExecuteAsync(request, cancellationToken);
        trace.Ran(Shard, request.Sql, Math.Max(result.Affected, result.Rows.RowCount), result.Rows.SizeBytes, start);
        return result;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ShardResult>> BatchAsync(ShardBatchRequest request, CancellationToken cancellationToken)
    {
        var start = trace.Now();
        var results = await inner.BatchAsync(request, cancellationToken);
        for (var i = 0; i < results.Count; i++)
        {
            // The time of a batch is that of its first statement: only the whole is measured.
            trace.Ran(Shard, request.Statements[i].Sql, Math.Max(results[i].Affected, results[i].Rows.RowCount), results[i].Rows.SizeBytes, i == 0 ? start : trace.Now());
        }

        return results;
    }

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
    public ValueTask DisposeAsync() => default;
}
