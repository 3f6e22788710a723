using System.Runtime.CompilerServices;
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

    public override async IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await held.PassAsync(cancellationToken);
        await foreach (var chunk in base.StreamAsync(request, cancellationToken)) yield return chunk;
    }
}
