using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>What a gate is made of.</summary>
public sealed record VTGateOptions
{
    /// <summary>What copies keyspaces to a directory of this machine; null where that cannot be.</summary>
    public IKeyspaceBackup? Backup { get; init; }

    /// <summary>What opens the engines that keyspaces can go over to; null where they cannot.</summary>
    public IShardTargets? Targets { get; init; }

    /// <summary>Where the VSchema is kept.</summary>
    public required ITopology Topology { get; init; }

    /// <summary>One tablet for each shard of each keyspace of the VSchema.</summary>
    public required IReadOnlyList<ITablet> Tablets { get; init; }

    /// <summary>Scratch databases, for each engine that a keyspace uses; for SQLite always, which answers from PostgreSQL's catalog.</summary>
    public required IReadOnlyDictionary<StorageEngineType, IScratchSource> Scratch { get; init; }

    /// <summary>Scratch databases of keyspaces on PostgreSQL, by name: each has its own; the others have those of their engine. Looked up each time, so that keyspaces may come that go over to it.</summary>
    public IReadOnlyDictionary<string, IScratchSource> KeyspaceScratch { get; init; } = new Dictionary<string, IScratchSource>();

    /// <summary>The keyspace of statements that name none; null for the only one.</summary>
    public string? DefaultKeyspace { get; init; }

    /// <summary>Kinds of vindexes that the application adds to those of Shale. None: those that the VSchema was built with.</summary>
    public IReadOnlyList<IVindexFactory> Vindexes { get; init; } = [];

    /// <summary>How many bytes one statement may bring to the gate to be merged or assembled there, in memory and temporary files together. Default 2 GiB. Beyond: RESOURCE_EXHAUSTED (54000).</summary>
    public long AssemblyBytes { get; init; } = 2L << 30;

    /// <summary>How many bytes of rows all statements together may hold at the gate. Default 512 MiB. Who needs more waits, in order; beyond <see cref="MemoryWait"/>: RESOURCE_EXHAUSTED (53200), which is transient.</summary>
    public long MemoryBytes { get; init; } = 512L << 20;

    /// <summary>How many bytes of what one statement merges or assembles stay in memory; the rest goes to a temporary file. Default 64 MiB.</summary>
    public long StatementMemoryBytes { get; init; } = 64L << 20;

    /// <summary>How long a statement waits for memory. Default 5 seconds.</summary>
    public TimeSpan MemoryWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many shards work at a time for one statement that reads. Default null: twice the processors, from 4 to 16.</summary>
    public int? ShardsAtOnce { get; init; }

    /// <summary>
    /// Where tables are joined at the gate, and one has no more than so many different values in the column that it is joined by, the other is asked only for the rows with these
    /// values (a semi-join). Default 1,000; 0 for never, 10,000 at most.
    /// </summary>
    public int SemiJoinKeys { get; init; } = 1_000;

    /// <summary>What all statements of the gate together, and each of them, may take. Default null: no limits but those above and below.</summary>
    public StatementLimits? Limits { get; init; }

    /// <summary>The same for single keyspaces, by name.</summary>
    public IReadOnlyDictionary<string, StatementLimits> KeyspaceLimits { get; init; } = new Dictionary<string, StatementLimits>();

    /// <summary>How long rows that are to move to other shards wait for writes under way: LOCK_TIMEOUT. Waits for a shard's writer are the tablets' matter. Default 5 seconds.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many plans are kept for each keyspace and dialect. Default 5,000.</summary>
    public int PlanCacheSize { get; init; } = 5_000;

    /// <summary>How many transactions may be open at once. Default 10,000.</summary>
    public int MaxTransactions { get; init; } = 10_000;

    /// <summary>How long a transaction may be idle. Default 10 seconds.</summary>
    public TimeSpan TransactionIdle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How old a transaction may grow. Default 30 seconds.</summary>
    public TimeSpan TransactionAge { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether every SELECT that can is assembled at the gate (T2), whatever else would do; for tests.</summary>
    internal bool ForceAssembly { get; init; }

    /// <summary>What runs at the gate.</summary>
    internal ProcessList? Processes { get; init; }

    /// <summary>What the gate has made of the options above.</summary>
    internal GateSpace? Space { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    internal IScratchSource ScratchOf(VKeyspace keyspace, StorageEngineType engine) => engine != StorageEngineType.Sqlite && KeyspaceScratch.TryGetValue(keyspace.Name, out var own) ? own : Scratch[engine];
}
