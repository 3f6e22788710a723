using Shale.Contracts;
using Shale.Postgres.Wire;

namespace Shale.Postgres.Relay;

/// <summary>What is too much for one message: rows of parameters, and those of a COPY. The server may answer before it has got all of it.</summary>
internal sealed partial class RelayConnection
{
    // So many bytes are sent together.
    private const int MostTogether = 128 * 1024;

    /// <inheritdoc/>
    public override async ValueTask<ShardResult> CopyAsync(string sql, ShardRows rows, CancellationToken cancellationToken)
    {
        try
        {
            RequireReady(cancellationToken);
            Write(new RelayStatement("", sql, [], RowShape.None, default), [], []);
            _answer.Begin();
            _running.Begin(cancellationToken);
            await TakeAllAsync(SendAsync(rows.Data));
            await EndAsync();
            if (_answer.Failure is { } failure) throw failure;
            return new ShardResult(new RowSet([]), rows.Count);
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            await _running.EndAsync();
            throw OfCopy(failure, (exception as ServerFailure)?.Where);
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<ShardResult> ExecuteRowsAsync(string sql, IReadOnlyList<IReadOnlyList<SqlValue>> rows, CancellationToken cancellationToken)
    {
        if (KnownDefinitions != Engine.Definitions) ForgetAll();
        var statement = PostgresParameters.OfAll(rows) is not { } wires ? null
            : _statements.TryGet(sql, wires, out var known) ? known : await PrepareAsync(sql, wires, cancellationToken);
        if (statement is not { IsOnce: false }) return await InOneAsync(() => ExecuteOneByOneAsync(sql, rows, cancellationToken), cancellationToken);

        // What is sent up to one Sync is all or nothing by itself.
        var last = WriteRows(statement, rows, 0);
        if (last == rows.Count || InTransaction) return await RunRowsAsync(statement, rows, last, cancellationToken);
        _link.Output.Clear();
        return await InOneAsync(() => RunRowsAsync(statement, rows, WriteRows(statement, rows, 0), cancellationToken), cancellationToken);
    }

    private async ValueTask<ShardResult> RunRowsAsync(RelayStatement statement, IReadOnlyList<IReadOnlyList<SqlValue>> rows, int last, CancellationToken cancellationToken)
    {
        var returned = new RowSet(statement.Shape.Fields);
        long affected = 0;
        MayHaveSettings |= statement.Check.MayLeaveSettings;
        while (true)
        {
            _link.Output.Bare(FrontendMessage.Sync);
            _answer.Begin(statement.Shape, statement.Formats(null), isEncoded: false, usesAgain: false);
            _running.Begin(cancellationToken);
            await TakeAllAsync(_link.SendAsync());
            await EndAsync();
            if (MustRepeat(statement)) return await ExecuteRowsAsync(statement.Sql, rows, cancellationToken);
            affected += _answer.Affected;
            returned.AddAll(_answer.Rows());
            if (last == rows.Count) return new ShardResult(returned, affected);
            last = WriteRows(statement, rows, last);
        }
    }

    // Writes rows from one on, as many as go together; gives the next.
    private int WriteRows(RelayStatement statement, IReadOnlyList<IReadOnlyList<SqlValue>> rows, int from)
    {
        var output = _link.Output;
        var before = output.Length;
        var formats = statement.Formats(null);
        Write(statement, rows[from], formats);
        try
        {
            var i = from + 1;
            for (; i < rows.Count && output.Length < MostTogether; i++)
            {
                output.Bind(statement.Name, statement.Wires, rows[i], formats);
                output.Execute();
            }

            return i;
        }
        catch
        {
            Unwrite(before);
            throw;
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> data)
    {
        for (; data.Length > 0; data = data[Math.Min(MostTogether, data.Length)..])
        {
            _link.Output.CopyData(data.Span[..Math.Min(MostTogether, data.Length)]);
            await _link.SendAsync();
        }

        _link.Output.Bare(FrontendMessage.CopyDone);
        _link.Output.Bare(FrontendMessage.Sync);
        await _link.SendAsync();
    }

    // Nobody waits for one who waits for him: what the server says is taken while it is sent the rest.
    private async ValueTask TakeAllAsync(ValueTask sending)
    {
        var rest = sending.IsCompletedSuccessfully ? Task.CompletedTask : sending.AsTask();
        try
        {
            while (!_answer.Take()) _link.Filled(await _link.FillAsync());
        }
        catch
        {
            // The way is closed below it, and it fails.
            _ = rest.ContinueWith(static sent => _ = sent.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            Break();
            throw;
        }

        await rest;
    }
}
