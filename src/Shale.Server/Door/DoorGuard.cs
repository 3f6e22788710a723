using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Shale.Server;

/// <summary>Who may come in (SEMANTICS S6.4). Immutable.</summary>
internal sealed class DoorGuard(string? token)
{
    private const string Scheme = "Bearer ";

    // Digests are compared, so that neither the token's text nor its length shows in the time it takes.
    private readonly byte[]? _digest = string.IsNullOrEmpty(token) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Whether requests have to bear a token.</summary>
    public bool WantsToken => _digest is not null;

    /// <summary>Null if the request may come in, else why not.</summary>
    public VitessException? Check(HttpContext context) => _digest is null ? CheckLocal(context) : CheckToken(context.Request.Headers.Authorization);

    private VitessException? CheckToken(StringValues header)
    {
        if (header.Count != 1) return Refused("the request bears no token");
        var value = header[0]!;
        if (!value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return Refused("the request bears no token");
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(value[Scheme.Length..].Trim()));
        return CryptographicOperations.FixedTimeEquals(digest, _digest) ? null : Refused("the token is wrong");
    }

    // Without a token the machine itself is the boundary. A page in a browser on it is still a stranger: it names where it comes from.
    private static VitessException? CheckLocal(HttpContext context)
    {
        if (context.Connection.LocalIpAddress is { } local && !IPAddress.IsLoopback(local))
            return Refused("without a token the server answers on loopback addresses only");
        var origin = context.Request.Headers.Origin;
        return origin.Count == 0 || LoopbackGuard.IsLoopback(origin[0] ?? "")
            ? null
            : Refused("without a token the server does not answer to web pages of other hosts");
    }

    private static VitessException Refused(string why) => new(ErrorCodes.Unauthorized, why);
}
