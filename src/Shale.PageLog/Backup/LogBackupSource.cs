namespace Shale.PageLog;

/// <summary>
/// The files of a log that are to be copied, held open: commits, checkpoints and compactions go on. First <see cref="CutAt"/>, once, then <see cref="CopyTo"/>. Between the two calls that begin it and
/// cut it, which are meant to follow one another at once, no compaction ends. Used by one thread at a time.
/// </summary>
public sealed class LogBackupSource : IDisposable
{
    private readonly PageStore _store;
    private readonly Dictionary<string, IDiskFile> _files = new(StringComparer.Ordinal);
    private bool _isHeld = true;

    // Under the lock of checkpoints, while no compaction ends: what the checkpoint says is of these files.
    internal LogBackupSource(PageStore store, long checkpoint, IEnumerable<string> names, LogPosition last)
    {
        (_store, Begin, Checkpoint) = (store, last, checkpoint);
        try
        {
            foreach (var name in names) Pin(name);
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>The time of the log's last record when this was begun: no cut lies before it.</summary>
    public HlcTimestamp Newest => Begin.Time;

    internal LogPosition Begin { get; }

    internal long Checkpoint { get; }

    /// <summary>The commits that the files of commits have.</summary>
    internal Lsn SavedCommits { get; init; }

    /// <summary>The oldest readable commit.</summary>
    internal Lsn Oldest { get; init; }

    internal IReadOnlyDictionary<string, IDiskFile> Files => _files;

    internal HlcTimestamp Time { get; private set; }

    internal LogPosition End { get; private set; }

    /// <summary>The time of the last commit; 0 where none is known.</summary>
    internal HlcTimestamp LastTime { get; private set; }

    /// <summary>The time of a commit; null where it is no longer known.</summary>
    internal HlcTimestamp? TimeOf(Lsn lsn)
    {
        lock (_store.Lock) return lsn >= _store.Index.Commits.First ? _store.Index.Commits[lsn].Time : null;
    }

    internal TimeProvider Clock => _store.Options.Clock;

    /// <summary>
    /// Cuts the log at a time: what has that time or an earlier one is in the backup, durable, and nothing will have such a time any more. Logs that are cut at one time are one moment of all of them.
    /// Errors: SHARD_ERROR.
    /// </summary>
    /// <param name="time">Not before <see cref="Newest"/>. It may be ahead of this log's clock: then its commits are, too, until the clock has come there.</param>
    public void CutAt(HlcTimestamp time)
    {
        if (time < Newest) throw new ArgumentOutOfRangeException(nameof(time), "the cut lies before what the log had when its copy was begun");
        var promised = _store.PromiseCut(time);
        for (var number = Begin.End.Segment + 1; number <= promised.End.End.Segment; number++) Pin(Segment.NameOf(number));
        lock (_store.Lock) LastTime = promised.Found > Lsn.Zero ? _store.Index.Commits[promised.Found].Time : default;
        Release();
        Time = time;
        End = promised.End.Time <= time ? promised.End : FindEnd(time, promised.End);
    }

    /// <summary>
    /// Copies what the directory does not have yet, verifies the copy, and says in a manifest that the backup is whole. The directory's earlier backups stay until <see cref="LogBackup.Prune"/>.
    /// Errors: SHARD_ERROR (XX001) for a damaged log, (55000) for a directory with other files or the backup of another log, (55006) if another process uses it, (53100), (58030); the directory's
    /// earlier backups are whole then. OperationCanceledException likewise.
    /// </summary>
    /// <param name="target">A directory for backups of this log alone.</param>
    /// <param name="progress">Told now and then how many bytes of how many are copied.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public LogBackupInfo CopyTo(IDisk target, Action<long, long>? progress = null, CancellationToken cancellationToken = default)
    {
        Invariant.Require(End != default, "a log is copied that was not cut");
        return new BackupWriter(this, target, progress, cancellationToken).Run();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        Close();
    }

    /// <summary>The pinned files as a directory.</summary>
    internal FileView View() => new(_files.ToDictionary(file => file.Key, file => (Func<IDiskFile>)(() => new PiecedFile([(file.Value, file.Value.Length)], isOwner: false))));

    private void Pin(string name) => _files.Add(name, _store.Disk.Open(name));

    private void Release()
    {
        if (_isHeld) _store.EndBackup();
        _isHeld = false;
    }

    private void Close()
    {
        foreach (var file in _files.Values) file.Dispose();
        _files.Clear();
    }

    // Commits came between the choice of the time and the promise: the last record at or before the time.
    private LogPosition FindEnd(HlcTimestamp time, LogPosition last)
    {
        using var segments = new SegmentSet(new ReadOnlyDisk(View()));
        segments.OpenAll();
        var start = segments.Numbers.Select(segments.HeaderOf).Last(header => header is { } found && found.BaseTime <= time && found.Segment <= last.End.Segment)!.Value.Start;
        var reader = new LogReader(segments, start);
        while (reader.Position.End != last.End)
        {
            var before = reader.Position;
            if (!reader.Next()) throw Damage.Found($"the log ends at LSN {before.Lsn}, within what is durable");
            if (reader.Header.Time > time) return before;
        }

        return last;
    }
}
