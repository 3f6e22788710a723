using Shale.Contracts;

namespace Shale.Vitess.Tests;

/// <summary>A tablet whose reads may be held back.</summary>
internal sealed class HeldTablet(ITablet inner, Held held) : ForwardingTablet(inner)
{
    public override async ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken)
    {
        await held.PassAsync(cancellationToken);
        return await base.QueryAsync(request, cancellationToken);
    }
}
