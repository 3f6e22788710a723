namespace Shale.Engines;

/// <summary>A shard that came from a plain file into a page log at this start.</summary>
/// <param name="Keyspace">The keyspace.</param>
/// <param name="Shard">The shard, by its key range.</param>
/// <param name="KeptFile">The plain file under its new name. Nothing reads it any more: it may be deleted.</param>
/// <param name="KeptBytes">How much space it takes, in bytes.</param>
public sealed record MigratedShard(string Keyspace, string Shard, string KeptFile, long KeptBytes);
