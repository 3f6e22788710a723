namespace Shale.PageLog;

/// <summary>
/// Which versions of rows a period gives, by the commits that began and ended them (docs/time-travel.md). A version is valid from its commit on, up to and without the one that ended it. LSNs are places
/// in the whole log: the order of LSNs is that of times.
/// </summary>
/// <param name="BeginsAfter">It began after this commit.</param>
/// <param name="BeginsUpTo">It began at or before this one.</param>
/// <param name="EndsAfter">It ended after this one, or is still valid.</param>
/// <param name="EndsUpTo">It ended at or before this one; null for one that may be still valid.</param>
public readonly record struct PastPeriod(Lsn BeginsAfter, Lsn BeginsUpTo, Lsn EndsAfter, Lsn? EndsUpTo)
{
    private static readonly Lsn Last = new(long.MaxValue);

    /// <summary>Every version that is kept.</summary>
    public static readonly PastPeriod All = new(Lsn.Zero, Last, Lsn.Zero, null);

    /// <summary>No version.</summary>
    public static readonly PastPeriod None = new(Last, Last, Last, null);

    /// <summary>BETWEEN: valid behind the first commit, behind the last, or in between.</summary>
    public static PastPeriod Between(Lsn first, Lsn last) => first <= last ? new(Lsn.Zero, last, first, null) : None;

    /// <summary>FROM … TO: valid behind the first commit or later, up to and without a moment.</summary>
    /// <param name="first">The first.</param>
    /// <param name="before">The last commit before that moment.</param>
    public static PastPeriod FromTo(Lsn first, Lsn before) => Between(first, before);

    /// <summary>CONTAINED IN: began and ended in it.</summary>
    /// <param name="before">The last commit before its first moment.</param>
    /// <param name="last">Its last.</param>
    public static PastPeriod ContainedIn(Lsn before, Lsn last) => new(before, last, before, last);

    /// <summary>Whether it gives a version.</summary>
    /// <param name="begin">The commit that began it.</param>
    /// <param name="end">The one that ended it; null for one that is still valid.</param>
    public bool Has(Lsn begin, Lsn? end) => begin > BeginsAfter && begin <= BeginsUpTo && (end is { } ended ? ended > EndsAfter && !(ended > EndsUpTo) : EndsUpTo is null);
}
