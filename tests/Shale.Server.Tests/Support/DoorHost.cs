using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Shale.Client;
using Shale.Vitess;

namespace Shale.Server.Tests.Support;

/// <summary>A real server on a free port with the door of some gate.</summary>
internal sealed class DoorHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DoorHost(WebApplication app) => _app = app;

    public HttpClient Http { get; } = new();

    public string Url => _app.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);

    public static async Task<DoorHost> StartAsync(
        IVTGate gate, Action<VTGateDoorOptions>? configure = null, string path = "/", IPAddress? address = null, bool isAlone = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address ?? IPAddress.Loopback, 0));
        builder.Services.AddVTGate(_ => gate, configure);
        var app = builder.Build();
        app.MapVTGate(path, isAlone);
        await app.StartAsync();
        return new DoorHost(app);
    }

    public VitessClient Client() => VitessClient.Create(new VitessConfig { Endpoint = Url });

    public Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string json, Action<HttpRequestMessage>? prepare = null) =>
        PostAsync(Encoding.UTF8.GetBytes(json), prepare);

    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(byte[] body, Action<HttpRequestMessage>? prepare = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url) { Content = new ByteArrayContent(body) };
        prepare?.Invoke(request);
        using var response = await Http.SendAsync(request);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()).RootElement);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
