using Shale.Contracts;

namespace Shale.Postgres.Relay;

/// <summary>Reading transactions: states none, open, open and aborted (only its end is possible).</summary>
internal sealed partial class RelayConnection
{
    /// <inheritdoc/>
    public async ValueTask BeginAsync(IsolationLevel isolation, bool readOnly, CancellationToken cancellationToken)
    {
        try
        {
            RequireReady(cancellationToken);
            if (_inTransaction) throw new VitessException(ErrorCodes.TransactionError, "there is already a transaction in progress", sqlState: "25001");

            // BEGIN alone takes no snapshot; the first query does.
            var pins = isolation is IsolationLevel.RepeatableRead or IsolationLevel.Serializable;
            await CommandAsync($"BEGIN ISOLATION LEVEL {PostgresConnection.NameOf(isolation)}{(readOnly ? " READ ONLY" : "")}{(pins ? "; SELECT 1" : "")}");
            _inTransaction = true;
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Tables are made anew by writers, and not on PostgreSQL: QUERY_ERROR (0A000).</summary>
    public ValueTask BeginRebuildAsync(CancellationToken cancellationToken) =>
        throw new VitessException(ErrorCodes.QueryError, "tables of PostgreSQL are not made anew", sqlState: "0A000", hint: "Use ALTER TABLE.");

    /// <summary>Nothing was written that could be checked.</summary>
    public ValueTask CheckDeferredAsync(CancellationToken cancellationToken) => _inTransaction ? _isAborted ? throw PostgresConnection.Aborted() : ValueTask.CompletedTask : throw PostgresConnection.NoTransaction();

    /// <inheritdoc/>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        if (!_inTransaction) throw _isBroken ? PostgresErrors.Lost() : PostgresConnection.NoTransaction();
        var wasAborted = _isAborted;
        await RollbackAsync(CancellationToken.None);
        if (wasAborted) throw PostgresConnection.Aborted();
    }

    /// <inheritdoc/>
    public async ValueTask RollbackAsync(CancellationToken cancellationToken)
    {
        if (!_inTransaction) return;
        (_inTransaction, _isAborted) = (false, false);
        try
        {
            await CommandAsync("ROLLBACK");
            await EndAsync();
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            // A server that has lost the connection has rolled back.
            if (!_isBroken) throw failure;
        }
    }
}
