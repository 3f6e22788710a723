using Shale.Contracts;

namespace Shale.Vitess.Tests;

/// <summary>A tablet that calls out before each message that may write, begins or ends something: what is in the files then is what a kill would leave.</summary>
internal sealed class SnapshotTablet(ITablet inner, Action take) : ForwardingTablet(inner)
{
    public override ValueTask<ShardResult> ExecuteAsync(ShardExecuteRequest request, CancellationToken cancellationToken)
    {
        take();
        return base.ExecuteAsync(request, cancellationToken);
    }

    public override ValueTask<IReadOnlyList<ShardResult>> BatchAsync(ShardBatchRequest request, CancellationToken cancellationToken)
    {
        take();
        return base.BatchAsync(request, cancellationToken);
    }

    public override ValueTask<string> BeginAsync(ShardBeginRequest request, CancellationToken cancellationToken)
    {
        take();
        return base.BeginAsync(request, cancellationToken);
    }

    public override ValueTask CommitAsync(string txId, CancellationToken cancellationToken)
    {
        take();
        return base.CommitAsync(txId, cancellationToken);
    }
}
