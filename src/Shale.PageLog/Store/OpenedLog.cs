namespace Shale.PageLog;

/// <summary>A log that was read.</summary>
/// <param name="Index">What it says.</param>
/// <param name="Tail">Its end.</param>
/// <param name="Checkpoint">The number of its last checkpoint; 0 for none.</param>
/// <param name="CheckpointedSegment">The segment in which that ends; 0 for none.</param>
/// <param name="Replayed">How many bytes of records were read after that.</param>
internal sealed record OpenedLog(LogIndex Index, LogTail Tail, long Checkpoint, int CheckpointedSegment, long Replayed);
