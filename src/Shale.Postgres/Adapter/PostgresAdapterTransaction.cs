using Shale.Contracts;

namespace Shale.Postgres;

/// <summary>A transaction of a <see cref="PostgresAdapter"/>; one statement at a time. Disposing it rolls back unless it was committed. Errors: PGLITE_TRANSACTION_ERROR (25P01) once it has ended.</summary>
public sealed class PostgresAdapterTransaction : IAsyncDisposable
{
    private readonly PostgresAdapter _adapter;
    private PostgresConnection? _connection;

    internal PostgresAdapterTransaction(PostgresAdapter adapter, PostgresConnection connection) => (_adapter, _connection) = (adapter, connection);

    /// <summary>Whether whoever runs its work ends it.</summary>
    internal bool IsManaged { get; set; }

    /// <summary>See <see cref="PostgresAdapter.QueryAsync"/>.</summary>
    public async Task<QueryResult> QueryAsync(string sql, params IReadOnlyList<object?> parameters) => new((await _adapter.RunAsync(Open(), sql, parameters)).Rows);

    /// <summary>See <see cref="PostgresAdapter.ExecuteAsync"/>.</summary>
    public async Task<ExecuteResult> ExecuteAsync(string sql, params IReadOnlyList<object?> parameters)
    {
        var result = await _adapter.RunAsync(Open(), sql, parameters);
        return new ExecuteResult(result.Affected, result.LastInsertId);
    }

    /// <summary>Commits. Errors: PGLITE_TRANSACTION_ERROR (25P02) if a statement had failed: then it has rolled back; PGLITE_QUERY_ERROR for deferred constraints.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        var connection = End("committed");
        try
        {
            await connection.CommitAsync(cancellationToken);
        }
        catch (VitessException failure)
        {
            throw AdapterErrors.Statement(failure);
        }
        finally
        {
            await _adapter.ReturnAsync(connection);
        }
    }

    /// <summary>Rolls back.</summary>
    public async Task RollbackAsync() => await _adapter.ReturnAsync(End("rolled back"));

    /// <summary>Rolls back unless it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_connection is not { } connection) return;
        _connection = null;
        await _adapter.ReturnAsync(connection);
    }

    private PostgresConnection Open() => _connection ?? throw AdapterErrors.Transaction("the transaction has ended", "25P01");

    private PostgresConnection End(string how)
    {
        if (IsManaged) throw AdapterErrors.Transaction($"a transaction that is given to a function cannot be {how} by it: return from it, or throw");
        var connection = Open();
        _connection = null;
        return connection;
    }
}
