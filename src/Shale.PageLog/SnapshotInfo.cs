namespace Shale.PageLog;

/// <summary>A named version.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Branch">The branch that it was taken of.</param>
/// <param name="Lsn">The commit.</param>
/// <param name="Version">The commit's number in its branch.</param>
public sealed record SnapshotInfo(string Name, string Branch, Lsn Lsn, long Version)
{
    /// <summary>When the commit was made; 0 before the first, and where it is kept but no more is known of it.</summary>
    public HlcTimestamp Time { get; init; }
}
