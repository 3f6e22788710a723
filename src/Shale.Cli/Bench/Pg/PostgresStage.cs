using Shale.Engines;
using Shale.Postgres;

namespace Shale.Cli.Bench.Pg;

/// <summary>
/// One private PostgreSQL server in a temporary directory, with a database for those who ask it directly or through a peer, and one for each of the two shards of a gate: disk, memory and settings are the same
/// for all. All is gone when it is disposed.
/// </summary>
internal sealed class PostgresStage : IAsyncDisposable
{
    private const string DirectDatabase = "direct";
    private static readonly string[] _shards = ["-80", "80-"];
    private readonly PrivateServer _server;
    private readonly string _directory;
    private ServeProcess? _gate;

    private PostgresStage(PrivateServer server, int port, string directory) => (_server, Direct, _directory) = (server, new Contender("PostgreSQL", port, DirectDatabase), directory);

    /// <summary>PostgreSQL itself.</summary>
    public Contender Direct { get; }

    /// <summary>The directory of PostgreSQL's socket, by which peers and gate reach it.</summary>
    public string Socket => _server.Directory.Socket;

    /// <summary>As whom PostgreSQL runs.</summary>
    public ServerAccount Account => _server.Directory.Account;

    /// <summary>Starts the server and makes its databases.</summary>
    public static async Task<PostgresStage> CreateAsync(CancellationToken cancellationToken)
    {
        var port = PostgresTools.FreePort();
        var server = await PrivateServer.StartAsync(new PrivateServerOptions { LoopbackPort = port }, cancellationToken);
        var stage = new PostgresStage(server, port, Directory.CreateTempSubdirectory("shale-bench-").FullName);
        try
        {
            await server.CreateDatabaseAsync(DirectDatabase, cancellationToken);
            foreach (var shard in _shards) await server.CreateDatabaseAsync(shard, cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a gate over the two shards, as a process of its own.</summary>
    public async Task<(Contender Contender, ServeProcess Process)> StartGateAsync(CancellationToken cancellationToken)
    {
        var connections = _shards.SelectMany(shard => (string[])["--shard-connection", $"{shard}={_server.ConnectionString(shard)}"]);
        _gate = ServeProcess.Start(_directory, ["--engine", "postgres", "--shards", "2", "--pg", "127.0.0.1:0", .. connections]);
        var contender = new Contender("gate", await _gate.PostgresPortAsync(cancellationToken), "main");
        await contender.WaitReadyAsync(cancellationToken);
        return (contender, _gate);
    }

    /// <summary>Stops the gate's process and says how its shards are opened in this one.</summary>
    public async Task<LocalClusterOptions> StopGateAsync()
    {
        if (_gate is not null)
        {
            await _gate.StopAsync();
            _gate.Dispose();
            _gate = null;
        }

        var connections = _shards.ToDictionary(shard => "main:" + shard, _server.ConnectionString);
        return new LocalClusterOptions { DataDirectory = _directory, Keyspace = "main", Engines = [new PostgresSource(new PostgresSourceOptions { Connections = connections })] };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _ = await StopGateAsync();
        await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
