using System.Net;

namespace Shale.Vitess;

/// <summary>The sessions of a door that stay connected, as PostgreSQL's catalog shows them: <c>pg_stat_activity</c> and <c>pg_locks</c>. Thread-safe.</summary>
public interface IDoorSessions
{
    /// <summary>Those that there are, as they are now.</summary>
    IReadOnlyList<DoorSession> Sessions();

    /// <summary>The advisory locks that they hold and wait for.</summary>
    IReadOnlyList<DoorLock> Locks();
}

/// <summary>A session of a door.</summary>
/// <param name="Process">The number by which it is cancelled and ended.</param>
/// <param name="Database">Its target's keyspace and branch.</param>
/// <param name="Began">When it began.</param>
public sealed record DoorSession(int Process, string Database, DateTimeOffset Began)
{
    /// <summary>What the application calls itself.</summary>
    public string Application { get; init; } = "";

    /// <summary>Where the client is; null if that is not known.</summary>
    public IPEndPoint? Client { get; init; }

    /// <summary>When its transaction began; null outside of transactions.</summary>
    public DateTimeOffset? TransactionBegan { get; init; }

    /// <summary>When its last statement began; null before the first.</summary>
    public DateTimeOffset? StatementBegan { get; init; }

    /// <summary>When it last began or ended one.</summary>
    public DateTimeOffset Changed { get; init; }

    /// <summary>In PostgreSQL's words: active, idle, idle in transaction, idle in transaction (aborted).</summary>
    public string State { get; init; } = "";

    /// <summary>Its last statement, which runs while it is active.</summary>
    public string Statement { get; init; } = "";
}

/// <summary>An advisory lock that a session holds or waits for.</summary>
/// <param name="Process">The session's number.</param>
/// <param name="Database">The target's keyspace and branch.</param>
/// <param name="First">The number, or the first of two.</param>
/// <param name="Second">The second of two; null for one.</param>
/// <param name="IsExclusive">Whether nobody else may have it.</param>
/// <param name="WaitsSince">Since when it waits; null where it is held.</param>
public sealed record DoorLock(int Process, string Database, long First, int? Second, bool IsExclusive, DateTimeOffset? WaitsSince);
