using System.Collections.Concurrent;
using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Postgres;

/// <summary>
/// One PostgreSQL database in a program's hands: on a private server that it starts, or on one of yours. Statements run side by side, each on a connection of its own. Thread-safe.
/// Errors: PGLITE_NOT_READY before <see cref="InitAsync"/>, PGLITE_ALREADY_CLOSED after <see cref="CloseAsync"/>; PGLITE_CONNECTION_ERROR where the server cannot be started or reached;
/// PGLITE_TRANSACTION_ERROR; PGLITE_QUERY_ERROR for any other statement that fails; each with PostgreSQL's SQLSTATE.
/// </summary>
public sealed class PostgresAdapter : IAsyncDisposable
{
    private const string Database = "adapter";
    private const int MostIdle = 8;

    private readonly PostgresAdapterOptions _options;
    private readonly ConcurrentQueue<PostgresConnection> _idle = new();
    private readonly SemaphoreSlim _opening = new(1);
    private PrivateServer? _server;
    private volatile PostgresEngine? _engine;
    private volatile bool _isClosed;

    /// <summary>Describes the adapter; <see cref="InitAsync"/> opens it.</summary>
    public PostgresAdapter(PostgresAdapterOptions? options = null) => _options = options ?? new PostgresAdapterOptions();

    /// <summary>Whether statements can be sent.</summary>
    public bool IsReady => _engine is not null && !_isClosed;

    /// <summary>Starts or reaches the server and runs <see cref="PostgresAdapterOptions.InitSchema"/>; does nothing when that is done. Errors: PGLITE_CONNECTION_ERROR, PGLITE_QUERY_ERROR, PGLITE_ALREADY_CLOSED.</summary>
    public async Task InitAsync(CancellationToken cancellationToken = default)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_isClosed) throw AdapterErrors.Closed();
            if (_engine is not null) return;
            var engine = new PostgresEngine(new PostgresEngineOptions { ConnectionString = _options.ConnectionString ?? await StartAsync(cancellationToken) });
            await using var connection = await engine.OpenNpgsqlAsync(cancellationToken);
            if (_options.InitSchema is { } schema) await RunSchemaAsync(connection, schema, cancellationToken);
            _engine = engine;
        }
        catch (VitessException failure) when (failure.Code == ErrorCodes.ShardError.Code)
        {
            throw AdapterErrors.Connection(failure);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Runs one statement and returns its rows. Parameters <c>$1</c>, <c>$2</c> … stand for .NET values (see <see cref="SqlConvert.ToSqlValue"/>).</summary>
    public async Task<QueryResult> QueryAsync(string sql, params IReadOnlyList<object?> parameters) => new((await AloneAsync(sql, parameters)).Rows);

    /// <summary>Runs one statement and tells how many rows it changed, and, of an INSERT, the last number that a sequence gave.</summary>
    public async Task<ExecuteResult> ExecuteAsync(string sql, params IReadOnlyList<object?> parameters)
    {
        var result = await AloneAsync(sql, parameters);
        return new ExecuteResult(result.Affected, result.LastInsertId);
    }

    /// <summary>Begins a transaction; disposing it rolls back unless it was committed.</summary>
    public async Task<PostgresAdapterTransaction> BeginAsync(TransactionOptions? options = null, CancellationToken cancellationToken = default)
    {
        var connection = await TakeAsync(cancellationToken);
        try
        {
            await connection.BeginAsync(options?.Isolation ?? IsolationLevel.ReadCommitted, options?.ReadOnly ?? false, cancellationToken);
            return new PostgresAdapterTransaction(this, connection);
        }
        catch (VitessException failure)
        {
            await ReturnAsync(connection);
            throw AdapterErrors.Statement(failure);
        }
    }

    /// <summary>Runs work in a transaction: commits when it returns, rolls back when it throws. The work neither commits nor rolls back: PGLITE_TRANSACTION_ERROR.</summary>
    public async Task TransactionAsync(Func<PostgresAdapterTransaction, Task> work, TransactionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        await using var transaction = await BeginAsync(options, cancellationToken);
        transaction.IsManaged = true;
        await work(transaction);
        transaction.IsManaged = false;
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Ends the connections, and stops a private server; does nothing when that is done.</summary>
    public async Task CloseAsync()
    {
        await _opening.WaitAsync();
        try
        {
            if (_isClosed) return;
            _isClosed = true;
            while (_idle.TryDequeue(out var connection)) await connection.DisposeAsync();
            if (_engine is { } engine) await engine.DisposeAsync();
            if (_server is { } server) await server.DisposeAsync();
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>See <see cref="CloseAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _opening.Dispose();
    }

    /// <summary>Runs one statement on a connection.</summary>
    internal async Task<ShardResult> RunAsync(PostgresConnection connection, string sql, IReadOnlyList<object?> parameters)
    {
        if (_options.Debug) (_options.Log ?? Console.Error.WriteLine)(sql);
        try
        {
            return await connection.ExecuteWithIdAsync(sql, [.. parameters.Select(SqlConvert.ToSqlValue)]);
        }
        catch (VitessException failure)
        {
            throw AdapterErrors.Statement(failure);
        }
    }

    /// <summary>Takes a connection back, rolled back.</summary>
    internal async ValueTask ReturnAsync(PostgresConnection connection)
    {
        try
        {
            await connection.RollbackAsync(CancellationToken.None);
        }
        catch (VitessException)
        {
            // It is closed below.
        }

        if (connection is { IsUsable: true, InTransaction: false } && !_isClosed && _idle.Count < MostIdle) _idle.Enqueue(connection);
        else await connection.DisposeAsync();
    }

    private async Task<ShardResult> AloneAsync(string sql, IReadOnlyList<object?> parameters)
    {
        var connection = await TakeAsync(CancellationToken.None);
        try
        {
            return await RunAsync(connection, sql, parameters);
        }
        finally
        {
            await ReturnAsync(connection);
        }
    }

    private async Task<PostgresConnection> TakeAsync(CancellationToken cancellationToken)
    {
        if (_isClosed) throw AdapterErrors.Closed();
        var engine = _engine ?? throw AdapterErrors.NotReady();
        while (_idle.TryDequeue(out var idle))
        {
            if (idle.IsUsable) return idle;
            await idle.DisposeAsync();
        }

        try
        {
            return await engine.OpenNpgsqlAsync(cancellationToken);
        }
        catch (VitessException failure)
        {
            throw AdapterErrors.Connection(failure);
        }
    }

    private async Task<string> StartAsync(CancellationToken cancellationToken)
    {
        _server ??= await PrivateServer.StartAsync(new PrivateServerOptions { DataDirectory = _options.DataDir, Durable = _options.DataDir is not null }, cancellationToken);
        await _server.CreateDatabaseAsync(Database, cancellationToken);
        return _server.ConnectionString(Database);
    }

    private static async Task RunSchemaAsync(PostgresConnection connection, string schema, CancellationToken cancellationToken)
    {
        try
        {
            await connection.CommandAsync(schema, cancellationToken);
        }
        catch (Exception exception) when (connection.Failed(exception) is { } failure)
        {
            throw AdapterErrors.Statement(failure);
        }
    }
}
