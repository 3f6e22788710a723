namespace Shale.Vitess;

/// <summary>
/// The memory that rows may take at the gate, all statements together. Who needs more than is left waits in the order of coming, so long; who can do with less asks for more
/// without waiting. Thread-safe.
/// </summary>
internal sealed class GateMemory(long total, TimeSpan patience, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Queue<Waiter> _waiting = new();
    private long _used;

    /// <summary>How much is taken.</summary>
    public long Used
    {
        get
        {
            lock (_lock) return _used;
        }
    }

    /// <summary>The most that was ever taken at once.</summary>
    public long Highest { get; private set; }

    /// <summary>How much there is.</summary>
    public long Total => total;

    /// <summary>Takes memory if it is free and nobody waits.</summary>
    internal bool TryTake(long bytes)
    {
        lock (_lock)
        {
            Serve();
            if (_waiting.Count > 0 || _used + bytes > total) return false;
            Add(bytes);
            return true;
        }
    }

    /// <summary>Takes memory, after those who came before. Nobody waits for what the gate does not have, or what he has himself.</summary>
    /// <param name="bytes">How much.</param>
    /// <param name="own">How much the statement has already.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    internal async ValueTask TakeAsync(long bytes, long own, CancellationToken cancellationToken)
    {
        if (bytes == 0) return;
        if (own + bytes > total) throw new VitessException(ErrorCodes.ResourceExhausted.Code, $"the statement needs {own + bytes} bytes of the gate's memory, which has {total}", null, "53200", false, Hint);
        Waiter waiter;
        lock (_lock)
        {
            if (TryTake(bytes)) return;
            waiter = new Waiter(bytes);
            _waiting.Enqueue(waiter);
        }

        try
        {
            await waiter.Granted.Task.WaitAsync(patience, clock, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Granted in the same moment: then it is ours after all, and is given back if nobody wants it.
            if (!waiter.Granted.TrySetCanceled(CancellationToken.None))
            {
                if (exception is TimeoutException) return;
                GiveBack(bytes);
                throw;
            }

            GiveBack(0);
            if (exception is OperationCanceledException) throw;
            throw new VitessException(ErrorCodes.ResourceExhausted,
                $"the statement waited {patience.TotalMilliseconds:0} ms for {bytes} bytes of the gate's memory, of which others have {Used} of {total}", sqlState: "53200", hint: Hint);
        }
    }

    /// <summary>Gives memory back, to those who wait.</summary>
    internal void GiveBack(long bytes)
    {
        lock (_lock)
        {
            _used -= bytes;
            Serve();
        }
    }

    private const string Hint = "Try again in a moment, read fewer rows, stream them, or raise memoryBytes of the gate.";

    private void Serve()
    {
        while (_waiting.TryPeek(out var first))
        {
            if (!first.Granted.Task.IsCompleted)
            {
                if (_used + first.Bytes > total) return;
                if (first.Granted.TrySetResult()) Add(first.Bytes);
            }

            _waiting.Dequeue();
        }
    }

    private void Add(long bytes)
    {
        _used += bytes;
        Highest = Math.Max(Highest, _used);
    }

    private sealed record Waiter(long Bytes)
    {
        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What one statement has of the gate's memory, all that it does together. Used by one thread at a time; disposing gives all of it back.</summary>
internal sealed class MemoryGrant(GateMemory memory) : IDisposable
{
    /// <summary>How much it is.</summary>
    public long Bytes { get; private set; }

    /// <summary>Takes more if that needs no waiting.</summary>
    public bool TryGrow(long bytes)
    {
        if (!memory.TryTake(bytes)) return false;
        Bytes += bytes;
        return true;
    }

    /// <summary>Takes more, and waits for it. RESOURCE_EXHAUSTED (53200) if there is none in time.</summary>
    public async ValueTask GrowAsync(long bytes, CancellationToken cancellationToken)
    {
        await memory.TakeAsync(bytes, Bytes, cancellationToken);
        Bytes += bytes;
    }

    /// <summary>Gives some of it back.</summary>
    public void Shrink(long bytes)
    {
        Bytes -= bytes;
        memory.GiveBack(bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => Shrink(Bytes);
}
