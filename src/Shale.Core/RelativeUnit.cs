namespace Shale;

/// <summary>What a relative <see cref="TimePoint"/> counts.</summary>
public enum RelativeUnit
{
    /// <summary>Commits of the log, over all branches.</summary>
    Lsn,

    /// <summary>Commits of the branch.</summary>
    Version,

    /// <summary>Microseconds.</summary>
    Microsecond,
}
