using System.Globalization;
using Npgsql;
using Shale.Contracts;

namespace Shale.Postgres;

/// <summary>COPY … FROM STDIN: rows go to the server as they were written.</summary>
internal partial class PostgresConnection
{
    /// <inheritdoc/>
    public async ValueTask<ShardResult> CopyAsync(string sql, ShardRows rows, CancellationToken cancellationToken)
    {
        try
        {
            RequireReady(cancellationToken);

            // The server is asked to stop: whatever Npgsql is told to cancel in the middle of a COPY costs it the connection.
            var running = new RunningCopy(_engine, Npgsql.ProcessID);
            _running = running;
            await using var stopping = cancellationToken.Register(running.Cancel);
            await SendAsync(sql, rows);
            Ended();
            return new ShardResult(new RowSet([]), rows.Count);
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            if (LineOf(exception) is not { } line) throw failure;
            throw new VitessException(new ErrorCode(failure.Code, failure.SqlState ?? "XX000", failure.IsTransient, "", failure.Hint ?? ""), failure.Message, inner: failure) { Row = line - 1 };
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

    // "COPY t, line 3, column a: …"
    private static long? LineOf(Exception exception)
    {
        const string Line = ", line ";
        if ((exception as PostgresException ?? exception.InnerException as PostgresException)?.Where is not { } where || where.IndexOf(Line, StringComparison.Ordinal) is not (>= 0 and var at)) return null;
        var digits = where.AsSpan(at + Line.Length);
        var length = digits.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(length < 0 ? digits : digits[..length], NumberStyles.None, CultureInfo.InvariantCulture, out var line) && line > 0 ? line : null;
    }

    private sealed class RunningCopy(PostgresEngine engine, int process) : IRunning
    {
        public void Cancel() => _ = engine.StopAsync(process);
    }
}
