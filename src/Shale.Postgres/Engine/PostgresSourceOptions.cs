namespace Shale.Postgres;

/// <summary>Where the shards on PostgreSQL are.</summary>
public sealed record PostgresSourceOptions
{
    /// <summary>
    /// Connection strings by KEYSPACE:SHARD (<c>main:-80</c>), each to a database that is this shard alone: of a keyspace all shards have one, or none. Those of a keyspace without are databases of one
    /// private server.
    /// </summary>
    public IReadOnlyDictionary<string, string> Connections { get; init; } = new Dictionary<string, string>();

    /// <summary>The private server, which is started when a keyspace needs it.</summary>
    public PrivateServerOptions Server { get; init; } = new();

    /// <summary>See <see cref="PostgresEngineOptions.LockTimeout"/>. Default 5 s.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
