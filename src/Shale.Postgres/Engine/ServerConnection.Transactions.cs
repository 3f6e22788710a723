using Shale.Contracts;

namespace Shale.Postgres;

/// <summary>Transactions: states none, open, open and aborted (only ROLLBACK, or ROLLBACK TO a savepoint, is possible).</summary>
internal abstract partial class ServerConnection
{
    // Back to the settings that the session was opened with, without what a procedure may have left.
    private const string Reset = "RESET ALL; SELECT pg_advisory_unlock_all(); DISCARD TEMP";
    private const string AnyDeferrable = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_trigger WHERE tgdeferrable)";

    // Of a connection that has prepared what nobody else sees.
    private const int Outdated = -1;

    private bool _isDefining, _pins;

    /// <inheritdoc/>
    public bool InTransaction { get; private set; }

    /// <summary>Whether a statement of the transaction has failed.</summary>
    protected bool IsAborted { get; set; }

    /// <summary>Whether a statement has run that may have changed settings of the session.</summary>
    protected bool MayHaveSettings { get; set; }

    /// <summary>The <see cref="PostgresEngine.Definitions"/> that its prepared statements know.</summary>
    protected abstract int KnownDefinitions { get; set; }

    /// <summary>Whether the transaction's BEGIN has not been sent yet: the server knows nothing of it.</summary>
    protected virtual bool IsAhead => false;

    /// <inheritdoc/>
    public virtual async ValueTask BeginAsync(IsolationLevel isolation, bool readOnly, CancellationToken cancellationToken)
    {
        try
        {
            RequireReady(cancellationToken);
            if (InTransaction) throw new VitessException(ErrorCodes.TransactionError, "there is already a transaction in progress", sqlState: "25001");
            _pins = isolation is IsolationLevel.RepeatableRead or IsolationLevel.Serializable;

            // BEGIN alone takes no snapshot; the first query does.
            if (!_pins) await BeginLaterAsync(readOnly, cancellationToken);
            else await CommandAsync($"BEGIN ISOLATION LEVEL {(isolation == IsolationLevel.Serializable ? "SERIALIZABLE" : "REPEATABLE READ")}{(readOnly ? " READ ONLY" : "")}; SELECT 1", cancellationToken);
            InTransaction = true;
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
            if (!InTransaction) throw NoTransaction();
            if (IsAborted) throw Aborted();
            if (!IsAhead && await MayDeferAsync(cancellationToken)) await CommandAsync("SET CONSTRAINTS ALL IMMEDIATE", cancellationToken);
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Commits. A connection that is lost meanwhile leaves open whether it has: SHARD_ERROR (08007).</summary>
    public virtual async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        if (!InTransaction) throw IsBroken ? PostgresErrors.Lost() : NoTransaction();
        if (IsAborted)
        {
            // PostgreSQL would answer COMMIT with ROLLBACK, and no error.
            await RollbackAsync(CancellationToken.None);
            throw Aborted();
        }

        try
        {
            await EndAsync("COMMIT");
            (InTransaction, IsAborted) = (false, false);
            Defined();
            await TidyAsync();
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            (InTransaction, IsAborted) = (false, false);
            Defined();
            throw !IsBroken ? failure : new VitessException(ErrorCodes.ShardError, "the connection to the PostgreSQL server failed during COMMIT: whether it has committed is not known", sqlState: "08007",
                hint: "Look whether the rows are there before running the transaction again.", inner: exception);
        }
    }

    /// <inheritdoc/>
    public virtual async ValueTask RollbackAsync(CancellationToken cancellationToken)
    {
        if (!InTransaction) return;
        Lose();
        try
        {
            await EndAsync("ROLLBACK");
            await TidyAsync();
        }
        catch (Exception exception) when (Failed(exception) is { } failure)
        {
            // A server that has lost the connection has rolled back.
            if (!IsBroken) throw failure;
        }
    }

    /// <summary>Begins at READ COMMITTED together with the next statement.</summary>
    protected abstract ValueTask BeginLaterAsync(bool readOnly, CancellationToken cancellationToken);

    /// <summary>The transaction is undone.</summary>
    protected void Lose()
    {
        (InTransaction, IsAborted) = (false, false);
        if (!_isDefining) return;
        (_isDefining, KnownDefinitions) = (false, Outdated);
        engine.Undefined();
    }

    /// <summary>A statement is about to run that may change tables. Others see it once it is committed; the tables of a scratch database are its own.</summary>
    protected void Define()
    {
        KnownDefinitions = Outdated;
        if (_isDefining || IsPrivate) return;
        _isDefining = true;
        engine.Define();
    }

    /// <summary>What was defined is seen by all, or by none, if no transaction is open.</summary>
    protected void Defined()
    {
        if (!_isDefining || InTransaction) return;
        (_isDefining, KnownDefinitions) = (false, Outdated);
        engine.Defined();
    }

    /// <summary>A command has run that may have gone back to a savepoint: what was prepared since it is of tables that are not there.</summary>
    protected void WentBack()
    {
        if (_isDefining) KnownDefinitions = Outdated;
    }

    /// <summary>Whether temporary tables are its own: a scratch database.</summary>
    protected virtual bool IsPrivate => false;

    /// <summary>Puts settings back that the statement may have changed.</summary>
    protected ValueTask TidyAsync()
    {
        if (!MayHaveSettings || InTransaction) return ValueTask.CompletedTask;
        MayHaveSettings = false;
        return CommandAsync(Reset, CancellationToken.None);
    }

    // A transaction that the server knows nothing of has nothing to end.
    private ValueTask EndAsync(string how)
    {
        if (!IsAhead) return CommandAsync(how, CancellationToken.None);
        Forget();
        return ValueTask.CompletedTask;
    }

    /// <summary>The BEGIN that has not been sent is not sent.</summary>
    protected virtual void Forget()
    {
    }

    // Most databases have nothing that could be put off to the end of a transaction. A snapshot of the past does not tell.
    private async ValueTask<bool> MayDeferAsync(CancellationToken cancellationToken)
    {
        if (_isDefining) return true;
        if (engine.MayDefer is { } known) return known;
        if (_pins) return true;
        var before = engine.Definitions;
        var any = (await ExecuteAsync(AnyDeferrable, [], cancellationToken)).Rows[0][0].AsBoolean();
        engine.LearnDeferrable(before, any);
        return any;
    }

    /// <summary>25P01.</summary>
    private static VitessException NoTransaction() => new(ErrorCodes.TransactionError, "there is no transaction in progress", sqlState: "25P01");

    /// <summary>25P02.</summary>
    private static VitessException Aborted() => new(ErrorCodes.TransactionError, "the transaction was rolled back because one of its statements had failed", sqlState: "25P02");
}
