using Shale.PageLog;

namespace Shale.Engines;

/// <summary>A directory with the backups of one keyspace: manifests, and for each shard a directory with the backups of its log.</summary>
internal sealed class KeyspaceBackupDirectory
{
    private const string LogExtension = ".log";
    private readonly string _path;
    private readonly IDisk _disk;
    private readonly ManifestFiles _manifests;

    /// <summary>Of a directory.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="isWritten">Whether it is made if there is none; else SHARD_ERROR (58P01).</param>
    public KeyspaceBackupDirectory(string path, bool isWritten)
    {
        _path = Path.GetFullPath(path);
        if (!isWritten && !Directory.Exists(_path)) throw Missing($"there is no directory {_path}");
        _disk = isWritten ? new LocalDisk(_path) : LocalDisk.OpenForReading(_path);
        _manifests = new ManifestFiles(_disk, "keyspace");
    }

    /// <summary>The name of a shard's directory.</summary>
    public static string FolderOf(string shard) => shard + LogExtension;

    /// <summary>Takes it until disposed. Errors: SHARD_ERROR (55006) if another process has it.</summary>
    public IDisposable Lock()
    {
        try
        {
            return _disk.Lock();
        }
        catch (VitessException exception) when (exception.SqlState == "55006")
        {
            throw new VitessException(ErrorCodes.ShardError, $"another process takes a backup to {_path}, or reads it", sqlState: "55006", hint: "Wait for it, or take another directory.", inner: exception);
        }
    }

    /// <summary>The directory of a shard's backups.</summary>
    public LocalDisk ToWrite(string folder) => new(PathOf(folder));

    /// <summary>The same to be read. Errors: SHARD_ERROR (58P01).</summary>
    public LocalDisk ToRead(string folder) => LocalDisk.OpenForReading(PathOf(folder));

    /// <summary>The newest manifest; null where no backup was ever finished. Errors: SHARD_ERROR (XX001), (0A000).</summary>
    public KeyspaceManifest? ReadNewest() => _manifests.Numbers is [var newest, ..] ? KeyspaceManifest.Read(_manifests.NameOf(newest), _manifests.Read(newest)) : null;

    /// <summary>Errors: SHARD_ERROR (55000) if the directory has files of something else, or the backups of another keyspace or of other shards.</summary>
    public void RequireFor(string keyspace, IReadOnlyList<string> shards, KeyspaceManifest? newest)
    {
        var foreign = _disk.List().FirstOrDefault(name => !_manifests.IsOwn(name))
            ?? Directory.EnumerateDirectories(_path).Select(Path.GetFileName).FirstOrDefault(name => !shards.Select(FolderOf).Contains(name));
        if (newest is not null && newest.Keyspace != keyspace) throw NotItsOwn($"{_path} holds backups of keyspace \"{newest.Keyspace}\"");
        if (newest is not null && !newest.Shards.Select(shard => shard.Shard).SequenceEqual(shards)) throw NotItsOwn($"{_path} holds backups of keyspace \"{keyspace}\" with other shards");
        if (foreign is not null) throw NotItsOwn($"{_path} holds other files than backups of keyspace \"{keyspace}\": {foreign}");
    }

    /// <summary>Says that a backup is whole: all at once, or not at all.</summary>
    public void Write(KeyspaceManifest manifest) => _manifests.Write(manifest.Number, manifest.ToBytes());

    /// <summary>Removes all backups but one.</summary>
    public void Prune(KeyspaceManifest kept)
    {
        _manifests.DeleteAllBut(kept.Number);
        foreach (var shard in kept.Shards) LogBackup.Prune(ToWrite(shard.Directory), shard.Backup);
    }

    /// <summary>SHARD_ERROR (58P01): there is nothing to read.</summary>
    public static VitessException Missing(string message) => new(
        ErrorCodes.ShardError, message, sqlState: "58P01", hint: "Name the directory that `shale backup` wrote to. A backup that was interrupted before its end is none: take it again.");

    // A manifest says which: it must lead to nothing outside.
    private string PathOf(string folder) => Path.GetFileName(folder) == folder && folder.EndsWith(LogExtension, StringComparison.Ordinal)
        ? Path.Combine(_path, folder)
        : throw new VitessException(ErrorCodes.ShardError, $"\"{folder}\" is no directory of a shard's backups", sqlState: "XX001");

    private static VitessException NotItsOwn(string message) => new(ErrorCodes.ShardError, message, sqlState: "55000", hint: "Take the backup to a directory of its own.");
}
