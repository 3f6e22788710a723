using System.Security.Cryptography;

namespace Shale.PageLog;

/// <summary>A whole backup of a log, as <see cref="PageStore.Backup"/> has left it in a directory. It holds the directory until disposed. Used by one thread at a time.</summary>
public sealed class LogBackup : IDisposable
{
    private const int CopyBytes = 1 << 20;
    private readonly IDisk _disk;
    private readonly IDisposable _owned;
    private readonly BackupDirectory _directory;
    private readonly BackupManifest _manifest;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(CopyBytes);

    private LogBackup(IDisk disk, IDisposable owned, BackupDirectory directory, BackupManifest manifest) => (_disk, _owned, _directory, _manifest) = (disk, owned, directory, manifest);

    /// <summary>Which it is.</summary>
    public LogBackupInfo Info => LogBackupInfo.Of(_manifest, 0);

    /// <summary>Opens a backup. Errors: SHARD_ERROR (58P01) if the directory has no whole one, (XX001) if its manifest is damaged, (0A000) for another format, (55006).</summary>
    /// <param name="disk">The directory.</param>
    /// <param name="number">Which one of the directory; null for the newest.</param>
    public static LogBackup Open(IDisk disk, int? number = null)
    {
        var directory = new BackupDirectory(disk);
        if (directory.Numbers is not [var newest, ..]) throw BackupDirectory.Missing("there is no whole backup in this directory");
        var owned = disk.Lock();
        try
        {
            return new LogBackup(disk, owned, directory, directory.Read(number ?? newest));
        }
        catch
        {
            owned.Dispose();
            throw;
        }
    }

    /// <summary>Removes the backups of a directory but for one, and the files that only they need. Errors: SHARD_ERROR (58P01) if that one is not there.</summary>
    public static void Prune(IDisk disk, int kept)
    {
        using var owned = disk.Lock();
        new BackupDirectory(disk).Prune(kept);
    }

    /// <summary>Reads everything, without restoring it: every file is as it was copied, and what they hold is a log that is well. Errors: SHARD_ERROR (58030).</summary>
    /// <param name="progress">Told now and then how many bytes of how many are read; they are read twice.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public LogVerification Verify(Action<long, long>? progress = null, CancellationToken cancellationToken = default)
    {
        var damages = new DamageList();
        var (done, total) = (0L, 2 * Info.Bytes);
        var names = Names();
        foreach (var piece in _manifest.Files.SelectMany(file => file.Pieces))
        {
            try
            {
                Read(names, piece, bytes =>
                {
                    done += bytes.Length;
                    progress?.Invoke(done, total);
                }, cancellationToken);
            }
            catch (VitessException exception) when (exception.SqlState == Damage.SqlState)
            {
                damages.Add(piece.File, exception);
            }
        }

        if (damages.All.Count > 0)
        {
            return new LogVerification { Damages = damages.All, HasMore = damages.HasMore, Bytes = done, Records = 0, Frames = 0, Last = Info.Last };
        }

        using var log = LogInspector.Open(_directory.View(_manifest));
        return log.Verify((read, _) => progress?.Invoke(Math.Min(total, done + read), total), cancellationToken);
    }

    /// <summary>
    /// Whether anything had been committed at a time, without restoring it: nobody means a time before that, more likely the year is wrong, or the zone. Errors: SHARD_ERROR (XX001), (58030);
    /// TT_LSN_NOT_AVAILABLE where the log no longer knows.
    /// </summary>
    public bool HasCommitBy(HlcTimestamp time)
    {
        var names = Names();
        foreach (var piece in _manifest.Files.SelectMany(file => file.Pieces)) RequireThere(names, piece);
        var view = _directory.View(_manifest);
        using var segments = new SegmentSet(new ReadOnlyDisk(view));
        segments.OpenAll();
        var opened = LogOpening.Open(new ReadOnlyDisk(view), segments, new PageStoreOptions());
        try
        {
            RequireWhole(opened.Tail.Last.Lsn);
            var commits = opened.Index.Commits;
            if (commits.LastAt(time) != Lsn.Zero) return true;
            if (commits.First == new Lsn(1)) return false;
            throw new VitessException(ErrorCodes.LsnNotAvailable, $"the backup begins with LSN {Info.Oldest}: what was at {TimestampText.Write(time.ToMoment())} is no longer in it");
        }
        finally
        {
            opened.Index.Close();
        }
    }

    /// <summary>
    /// Makes a log of the backup in an empty directory, and puts its branches back to a point, if one is named: a new head; what came after it stays behind it. Until it has returned, the directory is
    /// no log. Errors: SHARD_ERROR (XX001) for a damaged backup, (55000) for a directory that is not empty, (53100), (58030); TT_LSN_NOT_AVAILABLE, TT_FUTURE_POINT for a point that is not in the backup.
    /// </summary>
    /// <param name="target">The directory.</param>
    /// <param name="point">The point; null for all of it.</param>
    /// <param name="options">How the log is kept.</param>
    /// <param name="progress">Told now and then how many bytes of how many are copied.</param>
    /// <param name="branch">A branch, which alone is there then, as the branch main; null for all of them. TT_BRANCH_NOT_FOUND if the backup has none of that name.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The last commit that the log shows.</returns>
    public Lsn Restore(IDisk target, LogPoint? point = null, PageStoreOptions? options = null, Action<long, long>? progress = null, string? branch = null, CancellationToken cancellationToken = default)
    {
        point?.Require(Info);
        using (target.Lock())
        {
            if (target.List().Any(name => name != LocalDisk.LockName)) throw NotEmpty();
            RestoreMark.Set(target);
            Copy(target, progress, cancellationToken);
        }

        Lsn restored;
        using (var store = PageStore.OpenRestored(target, (options ?? new PageStoreOptions()) with { MaintainsItself = false }))
        {
            RequireWhole(store.LastLsn);
            if (branch is not null) store.KeepAlone(branch);
            restored = point is null ? store.LastLsn : store.RestoreAll(point);
        }

        RestoreMark.Remove(target);
        return restored;
    }

    /// <inheritdoc/>
    public void Dispose() => _owned.Dispose();

    private static VitessException NotEmpty() => new(
        ErrorCodes.ShardError, "the directory to restore to is not empty", sqlState: "55000", hint: "Name a new directory; one that an interrupted restore has left can be removed.");

    private void RequireWhole(Lsn last)
    {
        if (last != Info.Last) throw Damage.Found($"the files of the backup end with LSN {last}, and the backup with LSN {Info.Last}");
    }

    private void Copy(IDisk target, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        var (done, total) = (0L, Info.Bytes);
        var names = Names();
        foreach (var file in _manifest.Files)
        {
            using var made = target.Create(file.Name);
            long offset = 0;
            foreach (var piece in file.Pieces)
            {
                Read(names, piece, bytes =>
                {
                    made.Write(offset, bytes);
                    offset += bytes.Length;
                    done += bytes.Length;
                    progress?.Invoke(done, total);
                }, cancellationToken);
            }

            made.Sync();
        }

        target.SyncDirectory();
    }

    private HashSet<string> Names() => _disk.List().ToHashSet(StringComparer.Ordinal);

    private void Read(HashSet<string> names, BackupPiece piece, Action<ReadOnlySpan<byte>> take, CancellationToken cancellationToken)
    {
        RequireThere(names, piece);
        using var file = _disk.Open(piece.File);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (file.Length != piece.Bytes) throw DamageOf(piece, $"has {file.Length} bytes instead of {piece.Bytes}");
        for (long offset = 0; offset < piece.Bytes;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = file.Read(offset, _buffer);
            if (read == 0) throw DamageOf(piece, $"ends at {offset}");
            hash.AppendData(_buffer, 0, read);
            take(_buffer.AsSpan(0, read));
            offset += read;
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != piece.Sha256) throw DamageOf(piece, "is not as it was written");
    }

    private static void RequireThere(HashSet<string> names, BackupPiece piece)
    {
        if (!names.Contains(piece.File)) throw DamageOf(piece, "is missing");
    }

    private static VitessException DamageOf(BackupPiece piece, string what) => new(
        ErrorCodes.ShardError, $"the file {piece.File} of the backup {what}", sqlState: Damage.SqlState, hint: "The backup is damaged: use another copy of it.");
}
