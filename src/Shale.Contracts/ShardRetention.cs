namespace Shale.Contracts;

/// <summary>How far back a shard that keeps its versions can be read.</summary>
/// <param name="Oldest">The time of the oldest version that can be read, in milliseconds since 1970; 0 before the first commit.</param>
/// <param name="WindowBytes">Bytes of log of the versions since then, and for the next ones.</param>
/// <param name="KeptBytes">Bytes of what of the time before is still read.</param>
/// <param name="Shortened">Why versions are kept for less time than they should be: retention_bytes or full_disk; null if they are not.</param>
/// <param name="Failure">Why the log's maintenance fails, which is tried again; null if it is well.</param>
public sealed record ShardRetention(long Oldest, long WindowBytes, long KeptBytes, string? Shortened = null, string? Failure = null);
