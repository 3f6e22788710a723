using System.Data;
using Npgsql;
using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Postgres;

/// <summary>One connection to a shard's database. Invariants: the session has the settings it was opened with whenever no statement runs; after a failure in a transaction only its end, or the way back to a savepoint, is possible.</summary>
internal partial class PostgresConnection : IEngineConnection
{
    private readonly PostgresEngine _engine;
    private readonly Session _session;
    private readonly bool _isPrivate;
    private volatile IRunning? _running;
    private bool _disposed;

    /// <summary>A connection that is open.</summary>
    /// <param name="engine">Whose.</param>
    /// <param name="session">What it runs on.</param>
    /// <param name="isPrivate">Whether temporary tables are its own: a scratch database.</param>
    public PostgresConnection(PostgresEngine engine, Session session, bool isPrivate = false) => (_engine, _session, _isPrivate) = (engine, session, isPrivate);

    /// <summary>Something that runs and can be stopped.</summary>
    internal interface IRunning
    {
        /// <summary>Asks the server to stop it.</summary>
        void Cancel();
    }

    /// <summary>A session of the server.</summary>
    /// <param name="Connection">Npgsql's.</param>
    /// <param name="Statements">What is prepared there.</param>
    /// <param name="Generation">See <see cref="PostgresEngine.Generation"/>.</param>
    internal sealed record Session(NpgsqlConnection Connection, StatementStore<PostgresStatement> Statements, int Generation)
    {
        /// <summary>The <see cref="PostgresEngine.Definitions"/> that its statements know.</summary>
        public int Definitions { get; set; }
    }

    /// <inheritdoc/>
    public bool IsUsable => !_disposed && !IsBroken && _session.Generation == _engine.Generation;

    /// <inheritdoc/>
    public long LastCommit => 0;

    private NpgsqlConnection Npgsql => _session.Connection;

    private StatementStore<PostgresStatement> Statements => _session.Statements;

    private bool IsBroken => (Npgsql.State & ConnectionState.Open) == 0;

    /// <inheritdoc/>
    public async ValueTask<ShardResult> ExecuteAsync(string sql, IReadOnlyList<SqlValue> parameters, CancellationToken cancellationToken)
    {
        try
        {
            return await ExecuteOrThrowAsync(sql, parameters, cancellationToken);
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>The same, and of an INSERT the last number that a sequence gave to one of its rows.</summary>
    internal async ValueTask<ShardResult> ExecuteWithIdAsync(string sql, IReadOnlyList<SqlValue> parameters)
    {
        if (!sql.AsSpan().TrimStart().StartsWith("insert", StringComparison.OrdinalIgnoreCase) || _isAborted) return await ExecuteAsync(sql, parameters, CancellationToken.None);
        try
        {
            RequireReady(CancellationToken.None);
            await CommandAsync("DISCARD SEQUENCES", CancellationToken.None);
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            throw failure;
        }

        var result = await ExecuteAsync(sql, parameters, CancellationToken.None);
        return result with { LastInsertId = await LastNumberAsync() };
    }

    // lastval() fails where no sequence was used; in a transaction that must not abort it.
    private async ValueTask<long?> LastNumberAsync()
    {
        var isNested = _inTransaction;
        if (isNested) await ExecuteAsync("SAVEPOINT shale_last", [], CancellationToken.None);
        try
        {
            var last = (await ExecuteAsync("SELECT lastval()", [], CancellationToken.None)).Rows[0][0].AsInteger();
            if (isNested) await ExecuteAsync("RELEASE SAVEPOINT shale_last", [], CancellationToken.None);
            return last;
        }
        catch (VitessException failure) when (failure.SqlState == PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            if (isNested) await ExecuteAsync("ROLLBACK TO SAVEPOINT shale_last", [], CancellationToken.None);
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ShardResult> ExecuteManyAsync(string sql, IReadOnlyList<IReadOnlyList<SqlValue>> rows, CancellationToken cancellationToken)
    {
        try
        {
            return rows.Count switch
            {
                0 => new ShardResult(new RowSet([])),
                1 => await ExecuteOrThrowAsync(sql, rows[0], cancellationToken),
                _ => await ExecuteRowsAsync(sql, rows, cancellationToken),
            };
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RowSet> StreamAsync(string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, CancellationToken cancellationToken) =>
        new PostgresStream(this, sql, parameters, chunkBytes, cancellationToken);

    /// <inheritdoc/>
    public virtual async ValueTask<IReadOnlyList<ShardObject>> SchemaAsync(CancellationToken cancellationToken) => await new SchemaReader(this, "public").ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public void Interrupt() => _running?.Cancel();

    /// <summary>Closes the connection; the server rolls back what is open.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return CloseAsync();
    }

    /// <summary>Closes the connection.</summary>
    protected async ValueTask CloseAsync()
    {
        if (_disposed) return;
        _disposed = true;
        try
        {
            await Npgsql.DisposeAsync();
        }
        catch (NpgsqlException)
        {
            // It was gone already.
        }
    }

    /// <summary>Starts a statement that gives rows: the caller reads to the end, and then calls <see cref="Ended"/>.</summary>
    internal async ValueTask<(NpgsqlDataReader Reader, RowShape Shape, IRunning Running)> StartAsync(string sql, IReadOnlyList<SqlValue> parameters, CancellationToken cancellationToken)
    {
        RequireReady(cancellationToken);
        Refresh();
        for (var tries = 0; ; tries++)
        {
            var statement = await FindAsync(sql, parameters, cancellationToken);
            var running = new RunningCommand(statement.Command);
            try
            {
                return (await ReadAsync(statement, parameters, running, cancellationToken), statement.Shape, running);
            }
            catch (PostgresException failure) when (IsStale(failure) && tries == 0)
            {
                Ended();
                await ForgetAsync(statement);
            }
        }
    }

    /// <summary>Nothing runs any more.</summary>
    internal void Ended() => _running = null;

    /// <summary>Notices what a failure has done to the connection, and says what a caller gets to see; null for our own bugs.</summary>
    internal VitessException? Failed(Exception exception)
    {
        Ended();
        if (IsBroken && !_disposed)
        {
            _engine.Lost(_session.Generation);
            (_inTransaction, _isAborted) = (false, false);
        }
        else if (_inTransaction && exception is PostgresException or OperationCanceledException)
        {
            _isAborted = true;
        }

        return PostgresErrors.Translate(exception);
    }

    /// <summary>Refuses work on a connection that is gone, and work that was cancelled before it began.</summary>
    internal void RequireReady(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (cancellationToken.IsCancellationRequested) throw new VitessException(ErrorCodes.Timeout, "the statement was cancelled before it began");
        if (IsBroken) throw PostgresErrors.Lost();
    }

    /// <summary>Runs a command of ours that gives no rows.</summary>
    internal async ValueTask CommandAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, Npgsql) { CommandTimeout = 0 };
        _running = new RunningCommand(command);
        await command.ExecuteNonQueryAsync(cancellationToken);
        Ended();
    }

    private async ValueTask<ShardResult> ExecuteOrThrowAsync(string sql, IReadOnlyList<SqlValue> parameters, CancellationToken cancellationToken)
    {
        RequireReady(cancellationToken);
        if (!Statements.TryGet(sql, parameters, out _))
        {
            var check = StatementCheck.Of(sql, _isPrivate);
            if (!check.IsPreparable) return await ExecuteUtilityAsync(sql, check, parameters, cancellationToken);
        }

        var (reader, shape, _) = await StartAsync(sql, parameters, cancellationToken);
        RowSet rows;
        int affected;
        await using (reader)
        {
            rows = new RowSet(shape.Fields);
            while (await reader.ReadAsync(cancellationToken)) shape.Read(reader, rows.AddRow());
            await reader.NextResultAsync(cancellationToken);
            affected = reader.RecordsAffected;
        }

        Ended();
        await TidyAsync();
        return new ShardResult(rows, Math.Max(0, affected));
    }

    // Definitions and commands: run once, never prepared, without rows.
    private async ValueTask<ShardResult> ExecuteUtilityAsync(string sql, StatementCheck check, IReadOnlyList<SqlValue> parameters, CancellationToken cancellationToken)
    {
        RequireCount(check, parameters.Count);
        await using var command = new NpgsqlCommand(sql, Npgsql) { CommandTimeout = 0 };
        var wires = PostgresParameters.Of(parameters);
        PostgresParameters.Add(command.Parameters, wires);
        PostgresParameters.Set(command.Parameters, wires, parameters);

        // Npgsql cuts a text without parameters at its semicolons, also in the body of a function.
        if (check.HasBody) command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 0 });
        _running = new RunningCommand(command);
        var affected = await command.ExecuteNonQueryAsync(cancellationToken);
        Ended();
        if (_isAborted && command.CommandText.TrimStart().StartsWith("rollback", StringComparison.OrdinalIgnoreCase)) _isAborted = false;
        _mayHaveSettings |= check.MayLeaveSettings;
        if (check.MayDefine) NoticeDefinition();
        else if (_hasDefined) _session.Definitions = Outdated;
        await TidyAsync();
        return new ShardResult(new RowSet([]), Math.Max(0, affected));
    }

    // In a transaction a statement that turned out to be out of date would abort it.
    private void Refresh()
    {
        var definitions = _engine.Definitions;
        if (_session.Definitions == definitions) return;
        Statements.Clear();
        Npgsql.UnprepareAll();
        _session.Definitions = definitions;
    }

    /// <summary>QUERY_ERROR (08P01) for another number of values than the statement takes.</summary>
    internal static void RequireCount(StatementCheck check, int given)
    {
        if (check.Parameters == given) return;
        throw new VitessException(ErrorCodes.QueryError, $"the statement takes {check.Parameters} parameter(s), {given} given", sqlState: "08P01", hint: "Give one value for each parameter.");
    }

    private async ValueTask<PostgresStatement> FindAsync(string sql, IReadOnlyList<SqlValue> parameters, CancellationToken cancellationToken) =>
        Statements.TryGet(sql, parameters, out var statement) ? statement : await PrepareAsync(sql, PostgresParameters.Of(parameters), cancellationToken);

    private async ValueTask<PostgresStatement> PrepareAsync(string sql, PostgresParameters.Wire[] wires, CancellationToken cancellationToken)
    {
        var check = StatementCheck.Of(sql, _isPrivate);
        if (check.Parameters != wires.Length)
        {
            // Whether it is SQL at all comes first.
            var (probe, _) = await PrepareAsync(sql, new PostgresParameters.Wire[check.Parameters], null, cancellationToken);
            await probe.UnprepareAsync(cancellationToken);
            await probe.DisposeAsync();
            RequireCount(check, wires.Length);
        }

        var (command, shape) = await PrepareAsync(sql, wires, null, cancellationToken);
        if (shape.AsText is { } asText)
        {
            // Npgsql has to know before it prepares which columns come as text.
            await command.UnprepareAsync(cancellationToken);
            await command.DisposeAsync();
            (command, shape) = await PrepareAsync(sql, wires, asText, cancellationToken);
        }

        var statement = new PostgresStatement(command, wires, shape, check);
        if (Statements.Add(statement) is { } unused) await DropAsync(unused);
        return statement;
    }

    private async ValueTask<(NpgsqlCommand Command, RowShape Shape)> PrepareAsync(string sql, PostgresParameters.Wire[] wires, bool[]? asText, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, Npgsql) { CommandTimeout = 0, UnknownResultTypeList = asText };
        try
        {
            PostgresParameters.Add(command.Parameters, wires);
            await command.PrepareAsync(cancellationToken);
            PostgresParameters.Set(command.Parameters, wires, PostgresParameters.Samples(wires));
            return (command, await DescribeAsync(command, cancellationToken));
        }
        catch
        {
            await command.DisposeAsync();
            throw;
        }
    }

    // Asks nobody: the server has described the statement when it prepared it.
    private async ValueTask<RowShape> DescribeAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        uint[] missing;
        await using (var reader = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly, cancellationToken))
        {
            missing = [.. RowShape.Strangers(RowShape.ColumnsOf(reader)).Where(number => !_engine.TypeNames.ContainsKey(number))];
            if (missing.Length == 0) return RowShape.Of(reader, _engine.TypeNames);
        }

        await _engine.LearnTypesAsync(Npgsql, missing, cancellationToken);
        await using var again = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly, cancellationToken);
        return RowShape.Of(again, _engine.TypeNames);
    }

    private async ValueTask<NpgsqlDataReader> ReadAsync(PostgresStatement statement, IReadOnlyList<SqlValue> parameters, IRunning running, CancellationToken cancellationToken)
    {
        PostgresParameters.Set(statement.Command.Parameters, statement.Wires, parameters);
        _running = running;
        _mayHaveSettings |= statement.Check.MayLeaveSettings;
        try
        {
            return await statement.Command.ExecuteReaderAsync(cancellationToken);
        }
        catch (PostgresException failure) when (IsStale(failure) && _inTransaction)
        {
            _isAborted = true;
            await ForgetAsync(statement);
            throw new VitessException(ErrorCodes.SerializationFailure, "a table has changed since the statement was prepared", inner: failure);
        }
    }

    // A table has other columns now than when the statement was prepared.
    private static bool IsStale(PostgresException failure) => failure.SqlState == PostgresErrorCodes.FeatureNotSupported && failure.Routine == "RevalidateCachedQuery";

    private ValueTask ForgetAsync(PostgresStatement statement)
    {
        Statements.Remove(statement);
        return DropAsync(statement);
    }

    private static async ValueTask DropAsync(PostgresStatement statement)
    {
        await statement.Command.UnprepareAsync(CancellationToken.None);
        await statement.Command.DisposeAsync();
    }

    private sealed class RunningCommand(NpgsqlCommand command) : IRunning
    {
        public void Cancel() => command.Cancel();
    }

    private sealed class RunningBatch(NpgsqlBatch batch) : IRunning
    {
        public void Cancel() => batch.Cancel();
    }
}
