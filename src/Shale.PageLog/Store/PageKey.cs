namespace Shale.PageLog;

/// <summary>A frame of one of the logs that share a cache.</summary>
/// <param name="Log">Which log; a number that no other one of the process ever has.</param>
/// <param name="Place">Where the frame is.</param>
internal readonly record struct PageKey(int Log, Place Place)
{
    /// <summary>All bits of it, spread evenly.</summary>
    public ulong Mixed => unchecked(((ulong)Place.Value + ((ulong)Log << 32)) * 0x9E3779B97F4A7C15UL);

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((int)(Mixed >> 16));
}
