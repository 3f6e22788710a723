using System.Runtime.CompilerServices;
using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Cli.Bench.Gate;

/// <summary>A tablet that answers each read and write at once with nothing, so that what is measured is the gate's way to it. Definitions go on to the real one.</summary>
internal sealed class InstantTablet(ITablet inner) : ForwardingTablet(inner)
{
    private static readonly ShardResult _nothing = new(new RowSet([]), 1);

    /// <summary>Whether it answers by itself.</summary>
    public bool IsInstant { get; set; }

    /// <summary>How often it has been asked since.</summary>
    public long Calls { get; private set; }

    /// <inheritdoc/>
    public override ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken) =>
        IsInstant ? Nothing() : base.QueryAsync(request, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<ShardResult> ExecuteAsync(ShardExecuteRequest request, CancellationToken cancellationToken) =>
        IsInstant ? Nothing() : base.ExecuteAsync(request, cancellationToken);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ValueTask<ShardResult> Nothing()
    {
        Calls++;
        return new ValueTask<ShardResult>(_nothing);
    }
}
