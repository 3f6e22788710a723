namespace Shale.Vitess;

/// <summary>The rest of a statement's rows under the limits of its keyspace: it has its turn until it is disposed, and what is read counts. One reader at a time.</summary>
internal sealed class LimitedRest(IAsyncEnumerator<RowSet> rest, GateLimits.Turn turn, ReadLimit limit) : OwningRest(rest)
{
    private long _rows, _bytes;

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
    public override async ValueTask<bool> MoveNextAsync()
    {
        if (!await base.MoveNextAsync()) return false;
        Count(Current);
        return true;
    }

    /// <inheritdoc/>
    protected override ValueTask EndAsync()
    {
        turn.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Count(RowSet chunk)
    {
        if (!limit.IsNone) limit.Check(_rows += chunk.RowCount, _bytes += chunk.SizeBytes);
    }
}
