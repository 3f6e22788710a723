using Shale.Engines;
using Shale.Postgres;

namespace Shale.Cli.Bench.Pg;

/// <summary>
/// One private PostgreSQL server in a temporary directory, with a database for those who ask it directly or through a peer, and one for each of the two shards of a gate: disk, memory and settings are the same
/// for all. All is gone when it is disposed.
/// </summary>
internal sealed class PostgresStage : IAsyncDisposable
{
    private const string DirectDatabase = "direct", CoordinatorDatabase = "coordinator", Keyspace = "main";
    private static readonly string[] _shards = ["-80", "80-"];
    private readonly PrivateServer _server;
    private readonly List<ServeProcess> _gates = [];

    private PostgresStage(PrivateServer server, int port, string directory) => (_server, Direct, Directory) = (server, new Contender("PostgreSQL", port, DirectDatabase), directory);

    /// <summary>PostgreSQL itself.</summary>
    public Contender Direct { get; }

    /// <summary>A directory for files of the bench.</summary>
    public string Directory { get; }

    /// <summary>The directory of PostgreSQL's socket, by which peers and gate reach it.</summary>
    public string Socket => _server.Directory.Socket;

    /// <summary>As whom PostgreSQL runs.</summary>
    public ServerAccount Account => _server.Directory.Account;

    private string ShardData => Path.Combine(Directory, "postgres");

    /// <summary>Starts the server and makes its databases.</summary>
    public static async Task<PostgresStage> CreateAsync(CancellationToken cancellationToken)
    {
        var port = PostgresTools.FreePort();
        var server = await PrivateServer.StartAsync(new PrivateServerOptions { LoopbackPort = port }, cancellationToken);
        var stage = new PostgresStage(server, port, System.IO.Directory.CreateTempSubdirectory("shale-bench-").FullName);
        try
        {
            foreach (var database in (string[])[DirectDatabase, .. _shards]) await server.CreateDatabaseAsync(database, cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a gate over the two shards on PostgreSQL, as a process of its own.</summary>
    public async Task<(Contender Contender, ServeProcess Process)> StartGateAsync(CancellationToken cancellationToken)
    {
        var connections = _shards.SelectMany(shard => (string[])["--shard-connection", $"{shard}={_server.ConnectionString(shard)}"]);
        return await StartAsync(ServeProcess.Start(ShardData, ["--engine", "postgres", "--shards", "2", "--pg", "127.0.0.1:0", .. connections]), cancellationToken);
    }

    /// <summary>Starts a gate over two shards on SQLite, as a process of its own.</summary>
    public async Task<Contender> StartSqliteGateAsync(CancellationToken cancellationToken) =>
        (await StartAsync(ServeProcess.Start(Path.Combine(Directory, "sqlite"), ["--shards", "2", "--pg", "127.0.0.1:0"]), cancellationToken)).Contender;

    /// <summary>Stops the processes of gates and says how the shards on PostgreSQL are opened in this one.</summary>
    public async Task<LocalClusterOptions> StopGatesAsync()
    {
        foreach (var gate in _gates)
        {
            await gate.StopAsync();
            gate.Dispose();
        }

        _gates.Clear();
        var connections = _shards.ToDictionary(shard => $"{Keyspace}:{shard}", _server.ConnectionString);
        return new LocalClusterOptions { DataDirectory = ShardData, Keyspace = Keyspace, Engines = [new PostgresSource(new PostgresSourceOptions { Connections = connections })] };
    }

    /// <summary>Makes a database in which the accounts of both shards are foreign partitions of one table, with the settings that are best for it.</summary>
    public async Task<Contender> CreateCoordinatorAsync(BranchLayout layout, CancellationToken cancellationToken)
    {
        await _server.CreateDatabaseAsync(CoordinatorDatabase, cancellationToken);
        var coordinator = new Contender("postgres_fdw", Direct.Port, CoordinatorDatabase);
        foreach (var statement in (string[])
        [
            "CREATE EXTENSION postgres_fdw",
            .. _shards.SelectMany((shard, i) => (string[])
            [
                $"CREATE SERVER s{i} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{Socket}', port '{Direct.Port}', dbname '{shard}', fetch_size '10000', async_capable 'true')",
                $"CREATE USER MAPPING FOR {PrivateServer.Role} SERVER s{i} OPTIONS (user '{PrivateServer.Role}', password_required 'false')",
                $"GRANT USAGE ON FOREIGN SERVER s{i} TO {PrivateServer.Role}",
            ]),
            $"ALTER DATABASE {CoordinatorDatabase} SET enable_partitionwise_aggregate = on",
        ])
        {
            await coordinator.QueryAsync(statement, cancellationToken, ServerDirectory.Superuser);
        }

        await coordinator.QueryAsync($"""
            CREATE TABLE pgbench_accounts (aid int NOT NULL, bid int, abalance int, filler char(84)) PARTITION BY RANGE (aid);
            CREATE FOREIGN TABLE a0 PARTITION OF pgbench_accounts FOR VALUES FROM (MINVALUE) TO ({layout.FirstAccountOfSecond}) SERVER s0 OPTIONS (table_name 'pgbench_accounts');
            CREATE FOREIGN TABLE a1 PARTITION OF pgbench_accounts FOR VALUES FROM ({layout.FirstAccountOfSecond}) TO (MAXVALUE) SERVER s1 OPTIONS (table_name 'pgbench_accounts');
            ANALYZE pgbench_accounts;
            """, cancellationToken);
        return coordinator;
    }

    /// <summary>Writes what is in memory to the disk, so that nobody pays for it who did not cause it.</summary>
    public Task CheckpointAsync(CancellationToken cancellationToken) => Direct.QueryAsync("CHECKPOINT", cancellationToken, ServerDirectory.Superuser);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _ = await StopGatesAsync();
        await _server.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task<(Contender Contender, ServeProcess Process)> StartAsync(ServeProcess gate, CancellationToken cancellationToken)
    {
        _gates.Add(gate);
        var contender = new Contender("gate", await gate.PostgresPortAsync(cancellationToken), Keyspace);
        await contender.WaitReadyAsync(cancellationToken);
        return (contender, gate);
    }
}
