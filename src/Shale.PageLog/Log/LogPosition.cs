namespace Shale.PageLog;

/// <summary>The end of the log, or of a part of it: what the next record continues.</summary>
/// <param name="End">Where the next record may begin.</param>
/// <param name="Lsn">The last commit.</param>
/// <param name="Time">The time of the last record.</param>
/// <param name="Chain">The chain of the last record.</param>
internal readonly record struct LogPosition(Place End, Lsn Lsn, HlcTimestamp Time, uint Chain);
