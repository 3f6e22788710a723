namespace Shale.PageLog;

/// <summary>A point of a log that a backup is restored to.</summary>
public abstract record LogPoint
{
    private LogPoint()
    {
    }

    /// <summary>Behind a commit.</summary>
    public static LogPoint Of(Lsn lsn) => new AtLsn(lsn);

    /// <summary>At a time: behind the last commit at or before it; before the first one, nothing. See <see cref="LogBackup.HasCommitBy"/>.</summary>
    public static LogPoint Of(HlcTimestamp time) => new AtTime(time);

    /// <summary>The commit. Errors: TT_FUTURE_POINT, TT_LSN_NOT_AVAILABLE.</summary>
    internal abstract Lsn Find(PageStore store);

    /// <summary>Errors: TT_LSN_NOT_AVAILABLE, TT_FUTURE_POINT for a point after a backup's end.</summary>
    internal abstract void Require(LogBackupInfo backup);

    private sealed record AtLsn(Lsn Lsn) : LogPoint
    {
        internal override Lsn Find(PageStore store) => Lsn;

        internal override void Require(LogBackupInfo backup)
        {
            if (Lsn < backup.Oldest) throw new VitessException(ErrorCodes.LsnNotAvailable, $"the backup begins with LSN {backup.Oldest}: LSN {Lsn} is no longer in it");
            if (Lsn > backup.Last) throw new VitessException(ErrorCodes.LsnNotAvailable, $"the backup ends with LSN {backup.Last}");
        }
    }

    private sealed record AtTime(HlcTimestamp Time) : LogPoint
    {
        // The log ends before the cut where nothing had come; the backup knows that nothing did.
        internal override Lsn Find(PageStore store) => store.FindByTime(Time < store.LastTime ? Time : store.LastTime);

        internal override void Require(LogBackupInfo backup)
        {
            if (Time > backup.Time) throw new VitessException(ErrorCodes.FuturePoint, $"the backup ends at {backup.Time.ToMoment():yyyy-MM-dd HH:mm:ss.FFFFFF}Z", hint: "Name a time up to then, or restore a later backup.");
        }
    }
}
