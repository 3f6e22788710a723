namespace Shale.Vitess;

/// <summary>The rest of a statement's rows under the limits of its keyspace: it has its turn until it is disposed, and what is read counts. One reader at a time.</summary>
internal sealed class LimitedRest(IAsyncEnumerator<RowSet> rest, GateLimits.Turn turn, ReadLimit limit) : IAsyncEnumerator<RowSet>
{
    private long _rows, _bytes;
    private bool _ended;

    /// <inheritdoc/>
    public RowSet Current => rest.Current;

    /// <summary>The result, with this as its rest. Errors: RESOURCE_EXHAUSTED (54000) if its first chunk is too much already.</summary>
    public async ValueTask<GateResult> CountFirstAsync(GateResult result)
    {
        try
        {
            Count(result.Rows);
            return result with { Rest = this };
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> MoveNextAsync()
    {
        if (!await rest.MoveNextAsync()) return false;
        Count(rest.Current);
        return true;
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
            turn.Dispose();
        }
    }

    private void Count(RowSet chunk)
    {
        if (!limit.IsNone) limit.Check(_rows += chunk.RowCount, _bytes += chunk.SizeBytes);
    }
}
