using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Shale.Postgres.Relay;

/// <summary>Where a server is and what a session says to it at its start, from Npgsql's connection string. Immutable.</summary>
internal sealed class ServerAddress
{
    // What else may stand in a connection string is Npgsql's own matter, or needs Npgsql.
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Port", "Database", "Username", "Password", "SSL Mode", "Options", "Application Name", "Timeout",
        "Command Timeout", "Cancellation Timeout", "Pooling", "Minimum Pool Size", "Maximum Pool Size", "Connection Idle Lifetime", "Connection Pruning Interval", "Connection Lifetime", "Enlist",
        "Max Auto Prepare", "Auto Prepare Min Usages", "No Reset On Close", "Multiplexing", "Write Coalescing Buffer Threshold Bytes", "Include Error Detail", "Log Parameters", "Persist Security Info",
        "Read Buffer Size", "Write Buffer Size",
    };

    private readonly string _host;
    private readonly int _port;

    private ServerAddress(NpgsqlConnectionStringBuilder from, string user)
    {
        (_host, _port) = (from.Host!, from.Port);
        var parameters = new Dictionary<string, string> { ["user"] = user, ["client_encoding"] = "UTF8" };
        if (from.Database is { Length: > 0 } database) parameters["database"] = database;
        if (from.Options is { Length: > 0 } options) parameters["options"] = options;
        if (from.ApplicationName is { Length: > 0 } application) parameters["application_name"] = application;
        (Parameters, Password) = (parameters, from.Password is { Length: > 0 } password ? password : Environment.GetEnvironmentVariable("PGPASSWORD"));
        (RequiresTls, PrefersTls) = (from.SslMode == SslMode.Require, from.SslMode is SslMode.Require or SslMode.Prefer && !IsPath);
    }

    /// <summary>What the session says at its start.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; }

    /// <summary>The password; null for none.</summary>
    public string? Password { get; }

    /// <summary>Whether it is to be under TLS where the server has it.</summary>
    public bool PrefersTls { get; }

    /// <summary>Whether it must be.</summary>
    public bool RequiresTls { get; }

    /// <summary>The host's name for TLS.</summary>
    public string Host => _host;

    private bool IsPath => _host.StartsWith('/');

    /// <summary>The address; null for one that only Npgsql reaches: several hosts, certificates, what is looked up in files.</summary>
    public static ServerAddress? Of(NpgsqlConnectionStringBuilder from)
    {
        if (from.Host is not { Length: > 0 } host || host.Contains(',') || from.Username is not { Length: > 0 } user) return null;
        if (from.SslMode is not (SslMode.Disable or SslMode.Prefer or SslMode.Require)) return null;
        foreach (string key in from.Keys)
        {
            if (!Known.Contains(key)) return null;
        }

        return new ServerAddress(from, user);
    }

    /// <summary>Opens the way to it.</summary>
    public async ValueTask<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        EndPoint end = IsPath ? new UnixDomainSocketEndPoint($"{_host}/.s.PGSQL.{_port}") : IPAddress.TryParse(_host, out var ip) ? new IPEndPoint(ip, _port) : new DnsEndPoint(_host, _port);
        var socket = end switch
        {
            UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
            IPEndPoint { AddressFamily: var family } => new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
            _ => new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
        };
        try
        {
            // Whatever waits for a socket asynchronously has .NET watch it for good, beside our own poll.
            await Task.Run(() => socket.Connect(end), cancellationToken).WaitAsync(cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
