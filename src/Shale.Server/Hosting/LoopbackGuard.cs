using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Shale.Server;

/// <summary>Refuses to run a server without a token on an address that others can reach (SEMANTICS S6.4).</summary>
internal sealed class LoopbackGuard(IServer server, IOptions<VTGateDoorOptions> options) : IHostedLifecycleService
{
    /// <summary>Whether an address of the form <c>http://host:port</c> is reached from this machine only.</summary>
    public static bool IsLoopback(string address)
    {
        // A wildcard host is no URI, and reaches everywhere.
        if (address.StartsWith("http://unix:", StringComparison.OrdinalIgnoreCase)) return true;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) return false;
        return string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }

    /// <summary>The refusal, for whoever sees it coming before the server has started.</summary>
    public static VitessException Refusal(string address) => new(ErrorCodes.Unauthorized,
        $"without a token the server answers on loopback addresses only, not on {address}",
        hint: "Configure a token, or bind 127.0.0.1.");

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(options.Value.Token)) return Task.CompletedTask;
        foreach (var address in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            if (!IsLoopback(address)) throw Refusal(address);
        }
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
