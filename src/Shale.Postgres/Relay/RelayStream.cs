namespace Shale.Postgres.Relay;

/// <summary>The rows of one statement in chunks, read as they are asked for: a slow reader holds the server back. It can be enumerated once.</summary>
internal sealed class RelayStream(RelayConnection connection, string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, RowEncoding? encoding, CancellationToken cancellationToken)
    : ChunkStream(cancellationToken)
{
    private bool _isStarted, _hasEnded;

    /// <inheritdoc/>
    public override async ValueTask<bool> MoveNextAsync()
    {
        try
        {
            if (_hasEnded) return false;
            var isFirst = !_isStarted;
            if (isFirst) await StartAsync();
            else if (await ReadAsync() && connection.Reading.Failure is { } failed) throw failed;
            Current = connection.Reading.Rows();
            return isFirst || Current.RowCount > 0;
        }
        catch (Exception exception) when (connection.Failed(exception) is { } failure)
        {
            _hasEnded = true;
            await connection.EndAsync();
            throw failure;
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask EndAsync()
    {
        if (!_isStarted || _hasEnded) return;
        _hasEnded = true;
        try
        {
            if (!connection.InTransaction) connection.Interrupt();
            do connection.Reading.Rows();
            while (!await ReadAsync());
            if (connection.Reading.Failure is { } failed) throw failed;
        }
        catch (Exception exception) when (connection.Failed(exception) is not null)
        {
            // That it was stopped, or that the connection is gone, which the next statement tells.
        }
    }

    private async ValueTask StartAsync()
    {
        RelayStatement statement;
        do
        {
            statement = await connection.StartAsync(sql, parameters, encoding, usesAgain: true, Token);
            (_isStarted, _hasEnded) = (true, false);
        }
        while (await ReadAsync() && connection.MustRepeat(statement));
    }

    // Takes a chunk; true at the end of the statement.
    private async ValueTask<bool> ReadAsync()
    {
        while (!connection.Reading.Take(chunkBytes)) await connection.MoreAsync();
        if (!connection.Reading.IsEnded) return false;
        _hasEnded = true;
        await connection.EndAsync();
        return true;
    }
}
