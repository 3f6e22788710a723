namespace Shale.PageLog;

/// <summary>What is known of a commit without reading its record.</summary>
/// <param name="Record">Where its record's header is.</param>
/// <param name="Time">Its time.</param>
/// <param name="Version">Its number in its branch's own order.</param>
/// <param name="Before">The commit before it on its line, or the fork.</param>
/// <param name="Rows">Rows changed.</param>
/// <param name="Line">Its line.</param>
/// <param name="PageCount">Pages after it.</param>
internal readonly record struct CommitEntry(Place Record, HlcTimestamp Time, long Version, Lsn Before, long Rows, int Line, uint PageCount);
