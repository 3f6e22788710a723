using System.Collections.Concurrent;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>The sessions of one door, and what they share. Thread-safe.</summary>
internal sealed class DoorSessions : IDoorSessions
{
    private readonly ConcurrentDictionary<int, PostgresSession> _all = new();

    /// <summary>Who listens to which channels.</summary>
    public NotificationHub Hub { get; } = new();

    /// <summary>Their advisory locks.</summary>
    public AdvisoryLocks AdvisoryLocks { get; } = new();

    /// <summary>How many there are.</summary>
    public int Count => _all.Count;

    /// <summary>All of them, as they are now.</summary>
    public ICollection<PostgresSession> All => _all.Values;

    /// <summary>The session of a number; null for none.</summary>
    public PostgresSession? Find(int process) => _all.GetValueOrDefault(process);

    /// <summary>One begins.</summary>
    public void Add(PostgresSession session) => _all[session.Key.Process] = session;

    /// <summary>It has ended.</summary>
    public void Remove(PostgresSession session) => _all.TryRemove(session.Key.Process, out _);

    /// <inheritdoc/>
    public IReadOnlyList<DoorSession> Sessions() => [.. _all.Values.Select(session => session.Shown()).OfType<DoorSession>().OrderBy(session => session.Process)];

    /// <inheritdoc/>
    public IReadOnlyList<DoorLock> Locks() => AdvisoryLocks.Shown();
}
