using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Shale.Postgres.Wire;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>
/// One connection of the PostgreSQL door, from its first byte to its last. Its messages are answered one after another, in its own loop; <see cref="Cancel"/> and <see cref="Stop"/> may be called from anywhere.
/// </summary>
internal sealed class PostgresSession : IAsyncDisposable
{
    // Answers of the extended protocol that wait for Sync or Flush.
    private const long MostWaiting = 64 * 1024;

    private readonly SocketConnection _connection;
    private readonly IVTGate _gate;
    private readonly PostgresDoorOptions _options;
    private readonly ILogger _logger;
    private readonly SessionPipes _pipes;
    private readonly SessionVariables _variables = new();
    private readonly SessionCursors _cursors;
    private readonly SessionNotifications _notifications;
    private readonly SessionLocks _locks;
    private readonly BackendCalls _backends;
    private readonly SessionTransaction _transaction;
    private readonly StatementCancel _cancel;
    private readonly CancellationTokenRegistration _closed;
    private readonly Func<ValueTask<bool>> _nextIsSync;
    private readonly SessionActivity _activity = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SessionStatements? _statements;
    private ExtendedQuery _extended = null!;

    // What has been taken and is not answered yet.
    private SessionMessage _message;

    // A message of the extended protocol has failed: what comes is ignored up to Sync.
    private bool _skips;
    private volatile bool _stopping;

    /// <summary>A session that has not begun.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="gate">Answers statements.</param>
    /// <param name="options">The door's options.</param>
    /// <param name="key">The number that the client gets, and the secret with which it can cancel.</param>
    /// <param name="sessions">All of the door's.</param>
    /// <param name="logger">Is told of what nobody foresaw.</param>
    public PostgresSession(SocketConnection connection, IVTGate gate, PostgresDoorOptions options, (int Process, int Secret) key, DoorSessions sessions, ILogger logger)
    {
        (_connection, _gate, _options, _logger, Key) = (connection, gate, options, logger, key);
        _pipes = new SessionPipes(connection, gate);
        _cursors = new SessionCursors(options.TempDirectory);
        _notifications = new SessionNotifications(sessions.Hub, key.Process, Abort);
        _locks = new SessionLocks(sessions.AdvisoryLocks, key.Process);
        _backends = new BackendCalls(key.Process, sessions, fields => _statements?.Notice(fields));
        _transaction = new SessionTransaction(gate, _variables, _cursors, _notifications, _locks, fields => _statements?.Notice(fields));
        _nextIsSync = NextIsSyncAsync;
        _cancel = new StatementCancel(connection);
        _closed = connection.Closed.UnsafeRegister(static self => ((StatementCancel)self!).CancelAll(), _cancel);
    }

    /// <summary>What cancels it.</summary>
    public (int Process, int Secret) Key { get; }

    /// <summary>Ends when nothing of it is left.</summary>
    public Task Ended => _ended.Task;

    /// <summary>It is no longer among the door's.</summary>
    public void HasEnded() => _ended.TrySetResult();

    /// <summary>What is shown of it to others; null until it is known who it is. For any thread.</summary>
    public DoorSession? Shown() => Volatile.Read(ref _statements) is not { } statements ? null
        : _activity.Shown(Key.Process, SessionNotifications.DatabaseOf(statements.Target)) with { Application = _variables.Get("application_name"), Client = _connection.Remote as IPEndPoint };

    /// <summary>Cancels the statement that runs, or has been sent to be run.</summary>
    public void Cancel() => _cancel.Cancel();

    /// <summary>Ends the connection: what runs is cancelled, and the client is told why.</summary>
    public void Stop()
    {
        _stopping = true;
        _cancel.CancelAll();
        if (_statements is null) Abort();
        else _pipes.Input.CancelPendingRead();
    }

    /// <summary>Ends the connection without a word.</summary>
    public void Abort() => _connection.Abort();

    /// <summary>Serves it to its end. Never fails.</summary>
    /// <param name="secret">What is kept of the token; null for none.</param>
    /// <param name="cancel">Cancels another session.</param>
    /// <param name="isFull">Whether there are as many connections as there may be.</param>
    public async Task RunAsync(ScramSecret? secret, Action<(int Process, int Key)> cancel, Func<bool> isFull)
    {
        try
        {
            if (await BeginAsync(secret, cancel, isFull))
            {
                while (await NextAsync() && await AnswerAsync(Taken()))
                {
                    // The next message.
                }
            }
        }
        catch (VitessException failure)
        {
            _logger.Refused(_connection.Id, failure.SqlState ?? "", failure.Message);
            await FarewellAsync(ErrorFields.Of(failure, "FATAL"));
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or InvalidOperationException { Source: "System.IO.Pipelines" } or System.Security.Authentication.AuthenticationException)
        {
            // Nobody is there to be told.
        }
        catch (Exception failure)
        {
            _logger.Unforeseen(failure, "PostgreSQL session");
            await FarewellAsync(Internal("FATAL"));
        }
        finally
        {
            try
            {
                if (_extended is not null) await _extended.ClosePortalsAsync();
                await _transaction.RollbackAsync();
                await _cursors.DisposeAsync();
            }
            finally
            {
                // Whatever has failed: nobody waits for a session that is gone.
                _notifications.Close();
                _locks.Undo(0);
                _locks.ReleaseKept();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closed.DisposeAsync();
        await _pipes.DisposeAsync();
        _connection.Dispose();
        _cancel.Dispose();
    }

    private async ValueTask<bool> BeginAsync(ScramSecret? secret, Action<(int Process, int Key)> cancel, Func<bool> isFull)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_connection.Closed);
        limit.CancelAfter(_options.StartupTimeout);
        var startup = new SessionStartup(_pipes, _options, secret, cancel);
        if (await startup.RunAsync(_connection.Remote, limit.Token) is not { } identity) return false;
        if (isFull()) throw new VitessException(ErrorCodes.ResourceExhausted, "sorry, too many clients already", sqlState: "53300", hint: "Close connections, pool them, or raise pg.maxConnections.");
        _statements = new SessionStatements(_gate, _pipes, _variables, _transaction, new SessionFacts(_cursors, _notifications, _variables, Key.Process), _cursors, _notifications, _locks, _backends, _cancel, Client(_connection.Remote), await TargetAsync(identity)) { User = identity.User, MostCopyBytes = _options.MaxMessageBytes };
        _extended = new ExtendedQuery(_statements, _activity, _pipes.Output);
        _statements.Deallocated = _extended.Deallocate;
        _statements.PortalMoved = _extended.MoveAsync;
        foreach (var (name, value) in SessionOptions.Read(identity.Parameters))
        {
            if (_variables.Begin(name, value) is { } warning) _statements.Notice(warning);
        }

        _pipes.Output.ParameterStatus("session_authorization", identity.User);
        _pipes.Output.BackendKeyData(Key.Process, Key.Secret);
        _pipes.ComputesLong = false;
        return await ReadyAsync();
    }

    // A client that is told no database says its user's name instead: such a one gets the default keyspace, unless there is one of that name.
    private async ValueTask<string> TargetAsync(SessionIdentity identity)
    {
        var database = identity.Parameters.TryGetValue("database", out var named) && named.Length > 0 ? named : identity.User;
        try
        {
            _ = await _gate.VSchemaAsync(database);
            return database;
        }
        catch (VitessException failure) when (failure.SqlState == "3D000")
        {
            if (database != identity.User) throw new VitessException(ErrorCodes.NotFound, $"database \"{database}\" does not exist", sqlState: "3D000", hint: failure.Message + ". " + failure.Hint, inner: failure);
            return _options.DefaultKeyspace ?? "";
        }
    }

    /// <summary>Takes the next message; false where the client sends no more.</summary>
    private ValueTask<bool> NextAsync() => _pipes.Input.TryRead(out var read) && TakeMessage(read) is { } isThere ? new ValueTask<bool>(isThere) : ReceiveAsync();

    // An idle session does not keep the text of its last statement.
    private SessionMessage Taken()
    {
        var message = _message;
        _message = default;
        return message;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReceiveAsync()
    {
        while (true)
        {
            var read = _notifications.Listens && !_transaction.IsBlock ? await ReadListeningAsync() : await ReadAsync();
            if (TakeMessage(read) is { } isThere) return isThere;
        }
    }

    // False where there is none any more, null where the rest of it has still to come.
    private bool? TakeMessage(in System.IO.Pipelines.ReadResult read)
    {
        if (_stopping) throw new VitessException(ErrorCodes.ConnectionError, "terminating connection due to administrator command", sqlState: "57P01");
        var buffer = read.Buffer;
        if (MessageFrames.TryTake(ref buffer, _options.MaxMessageBytes, out var type, out var body))
        {
            // What it says is taken out of the buffer at once: the rest of it may be read while it is answered.
            _message = ReadMessage(type, body);
            _pipes.Input.AdvanceTo(buffer.Start);
            return true;
        }

        if (read.IsCompleted) return false;
        _pipes.Input.AdvanceTo(buffer.Start, buffer.End);
        return null;
    }

    // Whoever listens is told at once, but for the time of a transaction.
    private async ValueTask<System.IO.Pipelines.ReadResult> ReadListeningAsync()
    {
        var read = ReadAsync().AsTask();
        while (!read.IsCompleted)
        {
            if (await Task.WhenAny(read, _notifications.WaitAsync()) == read) break;
            if (_notifications.TrySend(_pipes.Output)) await _pipes.Output.FlushAsync(_connection.Closed);
        }

        return await read;
    }

    // Clients may say how long they may be silent.
    private ValueTask<System.IO.Pipelines.ReadResult> ReadAsync()
    {
        var limit = _transaction.IsBlock ? _variables.Settings.IdleInTransaction : _variables.Settings.Idle;
        return limit is { } patience ? ReadWithinAsync(patience) : _pipes.ReadAsync();
    }

    private async ValueTask<System.IO.Pipelines.ReadResult> ReadWithinAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            return await _pipes.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException failure) when (limit.IsCancellationRequested)
        {
            var (word, sqlState) = _transaction.IsBlock ? ("idle-in-transaction", "25P03") : ("idle-session", "57P05");
            throw new VitessException(ErrorCodes.ConnectionError, $"terminating connection due to {word} timeout", sqlState: sqlState, hint: "Connect again.", inner: failure);
        }
    }

    private SessionMessage ReadMessage(FrontendMessage type, ReadOnlySequence<byte> body)
    {
        try
        {
            var bytes = body.IsSingleSegment ? body.FirstSpan : body.ToArray();
            if (type == FrontendMessage.Bind) return new SessionMessage(type) { Replaced = _skips ? null : _extended.Bind(bytes) };
            return _skips && type != FrontendMessage.Sync && type != FrontendMessage.Terminate ? new SessionMessage(type) : SessionMessage.Read(type, bytes);
        }
        catch (Exception exception) when (Told(exception) is { } failure)
        {
            return new SessionMessage(type) { Failure = failure };
        }
    }

    /// <summary>Answers a message; false where the connection ends.</summary>
    private ValueTask<bool> AnswerAsync(in SessionMessage message)
    {
        switch (message.Type)
        {
            case FrontendMessage.Terminate:
                return new ValueTask<bool>(false);
            case FrontendMessage.Query:
                _skips = false;
                return QueryAsync(message.Text, message.Failure);
            case FrontendMessage.Sync:
                return SyncAsync();
            case FrontendMessage.Flush:
                return _pipes.Output.FlushAsync(_connection.Closed);
            case FrontendMessage.FunctionCall:
                return RefuseCallAsync(message.Failure);
            case FrontendMessage.CopyData or FrontendMessage.CopyDone or FrontendMessage.CopyFail:
                // What is left of a COPY that has failed.
                return new ValueTask<bool>(true);
            case FrontendMessage.Parse or FrontendMessage.Bind or FrontendMessage.Describe or FrontendMessage.Execute or FrontendMessage.Close:
                return _skips ? new ValueTask<bool>(true) : StepAsync(message);
            default:
                throw WireErrors.Malformed($"invalid frontend message type {(int)message.Type}");
        }
    }

    private async ValueTask<bool> RefuseCallAsync(VitessException? malformed)
    {
        await FailAsync(malformed ?? new VitessException(ErrorCodes.QueryError, "function calls by message are not supported", sqlState: "0A000", hint: "SELECT the function."), "");
        return await ReadyAsync();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> StepAsync(SessionMessage message)
    {
        try
        {
            if (message.Failure is { } malformed) throw malformed;
            switch (message.Type)
            {
                case FrontendMessage.Parse:
                    await _extended.ParseAsync(message.Name, message.Text, message.Types);
                    break;
                case FrontendMessage.Bind:
                    if (message.Replaced is { } replaced) await replaced.DisposeAsync();
                    break;
                case FrontendMessage.Describe:
                    await _extended.DescribeAsync(message.Kind, message.Name, _nextIsSync);
                    break;
                case FrontendMessage.Execute:
                    await _extended.ExecuteAsync(message.Name, message.Most, _nextIsSync, _connection.Closed);
                    break;
                default:
                    await _extended.CloseAsync(message.Kind, message.Name);
                    break;
            }
        }
        catch (Exception exception) when (Told(exception) is { } failure)
        {
            _skips = true;
            await FailAsync(failure, message.Text);
        }

        return _pipes.Output.Waiting < MostWaiting || await _pipes.Output.FlushAsync(_connection.Closed);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> SyncAsync()
    {
        _skips = false;
        try
        {
            if (!_transaction.IsBlock) await _extended.ClosePortalsAsync();
            await _transaction.EndImpliedAsync();
        }
        catch (Exception exception) when (Told(exception) is { } failure)
        {
            await FailAsync(failure, "");
        }

        return await ReadyAsync();
    }

    // A client that waits for an answer says so, by Sync or Flush: as long as nothing has come behind an Execute nobody waits.
    private ValueTask<bool> NextIsSyncAsync()
    {
        return _pipes.Input.TryRead(out var read) ? new ValueTask<bool>(IsSync(read)) : WaitAsync();

        async ValueTask<bool> WaitAsync() => IsSync(await _pipes.ReadAsync());
    }

    private bool IsSync(in System.IO.Pipelines.ReadResult read)
    {
        var isSync = !read.Buffer.IsEmpty && read.Buffer.FirstSpan[0] == (byte)FrontendMessage.Sync;
        _pipes.Input.AdvanceTo(read.Buffer.Start);
        return isSync;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> QueryAsync(string text, VitessException? malformed)
    {
        try
        {
            if (malformed is not null) throw malformed;
            _activity.Runs(text);
            await _extended.ForgetUnnamedAsync();
            await _extended.SettleAsync(text);
            var statements = QueryString.Split(text);
            if (statements.Count == 0) _pipes.Output.Bare(BackendMessage.EmptyQueryResponse);
            for (var i = 0; i < statements.Count; i++) await RunAsync(statements[i].Text, statements[i].Start, text, statements.Count == 1, i == statements.Count - 1);
        }
        catch (Exception exception) when (Told(exception) is { } failure)
        {
            await FailAsync(failure, text);
        }

        if (!_transaction.IsBlock) await _extended.ClosePortalsAsync();
        return await ReadyAsync();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RunAsync(string statement, int start, string whole, bool alone, bool last)
    {
        try
        {
            await using var open = await _statements!.OpenAsync(statement, [], alone, RowEncoding.Text);
            if (open.HasRows)
            {
                open.Columns = _statements.Seen(ColumnFormat.Of(open.Rows.Fields, []));
                _pipes.Output.RowDescription(open.Rows.Fields, open.Columns);
                await open.SendAsync(_pipes.Output, 0, _connection.Closed);
            }

            // What fails now is told instead of the command's end.
            if (last) await _transaction.EndImpliedAsync();
            _pipes.Output.CommandComplete(open.Command, open.Told());
        }
        catch (VitessException failure) when (start > 0)
        {
            throw QueryString.Moved(failure, whole, start);
        }
    }

    private ValueTask<bool> ReadyAsync()
    {
        if (!_transaction.IsBlock)
        {
            _locks.Undo(0);
            _notifications.Commit();
            if (_notifications.Listens) _notifications.TrySend(_pipes.Output);
        }

        _variables.Report(_pipes.Output);
        _pipes.Output.ReadyForQuery(_transaction.Status);
        _activity.Waits(_transaction.Status);
        _connection.Answered();
        return _pipes.Output.FlushAsync(_connection.Closed);
    }

    /// <summary>What the client is told of an exception; null where nobody is there, or the connection cannot go on.</summary>
    private VitessException? Told(Exception exception)
    {
        if (_connection.Closed.IsCancellationRequested || exception is IOException) return null;
        if (_stopping) return new VitessException(ErrorCodes.ConnectionError, "terminating connection due to administrator command", sqlState: "57P01");
        if (exception is OperationCanceledException or VitessException { SqlState: "57014" } && _cancel.IsAsked) return new VitessException(ErrorCodes.Cancelled.Code, "canceling statement due to user request", null, "57014", false, null);
        if (exception is VitessException known) return known;
        if (exception is OperationCanceledException) return new VitessException(ErrorCodes.Timeout, "the statement was cancelled", inner: exception);
        _logger.Unforeseen(exception, "PostgreSQL statement");
        return new VitessException(ErrorCodes.QueryError, "an internal error; the server's log tells more", hint: "Report it with the statement and the server's log.", inner: exception);
    }

    private async ValueTask FailAsync(VitessException failure, string text)
    {
        // What a portal still runs holds the transaction.
        await _extended.ClosePortalsAsync();
        await _transaction.FailAsync();
        _pipes.Output.Report(BackendMessage.ErrorResponse, ErrorFields.Of(failure) with { Position = QueryString.InCharacters(text, failure.Position) });
    }

    private async ValueTask FarewellAsync(ErrorFields fields)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            _pipes.Output.Report(BackendMessage.ErrorResponse, fields);
            await _pipes.Output.FlushAsync(limit.Token);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or InvalidOperationException)
        {
            // Nobody is there to be told.
        }
    }

    private static ErrorFields Internal(string severity) => new(severity, "XX000", "an internal error; the server's log tells more");

    private static string Client(EndPoint? remote) => remote?.ToString() ?? "local";
}
