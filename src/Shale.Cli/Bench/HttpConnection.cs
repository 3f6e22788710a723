using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Shale.Cli.Bench;

/// <summary>A kept-alive connection that costs little itself: it sends requests as they are, one after another, and reads answers up to their end.</summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];

    private HttpConnection()
    {
    }

    /// <summary>Connects to a port of this machine.</summary>
    public static async Task<HttpConnection> OpenAsync(int port, CancellationToken cancellationToken)
    {
        var connection = new HttpConnection();
        await connection._socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return connection;
    }

    /// <summary>Sends a request and gives the whole answer as text.</summary>
    public async Task<string> SendAsync(byte[] request, CancellationToken cancellationToken) =>
        Encoding.UTF8.GetString(_buffer, 0, await ExchangeAsync(request, cancellationToken));

    /// <summary>Sends a request and reads the answer; <see cref="IOException"/> if it is not 200.</summary>
    public async ValueTask RunAsync(byte[] request, CancellationToken cancellationToken)
    {
        var length = await ExchangeAsync(request, cancellationToken);
        if (length < 12 || !_buffer.AsSpan(9, 3).SequenceEqual("200"u8)) throw new IOException("an answer was not 200: " + Encoding.UTF8.GetString(_buffer, 0, Math.Min(length, 200)));
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async ValueTask<int> ExchangeAsync(byte[] request, CancellationToken cancellationToken)
    {
        await _socket.SendAsync(request, SocketFlags.None, cancellationToken);
        var length = 0;
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(length), SocketFlags.None, cancellationToken);
            if (read == 0) throw new IOException("the server closed the connection, or its answer is too long");
            length += read;
            if (IsComplete(_buffer.AsSpan(0, length))) return length;
        }
    }

    private static bool IsComplete(ReadOnlySpan<byte> answer)
    {
        var headers = answer.IndexOf("\r\n\r\n"u8);
        if (headers < 0) return false;
        var body = answer[(headers + 4)..];
        var name = "Content-Length: "u8;
        var at = answer[..headers].IndexOf(name);
        if (at < 0) return body.EndsWith("0\r\n\r\n"u8);
        return Utf8Parser.TryParse(answer[(at + name.Length)..], out int wanted, out _) && body.Length >= wanted;
    }
}
