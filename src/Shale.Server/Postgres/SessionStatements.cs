using System.Diagnostics;
using System.Runtime.CompilerServices;
using Shale.Postgres.Sockets;
using Shale.Postgres.Wire;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>Runs the statements of one session: what concerns the session here, all else at the gate. Not thread-safe.</summary>
/// <remarks>Hot path: the point query through the PostgreSQL door.</remarks>
internal sealed partial class SessionStatements
{
    private const int LongText = 4096;

    // What client_min_messages goes by; INFO is always told.
    private static readonly string[] Severities = ["DEBUG", "LOG", "NOTICE", "WARNING", "ERROR"];

    private readonly IVTGate _gate;
    private readonly SessionPipes _pipes;
    private readonly SessionVariables _variables;
    private readonly SessionTransaction _transaction;
    private readonly StatementCancel _cancel;
    private readonly string _client;
    private readonly Action _ended;
    private readonly SessionCursors _cursors;
    private readonly SessionFacts _facts;
    private readonly SessionNotifications _notifications;
    private readonly SessionLocks _locks;
    private readonly SessionFunctions _functions;
    private readonly SessionPrepared _prepared = new();
    private SequenceMemory _numbers = new();

    /// <summary>Belongs to a session.</summary>
    public SessionStatements(IVTGate gate, SessionPipes pipes, SessionVariables variables, SessionTransaction transaction, SessionFacts facts, SessionCursors cursors, SessionNotifications notifications, SessionLocks locks, BackendCalls backends, StatementCancel cancel, string client, string target)
    {
        (_gate, _pipes, _variables, _transaction, _facts, _cursors, _notifications, _locks, _cancel, _client, Target) = (gate, pipes, variables, transaction, facts, cursors, notifications, locks, cancel, client, target);
        _ended = cancel.End;
        _functions = new SessionFunctions(notifications, locks, variables, cancel, backends, Notice);
    }

    /// <summary>What statements speak to.</summary>
    public string Target { get; private set; }

    /// <summary>Begins a statement.</summary>
    /// <param name="text">One statement; not empty.</param>
    /// <param name="parameters">Its values.</param>
    /// <param name="alone">Whether it was sent by itself: then it needs no transaction around it.</param>
    /// <param name="encoding">The form in which rows may come encoded; null for values.</param>
    /// <param name="typed">The same text with the types that its parameters were declared with; null for none.</param>
    /// <param name="told">See <see cref="GateRequest.Told"/>.</param>
    public ValueTask<OpenResult> OpenAsync(string text, IReadOnlyList<SqlValue> parameters, bool alone, RowEncoding? encoding = null, TypedSql? typed = null, IReadOnlyList<Field>? told = null)
    {
        if (!StatementHead.IsPlanned(StatementHead.Word(text))) return OpenOtherAsync(text, parameters, alone, typed);
        _transaction.RequireWhole();
        if (!SessionFacts.MayConcern(text)) return AskGateAsync(text, parameters, alone, null, encoding, typed, told);
        if (SettingCall.TryRead(text) is { } setting) return ValueTask.FromResult(OpenResult.Of("SELECT", Rows(["set_config"], [[_functions.Set(setting.Name, setting.Value, setting.IsLocal)]])));
        if (SessionCalls.TryRead(text) is { } calls) return CallAllAsync(calls, parameters, alone, typed);
        (text, typed) = Placed(text, typed);
        return AskGateAsync(text, parameters, alone, null, encoding, typed, told);
    }

    /// <summary>What a statement takes and gives. Errors: those that it fails with whatever its values are.</summary>
    public ValueTask<GateDescription> DescribeAsync(string text, TypedSql? typed)
    {
        if (StatementHead.IsPlanned(StatementHead.Word(text)))
        {
            _transaction.RequireWhole();
            if (SessionFacts.MayConcern(text))
            {
                if (SessionCalls.TryRead(text) is { } calls) return DescribeCallsAsync(calls, typed);
                (text, typed) = Placed(text, typed);
            }

            return _gate.DescribeAsync(Request(text, [], _transaction.TxId, typed));
        }

        var statement = SqlParser.Parse(text, SqlDialect.Postgres);
        if (statement is not (CommitStatement or RollbackStatement)) _transaction.RequireWhole();
        if (statement is RawStatement { Keyword: "DECLARE" } declare) return DescribeCursorAsync(CursorDeclaration.Read(declare.Text), typed);
        if (statement is RawStatement { Keyword: "FETCH" } fetch) return ValueTask.FromResult(new GateDescription("", [], _cursors.Find(CursorMove.Read(fetch.Text).Name)?.Fields));
        IReadOnlyList<Field>? fields = statement is ShowStatement or VExplainStatement or ExplainStatement or PragmaStatement or CallStatement or RestoreStatement or BackupStatement or SetEngineStatement or CheckVindexStatement or RawStatement { Keyword: "EXECUTE" } ? null : [];
        return ValueTask.FromResult(new GateDescription("", [], fields));
    }

    /// <summary>See <see cref="IVTGate.SchemaVersion"/>.</summary>
    public long SchemaVersion => _gate.SchemaVersion;

    /// <summary>Columns in the forms in which the session sees values.</summary>
    public ColumnFormat[] Seen(ColumnFormat[] columns) => _variables.Settings.IsIso ? ColumnFormat.InIso(columns) : columns;

    /// <summary>The columns of a cursor; null where there is none of that name.</summary>
    public IReadOnlyList<Field>? FieldsOfCursor(string name) => _cursors.Find(name)?.Fields;

    /// <summary>A query that has begun is not read any further until <see cref="Resume"/>.</summary>
    public void Pause() => _cancel.End();

    /// <summary>It is read further.</summary>
    public void Resume() => _cancel.Resume();

    /// <summary>Moves a portal of the extended protocol; null where there is none.</summary>
    public Func<CursorMove, ValueTask<long?>>? PortalMoved { get; set; }

    /// <summary>Is told of prepared statements that are given up: which, or null for all.</summary>
    public Action<string?>? Deallocated { get; set; }

    private async ValueTask<OpenResult> OpenOtherAsync(string text, IReadOnlyList<SqlValue> parameters, bool alone, TypedSql? typed)
    {
        var statement = SqlParser.Parse(text, SqlDialect.Postgres);
        if (statement is not (CommitStatement or RollbackStatement)) _transaction.RequireWhole();
        return statement switch
        {
            BeginStatement begin => await BeginAsync(begin, text),
            CommitStatement { Chain: true } or RollbackStatement { Chain: true } => OpenResult.Done(await _transaction.ChainAsync(Target, statement is CommitStatement)),
            CommitStatement => OpenResult.Done(await _transaction.CommitAsync()),
            RollbackStatement { Savepoint: null } => OpenResult.Done(await _transaction.RollbackByStatementAsync()),
            SavepointStatement or RollbackStatement => OpenResult.Done(await _transaction.SavepointAsync(statement, Request(text, parameters), CancellationToken.None)),
            SetStatement { Name: "transaction", AsOf: not null } => await AskGateAsync(text, parameters, alone, "SET"),
            SetStatement { Name: "constraints" } when alone && !_transaction.IsBlock && !_transaction.IsImplied => OpenResult.Done(Outside("SET CONSTRAINTS", "SET CONSTRAINTS")),
            SetStatement { Name: "constraints" } => await AskGateAsync(text, parameters, alone, "SET CONSTRAINTS"),
            SetStatement set => OpenResult.Done(await SetAsync(set, text)),
            ShowStatement show when Shown(show) is { } rows => OpenResult.Of("SHOW", rows),
            CreateTableStatement { AsQuery: not null } => await AskGateAsync(text, parameters, alone, "SELECT"),
            LockStatement => await AskGateAsync(text, parameters, alone, "LOCK TABLE"),
            RawStatement { Keyword: "DISCARD" } => OpenResult.Done(await DiscardAsync(text)),
            RawStatement { Keyword: "DECLARE" } declare => await DeclareAsync(CursorDeclaration.Read(declare.Text), parameters, alone, typed),
            RawStatement raw => await RunRawAsync(raw, text, parameters, alone),
            _ => await AskGateAsync(text, parameters, alone, StatementHead.Tag(text)),
        };
    }

    /// <summary>Inserts rows as COPY has written them, in the session's transaction.</summary>
    /// <param name="insert">An INSERT of one row, all of whose values are parameters.</param>
    /// <param name="nulls">NULL for each of them.</param>
    /// <param name="rows">The rows, read while the statement runs.</param>
    public ValueTask<OpenResult> InsertAsync(string insert, IReadOnlyList<SqlValue> nulls, CopySource rows)
    {
        _transaction.RequireWhole();
        return AskGateAsync(insert, nulls, alone: false, null, copied: rows);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<OpenResult> AskGateAsync(
        string text, IReadOnlyList<SqlValue> parameters, bool alone, string? tag, RowEncoding? encoding = null, TypedSql? typed = null, IReadOnlyList<Field>? told = null, CopySource? copied = null)
    {
        // What is long takes long to read, and the thread that takes bytes in has others to serve.
        if (text.Length > LongText) await SocketPoll.LeaveAsync();
        var token = _cancel.Begin();
        try
        {
            if (_cursors.Run) await _cursors.SettleAsync();
            // What waits no longer than it says waits in a transaction, which knows of that, and so does what may only read; definitions stand alone.
            var settings = _variables.Settings;
            var needsTransaction = settings.ReadOnly || (tag is null && settings.Lock is not null);
            var txId = alone && !needsTransaction && !_transaction.IsImplied && !_transaction.IsBlock ? null : await _transaction.JoinAsync(Target, token);
            if (txId is not null) _transaction.Statements++;
            var request = Request(text, parameters, txId, typed, encoding, told);
            var result = await _gate.ExecuteAsync(copied is null ? request : request with { Copied = copied }, token);
            foreach (var notice in result.Notices) Notice(new ErrorFields("NOTICE", "00000", notice));
            var hasRows = result.Rows.Fields.Count > 0 || result.Command == "SELECT";
            var open = new OpenResult
            {
                Command = result.Command.Length > 0 ? result.Command : TagOf(tag ?? StatementHead.Tag(text), hasRows),
                HasRows = hasRows,
                Affected = result.Command is "INSERT" or "UPDATE" or "DELETE" || tag is "SELECT" ? result.Affected : null,
            };
            if (result.Rest is null) _cancel.End();
            return open.With(result.Rows, result.Rest, result.Rest is null ? null : _ended);
        }
        catch
        {
            _cancel.End();
            throw;
        }
    }

    private static string TagOf(string tag, bool hasRows) => hasRows && tag is "WITH" or "VALUES" or "TABLE" ? "SELECT" : tag;

    private GateRequest Request(string text, IReadOnlyList<SqlValue> parameters, string? txId = null, TypedSql? typed = null, RowEncoding? encoding = null, IReadOnlyList<Field>? told = null) => new(text, parameters)
    {
        Told = told,
        Typed = typed,
        Encoding = encoding,
        TxId = txId,
        Target = Target,
        Client = _client,
        Session = _numbers,
        Streams = true,
        Dialect = SqlDialect.Postgres,
        NamesSchemas = _variables.Settings.NamesSchemas,
        Timeout = TimeLeft,
        LockTimeout = _variables.Settings.Lock,
    };

    private async ValueTask<OpenResult> BeginAsync(BeginStatement begin, string text)
    {
        await _transaction.BeginAsync(Target, begin, CancellationToken.None);
        if (begin.AsOf is { } point)
        {
            var rest = text.AsSpan(point.Span.Start);
            await _gate.ExecuteAsync(Request($"SET TRANSACTION AS OF {rest}", [], _transaction.TxId), CancellationToken.None);
        }

        return OpenResult.Done(StatementHead.Word(text).Equals("START", StringComparison.OrdinalIgnoreCase) ? "START TRANSACTION" : "BEGIN");
    }

    private async ValueTask<string> SetAsync(SetStatement set, string text)
    {
        var isReset = StatementHead.Word(text).Equals("RESET", StringComparison.OrdinalIgnoreCase);
        switch (set.Name)
        {
            case "target":
                await UseAsync(set.Values.Count > 0 ? set.Values[0] : "");
                return "USE";
            case "transaction" when set.Scope == "session":
                foreach (var mode in set.Values) SetMode(mode, (isolation, readOnly) => Default(isolation, readOnly));
                return "SET";
            case "transaction":
                await SetTransactionAsync(set);
                return "SET";
            case "session_authorization" or "role" when set.Values is [] or ["default" or "none"] || (set.Name == "session_authorization" && set.Values is [var user] && user == User):
                return isReset ? "RESET" : "SET";
            case "session_authorization":
                throw Unsupported("another user", "There are no roles.");
            case "transaction_isolation" when set.Values is [var level]:
                await ChangeAsync(level.ToLowerInvariant(), null);
                return "SET";
            case "transaction_read_only" when set.Values is [var readOnly] && SessionVariableList.Switch(readOnly) is { } only:
                await ChangeAsync(null, only == "on");
                return "SET";
            case "timezone" when set.Values.Count == 0:
                _variables.Set("TimeZone", [], set.Scope == "local");
                return isReset ? "RESET" : "SET";
            case "all" when isReset:
                _variables.ResetAll();
                return "RESET";
        }

        var isLocal = set.Scope == "local";
        if (isLocal && !_transaction.IsBlock && !_transaction.IsImplied) Notice(new ErrorFields("WARNING", "25P01", "SET LOCAL can only be used in transaction blocks"));
        else _variables.Set(set.Name, set.Values, isLocal);
        return isReset ? "RESET" : "SET";
    }

    /// <summary>The longest row of a COPY, in bytes.</summary>
    public int MostCopyBytes { get; init; } = 64 << 20;

    /// <summary>The user's name.</summary>
    public string User { get; init; } = "";

    private async ValueTask SetTransactionAsync(SetStatement set)
    {
        string? isolation = null;
        bool? readOnly = null;
        foreach (var mode in set.Values)
        {
            if (mode.StartsWith("snapshot", StringComparison.Ordinal)) throw Unsupported("SET TRANSACTION SNAPSHOT", "SET TRANSACTION AS OF names a moment that transactions share.");
            SetMode(mode, (level, only) => (isolation, readOnly) = (level ?? isolation, only ?? readOnly));
        }

        await ChangeAsync(isolation, readOnly);
    }

    private async ValueTask ChangeAsync(string? isolation, bool? readOnly)
    {
        if (_transaction.IsBlock) await _transaction.ChangeAsync(Target, isolation, readOnly, CancellationToken.None);
        else Outside("SET TRANSACTION", "SET");
    }

    private string Outside(string statement, string tag)
    {
        Notice(new ErrorFields("WARNING", "25P01", $"{statement} can only be used in transaction blocks"));
        return tag;
    }

    private static void SetMode(string mode, Action<string?, bool?> set)
    {
        const string Level = "isolation level ";
        if (mode.StartsWith(Level, StringComparison.Ordinal)) set(mode[Level.Length..], null);
        else set(null, mode == "read only");
    }

    private void Default(string? isolation, bool? readOnly)
    {
        if (isolation is not null) _variables.Set("default_transaction_isolation", [isolation], isLocal: false);
        if (readOnly is { } only) _variables.Set("default_transaction_read_only", [only ? "on" : "off"], isLocal: false);
    }

    private async ValueTask UseAsync(string target)
    {
        if (_transaction.IsBlock || _transaction.IsImplied) throw new VitessException(ErrorCodes.TransactionError, "USE cannot be part of a transaction", sqlState: "25001", hint: "Send it outside of transactions.");
        _ = await _gate.VSchemaAsync(target);
        Target = target;
    }

    private async ValueTask<string> DiscardAsync(string text)
    {
        var what = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1)?.TrimEnd(';').ToUpperInvariant();
        if (what is "ALL")
        {
            if (_transaction.IsBlock || _transaction.IsImplied) throw new VitessException(ErrorCodes.TransactionError, "DISCARD ALL cannot run inside a transaction block", sqlState: "25001", hint: "Send it outside of transactions.");
            await _cursors.CloseAsync(null);
            _variables.ResetAll();
            Deallocated?.Invoke(null);
            _prepared.Forget(null);
            _notifications.Unlisten(Target, null);
            _locks.ReleaseKept();
        }

        if (what is "ALL" or "SEQUENCES") _numbers = new SequenceMemory();
        return what is "ALL" or "PLANS" or "SEQUENCES" or "TEMP" or "TEMPORARY" ? $"DISCARD {(what == "TEMPORARY" ? "TEMP" : what)}"
            : throw new VitessException(ErrorCodes.SyntaxError, "DISCARD is followed by ALL, PLANS, SEQUENCES or TEMP");
    }

    private async ValueTask<OpenResult> RunRawAsync(RawStatement raw, string text, IReadOnlyList<SqlValue> parameters, bool alone)
    {
        switch (raw.Keyword)
        {
            case "LISTEN":
                _notifications.Listen(Target, NotifyCall.Read(raw.Text).Channel ?? throw new VitessException(ErrorCodes.SyntaxError, "LISTEN takes the name of one channel"));
                return OpenResult.Done("LISTEN");
            case "UNLISTEN":
                _notifications.Unlisten(Target, NotifyCall.Read(raw.Text).Channel);
                return OpenResult.Done("UNLISTEN");
            case "NOTIFY":
                var (channel, payload) = NotifyCall.Read(raw.Text);
                _notifications.Notify(Target, channel ?? throw new VitessException(ErrorCodes.SyntaxError, "NOTIFY takes the name of one channel"), payload);
                return OpenResult.Done("NOTIFY");
            case "CLOSE":
                var closed = LastName(raw.Text);
                await _cursors.CloseAsync(closed);
                return OpenResult.Done(closed is null ? "CLOSE CURSOR ALL" : "CLOSE CURSOR");
            case "MOVE":
                var move = CursorMove.Read(raw.Text);
                var passed = _cursors.Find(move.Name) is null && PortalMoved is { } portals ? await portals(move) : null;
                return OpenResult.Done("MOVE", passed ?? await _cursors.Get(move.Name).MoveAsync(move));
            case "FETCH":
                return await FetchAsync(CursorMove.Read(raw.Text));
            case "DEALLOCATE":
                var given = LastName(raw.Text);
                if (!_prepared.Forget(given)) Deallocated?.Invoke(given);
                return OpenResult.Done(given is null ? "DEALLOCATE ALL" : "DEALLOCATE");
            case "VACUUM" or "ANALYZE" or "REINDEX" when !alone || _transaction.IsBlock:
                throw new VitessException(ErrorCodes.TransactionError, $"{raw.Keyword} cannot run inside a transaction block", sqlState: "25001", hint: "Send it by itself: it runs shard by shard.");
            case "VACUUM" or "ANALYZE" or "REINDEX":
                return await AskGateAsync(text, parameters, alone, raw.Keyword);
            case "PREPARE":
                return await PrepareAsync(raw.Text);
            case "EXECUTE":
                return await ExecuteAsync(_prepared.Find(raw.Text), alone);
            case "DO":
                return await RunBlockAsync(raw.Text, alone);
            case "COPY":
                return await new SessionCopy(_pipes, this, MostCopyBytes).RunAsync(text, alone);
            default:
                return await AskGateAsync(text, parameters, alone, StatementHead.Tag(text));
        }
    }

    private async ValueTask<GateDescription> DescribeCallsAsync(SessionCalls calls, TypedSql? typed)
    {
        var (query, types) = Placed(calls.Query, typed is null ? null : new TypedSql(calls.Query, typed.Types));
        var described = await _gate.DescribeAsync(Request(query, [], _transaction.TxId, types));
        return described with { Fields = calls.Fields(described.Fields!) };
    }

    private async ValueTask<OpenResult> CallAllAsync(SessionCalls calls, IReadOnlyList<SqlValue> parameters, bool alone, TypedSql? typed)
    {
        var began = Stopwatch.GetTimestamp();
        var (query, types) = Placed(calls.Query, typed is null ? null : new TypedSql(calls.Query, typed.Types));
        await using var open = await AskGateAsync(query, parameters, alone, null, typed: types);
        var rows = new RowSet(calls.Fields(open.Rows.Fields));
        while (await open.TakeAsync() is { } chunk)
        {
            for (var i = 0; i < chunk.RowCount; i++)
            {
                var row = await _functions.CallAsync(calls, chunk[i].ToArray(), Target, began);
                row.CopyTo(rows.AddRow());
            }
        }

        return OpenResult.Of("SELECT", rows);
    }

    // Null for ALL.
    private static string? LastName(string text)
    {
        var name = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^1];
        return name.Equals("ALL", StringComparison.OrdinalIgnoreCase) ? null : CursorDeclaration.NameOf(name);
    }

    private (string Text, TypedSql? Typed) Placed(string text, TypedSql? typed)
    {
        var placed = _facts.Place(text, Target);
        return ReferenceEquals(placed, text) ? (text, typed) : (placed, typed is null ? null : new TypedSql(placed, typed.Types));
    }

    private async ValueTask<OpenResult> PrepareAsync(string text)
    {
        var statement = _prepared.Read(text);
        try
        {
            _prepared.Add(statement with { Description = await DescribeAsync(statement.Text, statement.Typed) });
        }
        catch (VitessException failure)
        {
            throw QueryString.Moved(failure, text, statement.Start);
        }

        return OpenResult.Done("PREPARE");
    }

    // The values may be any expressions: the gate computes them.
    private async ValueTask<OpenResult> ExecuteAsync(PreparedCall call, bool alone)
    {
        SqlValue[] values = [];
        if (call.Arguments.Length > 0)
        {
            await using var computed = await AskGateAsync($"SELECT {call.Arguments}", [], alone, null);
            var types = computed.Rows.Fields.Select(field => SqlTypes.Named(field.Type)).ToList();
            call.RequireCount(types.Count);
            if (computed.Rows.RowCount == 1) values = [.. computed.Rows[0].ToArray().Select((value, i) => call.Statement.Take(i, value, types[i])).Take(call.Statement.Description.Parameters.Count)];
        }
        else
        {
            call.RequireCount(0);
        }

        call.Statement.RequireAlike(await DescribeAsync(call.Statement.Text, call.Statement.Typed));
        return await OpenAsync(call.Statement.Text, values, alone, typed: call.Statement.Typed, told: call.Statement.Description.Told);
    }

    private RowSet? Shown(ShowStatement show)
    {
        if (show.On is not null || show.Like is not null) return null;
        if (show.What == "all") return Rows(["name", "setting", "description"], _variables.All().Select(each => new[] { each.Name, each.Value, "" }));
        var value = show.What switch
        {
            "transaction_isolation" => _transaction.Isolation,
            "transaction_read_only" => _transaction.ReadOnly,
            "session_authorization" => User,
            "target" => Target,
            _ => _variables.Has(show.What) ? _variables.Get(show.What) : null,
        };
        return value is null ? null : Rows([SessionVariables.NameOf(show.What)], [[value]]);
    }

    private static RowSet Rows(string[] columns, IEnumerable<string[]> rows)
    {
        var set = new RowSet([.. columns.Select(name => new Field(name, "text"))]);
        foreach (var row in rows) set.Add(Array.ConvertAll(row, SqlValue.Text));
        return set;
    }

    /// <summary>Tells the client something, unless it does not want to know.</summary>
    public void Notice(ErrorFields fields)
    {
        var least = _variables.Get("client_min_messages");
        if (fields.Severity != "INFO" && Array.IndexOf(Severities, fields.Severity) < Array.FindIndex(Severities, each => least.StartsWith(each, StringComparison.OrdinalIgnoreCase))) return;
        _pipes.Output.Report(BackendMessage.NoticeResponse, fields);
    }

    private static VitessException Unsupported(string what, string hint) => new(ErrorCodes.QueryError, $"{what} is not supported", sqlState: "0A000", hint: hint);
}
