using System.Collections.Concurrent;
using System.Globalization;
using Shale.Contracts;
using Shale.PageLog;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>
/// A gate over shards in this process, on SQLite or on what other engines there are: what <c>shale serve</c> runs, and what a program embeds. One process at a time has a data directory. Thread-safe.
/// </summary>
public sealed class LocalCluster : IAsyncDisposable
{
    private readonly ITopology _topology;
    private readonly IReadOnlyList<IEngineSource> _engines;

    private LocalCluster(VTGate gate, ITopology topology, IReadOnlyList<VTTablet> tablets, IReadOnlyList<IEngineSource> engines) => (Gate, _topology, Tablets, _engines) = (gate, topology, tablets, engines);

    /// <summary>The gate.</summary>
    public VTGate Gate { get; }

    /// <summary>
    /// The tablets, keyspace by keyspace, in order of the ring. A keyspace goes over to another kind of engine by ALTER KEYSPACE … SET ENGINE. One tablet that goes over to another engine of its kind (<see cref="VTTablet.SwitchEngineAsync(IStorageEngine, CancellationToken)"/>) is found there by later starts,
    /// too; where there is a data directory, the engine must have a file.
    /// </summary>
    public IReadOnlyList<VTTablet> Tablets { get; }

    /// <summary>What was mended at the start: tables and indexes that a crash had left out on some shards.</summary>
    public IReadOnlyList<string> Repairs { get; private init; } = [];

    /// <summary>The shards that came from plain files into page logs at this start.</summary>
    public IReadOnlyList<MigratedShard> Migrated { get; private init; } = [];

    /// <summary>
    /// Opens the shards and the gate. Shards that lie in plain files are brought into page logs first, which takes its time. Errors: SHARD_ERROR (55006) if another process has the directory,
    /// (XX001) if a database is damaged; INVALID_VSCHEMA; NOT_FOUND (3D000) for a keyspace that is not to be made.
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
            if (!options.MakesKeyspace && topology.Load().Find(options.Keyspace) is null) throw NoKeyspace(options.Keyspace, topology.Load());
            var vschema = options.VSchema ?? ClusterStart.Apply(topology, new ClusterStartOptions(options.Keyspace, options.Shards, options.VSchemaJson, kinds, options.Engine));
            var stored = vschema.WithoutBranches();
            var ours = new Vitess.VSchema(stored.Keyspaces.RemoveRange(stored.Keyspaces.Values.Where(keyspace => keyspace.Engine != StorageEngineType.Sqlite).Select(keyspace => keyspace.Name)), stored.Version);
            files?.RequireShards(ours);
            var migrated = files is null ? [] : await files.MigrateAsync(ours, options.MigrationProgress, cancellationToken);
            foreach (var keyspace in stored.Keyspaces.Values)
            {
                foreach (var shard in keyspace.Shards)
                {
                    tablets.Add(keyspace.Engine == StorageEngineType.Sqlite
                        ? Open(options, keyspace.Name, shard, files, ours.Keyspaces.Values.Sum(each => each.Shards.Length))
                        : await OpenAsync(options, stored, keyspace, shard, files, cancellationToken));
                }
            }

            var scratches = new ConcurrentDictionary<string, IScratchSource>(StringComparer.OrdinalIgnoreCase);
            foreach (var keyspace in stored.Keyspaces.Values.Where(keyspace => keyspace.Engine != StorageEngineType.Sqlite)) scratches[keyspace.Name] = SourceOf(options, keyspace).ScratchOf(keyspace);
            gate = new VTGate(new VTGateOptions
            {
                Topology = topology,
                Tablets = [.. tablets.Select(tablet => options.WrapTablet?.Invoke(tablet) ?? tablet)],
                Scratch = new Dictionary<StorageEngineType, IScratchSource> { [StorageEngineType.Sqlite] = SqliteEngine.InMemory() },
                KeyspaceScratch = scratches,
                DefaultKeyspace = options.Keyspace,
                Targets = new LocalTargets(options, topology, tablets, files, scratches),
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
            return new LocalCluster(gate, topology, tablets, options.Engines) { Repairs = await gate.RepairAsync(cancellationToken), Migrated = migrated };
        }
        catch
        {
            // It has the tablets of branches.
            if (gate is not null) await gate.DisposeAsync();
            foreach (var tablet in tablets) await tablet.DisposeAsync();
            foreach (var source in options.Engines) await source.DisposeAsync();
            topology?.Dispose();
            throw;
        }
    }

    private static VitessException NoKeyspace(string name, Vitess.VSchema stored) => new(
        ErrorCodes.NotFound, $"there is no keyspace \"{name}\" in the data directory", sqlState: "3D000", hint: $"It has {string.Join(", ", stored.WithoutBranches().Keyspaces.Keys)}.");

    /// <summary>Rolls back what is open, closes the shards and lets go of the directory.</summary>
    public async ValueTask DisposeAsync()
    {
        await Gate.DisposeAsync();
        foreach (var source in _engines) await source.DisposeAsync();
        _topology.Dispose();
    }

    /// <summary>What makes the engines of a keyspace that is not on SQLite. Errors: INVALID_VSCHEMA for none.</summary>
    internal static IEngineSource SourceOf(LocalClusterOptions options, VKeyspace keyspace) => options.Engines.FirstOrDefault(source => source.Type == keyspace.Engine)
        ?? throw new VitessException(ErrorCodes.InvalidVSchema, $"keyspace \"{keyspace.Name}\" is on {keyspace.Engine}, for which there is no engine here", hint: "Open it by `shale serve`, or give LocalClusterOptions.Engines one.");

    /// <summary>How many connections to read a shard, and to write it, a source has for each of so many shards.</summary>
    internal static int ConnectionsOf(IEngineSource source, int shards) => source.MaxConnections is { } all ? Math.Clamp(all / shards / 2, 2, 64) : 32;

    /// <summary>The engine of a shard on SQLite.</summary>
    internal static SqliteEngine SqliteOf(LocalClusterOptions options, string keyspace, KeyRange shard, ShardPlace place, int shards) => new(new SqliteEngineOptions
    {
        Path = place.Path, HasHistory = place.HasHistory, Log = LogOf(options, keyspace, shard.ToString(), shards), Durable = options.Durable, MaxPages = options.MaxPages,
    });

    private static async ValueTask<VTTablet> OpenAsync(LocalClusterOptions options, Vitess.VSchema vschema, VKeyspace keyspace, KeyRange shard, ShardFiles? files, CancellationToken cancellationToken)
    {
        var source = SourceOf(options, keyspace);
        var shards = vschema.Keyspaces.Values.Where(each => each.Engine == source.Type).Sum(each => each.Shards.Length);
        var connections = ConnectionsOf(source, shards);
        return new VTTablet(new VTTabletOptions
        {
            Keyspace = keyspace.Name,
            Shard = shard.ToString(),
            Engine = await source.OpenAsync(keyspace, shard, cancellationToken),
            MaxReaders = connections,
            MaxWriters = connections,
            LockTimeout = options.LockTimeout,
            TimeProvider = options.Clock,
            BeforeSwitch = Moving(files, keyspace.Name, shard),
        }.BehindAGate());
    }

    // A private cluster has history, too: the tests took no longer with it than with plain files, and a log's memory is bounded by what all logs of the process share.
    private static VTTablet Open(LocalClusterOptions options, string keyspace, KeyRange shard, ShardFiles? files, int shards)
    {
        var place = files?.PlaceOf(keyspace, shard) ?? new ShardPlace(null, HasHistory: true);
        return new VTTablet(new VTTabletOptions
        {
            Keyspace = keyspace,
            Shard = shard.ToString(),
            Engine = SqliteOf(options, keyspace, shard, place, shards),
            LockTimeout = options.LockTimeout,
            TimeProvider = options.Clock,
            BeforeSwitch = Moving(files, keyspace, shard),
        }.BehindAGate());
    }

    private static Func<IStorageEngine, CancellationToken, ValueTask>? Moving(ShardFiles? files, string keyspace, KeyRange shard) => files is null ? null : (target, token) => files.MoveAsync(keyspace, shard, target, token);

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
