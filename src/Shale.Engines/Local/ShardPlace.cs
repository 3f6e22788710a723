namespace Shale.Engines;

/// <summary>Where a shard's database is.</summary>
/// <param name="Path">The directory of its log, or its plain file; null for a private one.</param>
/// <param name="HasHistory">Whether it is a log.</param>
internal readonly record struct ShardPlace(string? Path, bool HasHistory);
