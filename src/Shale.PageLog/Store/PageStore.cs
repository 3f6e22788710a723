namespace Shale.PageLog;

/// <summary>
/// One log: versions of a database by branch and LSN, in the files of one directory, which it owns until disposed. Every commit is one record; readers see a version once its record is durable.
/// Thread-safe; readers and writers are used by one thread each. docs/formats/page-log.md describes the bytes.
/// </summary>
public sealed partial class PageStore : IPageStore, IDisposable
{
    /// <summary>The SQLSTATE of <see cref="Closed"/>.</summary>
    internal const string ClosedState = "57P01";

    private const string DiskFull = "53100";
    private readonly IDisk _disk;
    private readonly IDisposable _owned;
    private readonly SegmentSet _segments;
    private readonly PageStoreOptions _options;
    private readonly HashSet<Branch> _written = [];
    private readonly HashSet<PinnedReader> _readers = [];
    private readonly object _flushing = new();
    private HlcTimestamp _promised;
    private bool _isFlushing;
    private volatile VitessException? _failed;
    private int _disposed;

    private PageStore(IDisk disk, IDisposable owned, PageStoreOptions options, SegmentSet segments, OpenedLog opened)
    {
        (_disk, _owned, _options, _segments, _checkpoint) = (disk, owned, options, segments, opened.Checkpoint);
        (Index, Tail) = (opened.Index, opened.Tail);
        _lastRun = Index.History.Runs.Count == 0 ? 0 : Index.History.Runs.Max(run => run.Info.Number);
        (_checkpointedBytes, _checkpointedSegment) = (-opened.Replayed, opened.CheckpointedSegment);
        _promised = Tail.Last.Time;
        if (_checkpoint > 0) _checkpointFileBytes = LengthOf(PageLog.Checkpoint.NameOf(_checkpoint));
        Cache = new CachedPages(options.CacheBytes);
        Frames = new FrameReader(segments, Tail, Cache, Lock);
        if (!options.MaintainsItself) return;
        _maintenance = new LogMaintenance(options.Clock, Maintain, options.OnMaintenanceFailure);
        if (IsCheckpointDue) _maintenance.Wake();
    }

    /// <summary>The last commit, durable or not.</summary>
    public Lsn LastLsn
    {
        get
        {
            lock (Lock) return Tail.Last.Lsn;
        }
    }

    /// <summary>The last durable commit.</summary>
    public Lsn DurableLsn
    {
        get
        {
            lock (Lock) return Tail.Durable;
        }
    }

    /// <summary>Guards the index and the tail.</summary>
    internal Lock Lock { get; } = new();

    /// <summary>What the log says.</summary>
    internal LogIndex Index { get; }

    /// <summary>The end of the log.</summary>
    internal LogTail Tail { get; }

    /// <summary>Whole pages.</summary>
    internal CachedPages Cache { get; }

    /// <summary>Reads frames.</summary>
    internal FrameReader Frames { get; }

    /// <summary>
    /// Opens a log, or begins one where there is none. What a crash has left unfinished at the end is cut off. Errors: SHARD_ERROR (55006) if another process has it, (XX001) if acknowledged commits
    /// are damaged, (0A000) for another format, (55000) if it is being restored, (58030).
    /// </summary>
    public static PageStore Open(IDisk disk, PageStoreOptions? options = null)
    {
        RestoreMark.RequireNone(disk);
        return OpenRestored(disk, options ?? new PageStoreOptions());
    }

    /// <summary>The same for whoever restores it.</summary>
    internal static PageStore OpenRestored(IDisk disk, PageStoreOptions options)
    {
        var owned = disk.Lock();
        var segments = new SegmentSet(disk);
        try
        {
            segments.OpenAll();
            return new PageStore(disk, owned, options, segments, LogOpening.Open(disk, segments, options));
        }
        catch
        {
            segments.Dispose();
            owned.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is a log that something was written to, whatever its state: opening would not begin a new one. Errors: SHARD_ERROR (58030).</summary>
    public static bool Exists(IDisk disk)
    {
        foreach (var name in disk.List())
        {
            if (CompactedSegment.TryParse(name, out _, out _)) return true;
            if (!Segment.TryParse(name, out _)) continue;
            using var file = disk.Open(name);
            if (SegmentHeader.IsWritten(file)) return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public IPageReader OpenReader(string branch)
    {
        lock (Lock) return Keep(new PinnedReader(this, GetBranch(branch)));
    }

    /// <inheritdoc/>
    public IPageReader OpenReader(string branch, Lsn at)
    {
        lock (Lock)
        {
            var found = GetBranch(branch);
            RequireReadable(found, at);
            var line = found.LineAt(at);
            return Keep(new PinnedReader(this, line, Index.StateAt(line, at)));
        }
    }

    /// <inheritdoc/>
    public IPageWriter OpenWriter(string branch)
    {
        lock (Lock)
        {
            var found = GetBranch(branch);
            if (!_written.Add(found)) throw new VitessException(ErrorCodes.LockTimeout, $"the branch {branch} has a writer already");
            return new BranchWriter(this, found);
        }
    }

    /// <summary>
    /// Closes the log. Commits that nobody has waited for are made durable first, and a checkpoint is written, so that it opens fast; where the disk is too full for one, it opens slower. A compaction
    /// that runs is waited for.
    /// </summary>
    public void Dispose()
    {
        _maintenance?.Dispose();
        lock (_compacting)
        {
            if (_disposed != 0) return;
            try
            {
                if (_failed is null) CheckpointAtEnd();
            }
            finally
            {
                Close();
            }
        }
    }

    /// <summary>Where it is.</summary>
    internal IDisk Disk => _disk;

    /// <summary>How it is kept.</summary>
    internal PageStoreOptions Options => _options;

    /// <summary>An empty body of a record.</summary>
    internal PreparedBody NewBody() => new(_disk, Math.Min(_options.TransactionBytes, 16 << 20));

    /// <summary>Where a page is at a version of a line.</summary>
    internal bool TryFind(Line? line, uint pageNumber, Lsn at, out Place place) => Index.Locate(Lock, line, pageNumber, at, out place);

    /// <summary>Forgets a reader.</summary>
    internal void Forget(PinnedReader reader)
    {
        lock (Lock) _readers.Remove(reader);
    }

    /// <summary>Lets a branch have another writer.</summary>
    internal void Release(Branch branch)
    {
        lock (Lock) _written.Remove(branch);
    }

    private long LengthOf(string name)
    {
        using var file = _disk.Open(name);
        return file.Length;
    }

    private void CheckpointAtEnd()
    {
        try
        {
            Checkpoint();
        }
        catch (VitessException exception) when (exception.SqlState == DiskFull && _failed is null)
        {
            // The log itself is whole: its end was reserved before it was written.
        }
    }

    private void Close()
    {
        lock (_checkpointing)
        {
            Volatile.Write(ref _disposed, 1);
            Index.Close();
            Cache.Dispose();
            _segments.Dispose();
            _owned.Dispose();
        }
    }

    private PinnedReader Keep(PinnedReader reader)
    {
        _readers.Add(reader);
        return reader;
    }

    private Branch GetBranch(string name) => Index.TryGetBranch(name, out var branch) ? branch : throw new VitessException(ErrorCodes.BranchNotFound, $"there is no branch {name}");

    // Before the window there is what a snapshot or a reader keeps, and what a branch was when it began: a commit is one state of the database, whichever branch it is read by.
    private bool IsKept(Lsn commit) => Index.Snapshots.Any(snapshot => snapshot.State.Lsn == commit) || _readers.Any(reader => reader.Pinned is { } pinned && pinned.Lsn == commit)
        || Index.Branches.Any(branch => Index.StateAt(branch.LineAt(OldestLsn), OldestLsn).Lsn == commit);

    // What counts is the branch's commit at the LSN, which may be of another branch.
    private void RequireReadable(Branch branch, Lsn at)
    {
        if (at < OldestLsn && !IsKept(Index.StateAt(branch.LineAt(at), at).Lsn)) throw BeforeWindow(at);
        RequireThere(at);
    }

    private void RequireThere(Lsn at)
    {
        if (at > Tail.Durable) throw new VitessException(ErrorCodes.LsnNotAvailable, $"LSN {at} is beyond the end of the log, LSN {Tail.Durable}");
    }

    private VitessException BeforeWindow(Lsn at) => new(ErrorCodes.LsnNotAvailable, $"LSN {at} lies before the retention window, which begins with LSN {OldestLsn}");
}
