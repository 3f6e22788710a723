namespace Shale.Postgres;

/// <summary>A database of a PostgreSQL server that is a shard.</summary>
public sealed record PostgresEngineOptions
{
    /// <summary>Npgsql's connection string: host or directory of the socket, database, user. What it says of pools is not used: the tablet has its own.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>PostgreSQL's <c>lock_timeout</c>: the longest wait for a row or table that another transaction has, LOCK_TIMEOUT (55P03). Default 5 s: cycles over shards end by it.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>PostgreSQL's <c>statement_timeout</c>, TIMEOUT (57014). Zero, the default, for none: the gate has limits of its own, and cancels.</summary>
    public TimeSpan StatementTimeout { get; init; }

    /// <summary>How long opening a connection may take. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many prepared statements each connection keeps. Default 256.</summary>
    public int CachedStatements { get; init; } = 256;

    /// <summary>How many scratch connections wait for the next assembly. Default 4.</summary>
    public int IdleScratches { get; init; } = 4;
}
