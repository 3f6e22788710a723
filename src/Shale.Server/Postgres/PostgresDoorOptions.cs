using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Shale.Server;

/// <summary>Options of the PostgreSQL door. Read once, when it opens.</summary>
public sealed record PostgresDoorOptions
{
    /// <summary>Where it listens; port 0 for any that is free.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, DefaultPort);

    /// <summary>The password of every user (SCRAM-SHA-256); null for none, and then the door answers on loopback addresses only (SEMANTICS S6.4).</summary>
    public string? Token { get; init; }

    /// <summary>The certificate for clients that ask for TLS; null for none.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The keyspace of a client that names its user as the database, which is what psql does when it is told nothing; null for the gate's.</summary>
    public string? DefaultKeyspace { get; init; }

    /// <summary>How many connections there may be. Default 2,000. One more is told 53300.</summary>
    public int MaxConnections { get; init; } = 2_000;

    /// <summary>How long a client may take to say who it is. Default 10 seconds.</summary>
    public TimeSpan StartupTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest message, in bytes. Default 64 MiB. Longer ones are refused before anything is put aside for them (54000), and end the connection.</summary>
    public int MaxMessageBytes { get; init; } = 64 << 20;

    /// <summary>Where temporary files are made, for rows that cursors keep. Default: that of the operating system.</summary>
    public string TempDirectory { get; init; } = Path.GetTempPath();

    /// <summary>The port of `shale serve`.</summary>
    public const int DefaultPort = 15432;
}
