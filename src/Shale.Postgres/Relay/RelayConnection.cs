using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Shale.Contracts;
using Shale.Postgres.Wire;

namespace Shale.Postgres.Relay;

/// <summary>
/// A connection to a shard's database on our own codec: rows that a caller passes on are not decoded, a point query allocates little, BEGIN goes with the first statement of its transaction, and rows of parameters
/// go together. What it does not do (scratch databases, ways of authentication) <see cref="PostgresConnection"/> does on Npgsql.
/// </summary>
/// <remarks>Hot path: the point query to a PostgreSQL shard.</remarks>
internal sealed partial class RelayConnection : ServerConnection
{
    private readonly int _generation;
    private readonly ServerLink _link;
    private readonly Answer _answer, _asked;
    private readonly RunningQuery _running;
    private readonly StatementStore<RelayStatement> _statements;
    private int _named;
    private bool _isBroken;

    private RelayConnection(PostgresEngine engine, ServerSession sessions, ServerSession.Opened session, int generation)
        : base(engine, generation)
    {
        (_generation, _link, KnownDefinitions) = (generation, session.Link, engine.Definitions);
        (_answer, _asked) = (new Answer(_link), new Answer(_link));
        _running = new RunningQuery(sessions, session);
        _statements = new StatementStore<RelayStatement>(engine.Options.CachedStatements);
    }

    /// <summary>Opens one. Errors: see <see cref="ServerSession.OpenAsync"/>.</summary>
    public static async ValueTask<RelayConnection> OpenAsync(PostgresEngine engine, ServerSession sessions, CancellationToken cancellationToken)
    {
        var generation = engine.Generation;
        return new RelayConnection(engine, sessions, await sessions.OpenAsync(cancellationToken), generation);
    }

    /// <inheritdoc/>
    protected override bool IsBroken => _isBroken;

    /// <inheritdoc/>
    protected override int KnownDefinitions { get; set; }

    /// <inheritdoc/>
    public override ValueTask<ShardResult> ExecuteAsync(string sql, IReadOnlyList<SqlValue> parameters, CancellationToken cancellationToken) => QueryAsync(sql, parameters, null, cancellationToken);

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ShardResult> QueryAsync(string sql, IReadOnlyList<SqlValue> parameters, RowEncoding? encoding, CancellationToken cancellationToken)
    {
        try
        {
            RelayStatement statement;
            do
            {
                statement = await StartAsync(sql, parameters, encoding, usesAgain: false, cancellationToken);
                while (!_answer.Take()) _link.Filled(await _link.FillAsync());
                await EndAsync();
            }
            while (MustRepeat(statement));
            return new ShardResult(_answer.Rows(), _answer.Affected);
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            await _running.EndAsync();
            throw failure;
        }
    }

    /// <inheritdoc/>
    public override IAsyncEnumerable<RowSet> StreamAsync(string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, RowEncoding? encoding, CancellationToken cancellationToken) =>
        new RelayStream(this, sql, parameters, chunkBytes, encoding, cancellationToken);

    /// <inheritdoc/>
    public override void Interrupt() => _running.Cancel();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (IsDisposed) return;
        IsDisposed = true;
        Lose();
        await _link.DisposeAsync();
    }

    /// <summary>What the server answers to the statement that was started; what the connection itself asks beside it leaves it alone.</summary>
    internal Answer Reading => _answer;

    /// <summary>Sends a statement; its answer is <see cref="Reading"/>.</summary>
    /// <param name="sql">Its text.</param>
    /// <param name="parameters">Its values.</param>
    /// <param name="encoding">The form in which the caller passes rows on; null for values.</param>
    /// <param name="usesAgain">Whether the memory of one chunk is used for the next.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<RelayStatement> StartAsync(string sql, IReadOnlyList<SqlValue> parameters, RowEncoding? encoding, bool usesAgain, CancellationToken cancellationToken)
    {
        RequireReady(cancellationToken);
        if (KnownDefinitions != Engine.Definitions) ForgetAll();
        var statement = _statements.TryGet(sql, parameters, out var known) ? known : await PrepareAsync(sql, PostgresParameters.Of(parameters), cancellationToken);
        MayHaveSettings |= statement.Check.MayLeaveSettings;
        if (statement.Check.MayDefine) Define();
        if (encoding is { IsCopied: true } && !statement.Shape.IsPortable) encoding = null;
        var formats = statement.Formats(encoding);
        Write(statement, parameters, formats);
        _link.Output.Bare(FrontendMessage.Sync);
        if (statement.IsOnce) _answer.Begin();
        else _answer.Begin(statement.Shape, formats, encoding is not null, usesAgain && encoding is not { IsCopied: true });
        _link.LeavesPoll = usesAgain && encoding is not { IsCopied: false };
        await _link.SendAsync();
        _running.Begin(cancellationToken);
        return statement;
    }

    /// <summary>Waits until more of the answer has come.</summary>
    internal async ValueTask MoreAsync() => _link.Filled(await _link.FillAsync());

    /// <summary>The statement has come to its end.</summary>
    internal ValueTask EndAsync()
    {
        var ending = _running.EndAsync();
        IsAborted = InTransaction && _answer.IsAborted;
        Defined();
        return ending.IsCompletedSuccessfully && !MayHaveSettings ? ValueTask.CompletedTask : TidyAsync(ending);
    }

    /// <summary>Whether a statement that has ended is to be sent again: a table has other columns than when it was prepared. Throws what else it failed with.</summary>
    internal bool MustRepeat(RelayStatement statement)
    {
        if (_answer.Failure is not { } failure)
        {
            if (!statement.Check.IsPreparable) WentBack();
            return false;
        }

        if (!IsOutdated(statement, failure)) throw failure;
        if (!InTransaction) return true;
        throw new VitessException(ErrorCodes.SerializationFailure, "a table has changed since the statement was prepared", inner: failure);
    }

    /// <inheritdoc/>
    internal override VitessException? Failed(Exception exception)
    {
        if (exception is ObjectDisposedException && IsDisposed) return null;

        // In the middle of an answer nobody knows what comes next; a transaction that nobody knows of would be the next one's.
        var last = _answer.IsEnded ? _asked : _answer;
        var isLost = exception is IOException or SocketException or ObjectDisposedException;
        if (!last.IsEnded || isLost || (!InTransaction && _link.InTransaction)) Break();
        Defined();
        if (!last.IsEnded && exception is not VitessException && last.Failure is { } told) return PostgresErrors.Translate(told);
        return isLost ? PostgresErrors.Lost(exception) : PostgresErrors.Translate(exception);
    }

    /// <summary>Gives the connection up, with the answer that is on its way.</summary>
    internal void Break()
    {
        if (_isBroken) return;
        _isBroken = true;
        Lose();
        _link.Abort();
        Engine.Lost(_generation);
    }

    /// <inheritdoc/>
    internal override ValueTask CommandAsync(string sql, CancellationToken cancellationToken)
    {
        _link.Output.Query(sql);
        return AskAsync(cancellationToken);
    }

    private async ValueTask<RelayStatement> PrepareAsync(string sql, PostgresParameters.Wire[] wires, CancellationToken cancellationToken)
    {
        var check = StatementCheck.Of(sql, isPrivate: false);
        if (!check.IsPreparable)
        {
            // A definition or a command: it is run once, and gives no rows.
            RequireCount(check, wires.Length);
            return new RelayStatement("", sql, wires, RowShape.None, check);
        }

        if (check.Parameters != wires.Length)
        {
            // Whether it is SQL at all comes first.
            await DescribeAsync("", sql, new PostgresParameters.Wire[check.Parameters], cancellationToken);
            RequireCount(check, wires.Length);
        }

        var known = KnownDefinitions;
        var name = $"s{++_named}";
        var columns = await DescribeAsync(name, sql, wires, cancellationToken);
        foreach (var number in RowShape.Strangers(columns).Where(number => !Engine.TypeNames.ContainsKey(number)).ToList())
        {
            Engine.Learn(number, (await ExecuteAsync($"SELECT format_type({number}, NULL)::text", [], cancellationToken)).Rows[0][0].AsText());
        }

        // Asking has found that tables were defined meanwhile, and given up what was prepared.
        if (known != KnownDefinitions) return await PrepareAsync(sql, wires, cancellationToken);
        var statement = new RelayStatement(name, sql, wires, RowShape.Of(columns, Engine.TypeNames), check);
        if (_statements.Add(statement) is { } unused) _link.Output.Close(unused.Name);
        return statement;
    }

    private async ValueTask<List<(string Name, uint Oid)>> DescribeAsync(string name, string sql, PostgresParameters.Wire[] wires, CancellationToken cancellationToken)
    {
        var output = _link.Output;
        var before = output.Length;
        try
        {
            WriteBegin();
            output.Parse(name, sql, Array.ConvertAll(wires, PostgresParameters.OidOf));
        }
        catch
        {
            Unwrite(before);
            throw;
        }

        output.Describe(name);
        output.Bare(FrontendMessage.Sync);
        await AskAsync(cancellationToken);
        return _asked.Columns;
    }

    // Then it is prepared anew when it is used next.
    private bool IsOutdated(RelayStatement statement, ServerFailure failure)
    {
        if (failure is not { SqlState: "0A000", Routine: "RevalidateCachedQuery" }) return false;
        _statements.Remove(statement);
        _link.Output.Close(statement.Name);
        return true;
    }

    // In a transaction a statement that turned out to be out of date would abort it.
    private void ForgetAll()
    {
        KnownDefinitions = Engine.Definitions;
        foreach (var statement in _statements.All) _link.Output.Close(statement.Name);
        _statements.Clear();
    }

    private async ValueTask TidyAsync(ValueTask ending)
    {
        await ending;
        await TidyAsync();
    }

    private async ValueTask AskAsync(CancellationToken cancellationToken)
    {
        _asked.Begin();
        await _link.SendAsync();
        _running.Begin(cancellationToken);
        while (!_asked.Take()) _link.Filled(await _link.FillAsync());
        await _running.EndAsync();
        IsAborted = InTransaction && _asked.IsAborted;
        if (_asked.Failure is { } failure) throw failure;
    }
}
