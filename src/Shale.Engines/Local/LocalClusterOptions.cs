namespace Shale.Engines;

/// <summary>A cluster whose shards are all in this process.</summary>
public sealed record LocalClusterOptions
{
    /// <summary>Where topology and shards are kept; null for private databases that end with the cluster.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The keyspace that statements mean when they name none.</summary>
    public string Keyspace { get; init; } = Vitess.ClusterStart.DefaultKeyspace;

    /// <summary>Whether that keyspace is made where there is none. Default true.</summary>
    public bool MakesKeyspace { get; init; } = true;

    /// <summary>How many shards; null for the stored number, or 4 for a new keyspace.</summary>
    public int? Shards { get; init; }

    /// <summary>A VSchema document to apply to an empty keyspace (SEMANTICS S2.4).</summary>
    public string? VSchemaJson { get; init; }

    /// <summary>What the shards of a new keyspace store their rows in; null for the stored engine, or SQLite for a new keyspace. A VSchema document may say it for each of its keyspaces.</summary>
    public Shale.Contracts.StorageEngineType? Engine { get; init; }

    /// <summary>What makes the engines of keyspaces that are not on SQLite. The cluster disposes it.</summary>
    public IReadOnlyList<Shale.Vitess.IEngineSource> Engines { get; init; } = [];

    /// <summary>A VSchema that is complete already, for clusters without a directory; then <see cref="Shards"/> and <see cref="VSchemaJson"/> are not used.</summary>
    public Shale.Vitess.VSchema? VSchema { get; init; }

    /// <summary>Kinds of vindexes that the application adds; see <see cref="Shale.Vitess.VTGateOptions.Vindexes"/>. Give the same ones at every start.</summary>
    public IReadOnlyList<Shale.Vitess.IVindexFactory> Vindexes { get; init; } = [];

    /// <summary>Whether commits wait for the disk. Default true; see <see cref="SqliteEngineOptions.Durable"/>.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>See <see cref="Shale.Vitess.VTGateOptions.AssemblyBytes"/>.</summary>
    public long AssemblyBytes { get; init; } = 2L << 30;

    /// <summary>See <see cref="Shale.Vitess.VTGateOptions.MemoryBytes"/>.</summary>
    public long MemoryBytes { get; init; } = 512L << 20;

    /// <summary>See <see cref="Shale.Vitess.VTGateOptions.StatementMemoryBytes"/>.</summary>
    public long StatementMemoryBytes { get; init; } = 64L << 20;

    /// <summary>See <see cref="Shale.Vitess.VTGateOptions.MemoryWait"/>.</summary>
    public TimeSpan MemoryWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>See <see cref="Shale.Vitess.VTGateOptions.ShardsAtOnce"/>; null for its default.</summary>
    public int? ShardsAtOnce { get; init; }

    /// <summary>See <see cref="Shale.Vitess.VTGateOptions.SemiJoinKeys"/>.</summary>
    public int SemiJoinKeys { get; init; } = 1_000;

    /// <summary>See <see cref="Shale.Vitess.VTGateOptions.Limits"/>.</summary>
    public Shale.Vitess.StatementLimits? Limits { get; init; }

    /// <summary>See <see cref="Shale.Vitess.VTGateOptions.KeyspaceLimits"/>.</summary>
    public IReadOnlyDictionary<string, Shale.Vitess.StatementLimits> KeyspaceLimits { get; init; } = new Dictionary<string, Shale.Vitess.StatementLimits>();

    /// <summary>See <see cref="Shale.Vitess.VTGateOptions.MaxTransactions"/>.</summary>
    public int MaxTransactions { get; init; } = 10_000;

    /// <summary>See <see cref="Shale.Vitess.VTGateOptions.TransactionIdle"/>.</summary>
    public TimeSpan TransactionIdle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>See <see cref="Shale.Vitess.VTGateOptions.TransactionAge"/>.</summary>
    public TimeSpan TransactionAge { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait for a shard's writer, and of rows that are to move for the writes under way. Default 5 seconds.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many pages of 4 KiB each shard may grow to; 0 for no limit but the disk.</summary>
    public int MaxPages { get; init; }

    /// <summary>How long every version of a shard stays readable (SEMANTICS S5.7). Default 30 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How many bytes of log that may take for all shards together, each an equal part; a shard that needs more keeps its versions for less time, which it tells (<see cref="Warned"/>). Null for a
    /// fifth of the disk.
    /// </summary>
    public long? RetentionBytes { get; init; }

    /// <summary>
    /// Told when a shard's versions are kept for less time than <see cref="Retention"/>, and each time the maintenance of its log fails, which is tried again. In the background or on a thread that
    /// commits; it must not use the cluster. Null for nobody.
    /// </summary>
    public Action<ShardWarning>? Warned { get; init; }

    /// <summary>Told how far the way of shards from plain files into page logs is, on the thread that opens the cluster. Null for nobody.</summary>
    public IProgress<ShardMigration>? MigrationProgress { get; init; }

    /// <summary>Puts something around each tablet: a recorder, a serialiser. Null for nothing.</summary>
    public Func<Shale.Vitess.ITablet, Shale.Vitess.ITablet>? WrapTablet { get; init; }

    /// <summary>See <see cref="Shale.Vitess.VTGateOptions.ForceAssembly"/>.</summary>
    internal bool ForceAssembly { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
