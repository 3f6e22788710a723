using Npgsql;
using Shale.Contracts;

namespace Shale.Postgres;

/// <summary>COPY … FROM STDIN: rows go to the server as they were written.</summary>
internal partial class PostgresConnection
{
    /// <inheritdoc/>
    public override async ValueTask<ShardResult> CopyAsync(string sql, ShardRows rows, CancellationToken cancellationToken)
    {
        try
        {
            RequireReady(cancellationToken);

            // The server is asked to stop: whatever Npgsql is told to cancel in the middle of a COPY costs it the connection.
            var running = new RunningCopy(Engine, Npgsql.ProcessID);
            _running = running;
            try
            {
                await using var stopping = cancellationToken.Register(running.Cancel);
                await SendAsync(sql, rows);
            }
            finally
            {
                Ended();
                await running.EndAsync();
            }

            return new ShardResult(new RowSet([]), rows.Count);
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            throw OfCopy(failure, (exception as PostgresException ?? exception.InnerException as PostgresException)?.Where);
        }
    }

    private async ValueTask SendAsync(string sql, ShardRows rows)
    {
        if (sql.EndsWith("WITH (FORMAT binary)", StringComparison.Ordinal))
        {
            await using var stream = await Npgsql.BeginRawBinaryCopyAsync(sql, CancellationToken.None);
            await stream.WriteAsync(rows.Data, CancellationToken.None);
            return;
        }

        // Past the writer, which would make bytes of letters.
        await using var writer = await Npgsql.BeginTextImportAsync(sql, CancellationToken.None);
        await ((StreamWriter)writer).BaseStream.WriteAsync(rows.Data, CancellationToken.None);
    }

    private sealed class RunningCopy(PostgresEngine engine, int process) : IRunning
    {
        private readonly Lock _lock = new();
        private Task? _stopping;
        private bool _hasEnded;

        public void Cancel()
        {
            lock (_lock)
            {
                if (!_hasEnded) _stopping ??= Task.Run(() => engine.StopAsync(process));
            }
        }

        // A request on its way must not meet what the session runs next.
        public Task EndAsync()
        {
            lock (_lock)
            {
                _hasEnded = true;
                return _stopping ?? Task.CompletedTask;
            }
        }
    }
}
