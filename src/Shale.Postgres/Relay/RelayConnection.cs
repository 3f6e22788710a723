using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Shale.Contracts;
using Shale.Postgres.Wire;
using Shale.Vitess;

namespace Shale.Postgres.Relay;

/// <summary>
/// A reading connection to a shard's database on our own codec: rows that a caller passes on are not decoded, and a point query allocates little. What it does not do (writing, scratch databases, ways of
/// authentication) <see cref="PostgresConnection"/> does on Npgsql. Invariants: the session has the settings it was opened with whenever no statement runs; after a failure in a transaction only its end is
/// possible.
/// </summary>
/// <remarks>Hot path: the point query to a PostgreSQL shard.</remarks>
internal sealed partial class RelayConnection : IEngineConnection
{
    private readonly PostgresEngine _engine;
    private readonly int _generation;
    private readonly ServerLink _link;
    private readonly Answer _answer;
    private readonly RunningQuery _running;
    private readonly StatementStore<RelayStatement> _statements;
    private int _definitions;
    private int _named;
    private bool _isBroken, _isDisposed, _inTransaction, _isAborted, _mayHaveSettings;

    private RelayConnection(PostgresEngine engine, ServerSession sessions, ServerSession.Opened session, int generation)
    {
        (_engine, _generation, _link, _definitions) = (engine, generation, session.Link, engine.Definitions);
        _answer = new Answer(_link);
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
    public bool IsUsable => !_isDisposed && !_isBroken && _generation == _engine.Generation;

    /// <inheritdoc/>
    public long LastCommit => 0;

    /// <inheritdoc/>
    public ValueTask<ShardResult> ExecuteAsync(string sql, IReadOnlyList<SqlValue> parameters, CancellationToken cancellationToken) => QueryAsync(sql, parameters, null, cancellationToken);

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ShardResult> QueryAsync(string sql, IReadOnlyList<SqlValue> parameters, RowEncoding? encoding, CancellationToken cancellationToken)
    {
        try
        {
            RelayStatement statement;
            do
            {
                statement = await StartAsync(sql, parameters, encoding, usesAgain: false, cancellationToken);
                while (!_answer.Take()) await _link.FillAsync();
                await EndAsync();
            }
            while (MustRepeat(statement));
            return new ShardResult(_answer.Rows(), statement.Shape.Fields.Length > 0 ? 0 : _answer.Affected);
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            await _running.EndAsync();
            throw failure;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ShardResult> ExecuteManyAsync(string sql, IReadOnlyList<IReadOnlyList<SqlValue>> rows, CancellationToken cancellationToken)
    {
        ShardResult? all = null;
        foreach (var row in rows)
        {
            var result = await ExecuteAsync(sql, row, cancellationToken);
            if (all is not null) all.Rows.AddAll(result.Rows);
            all = new ShardResult(all?.Rows ?? result.Rows, (all?.Affected ?? 0) + result.Affected);
        }

        return all ?? new ShardResult(new RowSet([]));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RowSet> StreamAsync(string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, CancellationToken cancellationToken) =>
        StreamAsync(sql, parameters, chunkBytes, null, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<RowSet> StreamAsync(string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, RowEncoding? encoding, CancellationToken cancellationToken) =>
        new RelayStream(this, sql, parameters, chunkBytes, encoding, cancellationToken);

    /// <summary>Rows are added to scratch databases only.</summary>
    public ValueTask InsertRowsAsync(string table, RowSet rows, CancellationToken cancellationToken) => throw new NotSupportedException("rows are added so to scratch databases only");

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ShardObject>> SchemaAsync(CancellationToken cancellationToken) => new SchemaReader(this, "public").ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public void Interrupt() => _running.Cancel();

    /// <summary>Closes the connection; the server rolls back what is open.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await _link.DisposeAsync();
    }

    /// <summary>What the server answers to the statement that was started.</summary>
    internal Answer Reading => _answer;

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => _inTransaction;

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
        if (_definitions != _engine.Definitions) await ForgetAllAsync();
        var statement = _statements.TryGet(sql, parameters, out var known) ? known : await PrepareAsync(sql, PostgresParameters.Of(parameters), cancellationToken);
        _mayHaveSettings |= statement.Check.MayLeaveSettings;
        var formats = statement.Formats(encoding);
        Bind(statement, parameters, formats);
        _answer.Begin(statement.Shape, formats, encoding is not null, usesAgain);
        await _link.SendAsync();
        _running.Begin(cancellationToken);
        return statement;
    }

    /// <summary>Waits until more of the answer has come.</summary>
    internal ValueTask MoreAsync() => _link.FillAsync();

    /// <summary>The statement has come to its end.</summary>
    internal ValueTask EndAsync()
    {
        var ending = _running.EndAsync();
        return ending.IsCompletedSuccessfully && !_mayHaveSettings ? ValueTask.CompletedTask : TidyAsync(ending);
    }

    /// <summary>Whether a statement that has ended is to be sent again: a table has other columns than when it was prepared. Throws what else it failed with.</summary>
    internal bool MustRepeat(RelayStatement statement)
    {
        if (_answer.Failure is not { } failure) return false;
        if (failure is not { SqlState: "0A000", Routine: "RevalidateCachedQuery" }) throw failure;
        _statements.Remove(statement);
        _link.Output.Close(statement.Name);
        if (!_inTransaction) return true;
        _isAborted = true;
        throw new VitessException(ErrorCodes.SerializationFailure, "a table has changed since the statement was prepared", inner: failure);
    }

    /// <summary>Notices what a failure has done to the connection, and says what a caller gets to see; null for our own bugs.</summary>
    internal VitessException? Failed(Exception exception)
    {
        // In the middle of an answer nobody knows what comes next.
        if (!_answer.IsEnded || exception is IOException or SocketException or ObjectDisposedException) Break();
        else if (_inTransaction && exception is ServerFailure or OperationCanceledException) _isAborted = true;
        return exception is ObjectDisposedException && _isDisposed ? null : PostgresErrors.Translate(_isBroken && _answer.Failure is { } told ? told : exception);
    }

    /// <summary>Gives the connection up, with the answer that is on its way.</summary>
    internal void Break()
    {
        if (_isBroken) return;
        (_isBroken, _inTransaction, _isAborted) = (true, false, false);
        _link.Abort();
        _engine.Lost(_generation);
    }

    private void RequireReady(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (cancellationToken.IsCancellationRequested) throw new VitessException(ErrorCodes.Timeout, "the statement was cancelled before it began");
        if (_isBroken) throw PostgresErrors.Lost();
    }

    private void Bind(RelayStatement statement, IReadOnlyList<SqlValue> parameters, bool[] formats)
    {
        try
        {
            _link.Output.Bind(statement.Name, statement.Wires, parameters, formats);
            _link.Output.Execute();
            _link.Output.Bare(FrontendMessage.Sync);
        }
        catch
        {
            // Nothing of it has been sent.
            _link.Output.Clear();
            throw;
        }
    }

    private async ValueTask<RelayStatement> PrepareAsync(string sql, PostgresParameters.Wire[] wires, CancellationToken cancellationToken)
    {
        var check = StatementCheck.Of(sql, isPrivate: false);
        if (check.Parameters != wires.Length)
        {
            // Whether it is SQL at all comes first.
            await DescribeAsync("", sql, new PostgresParameters.Wire[check.Parameters], cancellationToken);
            PostgresConnection.RequireCount(check, wires.Length);
        }

        var name = check.IsPreparable ? $"s{++_named}" : "";
        var columns = await DescribeAsync(name, sql, wires, cancellationToken);
        foreach (var number in RowShape.Strangers(columns).Where(number => !_engine.TypeNames.ContainsKey(number)).ToList())
        {
            _engine.Learn(number, (await ExecuteAsync($"SELECT format_type({number}, NULL)::text", [], cancellationToken)).Rows[0][0].AsText());
        }

        var statement = new RelayStatement(name, sql, wires, RowShape.Of(columns, _engine.TypeNames), check);
        if (check.IsPreparable && _statements.Add(statement) is { } unused) _link.Output.Close(unused.Name);
        return statement;
    }

    private async ValueTask<List<(string Name, uint Oid)>> DescribeAsync(string name, string sql, PostgresParameters.Wire[] wires, CancellationToken cancellationToken)
    {
        _link.Output.Parse(name, sql, Array.ConvertAll(wires, PostgresParameters.OidOf));
        _link.Output.Describe(name);
        _link.Output.Bare(FrontendMessage.Sync);
        await AskAsync(cancellationToken);
        return _answer.Columns;
    }

    // In a transaction a statement that turned out to be out of date would abort it.
    private async ValueTask ForgetAllAsync()
    {
        var definitions = _engine.Definitions;
        _statements.Clear();
        await CommandAsync("DEALLOCATE ALL");
        _definitions = definitions;
    }

    private async ValueTask TidyAsync(ValueTask ending)
    {
        await ending;
        if (_inTransaction || !_mayHaveSettings) return;
        _mayHaveSettings = false;
        await CommandAsync(PostgresConnection.Reset);
    }

    private ValueTask CommandAsync(string sql)
    {
        _link.Output.Query(sql);
        return AskAsync(CancellationToken.None);
    }

    private async ValueTask AskAsync(CancellationToken cancellationToken)
    {
        _answer.Begin();
        await _link.SendAsync();
        _running.Begin(cancellationToken);
        while (!_answer.Take()) await _link.FillAsync();
        await _running.EndAsync();
        if (_answer.Failure is { } failure) throw failure;
    }
}
