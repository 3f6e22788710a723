namespace Shale.PageLog;

/// <summary>Backups: the files of one moment are held, and copied while the log goes on.</summary>
public sealed partial class PageStore
{
    // Backups that hold files whose end is not known yet. Under the store's lock.
    private int _heldByBackups;

    /// <summary>
    /// Copies the log as it is now into a directory for backups of it: everything the first time, what is new later. Errors: as <see cref="LogBackupSource.CopyTo"/>.
    /// </summary>
    /// <param name="target">A directory for backups of this log alone.</param>
    /// <param name="progress">Told now and then how many bytes of how many are copied.</param>
    /// <param name="cancellationToken">Ends it; earlier backups are whole.</param>
    public LogBackupInfo Backup(IDisk target, Action<long, long>? progress = null, CancellationToken cancellationToken = default)
    {
        using var source = BeginBackup();
        source.CutAt(Now);
        var info = source.CopyTo(target, progress, cancellationToken);
        LogBackup.Prune(target, info.Number);
        return info;
    }

    /// <summary>Begins a backup: holds the files there are. Several logs are begun one after another, then cut at one time. Errors: SHARD_ERROR.</summary>
    public LogBackupSource BeginBackup()
    {
        ThrowIfFailed();
        lock (_checkpointing)
        {
            if (_disposed != 0) throw Closed();
            SegmentFiles files;
            LogPosition last;
            lock (Lock) (_heldByBackups, files, last) = (_heldByBackups + 1, _segments.Files, Tail.Last);

            // Now neither a compaction nor a checkpoint removes any of them, and commits go on while they are opened.
            try
            {
                return new LogBackupSource(this, _checkpoint, NamesOf(files, last.End.Segment), last) { SavedCommits = Index.Commits.Saved, Oldest = files.Oldest };
            }
            catch
            {
                EndBackup();
                throw;
            }
        }
    }

    /// <summary>The time of the last record.</summary>
    internal HlcTimestamp LastTime
    {
        get
        {
            lock (Lock) return Tail.Last.Time;
        }
    }

    /// <summary>Puts every branch that there was at a point back to it. Errors: TT_LSN_NOT_AVAILABLE, TT_FUTURE_POINT; SHARD_ERROR.</summary>
    /// <returns>The commit of the point.</returns>
    internal Lsn RestoreAll(LogPoint point)
    {
        var at = point.Find(this);
        var branches = Branches.Where(branch => branch.Name == PageFormat.MainBranch || branch.Since <= at).ToList();
        lock (Lock)
        {
            foreach (var branch in branches) RequireReadable(GetBranch(branch.Name), at);
        }

        foreach (var branch in branches)
        {
            if (FindLsn(branch.Name, at) != branch.Head) Restore(branch.Name, at);
        }

        return at;
    }

    /// <summary>
    /// Makes one branch the branch main, with its whole past, its versions and its snapshots, and drops all the others. Not one step: a log in which it was interrupted is thrown away. Errors:
    /// TT_BRANCH_NOT_FOUND; SHARD_ERROR.
    /// </summary>
    internal void KeepAlone(string branch)
    {
        Line line;
        lock (Lock) line = GetBranch(branch).Line;
        if (branch != PageFormat.MainBranch)
        {
            // The new main leaves the branch at its head: what was before is read from there on, as it was on the branch.
            AddControl(RecordKind.DropBranch, PageFormat.MainBranch, PageFormat.MainBranch, () => (new ControlPayload(line.Id, line.Head.Lsn), line.Id, () => Index.DropBranch(PageFormat.MainBranch)));
            CreateBranch(PageFormat.MainBranch, branch);
        }

        foreach (var snapshot in SnapshotsInOrder())
        {
            DropSnapshot(snapshot.Name);
            if (snapshot.Branch == branch) Name(snapshot with { Branch = PageFormat.MainBranch });
        }

        foreach (var other in Branches.Where(other => other.Name != PageFormat.MainBranch)) DropBranch(other.Name);
    }

    // Also of versions that nothing else keeps.
    private void Name(Snapshot snapshot) => AddControl(
        RecordKind.CreateSnapshot, snapshot.Name, snapshot.Branch, () => (new ControlPayload(snapshot.Line.Id, snapshot.State.Lsn), snapshot.Line.Id, () => Index.AddSnapshot(snapshot)));

    private List<Snapshot> SnapshotsInOrder()
    {
        lock (Lock) return [.. Index.Snapshots];
    }

    /// <summary>The end of a backup's files is known.</summary>
    internal void EndBackup()
    {
        lock (Lock) _heldByBackups--;
    }

    // What the checkpoint needs, and the log before and after it; no segment that is only made ready. Under the lock of checkpoints.
    private IEnumerable<string> NamesOf(SegmentFiles files, int newest)
    {
        foreach (var compacted in files.Compacted) yield return CompactedSegment.NameOf(compacted.First, compacted.Last);
        foreach (var number in files.Segments.Keys.Where(number => number <= newest)) yield return Segment.NameOf(number);
        if (_checkpoint == 0) yield break;
        yield return PageLog.Checkpoint.NameOf(_checkpoint);
        foreach (var run in Index.History.Runs) yield return HistoryRun.NameOf(run.Info.Number);
        foreach (var name in _disk.List().Where(CommitIndex.IsName)) yield return name;
    }
}
