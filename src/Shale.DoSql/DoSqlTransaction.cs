using System.Runtime.CompilerServices;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.DoSql;

/// <summary>
/// A transaction on a branch: all or nothing, one commit. Its statements run one after another; a statement that fails is undone alone and the transaction goes on, as in SQLite. While it holds the
/// writer and rests longer than <see cref="DoSqlOptions.TransactionIdle"/> it is rolled back; whoever uses it then gets TRANSACTION_EXPIRED. Disposing it rolls back what was not committed.
/// </summary>
public sealed class DoSqlTransaction : DoSqlQueries, IAsyncDisposable
{
    private readonly BranchAccess _branch;
    private readonly DoSqlTransactionMode _mode;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly TimeProvider _clock;
    private BranchConnection? _reader;
    private PastPoint? _past;
    private WriterLease? _lease;
    private ITimer? _timer;
    private long _heldSince;
    private Exception? _ended;

    internal DoSqlTransaction(BranchAccess branch, DoSqlTransactionMode mode)
    {
        (_branch, _mode) = (branch, mode);
        _clock = branch.Engine.Options.Log.Clock;
    }

    /// <summary>Whether it is neither committed nor rolled back.</summary>
    public bool IsOpen => Volatile.Read(ref _ended) is null;

    /// <summary>What the log says of the commit (<c>dosql_log</c>); null for nothing.</summary>
    public string? Message { get; set; }

    private DoSqlOptions Options => _branch.Engine.Options;

    /// <summary>
    /// Commits and returns the LSN in which it is durable; of a transaction that wrote nothing, the version it saw. Errors: CONSTRAINT_VIOLATION (23503) for a deferred foreign key, SHARD_ERROR for a
    /// full disk; then it is rolled back.
    /// </summary>
    public async Task<Lsn> CommitAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ThrowIfEnded();
            if (_lease is null)
            {
                var seen = _reader?.Sqlite.PagedVersion ?? _branch.Engine.Store.DurableLsn;
                End(Over("committed"));
                return seen;
            }

            var commits = _lease.Connection.Sqlite.Commits!;
            commits.NextMessage = Message;
            try
            {
                _lease.Connection.Sqlite.ExecuteTrusted("COMMIT");
            }
            catch (Exception exception)
            {
                End(Over("rolled back: " + exception.Message));
                throw;
            }

            // The next one may write while this one waits for the disk.
            var lsn = commits.Last;
            End(Over("committed"));
            _branch.Engine.Store.WaitDurable(lsn);
            return lsn;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Undoes it. Does nothing if it is over.</summary>
    public async Task RollbackAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (IsOpen) End(Over("rolled back"));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sets a savepoint.</summary>
    public Task SavepointAsync(string name, CancellationToken cancellationToken = default) => RunAsync("SAVEPOINT " + SqlText.Quote(name), default, cancellationToken);

    /// <summary>Undoes what was done since a savepoint, which stays. Errors: TRANSACTION_ERROR (3B001).</summary>
    public Task RollbackToAsync(string name, CancellationToken cancellationToken = default) => RunAsync("ROLLBACK TO " + SqlText.Quote(name), default, cancellationToken);

    /// <summary>Forgets a savepoint and those after it. Errors: TRANSACTION_ERROR (3B001).</summary>
    public Task ReleaseAsync(string name, CancellationToken cancellationToken = default) => RunAsync("RELEASE " + SqlText.Quote(name), default, cancellationToken);

    /// <summary>The rows, read at once: other statements may run while they are looked at.</summary>
    public override async IAsyncEnumerable<RowSet> StreamRowsAsync(string sql, DoSqlParameters parameters = default, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var text = Read(sql);
        if (text.Kind != StatementKind.Read) throw Refusals.StreamingAWrite();
        yield return RowsOf(await ExecuteAsync(text, parameters, cancellationToken));
    }

    /// <summary>Rolls back what was not committed.</summary>
    public async ValueTask DisposeAsync()
    {
        await RollbackAsync();
        if (_timer is not null) await _timer.DisposeAsync();
    }

    internal override async Task<RunResult> ExecuteAsync(StatementText text, SqlValue[] values, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ThrowIfEnded();
            if (text.Kind == StatementKind.SetTransaction)
            {
                await SetAsync(text, values, cancellationToken);
                return default;
            }

            var connection = await ConnectionForAsync(text, cancellationToken);
            try
            {
                return connection.Execute(text, values, cancellationToken);
            }
            catch (Exception exception) when (!connection.Sqlite.InTransaction)
            {
                // OR ROLLBACK, a trigger, a disk that is full: SQLite has ended it.
                End(Over("rolled back: " + exception.Message));
                throw;
            }
        }
        finally
        {
            Rest();
            _turn.Release();
        }
    }

    internal override StatementText Read(string sql) => _branch.Engine.Texts.Get(sql);

    internal override async Task CheckAsync(StatementText text, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ThrowIfEnded();
            var connection = _lease?.Connection ?? await ReaderAsync(cancellationToken);
            connection.Check(text);
        }
        finally
        {
            Rest();
            _turn.Release();
        }
    }

    /// <summary>Lets it read a version of the past, before it has read anything.</summary>
    internal async Task GoToAsync(PastPoint point, CancellationToken cancellationToken)
    {
        var reader = await _branch.Engine.Past.RentAsync(point, cancellationToken);
        try
        {
            reader.BeginRead();
        }
        catch
        {
            _branch.Engine.Past.Return(point, reader);
            throw;
        }

        (_past, _reader) = (point, reader);
    }

    internal async Task TakeWriterAsync(CancellationToken cancellationToken)
    {
        if (_lease is not null) return;
        var lease = await _branch.Writer.LeaseAsync(cancellationToken);
        try
        {
            if (_reader is { } reader && reader.Sqlite.PagedVersion != lease.Connection.Sqlite.PagedVersion)
            {
                throw new VitessException(ErrorCodes.SerializationFailure, "the branch has moved on since the transaction first read it", hint: "Run the transaction again, or begin it as an immediate one.");
            }

            lease.Connection.Sqlite.ExecuteTrusted("BEGIN IMMEDIATE");
        }
        catch
        {
            lease.Release();
            throw;
        }

        LetGoOfReader();
        _heldSince = _clock.GetTimestamp();
        _lease = lease;
        lease.Closing = Close;
        _timer = _clock.CreateTimer(static transaction => ((DoSqlTransaction)transaction!).Expire(), this, TimeLeft(), Timeout.InfiniteTimeSpan);
    }

    // In its turn.
    private async Task SetAsync(StatementText text, SqlValue[] values, CancellationToken cancellationToken)
    {
        if (text.Past is not { OfTransaction: not null } past)
        {
            throw new VitessException(ErrorCodes.QueryError, "of a transaction that runs only its point in time can be set", sqlState: "0A000", hint: "SET TRANSACTION AS OF …; the rest is said by BeginAsync.");
        }

        if (_reader is not null || _lease is not null)
        {
            throw new VitessException(ErrorCodes.TransactionError, "the transaction has read or written already, or has its point", sqlState: "25001", hint: "Set the point before anything else.");
        }

        await GoToAsync(await _branch.FindAsync(past, values, cancellationToken), cancellationToken);
    }

    private async ValueTask<BranchConnection> ConnectionForAsync(StatementText text, CancellationToken cancellationToken)
    {
        if (text.Kind is not (StatementKind.Read or StatementKind.Write or StatementKind.Savepoint)) throw Refusals.InsideTransactions();
        if (_lease is { } lease) return lease.Connection;
        if (text.Kind == StatementKind.Read || (text.Kind == StatementKind.Savepoint && (_past is not null || _mode == DoSqlTransactionMode.ReadOnly))) return await ReaderAsync(cancellationToken);
        if (_past is not null) throw Refusals.WritingThePast();
        if (_mode == DoSqlTransactionMode.ReadOnly) throw Refusals.ReadOnly();
        await TakeWriterAsync(cancellationToken);
        return _lease!.Connection;
    }

    private async ValueTask<BranchConnection> ReaderAsync(CancellationToken cancellationToken)
    {
        if (_reader is { } known) return known;
        var reader = await _branch.BeginReadAsync(cancellationToken);
        _reader = reader;
        return reader;
    }

    private void LetGoOfReader()
    {
        if (_reader is not { } reader) return;
        _reader = null;
        if (reader.Sqlite.InTransaction) reader.Sqlite.ExecuteTrusted("ROLLBACK");
        if (_past is { } point) _branch.Engine.Past.Return(point, reader);
        else _branch.Readers.Return(reader);
    }

    // In its turn.
    private void End(Exception reason)
    {
        Volatile.Write(ref _ended, reason);
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        LetGoOfReader();
        if (_lease is not { } lease) return;
        _lease = null;
        try
        {
            if (lease.Connection.Sqlite.InTransaction) lease.Connection.Sqlite.ExecuteTrusted("ROLLBACK");
        }
        finally
        {
            lease.Release();
        }
    }

    // Between two statements: the time begins to run.
    private void Rest()
    {
        if (_lease is not null) _timer!.Change(TimeLeft(), Timeout.InfiniteTimeSpan);
    }

    private TimeSpan TimeLeft()
    {
        if (Options.TransactionAge is not { } age) return Options.TransactionIdle;
        var left = age - _clock.GetElapsedTime(_heldSince);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < Options.TransactionIdle ? left : Options.TransactionIdle;
    }

    private void Expire()
    {
        if (!_turn.Wait(0)) return;
        try
        {
            if (IsOpen && _lease is not null) End(new VitessException(ErrorCodes.TransactionExpired, "the transaction held the writer too long, or rested too long while it did, and was rolled back"));
        }
        finally
        {
            _turn.Release();
        }
    }

    // The database is being closed: a statement that runs is stopped.
    private void Close()
    {
        if (_turn.Wait(0))
        {
            try
            {
                if (IsOpen) End(Refusals.Closed());
            }
            finally
            {
                _turn.Release();
            }

            return;
        }

        _lease?.Connection.Sqlite.Interrupt();
        _ = _turn.WaitAsync().ContinueWith(_ =>
        {
            if (IsOpen) End(Refusals.Closed());
            _turn.Release();
        }, TaskScheduler.Default);
    }

    private void ThrowIfEnded()
    {
        if (_ended is { } ended) throw ended;
    }

    private static VitessException Over(string how) => new(ErrorCodes.TransactionError, $"the transaction is over: it was {how}", sqlState: "25P01", hint: "Begin another one.");
}
