namespace Shale.Vitess;

/// <summary>The rest of a statement's rows: what the statement holds is given back when the rest is disposed, and a failure is told then. One reader at a time.</summary>
/// <param name="rest">The chunks.</param>
/// <param name="running">The statement.</param>
/// <param name="end">Told once: the failure, or null.</param>
internal sealed class RunningRest(IAsyncEnumerator<RowSet> rest, RunningStatement running, Func<Exception?, ValueTask> end) : OwningRest(rest)
{
    private Exception? _failure;

    /// <inheritdoc/>
    public override async ValueTask<bool> MoveNextAsync()
    {
        try
        {
            return await base.MoveNextAsync();
        }
        catch (Exception exception)
        {
            _failure = running.Translate(exception);
            if (_failure == exception) throw;
            throw _failure;
        }
    }

    /// <inheritdoc/>
    protected override ValueTask EndAsync() => end(_failure);
}
