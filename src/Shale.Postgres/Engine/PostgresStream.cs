using Npgsql;

namespace Shale.Postgres;

/// <summary>The rows of one statement in chunks, read as they are asked for: a slow reader holds the server back. It can be enumerated once.</summary>
internal sealed class PostgresStream(PostgresConnection connection, string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, CancellationToken cancellationToken)
    : ChunkStream(cancellationToken)
{
    private NpgsqlDataReader? _reader;
    private PostgresConnection.IRunning? _running;
    private RowShape _shape = RowShape.None;
    private bool _isStarted;

    /// <inheritdoc/>
    public override async ValueTask<bool> MoveNextAsync()
    {
        try
        {
            if (_isStarted && _reader is null) return false;
            if (!_isStarted)
            {
                _isStarted = true;
                (_reader, _shape, _running) = await connection.StartAsync(sql, parameters, Token);
                await StepAsync();
            }

            await ReadChunkAsync();
            return true;
        }
        catch (Exception exception) when (connection.Failed(exception) is { } failure)
        {
            await TryCloseAsync();
            throw failure;
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask EndAsync()
    {
        if (_reader is not null && !connection.InTransaction) _running?.Cancel();
        await TryCloseAsync();
    }

    private async ValueTask ReadChunkAsync()
    {
        var rows = new RowSet(_shape.Fields);
        long bytes = 0;
        while (_reader is not null && bytes < chunkBytes)
        {
            var row = rows.AddRow();
            _shape.Read(_reader, row);
            foreach (ref readonly var cell in row) bytes += cell.SizeBytes;
            await StepAsync();
        }

        Current = rows;
    }

    // To the next row, or to the end, where failures that the server finds last come.
    private async ValueTask StepAsync()
    {
        if (await _reader!.ReadAsync(Token)) return;
        await _reader.NextResultAsync(Token);
        var reader = _reader;
        _reader = null;
        await reader.DisposeAsync();
        connection.Ended();
    }

    private async ValueTask TryCloseAsync()
    {
        if (_reader is not { } reader) return;
        _reader = null;
        try
        {
            await reader.DisposeAsync();
        }
        catch (Exception exception) when (connection.Failed(exception) is not null)
        {
            // That it was stopped, or that the connection is gone, which the next statement tells.
        }

        connection.Ended();
    }
}
