namespace Shale.Postgres;

/// <summary>A PostgreSQL server of one's own.</summary>
public sealed record PrivateServerOptions
{
    /// <summary>Where its files are kept; made if there is none. Null for a temporary directory, which is removed when the server is closed.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Whether commits wait for the disk (PostgreSQL's <c>fsync</c>). Default true; false loses the whole database when the machine fails.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>How many connections the server takes. Default 400; each that is open is a process of a few megabytes.</summary>
    public int MaxConnections { get; init; } = 400;

    /// <summary>PostgreSQL's <c>shared_buffers</c>, with its unit. Default 128MB, taken as it is needed.</summary>
    public string SharedBuffers { get; init; } = "128MB";

    /// <summary>How long a start may take, recovery after a crash included. Default 2 min.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A port of the loopback address on which it listens too, to whoever comes: for measuring beside other servers that are reached so. Null for the socket alone.</summary>
    internal int? LoopbackPort { get; init; }

    /// <summary>Told when the server has died and is started again, on the thread that watches it. Null for nobody.</summary>
    public Action<string>? Warned { get; init; }
}
