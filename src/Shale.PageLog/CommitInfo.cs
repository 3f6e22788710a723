namespace Shale.PageLog;

/// <summary>A commit as the log knows it.</summary>
/// <param name="Lsn">Its place in the log.</param>
/// <param name="Version">Its number in its branch's own order, ancestors included.</param>
/// <param name="Branch">The branch that it was made on.</param>
/// <param name="Time">Its time.</param>
/// <param name="Rows">Rows changed.</param>
public sealed record CommitInfo(Lsn Lsn, long Version, string Branch, HlcTimestamp Time, long Rows)
{
    /// <summary>Whether it has put its branch back to an earlier version; known in lists of commits (<see cref="PageStore.CommitsOf"/>).</summary>
    public bool IsRestore { get; init; }
}
