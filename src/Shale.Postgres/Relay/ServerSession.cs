using System.Buffers.Binary;
using System.Net.Security;
using System.Text;
using Shale.Postgres.Sockets;
using Shale.Postgres.Wire;

namespace Shale.Postgres.Relay;

/// <summary>Opens sessions, and cancels what they run.</summary>
/// <param name="address">Where the server is.</param>
internal sealed class ServerSession(ServerAddress address)
{
    /// <summary>A session that waits for its first statement.</summary>
    /// <param name="Link">The way to it.</param>
    /// <param name="Process">What the server calls it.</param>
    /// <param name="Secret">With which it is cancelled.</param>
    public sealed record Opened(ServerLink Link, int Process, int Secret);

    /// <summary>Opens one. Errors: <see cref="NotSupportedException"/> for a way of showing who we are that only Npgsql knows; <see cref="ServerFailure"/>; IO.</summary>
    public async ValueTask<Opened> OpenAsync(CancellationToken cancellationToken)
    {
        var socket = new PolledSocket(await address.ConnectAsync(cancellationToken));
        var link = new ServerLink(socket);
        await using var stop = cancellationToken.UnsafeRegister(static link => ((ServerLink)link!).Abort(), link);
        try
        {
            if (address.PrefersTls) await EncryptAsync(link, socket, cancellationToken);
            link.Output.Startup(address.Parameters);
            await link.SendAsync();
            await AuthenticateAsync(link);
            return await ReadyAsync(link);
        }
        catch (Exception failure)
        {
            link.Abort();
            if (cancellationToken.IsCancellationRequested) throw new OperationCanceledException("opening a connection was cancelled", failure, cancellationToken);
            throw;
        }
    }

    /// <summary>Asks the server to stop what a session runs; ends when it has taken notice.</summary>
    public async ValueTask CancelAsync(Opened session, CancellationToken cancellationToken)
    {
        using var socket = new PolledSocket(await address.ConnectAsync(cancellationToken));
        await using var stop = cancellationToken.UnsafeRegister(static socket => ((PolledSocket)socket!).CancelReceiveOrNext(), socket);
        var request = new FrontendWriter();
        request.CancelRequest(session.Process, session.Secret);
        await socket.SendAsync(request.Waiting, cancellationToken);
        if (await socket.ReceiveAsync(new byte[1]) == PolledSocket.Cancelled) cancellationToken.ThrowIfCancellationRequested();
    }

    // Whose certificate it is is not asked, as libpq does not in these modes: this keeps off those who only listen.
    private async ValueTask EncryptAsync(ServerLink link, PolledSocket socket, CancellationToken cancellationToken)
    {
        link.Output.SslRequest();
        await link.SendAsync();
        link.Filled(await link.FillAsync());
        var answer = link.TakeByte();
        if (link.HasMore) throw WireErrors.Malformed("the server has sent something in the clear behind its answer to the request for TLS");
        if (answer == (byte)'S')
        {
#pragma warning disable CA5359
            var tls = new SslStream(new PolledStream(socket), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
            link.Encrypt(tls);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, cancellationToken);
        }
        else if (address.RequiresTls)
        {
            throw new IOException("the server has no TLS, which the connection string requires");
        }
    }

    private async ValueTask AuthenticateAsync(ServerLink link)
    {
        ScramClient? scram = null;
        while (true)
        {
            var (code, data) = await NextAsync(link);
            switch (code)
            {
                case 0:
                    return;
                case 3:
                    link.Output.Password(address.Password ?? throw OnlyNpgsql("a password from a file"));
                    break;
                case 10 when Encoding.UTF8.GetString(data).Split('\0').Contains(ScramExchange.Mechanism):
                    scram = new ScramClient(address.Password ?? throw OnlyNpgsql("a password from a file"));
                    link.Output.SaslInitial(ScramExchange.Mechanism, scram.First);
                    break;
                case 11 when scram is not null:
                    link.Output.SaslResponse(scram.Final(Encoding.UTF8.GetString(data)));
                    break;
                case 12 when scram is not null:
                    scram.RequireServer(Encoding.UTF8.GetString(data));
                    continue;
                default:
                    throw OnlyNpgsql($"authentication {code}");
            }

            await link.SendAsync();
        }
    }

    private static async ValueTask<(int Code, byte[] Data)> NextAsync(ServerLink link)
    {
        while (true)
        {
            if (TryTake(link, out var step)) return step;
            link.Filled(await link.FillAsync());
        }

        static bool TryTake(ServerLink link, out (int Code, byte[] Data) step)
        {
            step = default;
            if (!link.TryTake(out var type, out var message)) return false;
            if (type == BackendMessage.ErrorResponse) throw ServerFailure.Read(ServerLink.BodyOf(message));
            if (type == BackendMessage.NegotiateProtocolVersion || type == BackendMessage.NoticeResponse) return TryTake(link, out step);
            if (type != BackendMessage.Authentication || message.Length < 9) throw WireErrors.Malformed("the server does not ask who we are");
            step = (BinaryPrimitives.ReadInt32BigEndian(message[5..]), message[9..].ToArray());
            return true;
        }
    }

    private static async ValueTask<Opened> ReadyAsync(ServerLink link)
    {
        var (process, secret) = (0, 0);
        while (true)
        {
            if (Take()) return new Opened(link, process, secret);
            link.Filled(await link.FillAsync());
        }

        bool Take()
        {
            while (link.TryTake(out var type, out var message))
            {
                if (type == BackendMessage.ErrorResponse) throw ServerFailure.Read(ServerLink.BodyOf(message));
                if (type == BackendMessage.BackendKeyData) (process, secret) = (BinaryPrimitives.ReadInt32BigEndian(message[5..]), BinaryPrimitives.ReadInt32BigEndian(message[9..]));
                if (type == BackendMessage.ReadyForQuery) return true;
            }

            return false;
        }
    }

    private static NotSupportedException OnlyNpgsql(string what) => new($"{what} is left to Npgsql");
}
