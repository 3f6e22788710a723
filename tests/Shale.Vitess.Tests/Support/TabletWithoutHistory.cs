namespace Shale.Vitess.Tests;

/// <summary>A tablet that keeps no versions, as far as the gate knows.</summary>
internal sealed class TabletWithoutHistory(ITablet inner) : ForwardingTablet(inner)
{
    public override IShardHistory? History => null;
}
