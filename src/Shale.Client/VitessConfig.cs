namespace Shale.Client;

/// <summary>Where the gate is and how to speak to it.</summary>
public sealed record VitessConfig
{
    /// <summary>The gate's URL; messages are sent to it as it is, without a path of their own.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The target of every statement, <c>keyspace[:shard][/branch][@tablet_type]</c>; null for the server's default.</summary>
    public string? Keyspace { get; init; }

    /// <summary>Sent as <c>Authorization: Bearer</c>; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>How long one attempt may take; 30 s. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for no limit.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often to try what may be tried again; three attempts, 100 ms. One that is given replaces the default as a whole.</summary>
    public RetryConfig Retry { get; init; } = new(3, TimeSpan.FromMilliseconds(100));

    /// <summary>Whose SQL the statements are: postgres or sqlite; null for postgres.</summary>
    public string? Dialect { get; init; }

    /// <summary>Whether queries over several shards, outside transactions and not streamed, may be answered without shards that fail. <see cref="QueryResult{T}.MissingShards"/> and a notice tell them.</summary>
    public bool PartialResults { get; init; }

    /// <summary>Time, for tests.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What sends the requests; null for a handler of the client's own. A given one is not disposed.</summary>
    public HttpMessageHandler? Handler { get; init; }
}

/// <summary>Retries.</summary>
/// <param name="MaxAttempts">How many attempts in all; 0 makes none, and every call fails.</param>
/// <param name="Backoff">The wait before the second attempt; before the third it is twice as long, and so on.</param>
public sealed record RetryConfig(int MaxAttempts, TimeSpan Backoff);
