using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>
/// What the shards of a keyspace are about to become, or have become in part: kept in the topology before the first of them changes, so that a start after a crash completes it. No shard writes in
/// between: whichever still has its old head is restored.
/// </summary>
/// <param name="Keyspace">The keyspace.</param>
/// <param name="Shards">The shards that change. Where none does, there is nothing to complete.</param>
public sealed record KeyspaceRestore(string Keyspace, ImmutableArray<ShardRestore> Shards);

/// <summary>What one shard becomes.</summary>
/// <param name="Shard">The shard, by its key range.</param>
/// <param name="Head">Its newest version before.</param>
/// <param name="Target">The version that becomes the newest again.</param>
public sealed record ShardRestore(string Shard, Lsn Head, Lsn Target);
