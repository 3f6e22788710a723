namespace Shale.Vitess;

/// <summary>The chunks behind the first, as the session's dialect names and types their columns. One reader at a time.</summary>
/// <param name="chunks">As the shards give them.</param>
/// <param name="shape">What they become; null for what they are.</param>
/// <param name="isStill">Whether no rows have moved to other shards since the statement was planned: what has gone where the stream had been would be missing.</param>
internal sealed class ShapedRest(IAsyncEnumerator<RowSet> chunks, ResultShape? shape, Func<bool> isStill) : IAsyncEnumerator<RowSet>
{
    /// <inheritdoc/>
    public RowSet Current { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask<bool> MoveNextAsync()
    {
        var more = await chunks.MoveNextAsync();
        if (!isStill()) throw RowMoves.Moved();
        if (more) Current = shape?.Apply(chunks.Current, merged: true) ?? chunks.Current;
        return more;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => chunks.DisposeAsync();
}
