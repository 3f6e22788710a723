using Shale.Vitess;

namespace Shale.Server;

/// <summary>What an advisory lock is of: a number, or two, in a database; the one and the two never meet.</summary>
/// <param name="Database">The target's keyspace and branch.</param>
/// <param name="First">The number, or the first of two.</param>
/// <param name="Second">The second of two; null for one.</param>
internal readonly record struct AdvisoryKey(string Database, long First, int? Second);

/// <summary>
/// The advisory locks of all sessions at one door: numbers that sessions agree upon, exclusive or shared. Whoever has one gets it again without waiting; others wait in order. Whoever would wait in a circle is told
/// so at once (40P01); circles by way of rows end with the time that a wait for rows may take. Thread-safe.
/// </summary>
internal sealed class AdvisoryLocks
{
    private readonly Lock _lock = new();
    private readonly Dictionary<AdvisoryKey, Entry> _entries = [];
    private readonly Dictionary<SessionLocks, Waiter> _waiting = [];

    /// <summary>Takes a lock if nobody is in the way.</summary>
    public bool TryTake(SessionLocks owner, AdvisoryKey key, bool exclusive)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry)) _entries[key] = entry = new Entry();
            if (InTheWay(entry, owner, exclusive, before: null).Any()) return false;
            entry.Add(owner, exclusive);
            return true;
        }
    }

    /// <summary>Takes a lock, when its turn has come. Errors: DEADLOCK_DETECTED (40P01).</summary>
    /// <param name="owner">Who wants it.</param>
    /// <param name="key">What it is of.</param>
    /// <param name="exclusive">Whether nobody else may have it.</param>
    /// <param name="cancellationToken">Gives up: then it is not held.</param>
    public async Task TakeAsync(SessionLocks owner, AdvisoryKey key, bool exclusive, CancellationToken cancellationToken)
    {
        if (TryTake(owner, key, exclusive)) return;
        var waiter = new Waiter(owner, key, exclusive);
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry)) _entries[key] = entry = new Entry();
            entry.Waiters.Add(waiter);
            _waiting[owner] = waiter;
            if (IsCircle(waiter))
            {
                Leave(waiter);
                throw new VitessException(ErrorCodes.DeadlockDetected, "deadlock detected", sqlState: "40P01", hint: "Let all sessions take their advisory locks in the same order.");
            }

            Grant(key, entry);
        }

        await using var registration = cancellationToken.Register(() => GiveUp(waiter));
        await waiter.Granted.Task;
    }

    /// <summary>Gives a lock back that is held.</summary>
    public void Release(SessionLocks owner, AdvisoryKey key, bool exclusive)
    {
        lock (_lock)
        {
            var entry = _entries[key];
            entry.Remove(owner, exclusive);
            Grant(key, entry);
        }
    }

    /// <summary>Who holds which, and who waits for which.</summary>
    public IReadOnlyList<DoorLock> Shown()
    {
        var shown = new List<DoorLock>();
        lock (_lock)
        {
            foreach (var (key, entry) in _entries)
            {
                foreach (var (holder, held) in entry.Holders)
                {
                    if (held.Exclusive > 0) shown.Add(Shown(key, holder, isExclusive: true, null));
                    if (held.Shared > 0) shown.Add(Shown(key, holder, isExclusive: false, null));
                }

                shown.AddRange(entry.Waiters.Select(waiter => Shown(key, waiter.Owner, waiter.Exclusive, waiter.Since)));
            }
        }

        return shown;
    }

    private static DoorLock Shown(AdvisoryKey key, SessionLocks owner, bool isExclusive, DateTimeOffset? since) => new(owner.Process, key.Database, key.First, key.Second, isExclusive, since);

    private void GiveUp(Waiter waiter)
    {
        lock (_lock)
        {
            // What was granted in the same moment is held.
            if (waiter.Granted.Task.IsCompleted) return;
            Leave(waiter);
            waiter.Granted.SetCanceled(CancellationToken.None);
        }
    }

    private void Leave(Waiter waiter)
    {
        var entry = _entries[waiter.Key];
        entry.Waiters.Remove(waiter);
        _waiting.Remove(waiter.Owner);
        Grant(waiter.Key, entry);
    }

    // Gives the lock to those at the front who can have it; what nobody has or wants is forgotten.
    private void Grant(AdvisoryKey key, Entry entry)
    {
        for (var i = 0; i < entry.Waiters.Count;)
        {
            var waiter = entry.Waiters[i];
            if (InTheWay(entry, waiter.Owner, waiter.Exclusive, waiter).Any())
            {
                i++;
                continue;
            }

            entry.Waiters.RemoveAt(i);
            _waiting.Remove(waiter.Owner);
            entry.Add(waiter.Owner, waiter.Exclusive);
            waiter.Granted.SetResult();
        }

        if (entry.IsIdle) _entries.Remove(key);
    }

    // Others who hold it in a way that excludes the wish; and who came earlier with such a wish, but not for whoever holds it already: they wait for that one.
    private static IEnumerable<SessionLocks> InTheWay(Entry entry, SessionLocks owner, bool exclusive, Waiter? before)
    {
        foreach (var (holder, held) in entry.Holders)
        {
            if (!ReferenceEquals(holder, owner) && (exclusive || held.Exclusive > 0)) yield return holder;
        }

        if (entry.Holders.ContainsKey(owner)) yield break;
        foreach (var waiter in entry.Waiters)
        {
            if (ReferenceEquals(waiter, before)) yield break;
            if (exclusive || waiter.Exclusive) yield return waiter.Owner;
        }
    }

    private bool IsCircle(Waiter start)
    {
        var seen = new HashSet<SessionLocks>();
        var left = new Stack<Waiter>([start]);
        while (left.TryPop(out var waiter))
        {
            foreach (var other in InTheWay(_entries[waiter.Key], waiter.Owner, waiter.Exclusive, waiter))
            {
                if (ReferenceEquals(other, start.Owner)) return true;
                if (seen.Add(other) && _waiting.TryGetValue(other, out var next)) left.Push(next);
            }
        }

        return false;
    }

    private sealed class Entry
    {
        public Dictionary<SessionLocks, (int Exclusive, int Shared)> Holders { get; } = [];

        public List<Waiter> Waiters { get; } = [];

        public bool IsIdle => Holders.Count == 0 && Waiters.Count == 0;

        public void Add(SessionLocks owner, bool exclusive)
        {
            var held = Holders.GetValueOrDefault(owner);
            Holders[owner] = exclusive ? held with { Exclusive = held.Exclusive + 1 } : held with { Shared = held.Shared + 1 };
        }

        public void Remove(SessionLocks owner, bool exclusive)
        {
            var held = Holders[owner];
            held = exclusive ? held with { Exclusive = held.Exclusive - 1 } : held with { Shared = held.Shared - 1 };
            if (held == default) Holders.Remove(owner);
            else Holders[owner] = held;
        }
    }

    private sealed record Waiter(SessionLocks Owner, AdvisoryKey Key, bool Exclusive)
    {
        public DateTimeOffset Since { get; } = TimeProvider.System.GetUtcNow();

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
