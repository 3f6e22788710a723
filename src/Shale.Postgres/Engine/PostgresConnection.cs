using System.Data;
using Npgsql;
using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Postgres;

/// <summary>A connection to a shard's database by way of Npgsql: to servers that only it reaches, and for scratch databases.</summary>
internal partial class PostgresConnection : ServerConnection
{
    private readonly Session _session;
    private readonly bool _isPrivate;
    private volatile IRunning? _running;

    /// <summary>A connection that is open.</summary>
    /// <param name="engine">Whose.</param>
    /// <param name="session">What it runs on.</param>
    /// <param name="isPrivate">Whether temporary tables are its own: a scratch database.</param>
    public PostgresConnection(PostgresEngine engine, Session session, bool isPrivate = false)
        : base(engine, session.Generation) => (_session, _isPrivate) = (session, isPrivate);

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

    private NpgsqlConnection Npgsql => _session.Connection;

    private StatementStore<PostgresStatement> Statements => _session.Statements;

    /// <inheritdoc/>
    protected override bool IsBroken => (Npgsql.State & ConnectionState.Open) == 0;

    /// <inheritdoc/>
    protected override bool IsPrivate => _isPrivate;

    /// <inheritdoc/>
    protected override int KnownDefinitions
    {
        get => _session.Definitions;
        set => _session.Definitions = value;
    }

    /// <inheritdoc/>
    public override async ValueTask<ShardResult> ExecuteAsync(string sql, IReadOnlyList<SqlValue> parameters, CancellationToken cancellationToken)
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
        if (!sql.AsSpan().TrimStart().StartsWith("insert", StringComparison.OrdinalIgnoreCase) || IsAborted) return await ExecuteAsync(sql, parameters, CancellationToken.None);
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
        var isNested = InTransaction;
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
    public override IAsyncEnumerable<RowSet> StreamAsync(string sql, IReadOnlyList<SqlValue> parameters, int chunkBytes, RowEncoding? encoding, CancellationToken cancellationToken) =>
        new PostgresStream(this, sql, parameters, chunkBytes, cancellationToken);

    /// <inheritdoc/>
    public override void Interrupt() => _running?.Cancel();

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return CloseAsync();
    }

    /// <summary>Closes the connection.</summary>
    protected async ValueTask CloseAsync()
    {
        if (IsDisposed) return;
        IsDisposed = true;
        Lose();
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

    /// <inheritdoc/>
    internal override VitessException? Failed(Exception exception)
    {
        Ended();
        if (IsBroken && !IsDisposed)
        {
            Engine.Lost(_session.Generation);
            Lose();
        }
        else if (InTransaction && exception is PostgresException or OperationCanceledException)
        {
            IsAborted = true;
        }

        Defined();
        return PostgresErrors.Translate(exception);
    }

    /// <inheritdoc/>
    internal override async ValueTask CommandAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, Npgsql) { CommandTimeout = 0 };
        _running = new RunningCommand(command);
        await command.ExecuteNonQueryAsync(cancellationToken);
        Ended();
    }

    /// <inheritdoc/>
    protected override async ValueTask BeginLaterAsync(bool readOnly, CancellationToken cancellationToken)
    {
        // Npgsql sends BEGIN together with the next statement.
        if (!readOnly) await Npgsql.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
        else await CommandAsync("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY", cancellationToken);
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
        if (check.MayDefine) Define();
        var affected = await command.ExecuteNonQueryAsync(cancellationToken);
        Ended();
        if (IsAborted && command.CommandText.TrimStart().StartsWith("rollback", StringComparison.OrdinalIgnoreCase)) IsAborted = false;
        MayHaveSettings |= check.MayLeaveSettings;
        WentBack();
        Defined();
        await TidyAsync();
        return new ShardResult(new RowSet([]), Math.Max(0, affected));
    }

    // In a transaction a statement that turned out to be out of date would abort it.
    private void Refresh()
    {
        var definitions = Engine.Definitions;
        if (KnownDefinitions == definitions) return;
        Statements.Clear();
        Npgsql.UnprepareAll();
        KnownDefinitions = definitions;
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
            missing = [.. RowShape.Strangers(RowShape.ColumnsOf(reader)).Where(number => !Engine.TypeNames.ContainsKey(number))];
            if (missing.Length == 0) return RowShape.Of(reader, Engine.TypeNames);
        }

        await Engine.LearnTypesAsync(Npgsql, missing, cancellationToken);
        await using var again = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly, cancellationToken);
        return RowShape.Of(again, Engine.TypeNames);
    }

    private async ValueTask<NpgsqlDataReader> ReadAsync(PostgresStatement statement, IReadOnlyList<SqlValue> parameters, IRunning running, CancellationToken cancellationToken)
    {
        PostgresParameters.Set(statement.Command.Parameters, statement.Wires, parameters);
        _running = running;
        MayHaveSettings |= statement.Check.MayLeaveSettings;
        try
        {
            return await statement.Command.ExecuteReaderAsync(cancellationToken);
        }
        catch (PostgresException failure) when (IsStale(failure) && InTransaction)
        {
            IsAborted = true;
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
