using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Text;
using Shale.Postgres.Wire;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>
/// One COPY of a session, in its transaction or in one of the COPY: all of it or nothing. Where the shards take rows as they are written, what comes in is cut and goes on to the shard of each row's key, a
/// piece while the next is being cut; else it becomes INSERTs of many rows. What goes out streams from the gate.
/// </summary>
internal sealed class SessionCopy(SessionPipes pipes, SessionStatements statements, int mostBytes)
{
    private const long Piece = 32 * 1024;
    private const int MostValues = 4_000, MostRows = 512;
    private readonly Dictionary<int, string> _inserts = [];
    private string _target = "";
    private long _inserted;

    /// <summary>Runs it to its end. Errors: those of the options (22023, 0A000) and of the data (22P04), CANCELLED (57014) if the client gives up, and those of the statements that it comes to.</summary>
    /// <param name="text">The COPY.</param>
    /// <param name="alone">Whether it was sent by itself.</param>
    public async ValueTask<OpenResult> RunAsync(string text, bool alone)
    {
        var command = CopyCommand.Parse(text);
        if (!command.IsStream) throw new VitessException(ErrorCodes.QueryError, "COPY to or from a file of the server is not supported", sqlState: "0A000", hint: "COPY to STDOUT or from STDIN; psql's \\copy reads and writes files of the client.");
        var format = CopyFormat.Of(command.Options);
        var columns = command.Columns.Count == 0 ? "*" : string.Join(", ", command.Columns.Select(Quoted));
        pipes.ComputesLong = true;
        try
        {
            if (command.IsFrom) return await TakeAsync(command, columns, format);
            if (command.Query is null && command.Columns.Count == 0) columns = await StoredAsync(command, alone);
            return await GiveAsync(command, command.Query ?? $"SELECT {columns} FROM {command.Table}", format, alone);
        }
        finally
        {
            pipes.ComputesLong = false;
        }
    }

    private async ValueTask<OpenResult> GiveAsync(CopyCommand command, string query, CopyFormat format, bool alone)
    {
        await using var open = await statements.OpenAsync(query, [], alone);
        if (!open.HasRows) throw new VitessException(ErrorCodes.QueryError, "COPY query must have a RETURNING clause", sqlState: "0A000", hint: "Say what is to be copied.");
        var fields = open.Rows.Fields;
        var heading = format;
        format = format.For(command.Options, fields, isFrom: false);
        var columns = statements.Seen(ColumnFormat.Of(fields, [format.IsBinary]));
        var output = pipes.Output;
        output.CopyResponse(BackendMessage.CopyOutResponse, format.IsBinary, fields.Count);
        if (format.HasHeader) output.CopyLine(fields.Select(field => SqlValue.Text(field.Name)).ToArray(), columns, heading);
        long rows = 0;
        while (await open.TakeAsync() is { } chunk)
        {
            for (var i = 0; i < chunk.RowCount; i++, rows++)
            {
                if (format.IsBinary) output.CopyTuple(chunk[i], columns, rows == 0 ? CopyTuples.Head : []);
                else output.CopyLine(chunk[i], columns, format);
                if (output.Waiting >= Piece && !await output.FlushAsync(CancellationToken.None)) throw new IOException("the client has gone");
            }
        }

        if (format.IsBinary) output.CopyData([.. rows == 0 ? CopyTuples.Head : [], .. CopyTuples.Tail]);
        output.Bare(BackendMessage.CopyDone);
        return OpenResult.Done("COPY", rows);
    }

    private async ValueTask<OpenResult> TakeAsync(CopyCommand command, string columns, CopyFormat format)
    {
        var (fields, insert) = await TargetAsync(command, columns);
        format = format.For(command.Options, fields, isFrom: true);
        var context = new CopyContext(command.TableName!);
        var keys = format.ForceNull is not null || format.ForceNotNull is not null ? null : insert?.RowKeys;
        pipes.Output.CopyResponse(BackendMessage.CopyInResponse, format.IsBinary, fields.Count);
        if (!await pipes.Output.FlushAsync(CancellationToken.None)) throw new IOException("the client has gone");
        if (keys is not null) return await PassAsync(CopyCutter.Of(context, fields, keys, format, mostBytes), fields.Count);
        var rows = new CopyBatch(context, fields, format, mostBytes);
        while (await ReadAsync(part => rows.Push(part), () => rows.IsFull(MostRows))) await InsertAsync(rows, fields.Count);

        rows.End();
        await InsertAsync(rows, fields.Count);
        return OpenResult.Done("COPY", _inserted);
    }

    private async ValueTask<(IReadOnlyList<Field> Fields, GateDescription? Insert)> TargetAsync(CopyCommand command, string columns)
    {
        var fields = (await statements.DescribeAsync($"SELECT {columns} FROM {command.Table}", null)).Fields!;
        _inserts.Clear();
        _target = $"{command.Table} ({string.Join(", ", fields.Select(field => Quoted(field.Name)))})";
        try
        {
            return (fields, fields.Count == 0 ? null : await statements.DescribeAsync(InsertOf(1, fields.Count), null));
        }
        catch (VitessException failure) when (failure.SqlState == "428C9" && columns == "*")
        {
            return await TargetAsync(command, await StoredAsync(command, alone: false));
        }
    }

    // Where nobody names columns PostgreSQL leaves out those that are generated.
    private async ValueTask<string> StoredAsync(CopyCommand command, bool alone)
    {
        var table = command.Table!.Replace("'", "''", StringComparison.Ordinal);
        var query = $"SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND attgenerated = '' ORDER BY attnum";
        await using var open = await statements.OpenAsync(query, [], alone);
        var names = new List<string>();
        while (await open.TakeAsync() is { } rows)
        {
            for (var i = 0; i < rows.RowCount; i++) names.Add(Quoted(rows[i][0].AsText()));
        }

        return names.Count == 0 ? "*" : string.Join(", ", names);
    }

    private async ValueTask<OpenResult> PassAsync(CopyCutter rows, int columns)
    {
        var source = new ClientRows(this, rows) { Columns = rows.Columns, Options = rows.Options, Head = rows.Head, Tail = rows.Tail, HasLinesInRows = rows.HasLinesInRows };
        try
        {
            await using var inserted = await statements.InsertAsync(InsertOf(1, columns), new SqlValue[columns], source);
            return OpenResult.Done("COPY", inserted.Affected ?? 0);
        }
        catch (VitessException) when (source.Failure is not null)
        {
            // Whatever the gate has made of it.
            ExceptionDispatchInfo.Throw(source.Failure);
            throw;
        }
    }

    /// <summary>Takes messages until there is enough; false when the client has sent all.</summary>
    private async ValueTask<bool> ReadAsync(Pushing push, Func<bool> isFull, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var read = await pipes.ReadAsync(cancellationToken);
            if (read.IsCanceled) throw new OperationCanceledException();
            var buffer = read.Buffer;
            bool? goesOn = null;
            try
            {
                while (goesOn is null && MessageFrames.TryTake(ref buffer, mostBytes, out var type, out var body))
                {
                    goesOn = !Take(type, body, push) ? false : isFull() ? true : null;
                }
            }
            catch (VitessException)
            {
                pipes.Input.AdvanceTo(buffer.Start);
                throw;
            }

            if (goesOn is { } end)
            {
                pipes.Input.AdvanceTo(buffer.Start);
                return end;
            }

            if (read.IsCompleted) throw new IOException("the client has gone");
            pipes.Input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private delegate void Pushing(ReadOnlySpan<byte> bytes);

    /// <summary>False for the last message.</summary>
    private static bool Take(FrontendMessage type, ReadOnlySequence<byte> body, Pushing push)
    {
        switch (type)
        {
            case FrontendMessage.CopyData:
                foreach (var part in body) push(part.Span);
                return true;
            case FrontendMessage.CopyDone:
                return false;
            case FrontendMessage.Flush or FrontendMessage.Sync:
                return true;
            case FrontendMessage.CopyFail:
                throw new VitessException(ErrorCodes.Cancelled.Code, "COPY from stdin failed: " + new MessageBody(body.ToArray()).ReadText(), null, "57014", false, "The client has given up; nothing was copied.");
            default:
                throw WireErrors.Malformed($"unexpected message type {(int)type} during COPY from stdin");
        }
    }

    // Statements of few sizes, so that each has a plan that is used again.
    private async ValueTask InsertAsync(CopyBatch rows, int columns)
    {
        var all = rows.Take();
        for (var at = 0; at < all.Count;)
        {
            var left = Math.Min(all.Count - at, columns == 0 ? 1 : MostValues / columns);
            var size = left >= MostRows ? MostRows : left >= 64 ? 64 : left >= 8 ? 8 : 1;
            var values = new SqlValue[size * columns];
            for (var i = 0; i < size; i++) all[at + i].Cells.CopyTo(values, i * columns);
            try
            {
                await using var inserted = await statements.OpenAsync(InsertOf(size, columns), values, alone: false);
                _inserted += inserted.Affected ?? 0;
            }
            catch (VitessException failure)
            {
                throw failure.Within(rows.ContextOf(failure, all.GetRange(at, size)));
            }

            at += size;
        }
    }

    private string InsertOf(int rows, int columns)
    {
        if (_inserts.TryGetValue(rows, out var known)) return known;
        var text = new StringBuilder("INSERT INTO ").Append(_target).Append(" OVERRIDING SYSTEM VALUE VALUES ");
        for (var row = 0; row < rows; row++)
        {
            text.Append(row == 0 ? "(" : ", (");
            for (var column = 0; column < columns; column++) text.Append(column == 0 ? "$" : ", $").Append((row * columns) + column + 1);
            text.Append(')');
        }

        return _inserts[rows] = text.ToString();
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>What comes from the client, cut into rows.</summary>
    private sealed class ClientRows(SessionCopy copy, CopyCutter rows) : CopySource
    {
        private bool _hasEnded;

        /// <summary>What reading failed with.</summary>
        public Exception? Failure { get; private set; }

        /// <inheritdoc/>
        public override async ValueTask<CopiedRows?> NextAsync(CancellationToken cancellationToken)
        {
            if (_hasEnded) return null;
            try
            {
                _hasEnded = !await copy.ReadAsync(rows.Push, () => rows.IsFull, cancellationToken);
                if (_hasEnded) rows.End();
                return rows.IsEmpty ? null : rows.Take();
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                Failure = failure;
                throw;
            }
        }
    }
}
