namespace Shale.Vitess;

/// <summary>The rest of a statement's rows that holds something until it is disposed, however often that is. One reader at a time.</summary>
/// <param name="rest">The chunks.</param>
internal abstract class OwningRest(IAsyncEnumerator<RowSet> rest) : IAsyncEnumerator<RowSet>
{
    private bool _ended;

    /// <inheritdoc/>
    public RowSet Current => rest.Current;

    /// <inheritdoc/>
    public virtual ValueTask<bool> MoveNextAsync() => rest.MoveNextAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_ended) return;
        _ended = true;
        try
        {
            await rest.DisposeAsync();
        }
        finally
        {
            await EndAsync();
        }
    }

    /// <summary>Gives back what it holds; called once, when the chunks are disposed.</summary>
    protected abstract ValueTask EndAsync();
}
