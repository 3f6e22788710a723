using Shale.PageLog;

namespace Shale.DoSql;

/// <summary>
/// The one writer of a branch, and those who wait for it.
/// <list type="number">
/// <item>DQ-01 One thread at a time runs requests, or one lease holds the writer: whoever finds it free takes it, on his own thread, and runs what waits. A thread of the pool goes on with what
/// comes meanwhile, so that nobody works for the others for ever.</item>
/// <item>DQ-02 Each request is a transaction of its own with an LSN of its own (unless commits are batched); all that were run share one wait for the disk.</item>
/// <item>DQ-03 No outcome, good or bad, is told before everything that it has seen is durable.</item>
/// <item>DQ-04 Requests are taken in their order; one that has waited for <see cref="DoSqlOptions.LockTimeout"/> is given up.</item>
/// </list>
/// Thread-safe. Hot path: bench log.
/// </summary>
internal sealed class WriteQueue : IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private readonly IPageStore _store;
    private readonly DoSqlOptions _options;
    private readonly Func<BranchConnection> _open;
    private readonly Queue<WriteRequest> _waiting = new();
    private readonly List<WriteRequest> _batch = [];
    private readonly TimeProvider _clock;
    private ITimer? _timer;
    private bool _timerRuns;
    private bool _busy;
    private BranchConnection? _connection;
    private WriterLease? _lease;
    private Exception? _closed;
    private TaskCompletionSource? _idle;

    /// <summary>A writer that is opened when it is first needed.</summary>
    public WriteQueue(IPageStore store, DoSqlOptions options, Func<BranchConnection> open)
    {
        (_store, _options, _open) = (store, options, open);
        _clock = options.Log.Clock;
    }

    /// <summary>The writer's connection. For whoever has the turn only.</summary>
    public BranchConnection Connection => _connection ??= _open();

    /// <summary>Runs a request, or queues it; its task ends once it is durable. Errors: RESOURCE_EXHAUSTED; those of the request come with its task.</summary>
    public Task<RunResult> RunAsync(WriteRequest request)
    {
        request.Watch();
        lock (_lock)
        {
            var refusal = _closed ?? (_busy && _waiting.Count >= _options.WaitingWrites ? TooMany() : null);
            if (refusal is not null)
            {
                request.GiveUp(refusal);
                return request.Task;
            }

            if (_busy)
            {
                request.Since = _clock.GetTimestamp();
                _waiting.Enqueue(request);
                StartTimer();
                return request.Task;
            }

            _busy = true;
        }

        RunBatch(request);
        return request.Task;
    }

    /// <summary>The writer for as long as its holder wants. Errors: LOCK_TIMEOUT (55P03), those of opening it.</summary>
    public async Task<WriterLease> LeaseAsync(CancellationToken cancellationToken)
    {
        var lease = new WriterLease(this, cancellationToken);
        await RunAsync(lease);
        return lease;
    }

    /// <summary>Refuses what waits and what comes from now on, and returns once the writer is closed. A lease is asked to end.</summary>
    public async Task CloseAsync(Exception reason)
    {
        List<WriteRequest> refused;
        Task idle;
        WriterLease? lease;
        lock (_lock)
        {
            _closed ??= reason;
            refused = [.. _waiting];
            _waiting.Clear();
            lease = _lease;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_busy) _idle.TrySetResult();
            idle = _idle.Task;
        }

        foreach (var request in refused) request.GiveUp(reason);
        lease?.Closing?.Invoke();
        await idle;
        CloseConnection();
        if (_timer is not null) await _timer.DisposeAsync();
    }

    /// <summary>Goes on with what waits.</summary>
    void IThreadPoolWorkItem.Execute() => RunBatch(null);

    /// <summary>Closes the connection. For whoever has the turn only.</summary>
    internal void CloseConnection()
    {
        _connection?.Dispose();
        _connection = null;
    }

    /// <summary>Takes the writer back from a lease.</summary>
    internal void EndLease()
    {
        lock (_lock) _lease = null;
        GoOn();
    }

    private void RunBatch(WriteRequest? next)
    {
        WriterLease? lease = null;
        try
        {
            next ??= TryDequeue();
            var shares = _options.BatchCommits && next is { CanShare: true } && HasWaiting;
            if (shares) Connection.Sqlite.ExecuteTrusted("BEGIN IMMEDIATE");
            while (next is not null)
            {
                if (next.TryTake())
                {
                    lease = next as WriterLease;
                    if (lease is not null) break;
                    _batch.Add(next);
                    if (shares) RunShared(next);
                    else next.Run(Connection);
                }

                next = _batch.Count < _options.WritesPerFlush ? TryDequeue(shares) : null;
            }

            if (shares) CommitShared();
            _store.WaitDurable(Connection.Sqlite.Commits!.Last);
        }
        catch (Exception exception)
        {
            // Nothing is known to be durable, or there is no writer.
            foreach (var request in _batch) request.Spoil(exception);
            if (lease is null && next is not null && next.TryTake()) _batch.Add(next);
            next?.Spoil(exception);
            lease?.Spoil(exception);
            if (_connection is { Sqlite.InTransaction: true } open) open.Sqlite.ExecuteTrusted("ROLLBACK");
        }

        foreach (var request in _batch) request.Complete();
        _batch.Clear();
        if (lease is null || !Grant(lease)) GoOn();
    }

    // Gives the writer to a lease; false if there is none to give.
    private bool Grant(WriterLease lease)
    {
        var granted = !lease.HasFailed;
        if (granted)
        {
            lock (_lock) _lease = lease;
        }

        lease.Complete();
        return granted;
    }

    private void RunShared(WriteRequest request)
    {
        var connection = Connection.Sqlite;
        connection.ExecuteTrusted("SAVEPOINT request");
        request.Run(Connection);
        if (!request.HasFailed && connection.HasDeferredViolation) request.Spoil(new VitessException(ErrorCodes.ConstraintViolation, "FOREIGN KEY constraint failed", sqlState: "23503"));
        if (!connection.InTransaction) throw new VitessException(ErrorCodes.TransactionError, "another statement of the same commit has ended it: nothing was written", sqlState: "40000");
        if (request.HasFailed) connection.ExecuteTrusted("ROLLBACK TO request");
        connection.ExecuteTrusted("RELEASE request");
    }

    private void CommitShared()
    {
        var connection = Connection.Sqlite;
        try
        {
            connection.ExecuteTrusted("COMMIT");
        }
        catch
        {
            if (connection.InTransaction) connection.ExecuteTrusted("ROLLBACK");
            throw;
        }

        foreach (var request in _batch) request.MoveTo(connection.Commits!.Last);
    }

    // Lets others have a turn, and the threads of the pool go on with it.
    private void GoOn()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _busy = false;
                _idle?.TrySetResult();
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool HasWaiting
    {
        get
        {
            lock (_lock) return _waiting.Count > 0;
        }
    }

    private WriteRequest? TryDequeue(bool shares = false)
    {
        lock (_lock) return _waiting.TryPeek(out var next) && (!shares || next.CanShare) ? _waiting.Dequeue() : null;
    }

    // Under the lock. It runs out for the oldest that waits, and is not set anew for each that comes.
    private void StartTimer()
    {
        if (_timerRuns) return;
        _timerRuns = true;
        _timer ??= _clock.CreateTimer(static queue => ((WriteQueue)queue!).TimeOut(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(_options.LockTimeout, Timeout.InfiniteTimeSpan);
    }

    private void TimeOut()
    {
        List<WriteRequest> late = [];
        lock (_lock)
        {
            _timerRuns = false;
            var now = _clock.GetTimestamp();
            while (_waiting.TryPeek(out var oldest))
            {
                var left = _options.LockTimeout - _clock.GetElapsedTime(oldest.Since, now);
                if (left > TimeSpan.Zero)
                {
                    _timerRuns = true;
                    _timer!.Change(left, Timeout.InfiniteTimeSpan);
                    break;
                }

                late.Add(_waiting.Dequeue());
            }
        }

        foreach (var request in late) request.GiveUp(new VitessException(ErrorCodes.LockTimeout, $"the writer of the branch was not free within {_options.LockTimeout.TotalSeconds:0.###} s"));
    }

    private VitessException TooMany() => new(ErrorCodes.ResourceExhausted, $"{_options.WaitingWrites} writes wait for the branch already");
}
