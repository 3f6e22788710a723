using Shale.Contracts;

namespace Shale.Postgres;

/// <summary>Transactions: states none, open, open and aborted (only ROLLBACK, or ROLLBACK TO a savepoint, is possible).</summary>
internal partial class PostgresConnection
{
    /// <summary>Back to the settings that the session was opened with, without what a procedure may have left.</summary>
    internal const string Reset = "RESET ALL; SELECT pg_advisory_unlock_all(); DISCARD TEMP";

    // Of a connection that has prepared what nobody else sees.
    private const int Outdated = -1;

    private bool _inTransaction;
    private bool _isAborted;
    private bool _mayHaveSettings;
    private bool _hasDefined;

    /// <inheritdoc/>
    public bool InTransaction => _inTransaction;

    /// <inheritdoc/>
    public virtual async ValueTask BeginAsync(IsolationLevel isolation, bool readOnly, CancellationToken cancellationToken)
    {
        try
        {
            RequireReady(cancellationToken);
            if (_inTransaction) throw new VitessException(ErrorCodes.TransactionError, "there is already a transaction in progress", sqlState: "25001");
            var pins = isolation is IsolationLevel.RepeatableRead or IsolationLevel.Serializable;
            if (!pins && !readOnly)
            {
                // Npgsql sends BEGIN together with the next statement.
                await Npgsql.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
            }
            else
            {
                // BEGIN alone takes no snapshot; the first query does.
                await CommandAsync($"BEGIN ISOLATION LEVEL {NameOf(isolation)}{(readOnly ? " READ ONLY" : "")}{(pins ? "; SELECT 1" : "")}", cancellationToken);
            }

            _inTransaction = true;
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>PostgreSQL changes tables by ALTER TABLE, and keeps the rows that refer to them: QUERY_ERROR (0A000).</summary>
    public ValueTask BeginRebuildAsync(CancellationToken cancellationToken) =>
        throw new VitessException(ErrorCodes.QueryError, "tables of PostgreSQL are not made anew", sqlState: "0A000", hint: "Use ALTER TABLE.");

    /// <inheritdoc/>
    public async ValueTask CheckDeferredAsync(CancellationToken cancellationToken)
    {
        try
        {
            RequireReady(cancellationToken);
            if (!_inTransaction) throw NoTransaction();
            if (_isAborted) throw Aborted();
            await CommandAsync("SET CONSTRAINTS ALL IMMEDIATE", cancellationToken);
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Commits. A connection that is lost meanwhile leaves open whether it has: SHARD_ERROR (08007).</summary>
    public virtual async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        if (!_inTransaction) throw IsBroken ? PostgresErrors.Lost() : NoTransaction();
        if (_isAborted)
        {
            // PostgreSQL would answer COMMIT with ROLLBACK, and no error.
            await RollbackAsync(CancellationToken.None);
            throw Aborted();
        }

        try
        {
            await CommandAsync("COMMIT", CancellationToken.None);
            (_inTransaction, _isAborted) = (false, false);
            if (_hasDefined) NoticeDefinition();
            await TidyAsync();
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            (_inTransaction, _isAborted) = (false, false);
            throw !IsBroken ? failure : new VitessException(ErrorCodes.ShardError, "the connection to the PostgreSQL server failed during COMMIT: whether it has committed is not known", sqlState: "08007",
                hint: "Look whether the rows are there before running the transaction again.", inner: exception);
        }
    }

    /// <inheritdoc/>
    public virtual async ValueTask RollbackAsync(CancellationToken cancellationToken)
    {
        if (!_inTransaction) return;
        (_inTransaction, _isAborted) = (false, false);
        if (_hasDefined) (_hasDefined, _session.Definitions) = (false, Outdated);
        try
        {
            await CommandAsync("ROLLBACK", CancellationToken.None);
            await TidyAsync();
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            // A server that has lost the connection has rolled back.
            if (!IsBroken) throw failure;
        }
    }

    // Others see it once it is committed. The tables of a scratch database are its own.
    private void NoticeDefinition()
    {
        _hasDefined = _inTransaction;
        _session.Definitions = Outdated;
        if (!_inTransaction && !_isPrivate) _engine.Defined();
    }

    private async ValueTask TidyAsync()
    {
        if (!_mayHaveSettings || _inTransaction) return;
        _mayHaveSettings = false;
        await CommandAsync(Reset, CancellationToken.None);
    }

    /// <summary>A level in SQL.</summary>
    internal static string NameOf(IsolationLevel isolation) => isolation switch
    {
        IsolationLevel.Serializable => "SERIALIZABLE",
        IsolationLevel.RepeatableRead => "REPEATABLE READ",
        _ => "READ COMMITTED",
    };

    /// <summary>25P01.</summary>
    internal static VitessException NoTransaction() => new(ErrorCodes.TransactionError, "there is no transaction in progress", sqlState: "25P01");

    /// <summary>25P02.</summary>
    internal static VitessException Aborted() => new(ErrorCodes.TransactionError, "the transaction was rolled back because one of its statements had failed", sqlState: "25P02");
}
