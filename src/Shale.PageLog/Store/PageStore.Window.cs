namespace Shale.PageLog;

/// <summary>How far back the log can be read: as long as its options say, unless that takes too many bytes, or the disk is full. Then the window is made shorter, and that is told.</summary>
public sealed partial class PageStore
{
    // The default is a fifth of the disk.
    private const int DiskPart = 5;

    // A window that is just too long is made shorter with each segment, and is whole in between: that is one time.
    private const double WholeAgain = 1.1;

    // Under the lock. What has made it shorter, the worst of it that was told, and when no room could be made.
    private WindowShortening _shortened;
    private WindowShortening _told;
    private DateTimeOffset? _noRoom;

    /// <summary>How far back the log can be read, and what that takes.</summary>
    public LogWindow Window
    {
        get
        {
            var start = WindowStart();
            lock (Lock)
            {
                var oldest = OldestLsn;
                var first = oldest == Lsn.Zero && Tail.Last.Lsn > Lsn.Zero ? new Lsn(1) : oldest;
                var files = _segments.Files;
                return new LogWindow(
                    oldest,
                    first >= Index.Commits.First && first > Lsn.Zero ? Index.TimeOf(first) : null,
                    oldest > start ? _shortened : WindowShortening.None,
                    files.Segments.Values.Sum(segment => segment.Length),
                    files.Compacted.Sum(compacted => compacted.Length));
            }
        }
    }

    private long RetentionBytes => (_options.RetentionBytes ?? _disk.TotalBytes / DiskPart) / _options.RetentionShares;

    /// <summary>Takes space for a record of so many bytes. Where the disk is full, the window is made shorter for it. Errors: SHARD_ERROR (53100). Not under the store's lock.</summary>
    internal void Reserve(long bytes)
    {
        if (!Tail.TryReserve(Lock, bytes)) ReserveInNext(bytes);
    }

    private void ReserveInNext(long bytes) => WithRoom(keepsRoom => Tail.Reserve(Lock, bytes, keepsRoom), CancellationToken.None);

    // What takes space is tried again as long as rewriting makes some. Rewriting needs room, too: the last of it is taken only where nothing else helps.
    private void WithRoom(Action<bool> action, CancellationToken cancellationToken)
    {
        do
        {
            try
            {
                action(true);
                return;
            }
            catch (VitessException exception) when (exception.SqlState == DiskFull)
            {
                // Is there something to rewrite?
            }
        }
        while (MakeRoom(cancellationToken));

        action(false);
    }

    // Whoever compacts or writes a checkpoint makes room as it is; and a disk that had none is not asked over and over.
    private bool MakeRoom(CancellationToken cancellationToken)
    {
        if (_compacting.IsHeldByCurrentThread || _checkpointing.IsHeldByCurrentThread) return false;
        var isDone = false;
        lock (_compacting)
        {
            var waited = _options.Clock.GetUtcNow() - _noRoom;
            if (waited >= TimeSpan.Zero && waited < LogMaintenance.Period) return false;
            isDone = TryForRoom(() => CompactLocked(cancellationToken)) || RewriteForRoom(cancellationToken) || (TryForRoom(CheckpointForRoom) && RewriteForRoom(cancellationToken));
            _noRoom = isDone ? null : _options.Clock.GetUtcNow();
        }

        TellOfWindow();
        return isDone;
    }

    private bool RewriteForRoom(CancellationToken cancellationToken) =>
        LogCompaction.ChooseForRoom(_segments, _checkpointedSegment).Any(range => TryForRoom(() => Rewrite(range, WindowShortening.FullDisk, mustGain: true, cancellationToken)));

    // Segments that no checkpoint has seen cannot be rewritten.
    private bool CheckpointForRoom()
    {
        var before = _checkpointedSegment;
        Checkpoint();
        return _checkpointedSegment > before;
    }

    // It needs some room itself.
    private static bool TryForRoom(Func<bool> action)
    {
        try
        {
            return action();
        }
        catch (VitessException exception) when (exception.SqlState == DiskFull)
        {
            return false;
        }
    }

    // The last commit before the window.
    private Lsn WindowStart(double times = 1)
    {
        var now = _options.Clock.GetUtcNow();
        if (_options.Retention.Ticks * times >= now.UtcTicks) return Lsn.Zero;
        lock (Lock) return Index.Commits.LastAt(HlcTimestamp.LastOf(now - (_options.Retention * times)));
    }

    // After a compaction.
    private void NoteWindow(WindowShortening reason)
    {
        if (OldestLsn <= WindowStart()) return;
        lock (Lock) _shortened = reason;
    }

    // Under no lock: whoever is told may take his time.
    private void TellOfWindow()
    {
        var isWhole = OldestLsn <= WindowStart(WholeAgain);
        lock (Lock)
        {
            if (isWhole) (_shortened, _told) = (WindowShortening.None, WindowShortening.None);
            if (_shortened <= _told) return;
            _told = _shortened;
        }

        _options.OnWindowShortened?.Invoke(Window);
    }
}
