using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Server.Tests.Hosting;

/// <summary>Metrics and spans reach a collector.</summary>
public sealed class OtlpExportTests
{
    [Fact]
    public async Task Export_ToACollector_SendsMetricsAndSpans()
    {
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = await CollectorAsync(received);
        await using var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { Keyspace = "exported", Shards = 2 });
        using (new OtlpExport(new Uri(collector.Urls.First()), TimeSpan.FromMinutes(10)))
        {
            await cluster.Gate.ExecuteAsync(new GateRequest("SELECT 1", []));
        }

        Assert.Contains("db.client.operation.duration", received["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("exported", received["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("SELECT", received["/v1/traces"], StringComparison.Ordinal);
    }

    private static async Task<WebApplication> CollectorAsync(ConcurrentDictionary<string, string> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapPost("/v1/{kind}", async context =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
            var body = await reader.ReadToEndAsync();
            received.AddOrUpdate(context.Request.Path, body, (_, before) => before + body);
        });
        await app.StartAsync();
        return app;
    }
}
