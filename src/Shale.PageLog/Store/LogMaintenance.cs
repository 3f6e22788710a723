namespace Shale.PageLog;

/// <summary>
/// Looks after a log while it is open: runs rounds of work in the background, one at a time, when it is woken and every <see cref="Period"/>. A round that fails is told of, and tried again with the next
/// period: what wakes it meanwhile does not, so that a full disk is not asked over and over. Owned by the store, which stops it. Thread-safe.
/// </summary>
internal sealed class LogMaintenance : IDisposable
{
    /// <summary>How often it looks without being woken.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private readonly Action<CancellationToken> _round;
    private readonly Action<VitessException>? _failed;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private Task _running = Task.CompletedTask;
    private bool _again;
    private bool _rests;

    /// <summary>Begins.</summary>
    /// <param name="clock">The clock of the periods.</param>
    /// <param name="round">The work. Errors: VitessException for what may be well again later.</param>
    /// <param name="failed">Told of each failure, in the background; null for nobody.</param>
    public LogMaintenance(TimeProvider clock, Action<CancellationToken> round, Action<VitessException>? failed)
    {
        (_round, _failed) = (round, failed);
        _timer = clock.CreateTimer(static self => ((LogMaintenance)self!).WakeAfterPeriod(), this, Period, Period);
    }

    /// <summary>The last failure; null once a round went well.</summary>
    public VitessException? Failure { get; private set; }

    /// <summary>Done when nothing runs.</summary>
    public Task Idle
    {
        get
        {
            lock (_lock) return _running;
        }
    }

    /// <summary>There is something to do.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            if (_rests || _stopping.IsCancellationRequested) return;
            _again = true;
            if (_running.IsCompleted) _running = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>Stops, and waits for the round that runs. Not from within a round.</summary>
    public void Dispose()
    {
        Task running;
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested) return;
            _stopping.Cancel();
            running = _running;
        }

        _timer.Dispose();
        running.GetAwaiter().GetResult();
        _stopping.Dispose();
    }

    private void WakeAfterPeriod()
    {
        lock (_lock) _rests = false;
        Wake();
    }

    private void Run()
    {
        while (Begins())
        {
            var failure = FailureOf();
            Failure = failure;
            if (failure is null) continue;
            lock (_lock) _rests = true;
            _failed?.Invoke(failure);
        }
    }

    // The end is said under the lock, so that whoever wakes it later begins anew.
    private bool Begins()
    {
        lock (_lock)
        {
            var begins = _again && !_rests && !_stopping.IsCancellationRequested;
            _again = false;
            if (!begins) _running = Task.CompletedTask;
            return begins;
        }
    }

    private VitessException? FailureOf()
    {
        try
        {
            _round(_stopping.Token);
            return null;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            // Also a mistake of ours must not end the process: the log works without its maintenance, only slower.
            return exception as VitessException ?? new VitessException(ErrorCodes.ShardError, exception.Message, sqlState: "XX000", inner: exception);
        }
    }
}
