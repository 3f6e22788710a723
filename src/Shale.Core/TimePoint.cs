using System.Globalization;

namespace Shale;

/// <summary>
/// A point in time that a database is read at or put back to, as somebody names it (SEMANTICS S5): what is there is found out by whoever has the
/// log. Immutable; points that say the same are equal. Every factory throws TT_INVALID_SYNTAX for what can be no point. The text of a point is
/// what stands behind AS OF in SQL, where it has a form there.
/// </summary>
public abstract record TimePoint
{
    private TimePoint()
    {
    }

    /// <summary>Behind a commit, by its place in the log of one shard.</summary>
    /// <param name="lsn">From 0, which is before the first commit.</param>
    public static TimePoint OfLsn(long lsn) => lsn >= 0 ? new AtLsn(new Lsn(lsn)) : throw Invalid($"LSN {Number(lsn)} is below 0", "LSNs count from 1: AS OF LSN 12345.");

    /// <summary>Behind a commit, by its number on its branch.</summary>
    /// <param name="version">From 0, which is before the first commit.</param>
    public static TimePoint OfVersion(long version) =>
        version >= 0 ? new AtVersion(version) : throw Invalid($"version {Number(version)} is below 0", "Versions count from 1: AS OF VERSION 5; backwards from now: AS OF VERSION CURRENT - 5.");

    /// <summary>At a moment: behind the last commit at or before it. What is finer than a microsecond is cut off.</summary>
    public static TimePoint OfTimestamp(DateTimeOffset moment)
    {
        var utc = moment.ToUniversalTime();
        return new AtTimestamp(utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond)));
    }

    /// <summary>At a moment, written as <see cref="TimestampText"/> reads it: UTC unless it says otherwise.</summary>
    public static TimePoint OfTimestamp(string text) => TimestampText.TryRead(text, out var moment)
        ? OfTimestamp(moment)
        : throw Invalid($"\"{text}\" is no timestamp", TimestampText.Hint);

    /// <summary>At a named snapshot; <c>main@5</c> is no name but version 5 of branch main, and equals that point.</summary>
    public static TimePoint OfSnapshot(string name)
    {
        if (string.IsNullOrWhiteSpace(name)) throw Invalid("a snapshot has a name", "AS OF SNAPSHOT 'before-import', or a version: AS OF SNAPSHOT 'main@5'.");
        var at = name.LastIndexOf('@');
        if (at < 0) return new AtSnapshot(name);
        return at > 0 && long.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? OfBranch(name[..at], OfVersion(version))
            : throw Invalid($"\"{name}\" is neither a snapshot's name nor branch@version", "AS OF SNAPSHOT 'main@5' is version 5 of branch main; names have no @.");
    }

    /// <summary>At a bookmark: a text that a write or a restore gave out, one point of a whole keyspace.</summary>
    public static TimePoint OfBookmark(string text) => string.IsNullOrWhiteSpace(text)
        ? throw Invalid("a bookmark is a text that a write or a restore gave out", "AS OF BOOKMARK 'the text'.")
        : new AtBookmark(text);

    /// <summary>On a branch: its head, or a point of its past.</summary>
    /// <param name="name">The branch.</param>
    /// <param name="point">An LSN, a version, a timestamp or a relative point; null for the head.</param>
    public static TimePoint OfBranch(string name, TimePoint? point = null)
    {
        if (string.IsNullOrWhiteSpace(name)) throw Invalid("a branch has a name", "AS OF BRANCH 'feature-x'.");
        return point is OnBranch or AtSnapshot or AtBookmark
            ? throw Invalid($"{point} names a point by itself, without a branch in front", "AS OF BRANCH 'feature-x' AT LSN 12345, AT VERSION 5 or AT TIMESTAMP '2024-01-31 12:00:00'.")
            : new OnBranch(name, point);
    }

    /// <summary>So many commits or microseconds from another point; before it if negative.</summary>
    /// <param name="unit">What is counted.</param>
    /// <param name="offset">How many; above 0 only from an anchor, else TT_FUTURE_POINT.</param>
    /// <param name="anchor">From where; null for now.</param>
    public static TimePoint OfOffset(RelativeUnit unit, long offset, TimePoint? anchor = null) => offset <= 0 || anchor is not null
        ? new Relative(unit, offset, anchor)
        : throw new VitessException(ErrorCodes.FuturePoint, $"{Number(offset)} ahead of now is in the future", hint: "Count backwards: AS OF VERSION CURRENT - 5.");

    /// <summary>The point where a procedure takes a text for it (<c>CALL dosql_snapshot('name', at)</c>): a timestamp, a bookmark, a snapshot's name. TT_INVALID_SYNTAX for a point that has no such text.</summary>
    public string ToArgument() => this switch
    {
        AtTimestamp at => TimestampText.Write(at.Moment),
        AtBookmark bookmark => bookmark.Text,
        AtSnapshot snapshot => snapshot.Name,
        _ => throw Invalid($"{this} is no moment of a keyspace", "Name a timestamp, a bookmark or a snapshot."),
    };

    /// <summary>A number as it stands in SQL.</summary>
    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Quote(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    private static VitessException Invalid(string message, string hint) => new(ErrorCodes.InvalidPoint, message, hint: hint);

    /// <summary>A place in the log of one shard.</summary>
    public sealed record AtLsn : TimePoint
    {
        internal AtLsn(Lsn lsn) => Lsn = lsn;

        /// <summary>The place.</summary>
        public Lsn Lsn { get; }

        /// <inheritdoc/>
        public override string ToString() => $"LSN {Lsn}";
    }

    /// <summary>A moment.</summary>
    public sealed record AtTimestamp : TimePoint
    {
        internal AtTimestamp(DateTimeOffset moment) => Moment = moment;

        /// <summary>UTC, whole microseconds.</summary>
        public DateTimeOffset Moment { get; }

        /// <inheritdoc/>
        public override string ToString() => "TIMESTAMP '" + TimestampText.Write(Moment) + "'";
    }

    /// <summary>A named snapshot.</summary>
    public sealed record AtSnapshot : TimePoint
    {
        internal AtSnapshot(string name) => Name = name;

        /// <summary>Its name, without @.</summary>
        public string Name { get; }

        /// <inheritdoc/>
        public override string ToString() => "SNAPSHOT " + Quote(Name);
    }

    /// <summary>A bookmark.</summary>
    public sealed record AtBookmark : TimePoint
    {
        internal AtBookmark(string text) => Text = text;

        /// <summary>Its text, which only whoever gave it out can read.</summary>
        public string Text { get; }

        /// <inheritdoc/>
        public override string ToString() => "BOOKMARK " + Quote(Text);
    }

    /// <summary>A branch.</summary>
    public sealed record OnBranch : TimePoint
    {
        internal OnBranch(string name, TimePoint? point) => (Name, Point) = (name, point);

        /// <summary>Its name.</summary>
        public string Name { get; }

        /// <summary>An LSN, a version, a timestamp or a relative point of it; null for its head.</summary>
        public TimePoint? Point { get; }

        /// <inheritdoc/>
        public override string ToString() => Point is null ? "BRANCH " + Quote(Name) : $"BRANCH {Quote(Name)} AT {Point}";
    }

    /// <summary>A commit of a branch, by its number there.</summary>
    public sealed record AtVersion : TimePoint
    {
        internal AtVersion(long version) => Version = version;

        /// <summary>The number.</summary>
        public long Version { get; }

        /// <inheritdoc/>
        public override string ToString() => "VERSION " + Number(Version);
    }

    /// <summary>A distance from another point.</summary>
    public sealed record Relative : TimePoint
    {
        internal Relative(RelativeUnit unit, long offset, TimePoint? anchor) => (Unit, Offset, Anchor) = (unit, offset, anchor);

        /// <summary>What is counted.</summary>
        public RelativeUnit Unit { get; }

        /// <summary>How many; before the anchor if negative.</summary>
        public long Offset { get; }

        /// <summary>From where; null for now.</summary>
        public TimePoint? Anchor { get; }

        /// <summary>Only versions from now have a form in SQL.</summary>
        public override string ToString() => Unit == RelativeUnit.Version && Anchor is null
            ? "VERSION CURRENT - " + Number(Offset)[Math.Min(1, -Math.Sign(Offset))..]
            : $"{Number(Offset)} {Unit} from {Anchor?.ToString() ?? "now"}";
    }
}
