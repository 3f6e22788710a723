using System.Globalization;
using Shale.Contracts;
using Shale.PageLog;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>
/// A gate over SQLite shards in this process: what <c>shale serve</c> runs, and what a program embeds. One process at a time has a data directory. Thread-safe.
/// </summary>
public sealed class LocalCluster : IAsyncDisposable
{
    private readonly ITopology _topology;

    private LocalCluster(VTGate gate, ITopology topology, IReadOnlyList<VTTablet> tablets) => (Gate, _topology, Tablets) = (gate, topology, tablets);

    /// <summary>The gate.</summary>
    public VTGate Gate { get; }

    /// <summary>
    /// The tablets, keyspace by keyspace, in order of the ring. One that goes over to another engine (<see cref="VTTablet.SwitchEngineAsync"/>) is found there by later starts,
    /// too; where there is a data directory, the engine must have a file.
    /// </summary>
    public IReadOnlyList<VTTablet> Tablets { get; }

    /// <summary>What was mended at the start: tables and indexes that a crash had left out on some shards.</summary>
    public IReadOnlyList<string> Repairs { get; private init; } = [];

    /// <summary>The shards that came from plain files into page logs at this start.</summary>
    public IReadOnlyList<MigratedShard> Migrated { get; private init; } = [];

    /// <summary>
    /// Opens the shards and the gate. Shards that lie in plain files are brought into page logs first, which takes its time. Errors: SHARD_ERROR (55006) if another process has the directory,
    /// (XX001) if a database is damaged; INVALID_VSCHEMA.
    /// </summary>
    public static async ValueTask<LocalCluster> OpenAsync(LocalClusterOptions options, CancellationToken cancellationToken = default)
    {
        var tablets = new List<VTTablet>();
        ITopology? topology = null;
        VTGate? gate = null;
        try
        {
            var kinds = VindexRegistry.BuiltIn.With(options.Vindexes);
            topology = options.DataDirectory is null ? new MemoryTopology(options.VSchema) : FileTopology.Open(options.DataDirectory, kinds);
            var files = options.DataDirectory is { } directory ? new ShardFiles(directory) : null;
            files?.RequireTopology(topology.Load());
            var vschema = options.VSchema ?? ClusterStart.Apply(topology, new ClusterStartOptions(options.Keyspace, options.Shards, options.VSchemaJson, kinds));
            var stored = vschema.WithoutBranches();
            files?.RequireShards(stored);
            var migrated = files is null ? [] : await files.MigrateAsync(stored, options.MigrationProgress, cancellationToken);
            foreach (var keyspace in stored.Keyspaces.Values)
            {
                foreach (var shard in keyspace.Shards) tablets.Add(Open(options, keyspace.Name, shard, files, stored.Keyspaces.Values.Sum(each => each.Shards.Length)));
            }

            gate = new VTGate(new VTGateOptions
            {
                Topology = topology,
                Tablets = [.. tablets.Select(tablet => options.WrapTablet?.Invoke(tablet) ?? tablet)],
                Scratch = new Dictionary<StorageEngineType, IScratchSource> { [StorageEngineType.Sqlite] = SqliteEngine.InMemory() },
                DefaultKeyspace = options.Keyspace,
                Backup = new LocalBackup(topology, tablets, options.Clock),
                Vindexes = options.Vindexes,
                AssemblyBytes = options.AssemblyBytes,
                MemoryBytes = options.MemoryBytes,
                StatementMemoryBytes = options.StatementMemoryBytes,
                MemoryWait = options.MemoryWait,
                ShardsAtOnce = options.ShardsAtOnce,
                SemiJoinKeys = options.SemiJoinKeys,
                LockTimeout = options.LockTimeout,
                MaxTransactions = options.MaxTransactions,
                TransactionIdle = options.TransactionIdle,
                TransactionAge = options.TransactionAge,
                Limits = options.Limits,
                KeyspaceLimits = options.KeyspaceLimits,
                ForceAssembly = options.ForceAssembly,
                Clock = options.Clock,
            });
            return new LocalCluster(gate, topology, tablets) { Repairs = await gate.RepairAsync(cancellationToken), Migrated = migrated };
        }
        catch
        {
            // It has the tablets of branches.
            if (gate is not null) await gate.DisposeAsync();
            foreach (var tablet in tablets) await tablet.DisposeAsync();
            topology?.Dispose();
            throw;
        }
    }

    /// <summary>Rolls back what is open, closes the shards and lets go of the directory.</summary>
    public async ValueTask DisposeAsync()
    {
        await Gate.DisposeAsync();
        _topology.Dispose();
    }

    // A private cluster has history, too: the tests took no longer with it than with plain files, and a log's memory is bounded by what all logs of the process share.
    private static VTTablet Open(LocalClusterOptions options, string keyspace, KeyRange shard, ShardFiles? files, int shards)
    {
        var place = files?.PlaceOf(keyspace, shard) ?? new ShardPlace(null, HasHistory: true);
        return new VTTablet(new VTTabletOptions
        {
            Keyspace = keyspace,
            Shard = shard.ToString(),
            Engine = new SqliteEngine(new SqliteEngineOptions { Path = place.Path, HasHistory = place.HasHistory, Log = LogOf(options, keyspace, shard.ToString(), shards), Durable = options.Durable, MaxPages = options.MaxPages }),
            LockTimeout = options.LockTimeout,
            TimeProvider = options.Clock,
            BeforeSwitch = files is null ? null : (target, token) => files.MoveAsync(keyspace, shard, target, token),
        }.BehindAGate());
    }

    private static PageStoreOptions LogOf(LocalClusterOptions options, string keyspace, string shard, int shards) => new()
    {
        Clock = options.Clock,
        Retention = options.Retention,
        RetentionBytes = options.RetentionBytes,
        RetentionShares = shards,
        OnWindowShortened = window => options.Warned?.Invoke(new ShardWarning(keyspace, shard, MessageOf(window))),
        OnMaintenanceFailure = failure => options.Warned?.Invoke(new ShardWarning(keyspace, shard, $"the maintenance of its log failed and is tried again: {failure.Message}", failure)),
    };

    private static string MessageOf(LogWindow window) => string.Create(
        CultureInfo.InvariantCulture,
        $"its versions are kept for less time than the retention, since {window.OldestTime?.ToMoment():yyyy-MM-dd HH:mm:ss} UTC, because {(window.Shortened == WindowShortening.FullDisk ? "the disk is full" : "they would take more than retention_bytes")}");
}
