using System.Globalization;
using Shale.PageLog;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>
/// Backs up keyspaces whose shards are page logs of this process. All logs are cut at one time, which each of them has promised, in a moment in which no commit over several shards is half done; then
/// they are copied one after another while they go on. Thread-safe.
/// </summary>
/// <param name="topology">The topology.</param>
/// <param name="tablets">The tablets of all keyspaces.</param>
/// <param name="clock">The clock.</param>
internal sealed class LocalBackup(ITopology topology, IReadOnlyList<VTTablet> tablets, TimeProvider clock) : IKeyspaceBackup
{
    /// <inheritdoc/>
    public async ValueTask<KeyspaceBackupInfo> TakeAsync(KeyspaceBackupRequest request, CancellationToken cancellationToken)
    {
        var shards = tablets.Where(tablet => string.Equals(tablet.Keyspace, BranchNames.RootOf(request.Keyspace), StringComparison.OrdinalIgnoreCase)).ToList();
        var stores = shards.Select(StoreOf).ToList();
        var directory = new KeyspaceBackupDirectory(request.Directory, isWritten: true);
        using var owned = directory.Lock();
        var before = directory.ReadNewest();
        directory.RequireFor(request.Keyspace, [.. shards.Select(tablet => tablet.Shard)], before);
        var sources = new List<LogBackupSource>();
        try
        {
            foreach (var store in stores) sources.Add(store.BeginBackup());
            var (time, copy) = await CutAsync(request, stores, sources, cancellationToken);
            var taken = new List<LogBackupInfo>();
            for (var i = 0; i < sources.Count; i++) taken.Add(await CopyAsync(sources[i], directory.ToWrite(KeyspaceBackupDirectory.FolderOf(shards[i].Shard)), shards[i].Shard, request.Progress, cancellationToken));
            var manifest = new KeyspaceManifest
            {
                Format = KeyspaceManifest.CurrentFormat,
                Number = (before?.Number ?? 0) + 1,
                Keyspace = request.Keyspace,
                Taken = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                Time = time.Value,
                Topology = copy,
                Shards = [.. taken.Select((info, i) => new ManifestShard(shards[i].Shard, KeyspaceBackupDirectory.FolderOf(shards[i].Shard), info.Number, info.Last.Value))],
            };
            directory.Write(manifest);
            directory.Prune(manifest);
            return new KeyspaceBackupInfo(request.Keyspace, manifest.Number, time, [.. taken.Select((info, i) => new ShardBackupInfo(shards[i].Shard, info.Last, info.Bytes, info.NewBytes))]);
        }
        finally
        {
            foreach (var source in sources) source.Dispose();
        }
    }

    private async ValueTask<(HlcTimestamp Time, TopologyCopy Copy)> CutAsync(KeyspaceBackupRequest request, List<PageStore> stores, List<LogBackupSource> sources, CancellationToken cancellationToken)
    {
        HlcTimestamp time = default;
        TopologyCopy? copy = null;
        await request.AtOneMoment(
            () =>
            {
                // Not before any commit so far, wherever the clock is.
                time = stores.Select(store => store.Now).Max();
                foreach (var source in sources) source.CutAt(time);
                copy = TopologyCopy.Of(topology, request.Keyspace, time);
                return default;
            },
            cancellationToken);
        return (time, copy!);
    }

    // The copy works on a thread of its own: it is long, and waits for the disk.
    private static Task<LogBackupInfo> CopyAsync(LogBackupSource source, LocalDisk target, string shard, IProgress<BackupProgress>? progress, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () => source.CopyTo(target, progress is null ? null : (done, all) => progress.Report(new BackupProgress(shard, done, all)), cancellationToken),
        cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static PageStore StoreOf(VTTablet tablet) => (tablet.StorageEngine as SqliteEngine)?.Store
        ?? throw new VitessException(ErrorCodes.QueryError, "the shard keeps no versions: it cannot be copied at one moment with the others", tablet.Shard, "0A000", hint: "Shards on PostgreSQL are backed up by PostgreSQL's own programs, such as pg_basebackup; shards on page logs by BACKUP.");
}
