namespace Shale.Engines;

/// <summary>Something about a shard's log that whoever runs it should know. Statements go on meanwhile.</summary>
/// <param name="Keyspace">The keyspace.</param>
/// <param name="Shard">The shard, by its key range.</param>
/// <param name="Message">What it is, in words.</param>
/// <param name="Failure">Why maintenance failed; null where it did not.</param>
public sealed record ShardWarning(string Keyspace, string Shard, string Message, VitessException? Failure = null);
