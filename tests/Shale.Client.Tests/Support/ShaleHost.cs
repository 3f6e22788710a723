using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Shale.Engines;
using Shale.Server;

namespace Shale.Client.Tests.Support;

/// <summary>A whole Shale behind its JSON door, on a free port: what `shale serve` runs, without a disk.</summary>
internal sealed class ShaleHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ShaleHost(WebApplication app, LocalCluster cluster)
    {
        _app = app;
        Cluster = cluster;
    }

    public LocalCluster Cluster { get; }

    public string Url => _app.Urls.First();

    public static async Task<ShaleHost> StartAsync(int shards = 2, Func<LocalClusterOptions, LocalClusterOptions>? configure = null, string? token = null)
    {
        var options = new LocalClusterOptions { Shards = shards };
        var cluster = await LocalCluster.OpenAsync(configure?.Invoke(options) ?? options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddVTGate(cluster.Gate, door => door.Token = token);
        var app = builder.Build();
        app.MapVTGate("/");
        await app.StartAsync();
        return new ShaleHost(app, cluster);
    }

    /// <summary>A client, after some statements have run.</summary>
    public async Task<VitessClient> ClientAsync(params string[] statements)
    {
        var client = VitessClient.Create(new VitessConfig { Endpoint = Url, Keyspace = "main" });
        foreach (var sql in statements) await client.ExecuteAsync(sql);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Cluster.DisposeAsync();
    }
}
