namespace Shale.PageLog;

/// <summary>The files of a directory that holds backups of one log. Others are none of its business: a directory that has any is refused.</summary>
/// <param name="disk">The directory.</param>
internal sealed class BackupDirectory(IDisk disk)
{
    private const string Unfinished = "backup.tmp";
    private const string LockName = "lock";

    /// <summary>The numbers of the manifests, newest first.</summary>
    public IReadOnlyList<int> Numbers => [.. disk.List().Select(name => BackupManifest.TryParse(name, out var number) ? number : 0).Where(number => number > 0).OrderDescending()];

    /// <summary>Reads a manifest. Errors: SHARD_ERROR (58P01) if there is none, (XX001), (0A000).</summary>
    public BackupManifest Read(int number)
    {
        var name = BackupManifest.NameOf(number);
        if (!disk.List().Contains(name)) throw Missing($"the backup has no {name}");
        using var file = disk.Open(name);
        var bytes = new byte[file.Length];
        return BackupManifest.Read(name, bytes.AsMemory(0, file.Read(0, bytes)));
    }

    /// <summary>The newest manifest; null where no backup was ever finished. Errors: SHARD_ERROR (XX001), (0A000).</summary>
    public BackupManifest? ReadNewest() => Numbers is [var newest, ..] ? Read(newest) : null;

    /// <summary>SHARD_ERROR (58P01): there is nothing to read.</summary>
    public static VitessException Missing(string message) => new(
        ErrorCodes.ShardError, message, sqlState: "58P01", hint: "Name the directory that a backup was taken to. One that was interrupted before its end is none: take it again.");

    /// <summary>Errors: SHARD_ERROR (55000) if there is a file that no backup has written.</summary>
    public void RequireOwn()
    {
        var foreign = disk.List().FirstOrDefault(name => name != LockName && name != Unfinished && !BackupManifest.TryParse(name, out _) && !BackupPiece.IsName(name));
        if (foreign is null) return;
        throw new VitessException(ErrorCodes.ShardError, $"the directory holds other files than backups: {foreign}", sqlState: "55000", hint: "Take the backup to a directory of its own.");
    }

    /// <summary>Says that a backup is whole: all at once, or not at all. What it names must be durable.</summary>
    public void Write(BackupManifest manifest)
    {
        disk.Delete(Unfinished);
        using (var file = disk.Create(Unfinished))
        {
            file.Write(0, manifest.ToBytes());
            file.Sync();
        }

        disk.Rename(Unfinished, BackupManifest.NameOf(manifest.Number));
        disk.SyncDirectory();
    }

    /// <summary>Removes what no manifest names: what an interrupted backup has left.</summary>
    public void Clean()
    {
        var named = Numbers.Select(Read).SelectMany(manifest => manifest.Files).SelectMany(file => file.Pieces).Select(piece => piece.File).ToHashSet();
        foreach (var name in disk.List().Where(BackupPiece.IsName)) if (!named.Contains(name)) disk.Delete(name);
        disk.Delete(Unfinished);
    }

    /// <summary>Removes manifests but for one, and what only they name.</summary>
    public void Prune(int kept)
    {
        if (!Numbers.Contains(kept)) throw Missing($"the backup has no {BackupManifest.NameOf(kept)}");
        foreach (var number in Numbers.Where(number => number != kept)) disk.Delete(BackupManifest.NameOf(number));

        // Else a crash could bring a manifest back whose files are gone.
        disk.SyncDirectory();
        Clean();
    }

    /// <summary>The log's files as a manifest names them.</summary>
    public FileView View(BackupManifest manifest) => new(manifest.Files.ToDictionary(file => file.Name, file => (Func<IDiskFile>)(() => Open(file))));

    /// <summary>Opens a file of the log.</summary>
    private PiecedFile Open(BackupFile file) => new([.. file.Pieces.Select(piece => (disk.Open(piece.File), piece.Bytes))], isOwner: true);
}
