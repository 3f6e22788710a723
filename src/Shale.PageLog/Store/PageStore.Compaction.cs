namespace Shale.PageLog;

/// <summary>Letting go of history: segments that lie before the window are rewritten as what of them is still read.</summary>
public sealed partial class PageStore
{
    private readonly Lock _compacting = new();

    // Files that the next checkpoint no longer needs.
    private readonly List<string> _forgotten = [];

    /// <summary>The oldest commit as of which the database can be read, but for snapshots.</summary>
    public Lsn OldestLsn => _segments.Oldest;

    /// <summary>
    /// Rewrites segments that lie before the window, if there are any, and returns whether it did. Only what a checkpoint has seen is rewritten. Commits and readers go on meanwhile. Errors:
    /// SHARD_ERROR; then everything is as it was.
    /// </summary>
    public bool Compact(CancellationToken cancellationToken = default)
    {
        bool isDone;
        lock (_compacting) isDone = CompactLocked(cancellationToken);
        TellOfWindow();
        return isDone;
    }

    private bool CompactLocked(CancellationToken cancellationToken)
    {
        ThrowIfFailed();
        return LogCompaction.Choose(_segments, _checkpointedSegment, WindowStart(), RetentionBytes) is { } range
            && Rewrite(range, WindowShortening.RetentionBytes, mustGain: false, cancellationToken);
    }

    private bool Rewrite(CompactionRange range, WindowShortening reason, bool mustGain, CancellationToken cancellationToken)
    {
        Pins pins;
        lock (Lock)
        {
            if (_heldByBackups > 0) return false;
            pins = PinsAt(range.LastLsn);
        }

        var kept = LogCompaction.Kept(_segments, range, pins, id => Index.Lines[id - 1], cancellationToken);
        if (mustGain && CompactedSegment.BytesOf(kept.Length) >= LogCompaction.BytesOf(_segments, range)) return false;
        var compacted = CompactedSegment.Write(_disk, range, kept, (place, page) =>
        {
            Frames.ReadOnce(place, page.Span);
            KeepAhead();
        }, cancellationToken);
        if (!Replace(compacted, pins)) return false;
        NoteWindow(reason);
        return true;
    }

    // Nobody may begin to need an older version, and no backup the files, between the look for that and the header; and no file may go before the header is durable, whatever a crash keeps of it.
    private bool Replace(CompactedSegment compacted, Pins pins)
    {
        IReadOnlyList<(string Name, IDisposable File)> replaced;
        lock (Lock)
        {
            var now = PinsAt(compacted.LastLsn);
            if (_heldByBackups > 0 || !pins.Cover(now, compacted.LastLsn))
            {
                compacted.Dispose();
                _disk.Delete(CompactedSegment.NameOf(compacted.First, compacted.Last));
                return false;
            }

            replaced = OrFail(() =>
            {
                compacted.Begin();
                var names = _segments.Replace(compacted);
                _forgotten.AddRange(Index.Forget(compacted.LastLsn, now));
                return names;
            });
        }

        OrFail(() =>
        {
            compacted.File.Sync();
            _disk.SyncDirectory();
            return true;
        });
        foreach (var (name, file) in replaced)
        {
            // Open, it would keep its space.
            _disk.Delete(name);
            file.Dispose();
        }

        return true;
    }

    // A compaction is long, and commits go on: the next segment is made ready in between. Where there is no room for it, the next round says so.
    private void KeepAhead()
    {
        if (_maintenance is null) return;
        try
        {
            Tail.MakeReady(Lock, keepsRoom: true);
        }
        catch (VitessException exception) when (exception.SqlState == DiskFull)
        {
            // What is being rewritten makes room.
        }
    }

    private Pins PinsAt(Lsn oldest) => Index.Pins(_readers.Select(reader => reader.Pinned).OfType<(Line Line, Lsn Lsn)>(), oldest);
}
