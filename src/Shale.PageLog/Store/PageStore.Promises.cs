namespace Shale.PageLog;

/// <summary>Promises about time: what lets several logs be read, and copied, at one moment.</summary>
public sealed partial class PageStore
{
    /// <summary>
    /// Promises that no later commit will have a time at or before a moment, also after a crash, and a restart with the clock set back. Everything up to the commit that is returned is durable then.
    /// It costs a small record and a wait for the disk, which it shares with commits, only where neither a commit nor an earlier promise says as much. Errors: TT_FUTURE_POINT; SHARD_ERROR.
    /// </summary>
    /// <returns>The last commit of the log at or before the moment; 0 if there is none. <see cref="FindLsn"/> says which version of a branch that is.</returns>
    public Lsn Promise(HlcTimestamp time) => PromiseAt(time, isCut: false).Found;

    /// <summary>The same for the cut of a backup: exactly this time, be it ahead of the clock or not. Errors: SHARD_ERROR.</summary>
    internal Promised PromiseCut(HlcTimestamp time) => PromiseAt(time, isCut: true);

    private Promised PromiseAt(HlcTimestamp time, bool isCut)
    {
        ThrowIfFailed();
        if (!TryPromise(time, isCut, 0, out var promised))
        {
            var bytes = RecordHeader.LengthOf(0);
            Reserve(bytes);
            TryPromise(time, isCut, bytes, out promised);
        }

        WaitUntilDurable(promised.Found, promised.Records);
        return promised;
    }

    // False where a record is needed that nothing is reserved for. What was reserved is used or given back.
    private bool TryPromise(HlcTimestamp time, bool isCut, long reserved, out Promised promised)
    {
        lock (Lock)
        {
            var unused = reserved;
            try
            {
                if (!isCut) RequirePast(time);

                // Whatever has this time or a later one in the log is the promise, once it is durable.
                var isNew = time > Tail.Last.Time;
                if (isNew && reserved > 0)
                {
                    AppendPromise(isCut ? time : UpToNow(time), reserved);
                    unused = 0;
                }

                promised = new Promised(Index.Commits.LastAt(time), Tail.Appended, Tail.Last);
                return !isNew || reserved > 0;
            }
            finally
            {
                Tail.Release(unused);
            }
        }
    }

    // Where the moment has passed already: the next one who asks will find it promised, and the next commit comes later anyway.
    private HlcTimestamp UpToNow(HlcTimestamp time) => new(Math.Max(time.Value, HlcTimestamp.FirstOf(_options.Clock.GetUtcNow()).Value - 1));

    private void AppendPromise(HlcTimestamp time, long reserved)
    {
        using var body = NewBody();
        body.Seal();
        var header = new RecordHeader { Kind = RecordKind.Promise, Lsn = Tail.Last.Lsn, Time = time };
        Tail.Append(ref header, body, reserved);
    }

    // What was said of a moment stays true when the clock goes back behind it.
    private void RequirePast(HlcTimestamp time)
    {
        if (time <= Tail.Last.Time || time <= _promised || time <= HlcTimestamp.LastOf(_options.Clock.GetUtcNow())) return;
        throw new VitessException(ErrorCodes.FuturePoint, $"{time.ToMoment():yyyy-MM-dd HH:mm:ss.FFFFFF} is in the future");
    }

    /// <summary>What a promise is about.</summary>
    /// <param name="Found">The last commit at or before its time.</param>
    /// <param name="Records">How many records must be durable for it.</param>
    /// <param name="End">The end of the log when it was given.</param>
    internal readonly record struct Promised(Lsn Found, long Records, LogPosition End);
}
