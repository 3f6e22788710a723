using System.CommandLine;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Shale.Cli.Config;
using Shale.Cli.Output;
using Shale.Contracts;
using Shale.Engines;
using Shale.Server;
using Shale.Vitess;

namespace Shale.Cli.Commands;

/// <summary>`shale serve`: a gate and its tablets behind the JSON door and the PostgreSQL door, until SIGTERM or Ctrl-C.</summary>
internal static class ServeCommand
{
    private const string DefaultListen = "127.0.0.1:15000";
    private const string NoPostgres = "none";
    private static readonly ListenAddress DefaultPostgres = new(System.Net.IPAddress.Loopback, PostgresDoorOptions.DefaultPort);

    private const string More = """
        Without a token the server answers on this machine only. On SIGTERM and Ctrl-C it rolls back open transactions and ends with 0.
        PostgreSQL's clients find it at 127.0.0.1:15432 (docs/postgres.md): any user, with the token as the password; the keyspace is the database. If that
        port is taken the server says so and goes on; one that --pg names must be free.
        Rows that are merged at the gate take at most 512 MiB of memory, 64 MiB for one statement; what is more goes to temporary files in the data
        directory. The configuration file changes both (gate.memoryBytes, gate.statementMemoryBytes).

        Examples:
          shale serve
          shale serve --data /var/lib/shale --shards 8
          shale serve --vschema vschema.json
          shale serve --engine postgres
          shale serve --engine postgres --shards 2 --shard-connection "-80=Host=a;Database=x" --shard-connection "80-=Host=b;Database=x"
          SHALE_TOKEN=secret shale serve --http 0.0.0.0:15000
          shale serve --pg 127.0.0.1:5432 ; psql -h 127.0.0.1 -d main
          shale serve --config shale.json
          shale serve --cert door.pem --key door.key
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The data directory; made if there is none.", HelpName = "DIR", DefaultValueFactory = _ => DataDirectory.Default };
        var keyspace = new Option<string>("--keyspace") { Description = "The keyspace that statements mean when they name none.", HelpName = "NAME", DefaultValueFactory = _ => ClusterStart.DefaultKeyspace };
        var shards = NumberOption.Shards();
        var engine = new EngineChoice();
        var vschema = new Option<FileInfo?>("--vschema") { Description = "A VSchema in JSON for an empty keyspace.", HelpName = "FILE" };
        var retention = NumberOption.Of<double>("--retention", "days from 0 to 36500", 0, ConfigFile.MostRetentionDays);
        (retention.Description, retention.HelpName) = ("For how many days every version stays readable: 30 without it.", "DAYS");
        var retentionBytes = NumberOption.Of("--retention-bytes", "a number of bytes, 1 or more", 1, long.MaxValue);
        (retentionBytes.Description, retentionBytes.HelpName) = ("How many bytes of log that may take, for all shards together: a fifth of the disk without it.", "BYTES");
        var http = new Option<string>("--http") { Description = "Where to listen.", HelpName = "ADDRESS:PORT", DefaultValueFactory = _ => DefaultListen };
        var pg = new Option<string?>("--pg") { Description = "Where PostgreSQL's clients are answered: 127.0.0.1:15432 without it; none for nowhere.", HelpName = "ADDRESS:PORT" };
        var token = new Option<string?>("--token") { Description = "The token that every request must bear, and the password of PostgreSQL's clients. Also SHALE_TOKEN.", HelpName = "T" };
        var tokenFile = new Option<FileInfo?>("--token-file") { Description = "A file that holds the token.", HelpName = "FILE" };
        var otlp = new Option<string?>("--otlp") { Description = "Send metrics and traces to this OTLP collector (HTTP, usually port 4318).", HelpName = "URL" };
        var config = new Option<string?>("--config") { Description = "A configuration file in JSON; other options win over it. See `shale config --help`.", HelpName = "FILE" };
        var cert = new Option<string?>("--cert") { Description = "A certificate in PEM: the server speaks HTTPS, and TLS with PostgreSQL's clients that ask for it.", HelpName = "FILE" };
        var key = new Option<string?>("--key") { Description = "The certificate's key in PEM, if it stands in a file of its own.", HelpName = "FILE" };
        var devCert = new Option<bool>("--dev-cert") { Description = "HTTPS with a certificate for localhost, made in the data directory." };
        var serve = new ShaleCommand("serve", "Start a database: a gate and its shards in one process.", More)
        {
            data, keyspace, shards, engine.Engine, engine.Connections, vschema, retention, retentionBytes, http, pg, token, tokenFile, otlp, config, cert, key, devCert,
        };
        serve.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var file = parsed.GetValue(config) is { } path ? ConfigFile.Read(path) : new ServerConfig();
                var directory = Given(parsed, data) ?? file.Data ?? DataDirectory.Default;
                if (directory.Length == 0) throw new VitessException(ErrorCodes.ShardError, "--data names no directory", sqlState: "22023", hint: "Write --data DIR.");
                var listen = ListenAddress.Parse(Given(parsed, http) ?? file.Http?.Listen ?? DefaultListen);
                var fromFile = file.Http?.TokenFile is { } named && parsed.GetValue(token) is null ? new FileInfo(named) : null;
                var secret = Token(parsed.GetValue(token), parsed.GetValue(tokenFile) ?? fromFile);
                if (secret is null && !listen.IsLoopback) throw LoopbackGuard.Refusal(listen.ToString());
                var postgres = parsed.GetValue(pg) ?? file.Pg?.Listen;
                var listenPg = postgres == NoPostgres ? null : postgres is null ? DefaultPostgres : ListenAddress.Parse(postgres);
                if (secret is null && listenPg is { IsLoopback: false }) throw LoopbackGuard.Refusal(listenPg.ToString());
                var schema = parsed.GetValue(vschema)?.FullName ?? file.Vschema;
                var options = new LocalClusterOptions
                {
                    DataDirectory = directory,
                    Keyspace = Given(parsed, keyspace) ?? file.Keyspace ?? ClusterStart.DefaultKeyspace,
                    Shards = parsed.GetValue(shards) ?? file.Shards,
                    Engine = engine.TypeOf(parsed, file),
                    VSchemaJson = schema is null ? null : await File.ReadAllTextAsync(schema, cancellation),
                    RetentionBytes = parsed.GetValue(retentionBytes) ?? file.RetentionBytes,
                };
                options = options with { Engines = [engine.SourceOf(parsed, file, directory, options.Keyspace)] };
                if ((parsed.GetValue(retention) ?? file.RetentionDays) is { } days) options = options with { Retention = ConfigFile.RetentionOf(days) };
                using var certificate = Certificate(parsed.GetValue(cert), parsed.GetValue(key), parsed.GetValue(devCert), file.Http, directory);
                using var export = Export(parsed.GetValue(otlp) ?? file.Otlp);
                SqliteEngine.UseTempDirectory(TempOf(file, directory));
                await RunAsync(WithLimits(options, file), new Door(listen, listenPg, postgres is not null, secret, certificate, file), cancellation);
                return 0;
            }
            catch (VitessException failure)
            {
                ErrorText.Write(Console.Error, failure);
                return 1;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync("ERROR: " + failure.Message);
                return 1;
            }
        });
        return serve;
    }

    private static async Task RunAsync(LocalClusterOptions options, Door door, CancellationToken cancellationToken)
    {
        // Shards may have something to say before there is an application.
        using var logging = LoggerFactory.Create(Configure);
        var log = logging.CreateLogger("Shale.Shards");
        await using var cluster = await DataDirectory.OpenAsync(options with { Warned = warning => log.Warned(warning.Keyspace, warning.Shard, warning.Message) }, cancellationToken);

        // Nothing but what is said here: no settings file of the current directory, no variables of the environment.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "shale" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            door.Listen.Bind(kestrel, connection =>
            {
                if (door.Certificate is not null) connection.UseHttps(door.Certificate);
            });
        }).UseKestrelHttpsConfiguration();
        Configure(builder.Logging);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        builder.Services.AddRoutingCore();
        builder.Services.AddVTGate(cluster.Gate, configured =>
        {
            configured.Token = door.Token;
            configured.MaxRequestBytes = door.Config.Http?.MaxRequestBytes ?? configured.MaxRequestBytes;
            configured.MaxResultBytes = door.Config.Http?.MaxResultBytes ?? configured.MaxResultBytes;
        });
        await using var app = builder.Build();
        app.MapVTGate("/", isAlone: true);
        await StartAsync(app, door.Listen, cancellationToken);
        await using var postgres = await OpenPostgresAsync(door, cluster, options, logging, cancellationToken);
        Announce(options, cluster, app.Urls, door.Token is not null, postgres?.Address, door.Postgres is null);
        await app.WaitForShutdownAsync(cancellationToken);
        Console.WriteLine("Stopping.");
    }

    private static string TempOf(ServerConfig config, string? directory) => config.Gate?.TempDirectory ?? (directory is null ? Path.GetTempPath() : Path.Combine(directory, ".temp"));

    private static async Task<PostgresDoor?> OpenPostgresAsync(Door door, LocalCluster cluster, LocalClusterOptions shards, ILoggerFactory logging, CancellationToken cancellationToken)
    {
        if (door.Postgres is not { } listen) return null;
        var defaults = new PostgresDoorOptions();
        var options = defaults with
        {
            Listen = new System.Net.IPEndPoint(listen.Address ?? System.Net.IPAddress.Any, listen.Port),
            Token = door.Token,
            Certificate = door.Certificate,
            DefaultKeyspace = shards.Keyspace,
            MaxConnections = door.Config.Pg?.MaxConnections ?? defaults.MaxConnections,
            MaxMessageBytes = door.Config.Pg?.MaxMessageBytes ?? defaults.MaxMessageBytes,
            TempDirectory = TempOf(door.Config, shards.DataDirectory),
        };
        try
        {
            return await PostgresDoor.OpenAsync(cluster.Gate, options, logging, cancellationToken);
        }
        catch (VitessException failure) when (!door.PostgresIsAsked && failure.SqlState == "08006")
        {
            return null;
        }
    }

    private static void Configure(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static async Task StartAsync(WebApplication app, ListenAddress listen, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            throw new VitessException(ErrorCodes.ConnectionError.Code, $"cannot listen on {listen}: {failure.GetBaseException().Message}", null, "08006", false,
                "Another server may be there already: stop it, or choose another address with --http.");
        }
    }

    // What a default says is not what the user says.
    private static string? Given(ParseResult parsed, Option<string> option) => parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;

    private static LocalClusterOptions WithLimits(LocalClusterOptions options, ServerConfig file) => options with
    {
        AssemblyBytes = file.Gate?.AssemblyBytes ?? options.AssemblyBytes,
        MemoryBytes = file.Gate?.MemoryBytes ?? options.MemoryBytes,
        StatementMemoryBytes = file.Gate?.StatementMemoryBytes ?? options.StatementMemoryBytes,
        MemoryWait = file.Gate?.MemoryWaitMs is { } patience ? TimeSpan.FromMilliseconds(patience) : options.MemoryWait,
        ShardsAtOnce = file.Gate?.ShardsAtOnce,
        SemiJoinKeys = file.Gate?.SemiJoinKeys ?? options.SemiJoinKeys,
        LockTimeout = file.Gate?.LockTimeoutMs is { } wait ? TimeSpan.FromMilliseconds(wait) : options.LockTimeout,
        MaxTransactions = file.Gate?.MaxTransactions ?? options.MaxTransactions,
        TransactionIdle = file.Gate?.TransactionIdleMs is { } idle ? TimeSpan.FromMilliseconds(idle) : options.TransactionIdle,
        TransactionAge = file.Gate?.TransactionAgeMs is { } age ? TimeSpan.FromMilliseconds(age) : options.TransactionAge,
        Limits = file.Gate?.Limits?.ToLimits(),
        KeyspaceLimits = (file.Keyspaces ?? new Dictionary<string, LimitsConfig>()).ToDictionary(each => each.Key, each => each.Value.ToLimits()),
    };

    private static X509Certificate2? Certificate(string? cert, string? key, bool forDevelopment, HttpConfig? config, string directory)
    {
        if (key is not null && cert is null) throw new VitessException(ErrorCodes.Unauthorized, "--key was given without --cert", hint: "Give both, or neither.");
        if (cert is not null && forDevelopment) throw new VitessException(ErrorCodes.Unauthorized, "--cert and --dev-cert were both given", hint: "Give one of them.");
        if (cert is null && !forDevelopment) (cert, key, forDevelopment) = (config?.Cert, config?.Key, config?.DevCert ?? false);
        if (cert is not null) return DoorCertificate.Read(cert, key);
        if (!forDevelopment) return null;
        var (made, path) = DoorCertificate.ForDevelopment(directory, TimeProvider.System.GetUtcNow());
        Console.WriteLine($"The certificate for localhost is {path}; clients of this machine trust it with SSL_CERT_FILE={Path.GetFullPath(path)}");
        return made;
    }

    private static OtlpExport? Export(string? collector)
    {
        if (collector is null) return null;
        if (ConfigFile.CollectorOf(collector) is { } url) return new OtlpExport(url, TimeSpan.FromSeconds(15));
        throw new VitessException(ErrorCodes.ConnectionError.Code, $"\"{collector}\" is no address of a collector", null, "22023", false, "Write a URL such as http://127.0.0.1:4318.");
    }

    private static void Announce(LocalClusterOptions options, LocalCluster cluster, ICollection<string> urls, bool hasToken, System.Net.IPEndPoint? postgres, bool isPostgresOff)
    {
        var shards = cluster.Tablets.Where(tablet => string.Equals(tablet.Keyspace, options.Keyspace, StringComparison.OrdinalIgnoreCase)).Select(tablet => tablet.Shard).ToList();
        var url = urls.First();
        var psql = postgres is not null ? $"psql -h {postgres.Address} -p {postgres.Port} -d {options.Keyspace}"
            : isPostgresOff ? "off" : $"off: {DefaultPostgres} is taken, --pg names another address";
        Console.WriteLine($"""
            Shale is ready.

              keyspace  {options.Keyspace} ({shards.Count} {(shards.Count == 1 ? "shard" : "shards")}: {string.Join(' ', shards.Take(16))}{(shards.Count > 16 ? " …" : "")})
              engine    {(cluster.Gate.VSchema.Find(options.Keyspace)?.Engine == StorageEngineType.Postgres ? "postgres" : "sqlite")}
              data      {Path.GetFullPath(options.DataDirectory!)}
              http      {url}
              postgres  {psql}
              health    {url}/healthz, {url}/readyz, {url}/metrics
              token     {(hasToken ? "required" : "none: this machine only")}

            Talk to it with `shale sql{(url == ClientOptions.DefaultEndpoint ? "" : $" --endpoint {url}")}`; stop it with Ctrl-C.
            """);
    }

    private static string? Token(string? token, FileInfo? file)
    {
        if (token is not null && file is not null)
            throw new VitessException(ErrorCodes.Unauthorized, "--token and --token-file were both given", hint: "Give one of them.");
        var secret = token ?? (file is null ? Environment.GetEnvironmentVariable("SHALE_TOKEN") : File.ReadAllText(file.FullName).Trim());
        if (secret is { Length: 0 } && (token is not null || file is not null))
            throw new VitessException(ErrorCodes.Unauthorized, "the token is empty", hint: "Leave the option away for a server without a token.");
        return string.IsNullOrEmpty(secret) ? null : secret;
    }

    /// <summary>What the doors are made of; without an address of PostgreSQL's there is none of it.</summary>
    private sealed record Door(ListenAddress Listen, ListenAddress? Postgres, bool PostgresIsAsked, string? Token, X509Certificate2? Certificate, ServerConfig Config);
}
