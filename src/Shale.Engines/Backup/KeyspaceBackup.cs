using Shale.PageLog;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>A whole backup of a keyspace in a directory, to be verified or restored. It holds the directory until disposed. Used by one thread at a time.</summary>
public sealed class KeyspaceBackup : IDisposable
{
    private readonly KeyspaceBackupDirectory _directory;
    private readonly KeyspaceManifest _manifest;
    private readonly IDisposable _owned;

    private KeyspaceBackup(KeyspaceBackupDirectory directory, KeyspaceManifest manifest, IDisposable owned) => (_directory, _manifest, _owned) = (directory, manifest, owned);

    /// <summary>The keyspace, which may be a branch.</summary>
    public string Keyspace => _manifest.Keyspace;

    /// <summary>The keyspace that it is restored as: that of a branch is the keyspace that the branch is of, as the branch had it.</summary>
    public string RestoredKeyspace => BranchNames.RootOf(Keyspace);

    /// <summary>Its number in its directory.</summary>
    public int Number => _manifest.Number;

    /// <summary>The cut: what was committed up to this time is in it, and nothing after it.</summary>
    public HlcTimestamp Time => new(_manifest.Time);

    /// <summary>Opens the newest backup of a directory. Errors: SHARD_ERROR (58P01) if there is none, (XX001) if its manifest is damaged, (0A000) for another format, (55006) if another process uses it.</summary>
    public static KeyspaceBackup Open(string directory)
    {
        var opened = new KeyspaceBackupDirectory(directory, isWritten: false);
        var owned = opened.Lock();
        try
        {
            return new KeyspaceBackup(opened, opened.ReadNewest() ?? throw KeyspaceBackupDirectory.Missing($"there is no whole backup in {directory}"), owned);
        }
        catch
        {
            owned.Dispose();
            throw;
        }
    }

    /// <summary>Reads everything, without restoring it. Errors: SHARD_ERROR (58P01) and (XX001) for a shard's manifest that is missing or damaged; INVALID_VSCHEMA.</summary>
    /// <param name="progress">Is told how far each shard is; null for nobody.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found, shard by shard.</returns>
    public IReadOnlyList<(string Shard, LogVerification Found)> Verify(IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        _ = _manifest.Topology.Read(RestoredKeyspace, null);
        var found = new List<(string Shard, LogVerification Found)>();
        foreach (var shard in _manifest.Shards)
        {
            using var log = Open(shard);
            found.Add((shard.Shard, log.Verify((done, all) => progress?.Report(new BackupProgress(shard.Shard, done, all)), cancellationToken)));
        }

        return found;
    }

    /// <summary>
    /// Makes a data directory of it, put back to a point, if one is named: a new head; what came after it stays behind it. Until it has returned, no server takes the directory. Errors: SHARD_ERROR
    /// (XX001) for a damaged backup, (55000) for a directory that is not empty, (53100), (58030); TT_LSN_NOT_AVAILABLE, TT_FUTURE_POINT, TT_POINT_NOT_FOUND for a point that is not in the backup,
    /// TT_INVALID_SYNTAX for an LSN of several shards. Then nothing is left of what it has made.
    /// </summary>
    /// <param name="directory">The data directory; new, or empty.</param>
    /// <param name="point">The point; null for all of the backup.</param>
    /// <param name="progress">Is told how far each shard is; null for nobody.</param>
    /// <param name="cancellationToken">Leaves nothing.</param>
    public void Restore(string directory, RestorePoint? point = null, IProgress<BackupProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (point?.Lsn is not null && _manifest.Shards.Count > 1)
        {
            throw new VitessException(ErrorCodes.InvalidPoint, $"an LSN is another moment on each of the {_manifest.Shards.Count} shards", hint: "Name a timestamp.");
        }

        if (point?.Time > Time) throw new VitessException(ErrorCodes.FuturePoint, $"the backup ends at {TimestampText.Write(Time.ToMoment())}", hint: "Name a time up to then, or restore a later backup.");
        _ = _manifest.Topology.Read(RestoredKeyspace, point?.Time);
        var path = Path.GetFullPath(directory);
        var isNew = !Directory.Exists(path);
        if (!isNew && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new VitessException(ErrorCodes.ShardError, $"{path} is not empty", sqlState: "55000", hint: "Restore to a new directory; one that an interrupted restore has left can be removed.");
        }

        if (point?.Time is { } time) RequireBegun(time);
        try
        {
            Fill(path, point, progress, cancellationToken);
        }
        catch
        {
            Remove(path, isNew);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _owned.Dispose();

    private void Fill(string path, RestorePoint? point, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        var keyspace = new LocalDisk(Path.Combine(path, RestoredKeyspace));
        foreach (var shard in _manifest.Shards)
        {
            using var log = Open(shard);
            var to = point is null ? null : point.Lsn is { } lsn ? LogPoint.Of(lsn) : LogPoint.Of(point.Time!.Value);
            log.Restore(
                new LocalDisk(Path.Combine(path, RestoredKeyspace, KeyspaceBackupDirectory.FolderOf(shard.Shard))), to, null, (done, all) => progress?.Report(new BackupProgress(shard.Shard, done, all)),
                BranchNames.IsBranch(Keyspace) ? BranchNames.NameOf(Keyspace) : null, cancellationToken);
        }

        keyspace.SyncDirectory();
        new LocalDisk(path).SyncDirectory();
        _manifest.Topology.Write(path, RestoredKeyspace, point?.Time);
    }

    private void RequireBegun(HlcTimestamp time)
    {
        foreach (var shard in _manifest.Shards)
        {
            using var log = Open(shard);
            if (log.HasCommitBy(time)) return;
        }

        throw new VitessException(ErrorCodes.PointNotFound, $"keyspace \"{Keyspace}\" did not exist yet at {TimestampText.Write(time.ToMoment())}", hint: "Name a later time; or none, for all of the backup.");
    }

    private LogBackup Open(ManifestShard shard)
    {
        try
        {
            return LogBackup.Open(_directory.ToRead(shard.Directory), shard.Backup);
        }
        catch (VitessException failure)
        {
            throw new VitessException(failure.Code, failure.Message, shard.Shard, failure.SqlState, failure.IsTransient, failure.Hint);
        }
    }

    // The failure counts, not what cannot be removed after it.
    private static void Remove(string path, bool isNew)
    {
        try
        {
            if (isNew && Directory.Exists(path)) Directory.Delete(path, recursive: true);
            else foreach (var folder in Directory.EnumerateDirectories(path)) Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A directory that is not whole is refused by whoever opens it.
        }
    }
}

/// <summary>A point that a backup of a keyspace is restored to.</summary>
public sealed record RestorePoint
{
    private RestorePoint()
    {
    }

    /// <summary>The commit; null where a time is named.</summary>
    public Lsn? Lsn { get; private init; }

    /// <summary>The time; null where a commit is named.</summary>
    public HlcTimestamp? Time { get; private init; }

    /// <summary>At a moment: behind the last commit at or before it, on every shard.</summary>
    public static RestorePoint Of(DateTimeOffset moment) => new() { Time = HlcTimestamp.LastOf(moment) };

    /// <summary>Behind a commit of the only shard.</summary>
    public static RestorePoint Of(Lsn lsn) => new() { Lsn = lsn };
}
