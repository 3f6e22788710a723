using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shale.Server;

namespace Shale.Cli.Bench;

/// <summary>Requests per second: the JSON door answering a point SELECT, over an endpoint of the same server that does nothing. Same client, same requests.</summary>
internal sealed class HttpBench(BenchData data) : IAsyncDisposable
{
    private const int Runs = 9;
    private const int Connections = 16;
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(1);
    private readonly string[] _bodies = [.. Bodies(data)];
    private WebApplication? _app;

    /// <summary>Measures.</summary>
    public async Task<BenchFigure> RunAsync(CancellationToken cancellationToken)
    {
        var port = await StartAsync(cancellationToken);
        var door = _bodies.Select(body => Request("/", port, body)).ToArray();
        var empty = _bodies.Select(body => Request("/empty", port, body)).ToArray();
        await CheckAsync(door[0], port, cancellationToken);
        await RateAsync(empty, port, cancellationToken);
        await RateAsync(door, port, cancellationToken);
        var ratios = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            var first = await RateAsync(run % 2 == 0 ? door : empty, port, cancellationToken);
            var second = await RateAsync(run % 2 == 0 ? empty : door, port, cancellationToken);
            ratios.Add(run % 2 == 0 ? first / second : second / first);
        }

        return BenchFigure.Of("point SELECT over HTTP: requests/s over an empty endpoint", ratios, 0.5, BenchFigure.AtLeast);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }

    private static IEnumerable<string> Bodies(BenchData data)
    {
        var bench = new PointSelectBench(data);
        for (var i = 0; i < 100; i++)
        {
            yield return $$"""{"type":1,"id":"{{i}}","timestamp":0,"keyspace":"main","sql":"{{PointSelectBench.Sql}}","params":[{{bench.Request(i * 7).Params[0]}}]}""";
        }
    }

    private async Task<int> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "shale" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddVTGate(data.Cluster.Gate);
        _app = builder.Build();
        _app.MapVTGate("/");
        _app.MapPost("/empty", (RequestDelegate)(_ => Task.CompletedTask));
        await _app.StartAsync(cancellationToken);
        return new Uri(_app.Urls.First()).Port;
    }

    private static byte[] Request(string path, int port, string body) => Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    private static async Task CheckAsync(byte[] request, int port, CancellationToken cancellationToken)
    {
        using var connection = await HttpConnection.OpenAsync(port, cancellationToken);
        var answer = await connection.SendAsync(request, cancellationToken);
        if (!answer.Contains("\"gloss\"", StringComparison.Ordinal)) throw new InvalidOperationException("the door did not answer with the row: " + answer);
    }

    private static async Task<double> RateAsync(byte[][] requests, int port, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(first => Task.Run(async () =>
        {
            using var connection = await HttpConnection.OpenAsync(port, cancellationToken);
            long count = 0;
            for (var i = first; clock.Elapsed < Span; i++, count++) await connection.RunAsync(requests[i % requests.Length], cancellationToken);
            return count;
        })));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }
}
