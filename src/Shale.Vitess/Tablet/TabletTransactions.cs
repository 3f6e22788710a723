using System.Collections.Concurrent;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// The open transactions of a tablet (SEMANTICS S4.3): how many there may be, on which connection their statements run, when they are too old.
/// Thread-safe. Transitions: Active -> Committed (<see cref="CommitAsync"/>), RolledBack (<see cref="RollbackAsync"/>, a failed commit), Expired
/// (<see cref="SweepAsync"/>, <see cref="LeaveAsync"/>), Lost (<see cref="LeaveAsync"/>); all but Lost leave the table at once.
/// </summary>
internal sealed class TabletTransactions(VTTabletOptions options, TabletWriter writer, ConnectionPool readers)
{
    private const int RememberedIds = 4096;

    // Whoever has a connection of it keeps it from being another.
    private volatile TabletWriter _writer = writer;

    private readonly ConcurrentDictionary<string, TabletTransaction> _open = new(StringComparer.Ordinal);
    private readonly FifoSemaphore _slots = new(options.MaxTransactions);
    private readonly ExpiredIds _expired = new(RememberedIds);
    private readonly TimeProvider _time = options.TimeProvider;

    /// <summary>The writer is another, of another engine.</summary>
    public void Switch(TabletWriter successor) => _writer = successor;

    /// <summary>How many are open.</summary>
    public int Count => _open.Count;

    /// <summary>Opens one. Errors: RESOURCE_EXHAUSTED (53300) if too many stay open, LOCK_TIMEOUT if the writer is wanted at once.</summary>
    public async ValueTask<TabletTransaction> BeginAsync(ShardBeginRequest request, CancellationToken cancellationToken)
    {
        if (!await _slots.AcquireAsync(request.Write ? options.LockTimeout : options.BeginWait, _time, cancellationToken))
        {
            throw new VitessException(ErrorCodes.ResourceExhausted, "Maximum number of concurrent transactions reached", sqlState: "53300",
                hint: $"{options.MaxTransactions} transactions are open: end some, or raise MaxTransactions.");
        }

        var transaction = Create(request.Options);
        transaction.Rebuilds = request.Rebuild;
        try
        {
            if (request.Write) await TakeWriterAsync(transaction, wait: !request.NoWait, cancellationToken);
            else if (request.Pin && transaction.PinsSnapshot) await ConnectionAsync(transaction, write: false, cancellationToken);
        }
        catch
        {
            _slots.Release();
            throw;
        }

        transaction.LastUsedAt = _time.GetTimestamp();
        _open[transaction.Id] = transaction;
        return transaction;
    }

    /// <summary>Waits for the turn of a statement; <see cref="LeaveAsync"/> ends it. Errors: TRANSACTION_NOT_FOUND, TRANSACTION_EXPIRED, LOCK_TIMEOUT.</summary>
    public async ValueTask<TabletTransaction> EnterAsync(string id, CancellationToken cancellationToken)
    {
        var transaction = Find(id);
        if (!await transaction.Turn.AcquireAsync(options.LockTimeout, _time, cancellationToken))
        {
            throw new VitessException(ErrorCodes.LockTimeout, "another statement of the same transaction is still running");
        }

        try
        {
            if (transaction.State == TransactionState.Active && IsExpired(transaction)) await ExpireAsync(transaction);
            if (transaction.State == TransactionState.Lost) throw Lost();
            if (transaction.State != TransactionState.Active) throw Gone(id);
            return transaction;
        }
        catch
        {
            transaction.Turn.Release();
            throw;
        }
    }

    /// <summary>Ends the turn: notices what the statement or its interruption did to the transaction.</summary>
    /// <returns>The failure that the statement has met instead of its own; null to keep that.</returns>
    public async ValueTask<VitessException?> LeaveAsync(TabletTransaction transaction)
    {
        try
        {
            transaction.LastUsedAt = _time.GetTimestamp();
            if (transaction.State != TransactionState.Active) return null;
            if (transaction.IsTooOld(_time))
            {
                await ExpireAsync(transaction);
                return Gone(transaction.Id);
            }

            if (transaction.Writer is { InTransaction: false })
            {
                await ReleaseWriterAsync(transaction);
                transaction.State = TransactionState.Lost;
            }

            return null;
        }
        finally
        {
            transaction.Turn.Release();
        }
    }

    /// <summary>The connection that a statement runs on; in its own turn.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="write">Whether the statement may write.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<IEngineConnection> ConnectionAsync(TabletTransaction transaction, bool write, CancellationToken cancellationToken)
    {
        if (transaction.Writer is { } own) return own;

        // With many writers the engine knows itself what a transaction sees: all of it is on one connection.
        if ((write || !_writer.IsOne) && !transaction.ReadOnly) return await TakeWriterAsync(transaction, wait: true, cancellationToken);
        if (transaction.Reader is { } reader) return reader;
        var count = _writer.Visible;
        reader = await readers.TakeAsync(null, cancellationToken);
        try
        {
            if (transaction.PinsSnapshot) await reader.BeginAsync(transaction.Isolation, readOnly: true, cancellationToken);
        }
        catch
        {
            readers.Return(reader, isSound: false);
            throw;
        }

        transaction.SnapshotCommits = count;
        transaction.Reader = reader;
        return reader;
    }

    /// <summary>Gives back what only one statement needed: at read committed each has its own snapshot.</summary>
    public void StatementDone(TabletTransaction transaction, bool isSound)
    {
        if (transaction.Reader is not { } reader || transaction.PinsSnapshot) return;
        transaction.Reader = null;
        readers.Return(reader, isSound);
    }

    /// <summary>Whether a commit can succeed: the transaction is alive and its deferred constraints hold. It stays open.</summary>
    public ValueTask CheckDeferredAsync(string id, CancellationToken cancellationToken) => OnWriterAsync(id, connection => connection.CheckDeferredAsync(cancellationToken), cancellationToken);

    /// <summary>See <see cref="IEngineConnection.SuspendKeysAsync"/>.</summary>
    public ValueTask SuspendKeysAsync(string id, bool suspends, CancellationToken cancellationToken) => OnWriterAsync(id, connection => connection.SuspendKeysAsync(suspends, cancellationToken), cancellationToken);

    private async ValueTask OnWriterAsync(string id, Func<IEngineConnection, ValueTask> work, CancellationToken cancellationToken)
    {
        var transaction = await EnterForEndAsync(id, cancellationToken);
        try
        {
            if (transaction.State == TransactionState.Lost) throw Lost();
            if (transaction.Writer is { } connection) await work(connection);
            transaction.LastUsedAt = _time.GetTimestamp();
        }
        finally
        {
            transaction.Turn.Release();
        }
    }

    /// <summary>Commits and forgets.</summary>
    public async ValueTask CommitAsync(string id, CancellationToken cancellationToken)
    {
        var transaction = await EnterForEndAsync(id, cancellationToken);
        try
        {
            if (transaction.State == TransactionState.Lost)
            {
                await EndAsync(transaction, TransactionState.RolledBack);
                throw Lost();
            }

            var seen = default(WriterMark);
            if (transaction.Writer is { } connection)
            {
                await connection.CommitAsync(cancellationToken);
                _writer.Committed();
                seen = _writer.Mark(connection);
            }

            await EndAsync(transaction, TransactionState.Committed);
            await seen.WaitAsync();
        }
        catch
        {
            await EndAsync(transaction, TransactionState.RolledBack);
            throw;
        }
        finally
        {
            transaction.Turn.Release();
        }
    }

    /// <summary>Lets the database of a transaction that has the writer become another version of itself, and ends it: what it has written is undone first. Errors: TRANSACTION_ERROR (25000) without the writer.</summary>
    public async ValueTask<ShardMoment> RestoreAsync(string id, Func<ValueTask<ShardMoment>> restore, CancellationToken cancellationToken)
    {
        var transaction = await EnterForEndAsync(id, cancellationToken);
        try
        {
            if (transaction.State == TransactionState.Lost) throw Lost();
            var connection = transaction.Writer ?? throw new VitessException(ErrorCodes.TransactionError, "the transaction has not got the shard's writer", sqlState: "25000");
            transaction.Writer = null;
            return await _writer.RestoreAsync(connection, restore);
        }
        finally
        {
            await EndAsync(transaction, TransactionState.RolledBack);
            transaction.Turn.Release();
        }
    }

    /// <summary>Rolls back and forgets; an id that is not open is no error.</summary>
    public async ValueTask RollbackAsync(string id, CancellationToken cancellationToken)
    {
        if (!_open.TryGetValue(id, out var transaction)) return;
        _ = await transaction.Turn.AcquireAsync(Timeout.InfiniteTimeSpan, _time, cancellationToken);
        try
        {
            await EndAsync(transaction, TransactionState.RolledBack);
        }
        finally
        {
            transaction.Turn.Release();
        }
    }

    /// <summary>Rolls back those that are too old; called now and then by the tablet's timer.</summary>
    public async ValueTask SweepAsync()
    {
        foreach (var (_, transaction) in _open)
        {
            if (!IsExpired(transaction)) continue;
            if (!transaction.Turn.TryAcquire())
            {
                // In the midst of a statement: idle it is not. If too old, its own thread finds that out when it has been stopped.
                if (transaction.IsTooOld(_time)) transaction.Stop();
                continue;
            }

            try
            {
                if (IsExpired(transaction)) await ExpireAsync(transaction);
            }
            finally
            {
                transaction.Turn.Release();
            }
        }
    }

    /// <summary>Rolls all back, interrupting what runs.</summary>
    public async ValueTask CloseAsync(TimeSpan patience)
    {
        foreach (var (_, transaction) in _open)
        {
            if (!await transaction.Turn.AcquireForClosingAsync(patience, transaction.Stop)) continue;
            await EndAsync(transaction, TransactionState.RolledBack);
            transaction.Turn.Release();
        }
    }

    private TabletTransaction Create(TransactionOptions? wanted)
    {
        var isolation = wanted?.Isolation
            ?? (_writer.Engine.Type == StorageEngineType.Sqlite ? IsolationLevel.Serializable : IsolationLevel.ReadCommitted);
        var maxAge = wanted?.Timeout is { } milliseconds and > 0 ? TimeSpan.FromMilliseconds(milliseconds) : options.MaxAge;
        if (maxAge > options.MaxAge) maxAge = options.MaxAge;
        return new TabletTransaction(isolation, wanted?.ReadOnly ?? false, maxAge, _time.GetTimestamp());
    }

    private async ValueTask<IEngineConnection> TakeWriterAsync(TabletTransaction transaction, bool wait, CancellationToken cancellationToken)
    {
        var connection = await _writer.TakeAsync(wait, cancellationToken);
        try
        {
            if (transaction.Reader is not null && _writer.Commits != transaction.SnapshotCommits)
            {
                throw new VitessException(ErrorCodes.SerializationFailure, "could not serialize access: the shard has changed since this transaction's snapshot");
            }

            if (transaction.Rebuilds) await connection.BeginRebuildAsync(cancellationToken);
            else await connection.BeginAsync(transaction.Isolation, transaction.ReadOnly, cancellationToken);
            await ReleaseReaderAsync(transaction);
        }
        catch
        {
            await _writer.ReleaseAsync(connection, isSound: true);
            throw;
        }

        return transaction.Writer = connection;
    }

    private async ValueTask ReleaseReaderAsync(TabletTransaction transaction)
    {
        if (transaction.Reader is not { } reader) return;
        transaction.Reader = null;
        var isSound = false;
        try
        {
            await reader.RollbackAsync(CancellationToken.None);
            isSound = true;
        }
        finally
        {
            readers.Return(reader, isSound);
        }
    }

    private async ValueTask ReleaseWriterAsync(TabletTransaction transaction)
    {
        if (transaction.Writer is not { } connection) return;
        transaction.Writer = null;
        await _writer.ReleaseAsync(connection, isSound: true);
    }

    // Idempotent: what is still held is rolled back and given up.
    private async ValueTask EndAsync(TabletTransaction transaction, TransactionState state)
    {
        if (!_open.TryRemove(transaction.Id, out _)) return;
        transaction.State = state;
        try
        {
            await ReleaseReaderAsync(transaction);
        }
        finally
        {
            await ReleaseWriterAsync(transaction);
            _slots.Release();
        }
    }

    private async ValueTask ExpireAsync(TabletTransaction transaction)
    {
        _expired.Add(transaction.Id);
        await EndAsync(transaction, TransactionState.Expired);
    }

    private bool IsExpired(TabletTransaction transaction) =>
        transaction.IsTooOld(_time) || _time.GetElapsedTime(transaction.LastUsedAt) >= options.IdleTimeout;

    private async ValueTask<TabletTransaction> EnterForEndAsync(string id, CancellationToken cancellationToken)
    {
        var transaction = Find(id);
        _ = await transaction.Turn.AcquireAsync(Timeout.InfiniteTimeSpan, _time, cancellationToken);
        if (transaction.State == TransactionState.Active && IsExpired(transaction)) await ExpireAsync(transaction);
        if (transaction.State is TransactionState.Active or TransactionState.Lost) return transaction;
        transaction.Turn.Release();
        throw Gone(id);
    }

    private TabletTransaction Find(string id) => _open.TryGetValue(id, out var transaction) ? transaction : throw Gone(id);

    private VitessException Gone(string id) => _expired.Contains(id)
        ? new VitessException(ErrorCodes.TransactionExpired, $"Transaction {id} has expired and was rolled back")
        : new VitessException(ErrorCodes.TransactionNotFound, $"Transaction {id} not found");

    private static VitessException Lost() => new(ErrorCodes.TransactionError, "the transaction was rolled back when one of its statements was stopped",
        sqlState: "40000");
}
