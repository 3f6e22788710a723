using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Why a statement was cancelled.</summary>
internal enum CancelReason
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Its caller gave it up.</summary>
    Caller,

    /// <summary>It took longer than it may.</summary>
    Timeout,

    /// <summary>KILL.</summary>
    Killed,
}

/// <summary>
/// One statement on its way through the gate: what the process list shows of it, and how it is cancelled. Used again for later statements, so that a statement
/// costs no allocation; every run has a number of its own, and whoever cancels names the run he means. Thread-safe: run by one, looked at and cancelled by any.
/// </summary>
internal sealed class RunningStatement(TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private CancellationTokenRegistration _caller;
    private ITimer? _timer;
    private TimeSpan _limit;

    private PastSession? _past;

    // The number of the run that can still be cancelled; 0 when there is none.
    private long _run;

    /// <summary>What KILL names: that of the transaction, or the run's own.</summary>
    public long Id { get; private set; }

    /// <summary>The statement.</summary>
    public GateRequest Request { get; private set; } = null!;

    /// <summary>When it came, by the gate's clock.</summary>
    public long StartedAt { get; private set; }

    /// <summary>What it does: running, or what it waits for.</summary>
    public string State { get; set; } = "";

    /// <summary>What it speaks to; null until that is known.</summary>
    public GateSession? Session { get; set; }

    /// <summary>Its plan; null until there is one, and for statements that have none.</summary>
    public StatementPlan? Plan { get; private set; }

    /// <summary>The plan's values.</summary>
    public SqlValue[] Values { get; private set; } = [];

    /// <summary>Under what its answer is kept when what it writes is committed; null for nothing.</summary>
    public AnswerKey? Key { get; set; }

    /// <summary>Whether its rows may come in chunks: not those of what is more than one plan.</summary>
    public bool Streams { get; set; }

    /// <summary>See <see cref="GateRequest.Told"/>; null where it is more than one plan.</summary>
    public IReadOnlyList<Field>? Told { get; set; }

    /// <summary>Why it was cancelled.</summary>
    public CancelReason Reason { get; private set; }

    /// <summary>Stops it, on the shards too.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether it runs, and has not been cancelled.</summary>
    public bool IsRunning => Volatile.Read(ref _run) != 0;

    /// <summary>A run begins.</summary>
    public void Begin(long run, long id, GateRequest request, CancellationToken caller)
    {
        (Id, Request, StartedAt, State, Reason, Streams, Told) = (id, request, clock.GetTimestamp(), "running", CancelReason.None, request.Streams, request.Told);
        Volatile.Write(ref _run, run);
        if (caller.CanBeCanceled) _caller = caller.UnsafeRegister(static self => ((RunningStatement)self!).CancelNow(CancelReason.Caller), this);
    }

    /// <summary>Waits a little for others before it tries again; longer with each attempt.</summary>
    public Task PauseAsync(int attempt) => Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5 * attempt, 100)), clock, Token);

    /// <summary>It has a plan now.</summary>
    public void Planned(StatementPlan plan, SqlValue[] values) => (Values, Plan) = (values, plan);

    /// <summary>It reads the past, in a session of its own.</summary>
    public void Reads(PastSession past) => (_past, Session) = (past, past.Session);

    /// <summary>It is cancelled after a time, unless it has ended; the shorter one of several counts.</summary>
    public void ExpireAfter(TimeSpan limit)
    {
        if (_timer is not null && limit >= _limit) return;
        _timer?.Dispose();
        _limit = limit;
        var run = Volatile.Read(ref _run);
        var left = limit - clock.GetElapsedTime(StartedAt);
        _timer = clock.CreateTimer(_ => Cancel(run, CancelReason.Timeout), null, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancels it if it still runs.</summary>
    public bool CancelNow(CancelReason reason) => Cancel(Volatile.Read(ref _run), reason);

    /// <summary>Cancels the run that has this id; false if that has ended, also where another one has begun meanwhile.</summary>
    public bool CancelIf(long id, CancelReason reason)
    {
        // The run first: if another begins before the id is read, this one can no longer be cancelled.
        var run = Volatile.Read(ref _run);
        return Id == id && Cancel(run, reason);
    }

    /// <summary>The run has ended; false if this cannot be used again.</summary>
    public bool End()
    {
        _timer?.Dispose();
        _caller.Dispose();
        var isWhole = Interlocked.Exchange(ref _run, 0) != 0 && _source.TryReset();
        (_timer, _caller, Request, Session, Plan, Values, Key, Told, _past) = (null, default, null!, null, null, [], null, null, null);
        return isWhole;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        _source.Dispose();
    }

    /// <summary>What the caller is told of a failure: where it was cancelled by us, why; in the words of users.</summary>
    public Exception Translate(Exception failure)
    {
        if (failure is not (OperationCanceledException or VitessException { SqlState: "57014" })) return _past is not null && failure is VitessException known ? _past.Readable(known) : failure;
        return Reason switch
        {
            CancelReason.Killed => new VitessException(ErrorCodes.Cancelled, "the statement was cancelled by KILL", inner: failure),
            CancelReason.Timeout => new VitessException(ErrorCodes.Timeout, $"the statement took longer than {_limit.TotalMilliseconds:0} ms and was cancelled", inner: failure),
            _ => failure,
        };
    }

    private bool Cancel(long run, CancelReason reason)
    {
        if (run == 0 || Interlocked.CompareExchange(ref _run, 0, run) != run) return false;
        Reason = reason;
        _source.Cancel();
        return true;
    }
}
