namespace Shale.PageLog;

/// <summary>Finds out which versions of rows a period gives. Its ends may lie between commits of the branch. Errors of all: those of <see cref="PointFinder.Find"/>. Thread-safe.</summary>
public sealed class PeriodFinder(PageStore store, PointFinder points)
{
    /// <summary>Versions that were valid at some time from a point to another, both included.</summary>
    /// <param name="branch">The branch of whoever asks.</param>
    /// <param name="start">The first point.</param>
    /// <param name="end">The last.</param>
    /// <param name="now">What he sees as the branch's newest version; null for the newest durable one.</param>
    public PastPeriod Between(string branch, TimePoint start, TimePoint end, Lsn? now = null)
    {
        var (first, last) = (EndOf(branch, start, now), EndOf(branch, end, now));
        return Order(start, end) > 0 ? PastPeriod.None : PastPeriod.Between(first, last);
    }

    /// <summary>Versions that were valid at some time from a point up to and without another.</summary>
    public PastPeriod FromTo(string branch, TimePoint start, TimePoint end, Lsn? now = null)
    {
        var (first, last) = (EndOf(branch, start, now), EndOf(branch, end, now));
        return Order(start, end) >= 0 ? PastPeriod.None : PastPeriod.FromTo(first, Before(end, last));
    }

    /// <summary>Versions that began and ended between two points, both included.</summary>
    public PastPeriod ContainedIn(string branch, TimePoint start, TimePoint end, Lsn? now = null) =>
        PastPeriod.ContainedIn(Before(start, EndOf(branch, start, now)), EndOf(branch, end, now));

    // Between two moments there need be no commit that tells them apart.
    private static int Order(TimePoint start, TimePoint end) => (start, end) is (TimePoint.AtTimestamp from, TimePoint.AtTimestamp to) ? from.Moment.CompareTo(to.Moment) : -1;

    // The last commit of the log at or before an end, whichever branch it is of.
    private Lsn EndOf(string branch, TimePoint point, Lsn? now)
    {
        if (point is TimePoint.AtTimestamp time)
        {
            var found = store.FindByTime(HlcTimestamp.LastOf(time.Moment));

            // The branch must be there, and go back so far.
            _ = store.FindLsn(branch, found);
            return found;
        }

        var commit = points.Find(branch, point, now).Lsn;
        return point is TimePoint.AtLsn lsn ? lsn.Lsn : commit;
    }

    // The last commit of the log before an end.
    private Lsn Before(TimePoint point, Lsn end) => point is TimePoint.AtTimestamp time
        ? store.FindByTime(new HlcTimestamp(HlcTimestamp.FirstOf(time.Moment).Value - 1))
        : new Lsn(Math.Max(0, end.Value - 1));
}
