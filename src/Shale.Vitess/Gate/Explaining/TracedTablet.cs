using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>A tablet that notes what it does for one statement. Never disposed: what it stands for lives on.</summary>
internal sealed class TracedTablet(ITablet inner, ShardTrace trace) : ForwardingTablet(inner)
{
    /// <inheritdoc/>
    public override async ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken)
    {
        var start = trace.Now();
        var result = await base.QueryAsync(request, cancellationToken);
        trace.Ran(Shard, request.Sql, result.Rows.RowCount, result.Rows.SizeBytes, start);
        return result;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = trace.Now();
        long rows = 0, bytes = 0;
        await foreach (var chunk in base.StreamAsync(request, cancellationToken))
        {
            rows += chunk.RowCount;
            bytes += chunk.SizeBytes;
            yield return chunk;
        }

        trace.Ran(Shard, request.Sql, rows, bytes, start);
    }

    /// <inheritdoc/>
    public override async ValueTask<ShardResult> ExecuteAsync(ShardExecuteRequest request, CancellationToken cancellationToken)
    {
        var start = trace.Now();
        var result = await base.ExecuteAsync(request, cancellationToken);
        trace.Ran(Shard, request.Sql, Math.Max(result.Affected, result.Rows.RowCount), result.Rows.SizeBytes, start);
        return result;
    }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<ShardResult>> BatchAsync(ShardBatchRequest request, CancellationToken cancellationToken)
    {
        var start = trace.Now();
        var results = await base.BatchAsync(request, cancellationToken);
        for (var i = 0; i < results.Count; i++)
        {
            // The time of a batch is that of its first statement: only the whole is measured.
            trace.Ran(Shard, request.Statements[i].Sql, Math.Max(results[i].Affected, results[i].Rows.RowCount), results[i].Rows.SizeBytes, i == 0 ? start : trace.Now());
        }

        return results;
    }
}
