namespace Shale.Vitess;

/// <summary>
/// Who holds and who waits for what only one transaction at a time may have: the writers of shards, and the turn to change the VSchema (SEMANTICS S4.3). A cycle of waiting is
/// found in the moment it closes, and the youngest transaction in it is ended. The gate knows all this by itself: every transaction over shards is begun here, waits for one
/// thing at a time, and holds what it has until it ends; who writes on one shard alone waits while holding nothing, and can be in no cycle. Thread-safe. Invariants:
/// <list type="bullet">
/// <item>Who is in the midst of a wait has an edge to the holder. A holder is known from the moment it goes on with what it was given, before it can wait again: so whoever closes
/// a cycle sees all of it.</item>
/// <item>A holder that has let go without being taken off yet is ending, and waits for nothing: it is in no cycle.</item>
/// </list>
/// </summary>
internal sealed class LockGraph
{
    private readonly Lock _lock = new();
    private readonly Dictionary<LockName, LockOwner> _holders = [];
    private long _last;

    /// <summary>Which of the transactions are committing changes of entries.</summary>
    public EntryCommits EntryCommits { get; } = new();

    /// <summary>Where commits over several shards pass.</summary>
    public CommitBarrier Commits { get; } = new();

    /// <summary>A transaction that is younger than all before it.</summary>
    public LockOwner NewOwner() => new(Interlocked.Increment(ref _last));

    /// <summary>Takes something that may have to be waited for.</summary>
    /// <param name="owner">Who takes it.</param>
    /// <param name="name">What it takes.</param>
    /// <param name="take">Takes it; cancelled where the owner has to be ended. What it has taken by then is the owner's.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VitessException">DEADLOCK_DETECTED: the owner was in a cycle, and the youngest. It must be rolled back.</exception>
    public async ValueTask TakeAsync(LockOwner owner, LockName name, Func<CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var taken = false;
        StopWaiting(StartWaiting(owner, name, cancellation));
        try
        {
            if (owner.Cycle is null)
            {
                await take(cancellation.Token);
                taken = true;
            }
        }
        catch (Exception failure) when (owner.Cycle is not null && failure is OperationCanceledException or VitessException)
        {
            // Told below why it was cancelled.
        }
        finally
        {
            lock (_lock)
            {
                (owner.WaitsFor, owner.Waiting) = (null, null);
                if (taken) _holders[name] = owner;
                if (taken) owner.Holds.Add(name);
            }
        }

        if (owner.Cycle is { } cycle) throw Deadlock(cycle);
    }

    /// <summary>Takes something if it is free: who does not wait closes no cycle.</summary>
    /// <param name="owner">Who takes it.</param>
    /// <param name="name">What it takes.</param>
    /// <param name="take">Takes it, or fails at once.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async ValueTask TakeFreeAsync(LockOwner owner, LockName name, Func<CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        await take(cancellationToken);
        lock (_lock) _holders[name] = owner;
        owner.Holds.Add(name);
    }

    /// <summary>The owner has ended, and let go of everything.</summary>
    public void Release(LockOwner owner)
    {
        if (owner.Holds.Count == 0) return;
        lock (_lock)
        {
            foreach (var name in owner.Holds)
            {
                if (_holders.TryGetValue(name, out var holder) && holder == owner) _holders.Remove(name);
            }
        }

        owner.Holds.Clear();
    }

    /// <summary>Notes that somebody waits.</summary>
    /// <returns>How to end the wait of the transaction that has to give way; null if none has.</returns>
    private CancellationTokenSource? StartWaiting(LockOwner owner, LockName name, CancellationTokenSource cancellation)
    {
        lock (_lock)
        {
            (owner.WaitsFor, owner.Waiting) = (name, cancellation);
            if (!_holders.TryGetValue(name, out var at) || at == owner) return null;
            var youngest = owner;
            List<LockName> names = [name];
            while (at != owner)
            {
                if (at.Number > youngest.Number) youngest = at;
                if (at.WaitsFor is not { } next || !_holders.TryGetValue(next, out var holder) || holder == at) return null;
                names.Add(next);
                at = holder;
            }

            youngest.Cycle = string.Join(", ", names);
            youngest.WaitsFor = null;
            return youngest.Waiting;
        }
    }

    private static void StopWaiting(CancellationTokenSource? wait)
    {
        try
        {
            wait?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Its wait has ended in this moment; it will find that it was chosen.
        }
    }

    private static VitessException Deadlock(string cycle) =>
        new(ErrorCodes.DeadlockDetected, $"transactions waited for one another, for {cycle}; this one, the youngest, was rolled back");
}

/// <summary>What only one transaction may have at a time.</summary>
/// <param name="Keyspace">The keyspace; empty for the VSchema.</param>
/// <param name="Shard">The shard, by its key range.</param>
internal readonly record struct LockName(string Keyspace, string Shard)
{
    /// <summary>The turn to change the VSchema.</summary>
    public static readonly LockName VSchema = new("", "");

    /// <summary>The writer of a shard.</summary>
    public static LockName Of(ITablet tablet) => new(tablet.Keyspace, tablet.Shard);

    /// <inheritdoc/>
    public override string ToString() => Keyspace.Length == 0 ? "the VSchema" : $"shard {Keyspace}:{Shard}";
}

/// <summary>A transaction in a <see cref="LockGraph"/>.</summary>
/// <param name="number">The larger, the younger.</param>
internal sealed class LockOwner(long number)
{
    /// <summary>The larger, the younger.</summary>
    public long Number => number;

    /// <summary>What it holds. Its own thread only.</summary>
    public List<LockName> Holds { get; } = [];

    /// <summary>What it waits for; null if it does not, or has been chosen to give way. The graph's lock.</summary>
    public LockName? WaitsFor { get; set; }

    /// <summary>Ends its wait. The graph's lock.</summary>
    public CancellationTokenSource? Waiting { get; set; }

    /// <summary>The cycle in which it was chosen to give way; null if it never was. Set under the graph's lock.</summary>
    public string? Cycle { get; set; }
}
