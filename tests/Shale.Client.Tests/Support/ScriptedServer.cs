using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Shale.Client.Tests.Support;

/// <summary>An HTTP server that answers what a test tells it and remembers what it was asked.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Func<ScriptedServer, HttpContext, JsonElement, Task> _answer;
    private readonly List<JsonElement> _requests = [];

    private ScriptedServer(Func<ScriptedServer, HttpContext, JsonElement, Task> answer)
    {
        _answer = answer;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    public string Url => _app.Urls.First();

    public List<string?> Authorizations { get; } = [];

    public List<string?> ContentTypes { get; } = [];

    public List<string> Paths { get; } = [];

    /// <summary>The bodies so far.</summary>
    public IReadOnlyList<JsonElement> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    public IEnumerable<int> Types => Requests.Select(request => request.GetProperty("type").GetInt32());

    public static async Task<ScriptedServer> StartAsync(Func<ScriptedServer, HttpContext, JsonElement, Task> answer)
    {
        var server = new ScriptedServer(answer);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Answers each request with the JSON that the function gives, which need not hold id and timestamp.</summary>
    public static Task<ScriptedServer> AnsweringAsync(Func<JsonElement, string> answer) =>
        StartAsync((_, context, request) => context.Response.WriteAsync(answer(request)));

    public VitessClient Client(Func<VitessConfig, VitessConfig>? configure = null)
    {
        var config = new VitessConfig { Endpoint = Url, Keyspace = "main" };
        return VitessClient.Create(configure is null ? config : configure(config));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = JsonDocument.Parse(await reader.ReadToEndAsync()).RootElement;
        lock (_requests)
        {
            _requests.Add(body);
            Authorizations.Add(context.Request.Headers.Authorization.ToString() is { Length: > 0 } value ? value : null);
            ContentTypes.Add(context.Request.ContentType);
            Paths.Add(context.Request.Path);
        }
        await _answer(this, context, body);
    }
}
