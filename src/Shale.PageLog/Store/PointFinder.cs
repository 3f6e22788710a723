using System.Globalization;

namespace Shale.PageLog;

/// <summary>Finds out which version of which branch a <see cref="TimePoint"/> is (SEMANTICS S5). Thread-safe.</summary>
public sealed class PointFinder(PageStore store)
{
    /// <summary>
    /// The version. Errors: TT_BRANCH_NOT_FOUND, TT_SNAPSHOT_NOT_FOUND, TT_POINT_NOT_FOUND for a version that is not there, TT_LSN_NOT_AVAILABLE for an LSN that is not there, TT_FUTURE_POINT,
    /// TT_INVALID_SYNTAX for a text that is no bookmark.
    /// </summary>
    /// <param name="branch">The branch of whoever asks.</param>
    /// <param name="point">The point.</param>
    /// <param name="now">What he sees as the branch's newest version; null for the newest durable one.</param>
    public PastPoint Find(string branch, TimePoint point, Lsn? now = null)
    {
        var found = point switch
        {
            TimePoint.AtLsn lsn => new PastPoint(branch, lsn.Lsn),
            TimePoint.AtVersion version => new PastPoint(branch, store.FindByVersion(branch, version.Version)),
            TimePoint.AtTimestamp time => new PastPoint(branch, store.FindByTime(HlcTimestamp.LastOf(time.Moment))),
            TimePoint.AtSnapshot snapshot => OfSnapshot(snapshot.Name),
            TimePoint.AtBookmark bookmark => OfBookmark(bookmark.Text),
            TimePoint.OnBranch { Point: null } head => new PastPoint(head.Name, store.DurableLsn),
            TimePoint.OnBranch inner => Find(inner.Name, inner.Point!),
            TimePoint.Relative relative => OfRelative(branch, relative, now),
            _ => throw new InvalidOperationException($"unknown point {point}"),
        };

        // A version has one name, whichever way it was found.
        return found with { Lsn = store.FindLsn(found.Branch, found.Lsn) };
    }

    /// <summary>The text that names a version of a branch: it sorts by time, and <see cref="Find"/> finds it again.</summary>
    public string BookmarkOf(string branch, Lsn lsn)
    {
        var time = store.FindCommit(branch, lsn)?.Time ?? default;
        return string.Create(CultureInfo.InvariantCulture, $"{time.Value:x16}.{lsn.Value:x}.{branch}");
    }

    private PastPoint OfSnapshot(string name) => store.Snapshots.FirstOrDefault(snapshot => snapshot.Name == name) is { } found
        ? new PastPoint(found.Branch, found.Lsn)
        : throw new VitessException(ErrorCodes.SnapshotNotFound, $"there is no snapshot {name}", hint: "SELECT * FROM dosql_snapshots lists them; a version is written 'main@5'.");

    private static PastPoint OfBookmark(string text)
    {
        var parts = text.Split('.', 3);
        return parts.Length == 3 && long.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var lsn)
            ? new PastPoint(parts[2], new Lsn(lsn))
            : throw new VitessException(ErrorCodes.InvalidPoint, $"\"{text}\" is no bookmark of this database", hint: "Give the text that a restore gave out, as it is.");
    }

    private PastPoint OfRelative(string branch, TimePoint.Relative relative, Lsn? now)
    {
        if (relative.Unit == RelativeUnit.Microsecond) return OfMoment(branch, relative);
        var start = relative.Anchor is { } anchor ? Find(branch, anchor, now) : new PastPoint(branch, now ?? store.DurableLsn);
        if (relative.Unit == RelativeUnit.Lsn) return start with { Lsn = new Lsn(NotBelowZero(start.Lsn.Value + relative.Offset, "LSN")) };
        var version = store.FindCommit(start.Branch, start.Lsn)?.Version ?? 0;
        return start with { Lsn = store.FindByVersion(start.Branch, NotBelowZero(version + relative.Offset, "version")) };
    }

    private PastPoint OfMoment(string branch, TimePoint.Relative relative)
    {
        var (on, moment) = relative.Anchor switch
        {
            null => (branch, store.Options.Clock.GetUtcNow()),
            TimePoint.AtTimestamp time => (branch, time.Moment),
            var anchor => MomentOf(Find(branch, anchor)),
        };
        return new PastPoint(on, store.FindByTime(HlcTimestamp.LastOf(moment.AddTicks(relative.Offset * TimeSpan.TicksPerMicrosecond))));
    }

    private (string Branch, DateTimeOffset Moment) MomentOf(PastPoint point) => store.FindCommit(point.Branch, point.Lsn) is { } commit
        ? (point.Branch, commit.Time.ToMoment())
        : throw new VitessException(ErrorCodes.PointNotFound, $"there is no commit of {point.Branch} to count from");

    private static long NotBelowZero(long number, string what) => number >= 0
        ? number
        : throw new VitessException(ErrorCodes.PointNotFound, string.Create(CultureInfo.InvariantCulture, $"{what} {number} is before the first commit"));
}
