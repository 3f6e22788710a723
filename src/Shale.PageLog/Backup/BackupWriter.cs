using System.Security.Cryptography;

namespace Shale.PageLog;

/// <summary>
/// Writes one backup beside those that a directory has: copies what they lack into files of its own, verifies the copy as a log, and writes the manifest last. Nothing that an earlier backup names is
/// ever changed.
/// </summary>
internal sealed class BackupWriter(LogBackupSource source, IDisk target, Action<long, long>? progress, CancellationToken cancellationToken)
{
    private const int CopyBytes = 1 << 20;

    // A file in more pieces is copied anew: each restore would open all of them.
    private const int MostPieces = 32;
    private readonly BackupDirectory _directory = new(target);
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(CopyBytes);
    private BackupManifest? _before;
    private int _number;
    private long _total;
    private long _copied;

    /// <summary>Does it.</summary>
    public LogBackupInfo Run()
    {
        // Before anything is made there: it could be a log.
        _directory.RequireOwn();
        using var owned = Lock();
        _before = _directory.ReadNewest();
        RequireSameLog();
        _directory.Clean();
        _number = (_before?.Number ?? 0) + 1;
        var manifest = Copy();
        new BackupVerifier(_directory.View(manifest), manifest, _before, cancellationToken).Run();
        _directory.Write(manifest);
        return LogBackupInfo.Of(manifest, _copied);
    }

    private IDisposable Lock()
    {
        try
        {
            return target.Lock();
        }
        catch (VitessException exception) when (exception.SqlState == "55006")
        {
            throw new VitessException(ErrorCodes.ShardError, "another process takes a backup to this directory, or reads it", sqlState: "55006", hint: "Wait for it, or take another directory.", inner: exception);
        }
    }

    // A commit's time is one log's alone.
    private void RequireSameLog()
    {
        if (_before is not { Lsn: > 0 } before) return;
        if (before.Lsn <= source.End.Lsn.Value && source.TimeOf(new Lsn(before.Lsn)) is var time && (time is null || time.Value.Value == before.LsnTime)) return;
        throw new VitessException(
            ErrorCodes.ShardError,
            $"the directory holds the backup of another log: LSN {before.Lsn} of this one is not the same commit",
            sqlState: "55000",
            hint: "Take the backup to an empty directory; also where this log was restored, and has gone on from an earlier point.");
    }

    private BackupManifest Copy()
    {
        var wanted = new List<(BackupFile Kept, long Bytes)>();
        foreach (var name in source.Files.Keys.Order(StringComparer.Ordinal))
        {
            if (BytesOf(name) is > 0 and var bytes) wanted.Add((new BackupFile(name, Kept(name, bytes)), bytes));
        }

        _total = wanted.Sum(file => file.Bytes - file.Kept.Bytes);
        var files = new List<BackupFile>();
        foreach (var (kept, bytes) in wanted) files.Add(kept.Bytes == bytes ? kept : kept with { Pieces = [.. kept.Pieces, Copy(kept.Name, kept.Bytes, bytes)] });
        target.SyncDirectory();
        var end = source.End;
        return new BackupManifest
        {
            Format = BackupManifest.CurrentFormat,
            LogFormat = SegmentHeader.Version,
            Number = _number,
            Taken = source.Clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            Time = source.Time.Value,
            EndSegment = end.End.Segment,
            EndOffset = end.End.Offset,
            EndTime = end.Time.Value,
            EndChain = end.Chain,
            Lsn = end.Lsn.Value,
            LsnTime = source.LastTime.Value,
            OldestLsn = source.Oldest.Value,
            Files = files,
        };
    }

    // The last segment up to the cut, the index of commits up to the checkpoint, others whole; of segments after the cut nothing.
    private long BytesOf(string name)
    {
        if (Segment.TryParse(name, out var number) && number >= source.End.End.Segment) return number == source.End.End.Segment ? source.End.End.Offset : 0;
        return CommitIndex.IsName(name) ? CommitIndex.BytesOf(name, source.SavedCommits) : source.Files[name].Length;
    }

    // What there is of a file already. Segments and the index of commits only grow; compacted files never change; of others only the content tells.
    private IReadOnlyList<BackupPiece> Kept(string name, long bytes)
    {
        if (_before?.Find(name) is not { } file || file.Bytes > bytes) return [];
        if (Segment.TryParse(name, out _) || CommitIndex.IsName(name)) return file.Bytes < bytes && file.Pieces.Count >= MostPieces ? [] : file.Pieces;
        if (file.Bytes < bytes) return [];
        return CompactedSegment.TryParse(name, out _, out _) || Hash(name) == file.Pieces[0].Sha256 ? file.Pieces : [];
    }

    private BackupPiece Copy(string name, long from, long to)
    {
        var piece = BackupPiece.NameOf(_number, name);
        using var copy = target.Create(piece);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var offset = from; offset < to;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var bytes = Read(name, offset, to);
            copy.Write(offset - from, bytes);
            hash.AppendData(bytes);
            offset += bytes.Length;
            _copied += bytes.Length;
            progress?.Invoke(_copied, _total);
        }

        copy.Sync();
        return new BackupPiece(piece, to - from, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private string Hash(string name)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = source.Files[name].Length;
        for (long offset = 0; offset < length;)
        {
            var bytes = Read(name, offset, length);
            hash.AppendData(bytes);
            offset += bytes.Length;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private ReadOnlySpan<byte> Read(string name, long offset, long end)
    {
        var wanted = (int)Math.Min(CopyBytes, end - offset);
        if (source.Files[name].Read(offset, _buffer.AsSpan(0, wanted)) < wanted) throw Damage.Found($"{name} ends before offset {offset + wanted}");
        return _buffer.AsSpan(0, wanted);
    }
}
