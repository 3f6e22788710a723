namespace Shale.PageLog;

/// <summary>The files of a directory that holds backups of one log. Others are none of its business: a directory that has any is refused.</summary>
/// <param name="disk">The directory.</param>
internal sealed class BackupDirectory(IDisk disk)
{
    private readonly ManifestFiles _manifests = new(disk, "backup");

    /// <summary>The numbers of the manifests, newest first.</summary>
    public IReadOnlyList<int> Numbers => _manifests.Numbers;

    /// <summary>Reads a manifest. Errors: SHARD_ERROR (58P01) if there is none, (XX001), (0A000).</summary>
    public BackupManifest Read(int number)
    {
        Require(number);
        return BackupManifest.Read(_manifests.NameOf(number), _manifests.Read(number));
    }

    /// <summary>The newest manifest; null where no backup was ever finished. Errors: SHARD_ERROR (XX001), (0A000).</summary>
    public BackupManifest? ReadNewest() => Numbers is [var newest, ..] ? Read(newest) : null;

    /// <summary>SHARD_ERROR (58P01): there is nothing to read.</summary>
    public static VitessException Missing(string message) => new(
        ErrorCodes.ShardError, message, sqlState: "58P01", hint: "Name the directory that a backup was taken to. One that was interrupted before its end is none: take it again.");

    /// <summary>Errors: SHARD_ERROR (55000) if there is a file that no backup has written.</summary>
    public void RequireOwn()
    {
        var foreign = disk.List().FirstOrDefault(name => !_manifests.IsOwn(name) && !BackupPiece.IsName(name));
        if (foreign is null) return;
        throw new VitessException(ErrorCodes.ShardError, $"the directory holds other files than backups: {foreign}", sqlState: "55000", hint: "Take the backup to a directory of its own.");
    }

    /// <summary>Says that a backup is whole: all at once, or not at all. What it names must be durable.</summary>
    public void Write(BackupManifest manifest) => _manifests.Write(manifest.Number, manifest.ToBytes());

    /// <summary>Removes what no manifest names: what an interrupted backup has left.</summary>
    public void Clean()
    {
        var named = Numbers.Select(Read).SelectMany(manifest => manifest.Files).SelectMany(file => file.Pieces).Select(piece => piece.File).ToHashSet();
        foreach (var name in disk.List().Where(BackupPiece.IsName)) if (!named.Contains(name)) disk.Delete(name);
        _manifests.DeleteUnfinished();
    }

    /// <summary>Removes manifests but for one, and what only they name.</summary>
    public void Prune(int kept)
    {
        Require(kept);
        _manifests.DeleteAllBut(kept);
        Clean();
    }

    /// <summary>The log's files as a manifest names them.</summary>
    public FileView View(BackupManifest manifest) => new(manifest.Files.ToDictionary(file => file.Name, file => (Func<IDiskFile>)(() => Open(file))));

    private void Require(int number)
    {
        if (!Numbers.Contains(number)) throw Missing($"the backup has no {_manifests.NameOf(number)}");
    }

    /// <summary>Opens a file of the log.</summary>
    private PiecedFile Open(BackupFile file) => new([.. file.Pieces.Select(piece => (disk.Open(piece.File), piece.Bytes))], isOwner: true);
}
