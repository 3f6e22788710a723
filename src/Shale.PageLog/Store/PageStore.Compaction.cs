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
        lock (_compacting)
        {
            if (LogCompaction.Choose(_segments, _checkpointedSegment, WindowStart(), _options.RetentionBytes) is not { } range) return false;
            Pins pins;
            lock (Lock) pins = PinsAt(range.LastLsn);
            var kept = LogCompaction.Kept(_segments, range, pins, id => Index.Lines[id - 1]);
            CompactedSegment.Write(_disk, range.First, range.Last, range.LastLsn, kept, (place, page) => Frames.ReadOnce(place, page.Span), cancellationToken);
            _disk.SyncDirectory();
            lock (Lock)
            {
                // Whoever began to need an older version meanwhile must not find it gone.
                if (!pins.Cover(PinsAt(range.LastLsn), range.LastLsn))
                {
                    _disk.Delete(CompactedSegment.NameOf(range.First, range.Last));
                    return false;
                }

                _segments.Replace(CompactedSegment.TryOpen(_disk, CompactedSegment.NameOf(range.First, range.Last))!);
                _forgotten.AddRange(Index.Forget(range.LastLsn, pins));
            }

            return true;
        }
    }

    // The last commit before the window.
    private Lsn WindowStart()
    {
        var moment = _options.Clock.GetUtcNow() - _options.Retention;
        lock (Lock) return Index.Commits.LastAt(HlcTimestamp.LastOf(moment));
    }

    private Pins PinsAt(Lsn oldest) => Index.Pins(_readers.Select(reader => reader.Pinned).OfType<(Line Line, Lsn Lsn)>(), oldest);
}
