namespace Shale.PageLog;

/// <summary>A line at one of its commits.</summary>
/// <param name="Lsn">The commit.</param>
/// <param name="Version">How many commits led there, ancestors included.</param>
/// <param name="PageCount">Pages of the database.</param>
internal readonly record struct LineState(Lsn Lsn, long Version, uint PageCount);
