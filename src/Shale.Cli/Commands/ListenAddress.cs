using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Shale.Cli.Commands;

/// <summary>An address and a port to listen on, as the command line says it: <c>127.0.0.1:15000</c>, <c>[::1]:0</c>, <c>localhost:80</c>, <c>*:80</c>.</summary>
/// <param name="Address">The address; null for all.</param>
/// <param name="Port">0 for any that is free.</param>
internal sealed record ListenAddress(IPAddress? Address, int Port)
{
    /// <summary>Whether only this machine reaches it.</summary>
    public bool IsLoopback => Address is not null && IPAddress.IsLoopback(Address);

    /// <summary>Reads one. Errors: CONNECTION_ERROR (22023).</summary>
    public static ListenAddress Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var (host, digits) = colon < 0 ? ("127.0.0.1", text) : (text[..colon].Trim('[', ']'), text[(colon + 1)..]);
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort) throw Refused(text);
        return host switch
        {
            "*" or "+" => new ListenAddress(null, port),
            "localhost" => new ListenAddress(IPAddress.Loopback, port),
            _ => new ListenAddress(IPAddress.TryParse(host, out var address) ? address : throw Refused(text), port),
        };
    }

    /// <summary>Binds a server to it.</summary>
    public void Bind(KestrelServerOptions kestrel, Action<ListenOptions> configure)
    {
        if (Address is null) kestrel.ListenAnyIP(Port, configure);
        else kestrel.Listen(Address, Port, configure);
    }

    /// <summary>As it can be read again.</summary>
    public override string ToString() => Address is null ? $"*:{Port}" : new IPEndPoint(Address, Port).ToString();

    private static VitessException Refused(string text) => new(ErrorCodes.ConnectionError.Code, $"\"{text}\" is no address to listen on", null, "22023", false,
        "Write ADDRESS:PORT, such as 127.0.0.1:15000 or 0.0.0.0:15000.");
}
