using Shale.Contracts;
using Shale.Postgres.Wire;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>
/// The transaction of one session. States: none; implied (several statements that were sent as one, ended by <see cref="EndImpliedAsync"/>); block (BEGIN to COMMIT or ROLLBACK); failed (a block in which a
/// statement has failed: only its end, or ROLLBACK TO, is taken). Not thread-safe.
/// </summary>
internal sealed class SessionTransaction(IVTGate gate, SessionVariables variables, SessionCursors cursors, SessionNotifications notifications, SessionLocks locks, Action<ErrorFields> notice)
{
    /// <summary>What <see cref="Status"/> is outside of transactions, in one, and in one that has failed.</summary>
    public const char Idle = 'I', InTransaction = 'T', Failed = 'E';

    private readonly List<(string Name, (object, object) Variables, int Notifications, int Locks)> _savepoints = [];
    private (object, object) _before;
    private bool _isBlock;

    /// <summary>Its id at the gate; null for none.</summary>
    public string? TxId { get; private set; }

    /// <summary>Whether it has failed.</summary>
    public bool IsFailed { get; private set; }

    /// <summary>Whether BEGIN has opened one.</summary>
    public bool IsBlock => _isBlock;

    /// <summary>Whether it is one of statements that were sent together.</summary>
    public bool IsImplied => !_isBlock && TxId is not null;

    /// <summary>How many savepoints it has.</summary>
    public int Depth => _savepoints.Count;

    /// <summary>How many statements it has been sent.</summary>
    public int Statements { get; set; }

    /// <summary>As ReadyForQuery says it.</summary>
    public char Status => !_isBlock ? Idle : IsFailed ? Failed : InTransaction;

    /// <summary>25P02 where it has failed.</summary>
    public void RequireWhole()
    {
        if (!IsFailed) return;
        throw new VitessException(ErrorCodes.TransactionError, "current transaction is aborted, commands ignored until end of transaction block", sqlState: "25P02", hint: "Roll the transaction back.");
    }

    /// <summary>Makes sure that there is one for statements that were sent together, and gives its id.</summary>
    public async ValueTask<string> JoinAsync(string target, CancellationToken cancellationToken)
    {
        if (TxId is null) await OpenAsync(target, null, null, cancellationToken);
        return TxId!;
    }

    /// <summary>BEGIN.</summary>
    public async ValueTask BeginAsync(string target, BeginStatement begin, CancellationToken cancellationToken)
    {
        if (_isBlock)
        {
            notice(new ErrorFields("WARNING", "25001", "there is already a transaction in progress"));
        }
        else if (TxId is null)
        {
            await OpenAsync(target, begin.Isolation, begin.ReadOnly, cancellationToken);
        }
        else if (begin.Isolation is not null || begin.ReadOnly is not null)
        {
            await ChangeAsync(target, begin.Isolation, begin.ReadOnly, cancellationToken);
        }

        _isBlock = true;
    }

    /// <summary>SET TRANSACTION. Errors: TRANSACTION_ERROR (25001) after its first statement.</summary>
    public async ValueTask ChangeAsync(string target, string? isolation, bool? readOnly, CancellationToken cancellationToken)
    {
        if (Statements > 0) throw new VitessException(ErrorCodes.TransactionError, "SET TRANSACTION must be called before any query", sqlState: "25001", hint: "Begin another transaction.");
        var (before, savepoints, isBlock) = (_before, _savepoints.Count, _isBlock);
        if (savepoints > 0) throw new VitessException(ErrorCodes.TransactionError, "SET TRANSACTION must not be called in a subtransaction", sqlState: "25001", hint: "Send it before the savepoint.");
        await gate.RollbackAsync(TxId!, CancellationToken.None);
        await OpenAsync(target, isolation ?? _isolation, readOnly ?? _readOnly, cancellationToken);
        (_before, _isBlock) = (before, isBlock);
    }

    private string? _isolation;
    private bool? _readOnly;

    private async ValueTask OpenAsync(string target, string? isolation, bool? readOnly, CancellationToken cancellationToken)
    {
        _before = variables.Save();
        (_isolation, _readOnly) = (isolation, readOnly);
        var options = new TransactionOptions(IsolationOf(isolation ?? variables.Get("default_transaction_isolation")), readOnly ?? variables.Get("default_transaction_read_only") == "on") { OnConnection = true };
        TxId = null;
        TxId = (await gate.BeginAsync(target, options, SqlDialect.Postgres, cancellationToken)).TxId;
        Statements = 0;
    }

    /// <summary>The level as SHOW has it.</summary>
    public string Isolation => _isBlock && _isolation is not null ? _isolation : variables.Get("default_transaction_isolation");

    /// <summary>Whether it may only read, as SHOW has it.</summary>
    public string ReadOnly => _isBlock && _readOnly is { } only ? (only ? "on" : "off") : variables.Get("default_transaction_read_only");

    /// <summary>COMMIT: the word for what has become of it. Errors: those of the commit; then it has been rolled back.</summary>
    public async ValueTask<string> CommitAsync()
    {
        if (!_isBlock) notice(new ErrorFields("WARNING", "25P01", "there is no transaction in progress"));
        if (IsFailed)
        {
            await RollbackAsync();
            return "ROLLBACK";
        }

        await EndAsync();
        return "COMMIT";
    }

    /// <summary>ROLLBACK, by a statement.</summary>
    public async ValueTask<string> RollbackByStatementAsync()
    {
        if (!_isBlock) notice(new ErrorFields("WARNING", "25P01", "there is no transaction in progress"));
        await RollbackAsync();
        return "ROLLBACK";
    }

    /// <summary>COMMIT or ROLLBACK AND CHAIN: the same, and another block of the same modes begins. Errors: TRANSACTION_ERROR (25P01) without a block; those of the commit, and then none begins.</summary>
    public async ValueTask<string> ChainAsync(string target, bool commits)
    {
        if (!_isBlock) throw new VitessException(ErrorCodes.TransactionError, $"{(commits ? "COMMIT" : "ROLLBACK")} AND CHAIN can only be used in transaction blocks", sqlState: "25P01", hint: "Send BEGIN first.");
        var (isolation, readOnly) = (_isolation, _readOnly);
        var word = commits ? await CommitAsync() : await RollbackByStatementAsync();
        await OpenAsync(target, isolation, readOnly, CancellationToken.None);
        _isBlock = true;
        return word;
    }

    /// <summary>Commits what belongs to statements that were sent together; nothing where there is a block.</summary>
    public ValueTask EndImpliedAsync() => IsImplied ? EndAsync() : ValueTask.CompletedTask;

    /// <summary>A statement has failed: a block waits for its end, and what stands alone is undone.</summary>
    public async ValueTask FailAsync()
    {
        if (!_isBlock)
        {
            await RollbackAsync();
            return;
        }

        IsFailed = true;
        await cursors.FailAsync();

        // Nobody can go back to any point of it: others need not wait for what it holds.
        if (_savepoints.Count == 0) locks.Undo(0);
        if (_savepoints.Count > 0 || TxId is not { } id) return;
        TxId = null;
        await QuietlyAsync(id);
    }

    /// <summary>Undoes all of it.</summary>
    public async ValueTask RollbackAsync()
    {
        var (id, had) = (TxId, _isBlock || TxId is not null);
        Forget();
        await cursors.EndAsync(commits: false);
        notifications.Undo(0);
        if (had) variables.Restore(_before);
        if (id is not null) await QuietlyAsync(id);
        locks.Undo(0);
    }

    /// <summary>SAVEPOINT, RELEASE and ROLLBACK TO. Errors: TRANSACTION_ERROR (25P01) without a block, (3B001) for a name that is none.</summary>
    /// <param name="statement">One of them.</param>
    /// <param name="request">As it goes to the gate.</param>
    /// <param name="cancellationToken">Leaves the gate's transaction failed.</param>
    public async ValueTask<string> SavepointAsync(Statement statement, GateRequest request, CancellationToken cancellationToken)
    {
        var (word, name) = statement switch
        {
            SavepointStatement { Release: true } release => ("RELEASE", release.Name.Name),
            SavepointStatement savepoint => ("SAVEPOINT", savepoint.Name.Name),
            _ => ("ROLLBACK", ((RollbackStatement)statement).Savepoint!.Name),
        };
        if (!_isBlock) throw new VitessException(ErrorCodes.TransactionError, $"{(word == "ROLLBACK" ? "ROLLBACK TO SAVEPOINT" : word == "RELEASE" ? "RELEASE SAVEPOINT" : word)} can only be used in transaction blocks", sqlState: "25P01", hint: "Begin a transaction.");
        if (word != "ROLLBACK") RequireWhole();
        return await MarkAsync(word, name, request, cancellationToken);
    }

    /// <summary>The same, also without a block: for statements that go back in themselves. Errors: TRANSACTION_ERROR (3B001) for a name that is none.</summary>
    /// <param name="word">SAVEPOINT, RELEASE or ROLLBACK, which goes back to it.</param>
    /// <param name="name">The savepoint.</param>
    /// <param name="request">As it goes to the gate.</param>
    /// <param name="cancellationToken">Leaves the gate's transaction failed.</param>
    public async ValueTask<string> MarkAsync(string word, string name, GateRequest request, CancellationToken cancellationToken = default)
    {
        var place = _savepoints.FindLastIndex(each => each.Name == name);
        if (word != "SAVEPOINT" && place < 0) throw new VitessException(ErrorCodes.TransactionError, $"savepoint \"{name}\" does not exist", sqlState: "3B001", hint: "Set it with SAVEPOINT.");
        await cursors.SettleAsync();
        await gate.ExecuteAsync(request with { TxId = TxId }, cancellationToken);
        switch (word)
        {
            case "SAVEPOINT":
                _savepoints.Add((name, variables.Save(), notifications.Pending, locks.Taken));
                break;
            case "RELEASE":
                _savepoints.RemoveRange(place, _savepoints.Count - place);
                cursors.Release(place);
                break;
            default:
                variables.Restore(_savepoints[place].Variables);
                _savepoints.RemoveRange(place + 1, _savepoints.Count - place - 1);
                await cursors.UndoAsync(place + 1);
                notifications.Undo(_savepoints[place].Notifications);
                locks.Undo(_savepoints[place].Locks);
                IsFailed = false;
                break;
        }

        return word;
    }

    private async ValueTask EndAsync()
    {
        var id = TxId;
        await cursors.EndAsync(commits: true);
        Forget();
        try
        {
            // Whoever gives up now cannot know whether it was in time.
            if (id is not null) await gate.CommitAsync(id, CancellationToken.None);
            cursors.Hold();
            variables.EndLocal();
            notifications.Commit();
        }
        catch
        {
            await cursors.EndAsync(commits: false);
            variables.Restore(_before);
            notifications.Undo(0);
            throw;
        }
        finally
        {
            // What the transaction has written is seen before those come who have waited for it.
            locks.Undo(0);
        }
    }

    private void Forget()
    {
        (TxId, _isBlock, IsFailed, Statements) = (null, false, false, 0);
        _savepoints.Clear();
    }

    private async ValueTask QuietlyAsync(string id)
    {
        try
        {
            await gate.RollbackAsync(id, CancellationToken.None);
        }
        catch (VitessException)
        {
            // It has ended already.
        }
    }

    private static IsolationLevel IsolationOf(string name) => name switch
    {
        "serializable" => IsolationLevel.Serializable,
        "repeatable read" => IsolationLevel.RepeatableRead,
        "read uncommitted" => IsolationLevel.ReadUncommitted,
        _ => IsolationLevel.ReadCommitted,
    };
}
