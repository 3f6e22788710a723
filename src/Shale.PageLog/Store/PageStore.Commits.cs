namespace Shale.PageLog;

/// <summary>Adding records, and waiting for the disk.</summary>
public sealed partial class PageStore
{
    private readonly List<BranchWriter> _unsettled = [];

    /// <inheritdoc/>
    public void WaitDurable(Lsn lsn) => WaitUntilDurable(lsn, 0);

    /// <summary>The time after which the next commit will be: strictly after every commit so far and everything promised, however the clock goes. Under the store's lock.</summary>
    internal HlcTimestamp NextTime()
    {
        var now = HlcTimestamp.FirstOf(_options.Clock.GetUtcNow());
        var after = new HlcTimestamp(Math.Max(Tail.Last.Time.Value, _promised.Value) + 1);
        return now > after ? now : after;
    }

    /// <summary>Adds a commit's record to log and index, and returns where its body begins; its pages are the caller's to add. Under the store's lock; cannot fail.</summary>
    internal Place AppendCommit(Line line, ref RecordHeader header, PreparedBody body, long reserved)
    {
        header.Lsn = Tail.Last.Lsn.Next;
        header.Time = NextTime();
        var place = Tail.Append(ref header, body, reserved);
        Index.AddCommit(line, header, place + -RecordHeader.Bytes);
        return place;
    }

    /// <summary>Says that a writer has something to settle while the disk writes its commit. Under the store's lock.</summary>
    internal void SettleLater(BranchWriter writer)
    {
        if (!_unsettled.Contains(writer)) _unsettled.Add(writer);
    }

    /// <summary>Errors: SHARD_ERROR after a failure of the disk: what is durable can no longer be known.</summary>
    internal void ThrowIfFailed()
    {
        if (Volatile.Read(ref _disposed) != 0) throw Closed();
        if (_failed is { } failed) throw new VitessException(ErrorCodes.ShardError, failed.Message, sqlState: failed.SqlState, hint: "The log has stopped. Restart the server once the disk is well.", inner: failed);
    }

    /// <summary>SHARD_ERROR (57P01) for whoever still uses a log that was closed.</summary>
    internal static VitessException Closed() => new(ErrorCodes.ShardError, "the log is closed", sqlState: ClosedState, hint: "Open it again.");

    // Whoever comes while nobody writes, writes for all who have come by then; the others wait.
    private void WaitUntilDurable(Lsn lsn, long records)
    {
        lock (_flushing)
        {
            while (true)
            {
                ThrowIfFailed();
                if (IsDurable(lsn, records)) return;
                if (!_isFlushing) break;
                Monitor.Wait(_flushing);
            }

            _isFlushing = true;
        }

        try
        {
            OrFail(Flush);
        }
        finally
        {
            lock (_flushing)
            {
                _isFlushing = false;
                Monitor.PulseAll(_flushing);
            }
        }
    }

    private bool IsDurable(Lsn lsn, long records)
    {
        lock (Lock)
        {
            Invariant.Require(lsn <= Tail.Last.Lsn, "somebody waits for a commit that is not in the log");
            return Tail.Durable >= lsn && Tail.DurableRecords >= records;
        }
    }

    // After a failure in the middle of it nobody knows what is on the disk: the log stops.
    private T OrFail<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception exception)
        {
            _failed ??= exception as VitessException ?? new VitessException(ErrorCodes.ShardError, exception.Message, sqlState: "58030", inner: exception);
            throw;
        }
    }

    private bool Flush()
    {
        LogTail.Batch batch;
        BranchWriter[] unsettled;
        lock (Lock)
        {
            batch = Tail.Take();
            unsettled = [.. _unsettled];
            _unsettled.Clear();
        }

        Tail.Write(batch);
        foreach (var writer in unsettled) writer.Settle();
        Tail.Sync();
        bool wakes;
        lock (Lock)
        {
            Tail.Done(batch);
            Index.Advance(batch.Lsn);
            wakes = Tail.WantsNext || IsCheckpointDue;
        }

        if (wakes) _maintenance?.Wake();

        return true;
    }
}
