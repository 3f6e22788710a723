namespace Shale.Vitess;

/// <summary>
/// Lets rows move to other shards or another engine, or a keyspace be restored, while statements run, so that none of those sees a row twice or not at all, or writes one where nobody looks for it.
/// <list type="bullet">
/// <item>Before rows move, <see cref="CloseAsync"/> waits for the writes that stand alone and holds back further ones: one that was planned before and waits for a shard's
/// writer would put its row where the old vindex says.</item>
/// <item>Reads go on. The <see cref="Epoch"/> rises when the shards begin to commit and again when the new VSchema is current; it is odd in between. A statement whose plan
/// is of another epoch than the one it ends in has seen some shards before and some after: its answer is thrown away (<see cref="RowsMovedException"/>), and it runs anew.</item>
/// <item>Transactions of clients are not waited for. Those that have written hold back the move by their locks; those that have only read fail with 40001 at their next statement.</item>
/// </list>
/// One move at a time, by the turn of <see cref="SchemaChanges"/>. Thread-safe.
/// </summary>
/// <param name="patience">The longest wait for writes that are under way; writes that come meanwhile wait behind it.</param>
/// <param name="clock">Measures it.</param>
internal sealed class RowMoves(TimeSpan patience, TimeProvider clock)
{
    /// <summary>The epoch of plans over the past, whose rows stay where they are.</summary>
    public const long Never = -1;

    private readonly Lock _lock = new();
    private long _epoch;
    private int _writers;
    private TaskCompletionSource? _closed;
    private TaskCompletionSource? _drained;

    /// <summary>Even, or odd while shards are committing rows that have moved.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    /// <summary>Whether no rows have moved since an epoch.</summary>
    public bool IsStill(long epoch) => epoch == Epoch || epoch == Never;

    /// <summary>The epoch that plans of a VSchema belong to that is current now, or will be when the shards have committed.</summary>
    public long NextEpoch => (Epoch + 1) & ~1L;

    /// <summary>Whether a move is under way.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_lock) return _closed is not null;
        }
    }

    /// <summary>Announces a write that stands alone; waits while rows move. Then the caller looks whether its plan is still of this epoch, and leaves when it has committed.</summary>
    public async ValueTask EnterWriteAsync(CancellationToken cancellationToken)
    {
        while (!TryEnterWrite()) await WhenOpenAsync(cancellationToken);
    }

    /// <summary>The write is over.</summary>
    public void LeaveWrite()
    {
        lock (_lock)
        {
            if (--_writers == 0) _drained?.TrySetResult();
        }
    }

    /// <summary>When no move is under way; another may be when the caller looks.</summary>
    public Task WhenOpenAsync(CancellationToken cancellationToken)
    {
        lock (_lock) return _closed is null ? Task.CompletedTask : _closed.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Holds back writes, and waits for those under way. LOCK_TIMEOUT if they take too long; then nothing is held back any more.</summary>
    /// <param name="cancellationToken">Holds nothing back any more.</param>
    /// <param name="closed">Called when further writes are held back, before those under way are waited for; null for nothing.</param>
    public async ValueTask CloseAsync(CancellationToken cancellationToken, Action? closed = null)
    {
        Task drained;
        lock (_lock)
        {
            if (_closed is not null) return;
            _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_writers == 0) _drained.SetResult();
            drained = _drained.Task;
        }

        try
        {
            closed?.Invoke();
            await drained.WaitAsync(patience, clock, cancellationToken);
        }
        catch (Exception failure)
        {
            Open();
            if (failure is not TimeoutException) throw;
            throw new VitessException(ErrorCodes.LockTimeout, $"writes that began before this have not ended within {patience.TotalMilliseconds:0} ms", hint: "Try again when there is less to do.");
        }
    }

    /// <summary>The shards begin to commit.</summary>
    public void BeginPublishing() => Interlocked.Increment(ref _epoch);

    /// <summary>The VSchema that says where the rows are is current.</summary>
    public void EndPublishing() => Interlocked.Increment(ref _epoch);

    /// <summary>Lets writes go on; does nothing if they were not held back.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _closed?.SetResult();
            (_closed, _drained) = (null, null);
        }
    }

    /// <summary>What a transaction that has begun before fails with.</summary>
    public static VitessException Moved() => new(ErrorCodes.SerializationFailure, "rows have moved to other shards or to another engine, or the keyspace was restored, since this began", hint: "Run the whole transaction again.");

    private bool TryEnterWrite()
    {
        lock (_lock)
        {
            if (_closed is not null) return false;
            _writers++;
            return true;
        }
    }
}

/// <summary>A statement was planned for rows that have moved since. It never reaches a client: the statement runs anew, or its transaction fails with 40001.</summary>
internal sealed class RowsMovedException() : Exception("rows have moved to other shards");
