using System.Net;
using Shale.Contracts;
using Shale.Engines;
using Shale.Server;

namespace Shale.Postgres.Tests.Support;

/// <summary>A gate over SQLite shards in memory, behind the PostgreSQL door on a free port.</summary>
internal sealed class DoorCluster : IAsyncDisposable
{
    private ShardDatabases? _databases;

    private DoorCluster(LocalCluster cluster, PostgresDoor door) => (Cluster, Door) = (cluster, door);

    public LocalCluster Cluster { get; }

    public PostgresDoor Door { get; }

    public int Port => Door.Address.Port;

    public static async Task<DoorCluster> StartAsync(Func<PostgresDoorOptions, PostgresDoorOptions>? configure = null, Func<LocalClusterOptions, LocalClusterOptions>? shards = null)
    {
        var options = new LocalClusterOptions { Shards = 3 };
        var cluster = await LocalCluster.OpenAsync(shards?.Invoke(options) ?? options);

        // On a machine that does much else, TLS alone may take the default.
        var door = new PostgresDoorOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), StartupTimeout = TimeSpan.FromMinutes(5) };
        return new DoorCluster(cluster, await PostgresDoor.OpenAsync(cluster.Gate, configure?.Invoke(door) ?? door));
    }

    /// <summary>The same before shards on either engine.</summary>
    public static async Task<DoorCluster> StartAsync(Shards shards, Func<PostgresDoorOptions, PostgresDoorOptions>? configure = null)
    {
        if (shards.Engine != StorageEngineType.Postgres) return await StartAsync(configure, options => options with { Shards = shards.Count });
        var databases = await SharedServer.DatabasesAsync(shards.Count);
        var cluster = await StartAsync(configure, options => options with { Shards = shards.Count, Engine = shards.Engine, Engines = [databases.Source] });
        cluster._databases = databases;
        return cluster;
    }

    public async Task RunAsync(params string[] statements)
    {
        foreach (var sql in statements) await Cluster.Gate.ExecuteAsync(new Vitess.GateRequest(sql, []));
    }

    public async ValueTask DisposeAsync()
    {
        await Door.DisposeAsync();
        await Cluster.DisposeAsync();
        if (_databases is not null) await _databases.DisposeAsync();
    }
}
