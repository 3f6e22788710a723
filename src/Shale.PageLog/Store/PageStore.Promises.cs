namespace Shale.PageLog;

/// <summary>Promises about time: what lets several logs be read, and copied, at one moment.</summary>
public sealed partial class PageStore
{
    /// <summary>
    /// Promises that no later commit will have a time at or before a moment, also after a crash, and a restart with the clock set back. Everything up to the commit that is returned is durable then.
    /// It costs a small record and a wait for the disk, which it shares with commits, only where neither a commit nor an earlier promise says as much. Errors: TT_FUTURE_POINT; SHARD_ERROR.
    /// </summary>
    /// <returns>The last commit of the log at or before the moment; 0 if there is none. <see cref="FindLsn"/> says which version of a branch that is.</returns>
    public Lsn Promise(HlcTimestamp time)
    {
        ThrowIfFailed();
        if (!TryPromise(time, 0, out var found, out var records))
        {
            var bytes = RecordHeader.LengthOf(0);
            Tail.Reserve(Lock, bytes);
            TryPromise(time, bytes, out found, out records);
        }

        WaitUntilDurable(found, records);
        return found;
    }

    // False where a record is needed that nothing is reserved for. What was reserved is used or given back.
    private bool TryPromise(HlcTimestamp time, long reserved, out Lsn found, out long records)
    {
        lock (Lock)
        {
            var unused = reserved;
            try
            {
                RequirePast(time);

                // Whatever has this time or a later one in the log is the promise, once it is durable.
                var isNew = time > Tail.Last.Time;
                if (isNew && reserved > 0)
                {
                    AppendPromise(time, reserved);
                    unused = 0;
                }

                (found, records) = (Index.Commits.LastAt(time), Tail.Appended);
                return !isNew || reserved > 0;
            }
            finally
            {
                Tail.Release(unused);
            }
        }
    }

    // Up to now, where the moment has passed already: the next one who asks will find it promised, and the next commit comes later anyway.
    private void AppendPromise(HlcTimestamp time, long reserved)
    {
        var past = HlcTimestamp.FirstOf(_options.Clock.GetUtcNow()).Value - 1;
        using var body = NewBody();
        body.Seal();
        var header = new RecordHeader { Kind = RecordKind.Promise, Lsn = Tail.Last.Lsn, Time = new HlcTimestamp(Math.Max(time.Value, past)) };
        Tail.Append(ref header, body, reserved);
    }

    // What was said of a moment stays true when the clock goes back behind it.
    private void RequirePast(HlcTimestamp time)
    {
        if (time <= Tail.Last.Time || time <= _promised || time <= HlcTimestamp.LastOf(_options.Clock.GetUtcNow())) return;
        throw new VitessException(ErrorCodes.FuturePoint, $"{time.ToMoment():yyyy-MM-dd HH:mm:ss.FFFFFF} is in the future");
    }
}
