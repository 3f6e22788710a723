namespace Shale.Vitess;

/// <summary>Where a statement goes (seed 001).</summary>
/// <param name="Keyspace">The keyspace.</param>
/// <param name="Shards">The shards, by key range, in order of the ring.</param>
/// <param name="Scatter">Whether there are several.</param>
/// <param name="Table">The first table it names; null for none.</param>
public sealed record Route(string Keyspace, IReadOnlyList<string> Shards, bool Scatter, string? Table);

/// <summary>How a statement is run (seed 001).</summary>
/// <param name="Type">single_shard, lookup (an entry of a lookup vindex tells the one shard), scatter, scatter_aggregate, assembly, unsharded, or the statement's own kind where the gate answers it.</param>
/// <param name="Tier">T0, T1 or T2; T0 may turn into <paramref name="Otherwise"/> when values are bound.</param>
/// <param name="Otherwise">The tier where one shard is not enough; null if it always is.</param>
/// <param name="Statements">What shards and gate run, in order.</param>
public sealed record PlanInfo(string Type, string Tier, string? Otherwise, IReadOnlyList<PlanStep> Statements);

/// <summary>One step of a plan.</summary>
/// <param name="Where">shard, or gate.</param>
/// <param name="Sql">The statement.</param>
/// <param name="Table">The table that is fetched or written; null for a whole statement.</param>
public sealed record PlanStep(string Where, string Sql, string? Table);
