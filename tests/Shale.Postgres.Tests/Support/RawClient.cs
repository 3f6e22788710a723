using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Shale.Postgres.Tests.Support;

/// <summary>A client that sends what a test tells it, byte by byte if need be.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;

    private RawClient(Socket socket)
    {
        _socket = socket;
        _socket.ReceiveTimeout = (int)Longest.TotalMilliseconds;
    }

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new RawClient(socket);
    }

    /// <summary>Connected, and ready for a query.</summary>
    public static async Task<RawClient> OpenAsync(int port, string database = "main")
    {
        var client = await ConnectAsync(port);
        await client.SendAsync(Startup(3 << 16, ("user", "app"), ("database", database)));
        await client.ReadToReadyAsync();
        return client;
    }

    public (int Process, int Secret) Key { get; private set; }

    public static byte[] Startup(int version, params (string Name, string Value)[] parameters)
    {
        var text = string.Concat(parameters.Select(each => $"{each.Name}\0{each.Value}\0")) + "\0";
        return [.. Int(8 + Encoding.UTF8.GetByteCount(text)), .. Int(version), .. Encoding.UTF8.GetBytes(text)];
    }

    public static byte[] Message(char type, params byte[][] parts)
    {
        var length = 4 + parts.Sum(part => part.Length);
        return [(byte)type, .. Int(length), .. parts.SelectMany(part => part)];
    }

    public static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    public static byte[] Int(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Short(int value) => [(byte)(value >> 8), (byte)value];

    public static byte[] Query(string sql) => Message('Q', Text(sql));

    public async Task SendAsync(params byte[][] messages)
    {
        using var limit = new CancellationTokenSource(Longest);
        foreach (var message in messages) await _socket.SendAsync(message, limit.Token);
    }

    /// <summary>Nothing more will come.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>One byte outside of messages.</summary>
    public async Task<char> ReadByteAsync() => (char)(await ReadAsync(1) ?? throw new IOException("the server has gone"))[0];

    /// <summary>The next message; null if the server has gone.</summary>
    public async Task<(char Type, byte[] Body)?> ReadMessageAsync()
    {
        if (await ReadAsync(5) is not { } head) return null;
        var body = await ReadAsync(BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4);
        if (body is null) return null;
        if (head[0] == 'K') Key = (BinaryPrimitives.ReadInt32BigEndian(body), BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(4)));
        return ((char)head[0], body);
    }

    /// <summary>All messages up to ReadyForQuery, that one included, or to the connection's end.</summary>
    public async Task<List<(char Type, byte[] Body)>> ReadToReadyAsync()
    {
        var all = new List<(char, byte[])>();
        while (await ReadMessageAsync() is { } message)
        {
            all.Add(message);
            if (message.Type == 'Z') break;
        }

        return all;
    }

    /// <summary>In words: a letter for each message, with what matters of it behind errors, tags, rows and states.</summary>
    public async Task<string> ReadWordsAsync() => Words(await ReadToReadyAsync());

    public static string Words(IEnumerable<(char Type, byte[] Body)> messages) => string.Join(' ', messages.Select(message => message.Type switch
    {
        'C' => $"C({Encoding.UTF8.GetString(message.Body.AsSpan()[..^1])})",
        'E' or 'N' => $"{message.Type}({Field(message.Body, 'C')})",
        'Z' => $"Z({(char)message.Body[0]})",
        'D' => $"D({string.Join(',', Cells(message.Body).Select(cell => cell is null ? "null" : Encoding.UTF8.GetString(cell)))})",
        _ => message.Type.ToString(),
    }));

    public static string? Field(byte[] body, char code)
    {
        foreach (var field in Encoding.UTF8.GetString(body).Split('\0'))
        {
            if (field.Length > 0 && field[0] == code) return field[1..];
        }

        return null;
    }

    public static List<byte[]?> Cells(byte[] body)
    {
        var cells = new List<byte[]?>();
        var at = 2;
        for (var i = 0; i < BinaryPrimitives.ReadInt16BigEndian(body); i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at));
            at += 4;
            cells.Add(length < 0 ? null : body.AsSpan(at, length).ToArray());
            at += Math.Max(length, 0);
        }

        return cells;
    }

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]?> ReadAsync(int count)
    {
        using var limit = new CancellationTokenSource(Longest);
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            int read;
            try
            {
                read = await _socket.ReceiveAsync(bytes.AsMemory(at), limit.Token);
            }
            catch (SocketException)
            {
                return null;
            }

            if (read == 0) return null;
            at += read;
        }

        return bytes;
    }
}
