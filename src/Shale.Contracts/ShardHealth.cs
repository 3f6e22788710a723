namespace Shale.Contracts;

/// <summary>How one shard is doing.</summary>
/// <param name="Id">The shard, by its key range.</param>
/// <param name="Healthy">Whether it answers.</param>
/// <param name="Engine">What it stores its rows in.</param>
/// <param name="QueryCount">Statements since the start.</param>
/// <param name="ErrorCount">Statements that failed since the start.</param>
/// <param name="LastQuery">When the last one came, in milliseconds since 1970; 0 for never.</param>
/// <param name="Latency">Null before the first statement.</param>
/// <param name="Retention">Null where no versions are kept.</param>
/// <param name="Keyspace">Whose shard it is: of a branch the keyspace, a slash, and the branch's name. Null from servers that do not tell.</param>
public sealed record ShardHealth(
    string Id, bool Healthy, StorageEngineType Engine, long QueryCount, long ErrorCount, long LastQuery, ShardLatency? Latency = null,
    ShardRetention? Retention = null, string? Keyspace = null);

/// <summary>Execution times of a shard's last 1,024 statements, in milliseconds, nearest rank.</summary>
public sealed record ShardLatency(double P50, double P95, double P99);
