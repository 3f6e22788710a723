namespace Shale.Vitess;

/// <summary>The rest of a statement's rows: what the statement holds is given back when the rest is disposed, and a failure is told then. One reader at a time.</summary>
/// <param name="rest">The chunks.</param>
/// <param name="running">The statement.</param>
/// <param name="end">Told once: the failure, or null.</param>
internal sealed class RunningRest(IAsyncEnumerator<RowSet> rest, RunningStatement running, Func<Exception?, ValueTask> end) : IAsyncEnumerator<RowSet>
{
    private Exception? _failure;
    private bool _ended;

    /// <inheritdoc/>
    public RowSet Current => rest.Current;

    /// <inheritdoc/>
    public async ValueTask<bool> MoveNextAsync()
    {
        try
        {
            return await rest.MoveNextAsync();
        }
        catch (Exception exception)
        {
            _failure = running.Translate(exception);
            if (_failure == exception) throw;
            throw _failure;
        }
    }

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
            await end(_failure);
        }
    }
}
