namespace Shale.PageLog;

/// <summary>Adjacent segments that are to be rewritten as one.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
/// <param name="LastLsn">The last commit in them.</param>
internal readonly record struct CompactionRange(int First, int Last, Lsn LastLsn);
