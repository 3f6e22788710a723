using Shale.PageLog;

namespace Shale.DoSql;

/// <summary>
/// The one writer of a branch, and those who wait for it.
/// <list type="number">
/// <item>DQ-01 One thread at a time runs requests, or one lease holds the writer: whoever finds it free takes it, on his own thread, and runs what waits. A thread of the pool goes on with what
/// comes meanwhile, so that nobody works for the others for ever.</item>
/// <item>DQ-02 Each request is a transaction of its own with an LSN of its own; where commits are batched, those that wait together are one, and inserts of the same text one statement
/// (<see cref="InsertMerge"/>), but each comes to what it would have come to alone. All that were run share one wait for the disk.</item>
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
    private readonly InsertMerge _inserts = new();
    private readonly TimeProvider _clock;
    private ITimer? _timer;
    private bool _timerRuns;
    private bool _busy;
    private int _together;
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
        request.Since = _clock.GetTimestamp();
        lock (_lock)
        {
            var refusal = _closed ?? (_busy && _waiting.Count >= _options.WaitingWrites ? TooMany() : null);
            if (refusal is not null)
            {
                request.GiveUp(refusal);
                return request.Task;
            }

            if (_busy || _together > 1)
            {
                Enqueue(request);
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
            while (next is not null && lease is null)
            {
                if (_options.BatchCommits && next.CanShare && HasWaiting) RunTogether(next);
                else if (next.TryTake()) lease = RunAlone(next);
                next = lease is null && _batch.Count < _options.WritesPerFlush ? TryDequeue() : null;
            }

            if (_batch.Count > 0 || lease is not null) _store.WaitDurable(Connection.Sqlite.Commits!.Last);
        }
        catch (Exception exception)
        {
            // Nothing is known to be durable, or there is no writer.
            foreach (var request in _batch) request.Spoil(exception);
            lease?.Spoil(exception);
        }

        _together = _batch.Count;
        foreach (var request in _batch) request.Complete();
        _batch.Clear();
        if (lease is null || !Grant(lease)) GoOn();
    }

    // Runs a request that was taken as a transaction of its own; returns it if it is a lease.
    private WriterLease? RunAlone(WriteRequest request)
    {
        if (request is WriterLease lease) return lease;
        _batch.Add(request);
        request.Run(Connection);
        return null;
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

    // Runs a request and those that wait behind it as one transaction, as far as they can share it. What they cannot do together, each does by himself: one may end the transaction for all, or leave
    // a violation that must not be there when it ends.
    private void RunTogether(WriteRequest request)
    {
        var first = _batch.Count;
        if (request.TryTake()) _batch.Add(request);
        TakeSharing();
        if (TryRunTogether(first)) return;
        for (var i = first; i < _batch.Count; i++) _batch[i].Run(Connection);
    }

    private bool TryRunTogether(int first)
    {
        var connection = Connection.Sqlite;
        try
        {
            connection.ExecuteTrusted("BEGIN IMMEDIATE");
            for (var i = first; i < _batch.Count;)
            {
                // A statement that fails is undone alone.
                var run = _inserts.Run(Connection, _batch, i);
                if (run == 0) _batch[i].Run(Connection);
                if (!connection.InTransaction || connection.HasDeferredViolation) return false;
                i += Math.Max(run, 1);
                if (i == _batch.Count) TakeSharing();
            }

            connection.ExecuteTrusted("COMMIT");
            for (var i = first; i < _batch.Count; i++) _batch[i].MoveTo(connection.Commits!.Last);
            return true;
        }
        catch (VitessException)
        {
            return false;
        }
        finally
        {
            if (connection.InTransaction) connection.ExecuteTrusted("ROLLBACK");
        }
    }

    // Takes those that wait, up to one that must have a transaction of its own.
    private void TakeSharing()
    {
        lock (_lock)
        {
            while (_batch.Count < _options.WritesPerFlush && _waiting.TryPeek(out var next) && next.CanShare)
            {
                _waiting.Dequeue();
                if (next.TryTake()) _batch.Add(next);
            }
        }
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

    private WriteRequest? TryDequeue()
    {
        lock (_lock) return _waiting.TryDequeue(out var next) ? next : null;
    }

    // Under the lock. Where many were told at once, the first of them that comes again is not the last: he is run by a thread of the pool, behind them, and does not have a wait for the disk alone.
    private void Enqueue(WriteRequest request)
    {
        _waiting.Enqueue(request);
        StartTimer();
        if (_busy) return;
        _busy = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
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
