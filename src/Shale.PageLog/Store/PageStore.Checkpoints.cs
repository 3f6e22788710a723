namespace Shale.PageLog;

/// <summary>Checkpoints: what is known of the log is written down, so that it opens fast and its index stays small in memory.</summary>
public sealed partial class PageStore
{
    private readonly Lock _checkpointing = new();
    private long _checkpoint;
    private long _lastRun;
    private long _checkpointedBytes;
    private int _checkpointedSegment;

    /// <summary>How many bytes of the log an opening would have to read.</summary>
    public long BytesSinceCheckpoint
    {
        get
        {
            lock (Lock) return Tail.AppendedBytes - _checkpointedBytes;
        }
    }

    /// <summary>
    /// Writes down what is known of the log up to now; commits go on meanwhile. Does nothing if nothing has come since the last one. Errors: SHARD_ERROR (53100, 58030): then the last one
    /// counts.
    /// </summary>
    public void Checkpoint()
    {
        lock (_checkpointing)
        {
            ThrowIfFailed();
            FrozenIndex frozen;
            List<string> forgotten;
            long records, bytes;
            lock (Lock)
            {
                (records, bytes) = (Tail.Appended, Tail.AppendedBytes);
                if (bytes == _checkpointedBytes) return;
                frozen = Index.Freeze(Tail.Last);
                forgotten = [.. _forgotten];
            }

            // It must not say more than the log will after a crash.
            WaitUntilDurable(frozen.Position.Lsn, records);
            if (!_options.Durable) SyncSegment(frozen.Position.End.Segment);
            var history = Save(frozen);
            lock (Lock)
            {
                Index.Unload(frozen, history);
                (_checkpointedBytes, _checkpointedSegment) = (bytes, frozen.Position.End.Segment);
                _forgotten.RemoveRange(0, forgotten.Count);
            }

            foreach (var name in forgotten) _disk.Delete(name);
        }
    }

    // Those before it were durable before it was begun.
    private void SyncSegment(int number) => OrFail(() =>
    {
        _segments.Get(number).File.Sync();
        return true;
    });

    private History Save(FrozenIndex frozen)
    {
        CommitIndex.Save(_disk, Index.Commits.Saved, frozen.UnsavedCommits);
        var before = Index.History;
        var written = new List<HistoryRun>();
        History? after = null;
        try
        {
            var history = Merge(AddRun(before, HistoryRun.Write(_disk, NextRun(), 0, Index.Superseded(frozen)), written), written);
            _checkpointFileBytes = PageLog.Checkpoint.Write(_disk, _checkpoint + 1, frozen, [.. history.Runs.Select(run => run.Info)]);
            after = history;
            return history;
        }
        finally
        {
            // Whoever reads one just now goes on reading it: a file stays until it is closed.
            foreach (var run in before.Runs.Concat(written).Except((after ?? before).Runs)) _disk.Delete(HistoryRun.NameOf(run.Info.Number));
            if (after is not null) _disk.Delete(PageLog.Checkpoint.NameOf(_checkpoint++));
        }
    }

    private History Merge(History history, List<HistoryRun> written)
    {
        while (history.ToMerge() is { Count: > 0 } merged)
        {
            var info = HistoryRun.Write(_disk, NextRun(), merged[0].Info.Level + 1, History.Merge(merged, IsRead()));
            history = AddRun(new History(history.Runs.SkipLast(merged.Count)), info, written);
        }

        return history;
    }

    // Versions that were superseded before the window are read only where something pins them.
    private Func<HistoryEntry, bool> IsRead()
    {
        lock (Lock)
        {
            var oldest = OldestLsn;
            var pins = PinsAt(oldest);
            return entry => entry.To > oldest || pins.Need(Index.Lines[entry.Line - 1], entry.From, entry.To);
        }
    }

    private History AddRun(History history, HistoryRunInfo? info, List<HistoryRun> written)
    {
        if (info is not { } found) return history;
        var run = HistoryRun.Open(_disk, found);
        written.Add(run);
        return new History([.. history.Runs, run]);
    }

    private long NextRun() => ++_lastRun;
}
