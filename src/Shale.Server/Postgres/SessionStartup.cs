using System.Net;
using System.Text;
using Shale.Postgres.Wire;

namespace Shale.Server;

/// <summary>Who a session is, and what it wants.</summary>
/// <param name="User">The user's name; it means nothing.</param>
/// <param name="Parameters">All that the client said at its start.</param>
internal sealed record SessionIdentity(string User, IReadOnlyDictionary<string, string> Parameters);

/// <summary>The start of a connection: encryption, version, and whether the client knows the token.</summary>
/// <param name="pipes">The connection.</param>
/// <param name="options">The door's options.</param>
/// <param name="secret">What is kept of the token; null where there is none.</param>
/// <param name="cancel">Cancels what another connection runs, if the key is right.</param>
internal sealed class SessionStartup(SessionPipes pipes, PostgresDoorOptions options, ScramSecret? secret, Action<(int Process, int Key)> cancel)
{
    private const int MostAnswerBytes = 10_000;

    /// <summary>Who it is; null if nothing follows: a cancellation, or a client that has gone. Errors: UNAUTHORIZED (28P01, 28000), QUERY_ERROR (08P01, 0A000).</summary>
    /// <param name="remote">Where it comes from.</param>
    /// <param name="cancellationToken">When it has taken too long.</param>
    public async ValueTask<SessionIdentity?> RunAsync(EndPoint? remote, CancellationToken cancellationToken)
    {
        while (await pipes.ReadStartupAsync(cancellationToken) is { } packet)
        {
            switch (packet.Kind)
            {
                case StartupKind.Tls when options.Certificate is { } certificate && !pipes.IsEncrypted:
                    await AnswerAsync('S', cancellationToken);
                    await pipes.EncryptAsync(certificate, cancellationToken);
                    break;
                case StartupKind.Tls or StartupKind.GssEncryption:
                    await AnswerAsync('N', cancellationToken);
                    break;
                case StartupKind.Cancel:
                    cancel(packet.Target);
                    return null;
                case StartupKind.OtherVersion:
                    throw new VitessException(ErrorCodes.QueryError, $"unsupported frontend protocol {packet.Major}.{packet.Minor}: server supports 3.0", sqlState: "0A000", hint: "Use a newer client.");
                default:
                    return await WelcomeAsync(packet, remote, cancellationToken);
            }
        }

        return null;
    }

    private async ValueTask AnswerAsync(char answer, CancellationToken cancellationToken)
    {
        pipes.Output.Raw(answer);
        await pipes.Output.FlushAsync(cancellationToken);
    }

    private async ValueTask<SessionIdentity?> WelcomeAsync(StartupPacket packet, EndPoint? remote, CancellationToken cancellationToken)
    {
        var unknown = packet.Parameters.Keys.Where(name => name.StartsWith("_pq_.", StringComparison.Ordinal)).ToList();
        if (packet.Minor > 0 || unknown.Count > 0) pipes.Output.NegotiateProtocolVersion(0, unknown);
        if (!packet.Parameters.TryGetValue("user", out var user) || user.Length == 0) throw Refused("28000", "no PostgreSQL user name specified in startup packet");
        if (packet.Parameters.TryGetValue("replication", out var replication) && replication is not ("false" or "off" or "no" or "0"))
            throw new VitessException(ErrorCodes.QueryError, "replication connections are not supported", sqlState: "0A000", hint: "Connect without replication.");
        if (secret is null && remote is IPEndPoint { Address: var address } && !IPAddress.IsLoopback(address)) throw Refused("28000", "without a token the server answers on loopback addresses only");
        if (secret is not null && !await AuthenticateAsync(secret, user, cancellationToken)) return null;
        pipes.Output.Authentication(0);
        return new SessionIdentity(user, packet.Parameters);
    }

    // Whatever is wrong, the same is said.
    private async ValueTask<bool> AuthenticateAsync(ScramSecret kept, string user, CancellationToken cancellationToken)
    {
        pipes.Output.Authentication(10, Encoding.ASCII.GetBytes(ScramExchange.Mechanism + "\0\0"));
        await pipes.Output.FlushAsync(cancellationToken);
        if (await pipes.ReadAnswerAsync(MostAnswerBytes, cancellationToken) is not { } first) return false;
        var exchange = new ScramExchange(kept);
        pipes.Output.Authentication(11, Encoding.ASCII.GetBytes(exchange.Begin(InitialResponse(first))));
        await pipes.Output.FlushAsync(cancellationToken);
        if (await pipes.ReadAnswerAsync(MostAnswerBytes, cancellationToken) is not { } second) return false;
        var proof = exchange.End(MessageBody.Text(second)) ?? throw Refused("28P01", $"password authentication failed for user \"{user}\"");
        pipes.Output.Authentication(12, Encoding.ASCII.GetBytes(proof));
        return true;
    }

    private static string InitialResponse(byte[] bytes)
    {
        var body = new MessageBody(bytes);
        if (body.ReadText() != ScramExchange.Mechanism) throw WireErrors.Malformed("client selected an invalid SASL authentication mechanism");
        return MessageBody.Text(body.ReadBytes(body.ReadInt32()));
    }

    private static VitessException Refused(string sqlState, string message) =>
        new(ErrorCodes.Unauthorized, message, sqlState: sqlState, hint: "The password is the server's token, for every user.");
}
