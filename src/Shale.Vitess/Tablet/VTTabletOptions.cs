namespace Shale.Vitess;

/// <summary>What a <see cref="VTTablet"/> serves, and its limits.</summary>
public sealed record VTTabletOptions
{
    /// <summary>The shard, by its key range.</summary>
    public required string Shard { get; init; }

    /// <summary>The keyspace it belongs to.</summary>
    public required string Keyspace { get; init; }

    /// <summary>What it stores its rows in; the tablet owns it and disposes it.</summary>
    public required IStorageEngine Engine { get; init; }

    /// <summary>How many transactions may be open at once. Default 100.</summary>
    public int MaxTransactions { get; init; } = 100;

    /// <summary>How many reading connections may be open at once; each costs its page cache. Default 128, opened as they are needed.</summary>
    public int MaxReaders { get; init; } = 128;

    /// <summary>How many writing connections may be open at once, where the engine lets many write: each transaction has one. Default 128, opened as they are needed.</summary>
    public int MaxWriters { get; init; } = 128;

    /// <summary>How many reading connections to versions of the past wait for the next query of theirs; each costs its page cache. Default 8.</summary>
    public int IdleVersions { get; init; } = 8;

    /// <summary>How long they wait: meanwhile their versions are kept, whatever the retention is. Default 1 min.</summary>
    public TimeSpan IdleVersionAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a statement waits for the writer, for a reader, or for the statement before it in its transaction. Default 5 s.</summary>
    public TimeSpan LockTimeout { get; init; } = DefaultLockTimeout;

    /// <summary>What <see cref="LockTimeout"/> is where nobody says.</summary>
    public static TimeSpan DefaultLockTimeout { get; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a transaction may lie idle before it is rolled back. Default 10 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a transaction may be open before it is rolled back, also in the midst of a statement. Default 30 s.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long BEGIN waits while <see cref="MaxTransactions"/> are open; one that writes at once waits <see cref="LockTimeout"/>. Default 1 s.</summary>
    public TimeSpan BeginWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long closing waits for running statements after they were interrupted. Default 10 s.</summary>
    public TimeSpan CloseWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Is awaited by <see cref="VTTablet.SwitchEngineAsync(IStorageEngine, CancellationToken)"/> when the new engine has everything and before the tablet goes over to it: keeps where the shard is from now on. If it
    /// fails, the tablet stays. Null for nothing.
    /// </summary>
    public Func<IStorageEngine, CancellationToken, ValueTask>? BeforeSwitch { get; init; }

    /// <summary>The clock of all limits and latencies.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// For a tablet whose transactions are begun by a gate of the same process: the gate's limits count, and it ends each that it begins. A statement without a limit may take its
    /// time, and leave one shard alone while others work.
    /// </summary>
    public VTTabletOptions BehindAGate() => this with { IdleTimeout = TimeSpan.FromDays(1), MaxAge = TimeSpan.FromDays(1), IsBehindAGate = true };

    /// <summary>See <see cref="BehindAGate"/>.</summary>
    internal bool IsBehindAGate { get; init; }

    /// <summary>The branch, where it is not the shard's own.</summary>
    internal string? Branch { get; init; }

    /// <summary>What metrics and spans call the database: the keyspace, or KEYSPACE/BRANCH.</summary>
    internal string Namespace => Branch is null || BranchNames.IsBranch(Keyspace) ? Keyspace : $"{Keyspace}/{Branch}";

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Shard);
        ArgumentException.ThrowIfNullOrEmpty(Keyspace);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTransactions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReaders, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(IdleVersions);
        ArgumentOutOfRangeException.ThrowIfLessThan(IdleTimeout, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAge, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWriters, 1);
    }
}
