using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Shale.Sql.Tests.Translation;

/// <summary>What a statement gave: columns and rows as text, or an error.</summary>
internal sealed record Outcome(List<(string Name, string Type)> Columns, List<string?[]> Rows, string? SqlState, string? Message)
{
    public static Outcome Failed(string? state, string message) => new([], [], state, message);
}

/// <summary>The simple query protocol of PostgreSQL, enough for tests.</summary>
internal sealed class PostgresClient : IDisposable
{
    private static readonly Dictionary<int, string> Types = new()
    {
        [16] = "bool", [17] = "bytea", [20] = "int8", [21] = "int2", [23] = "int4", [25] = "text", [114] = "json", [700] = "float4", [701] = "float8",
        [1042] = "char", [1043] = "varchar", [1082] = "date", [1083] = "time", [1114] = "timestamp", [1184] = "timestamptz", [1186] = "interval", [1187] = "interval[]",
        [1266] = "timetz", [1700] = "numeric", [2950] = "uuid", [3802] = "jsonb", [19] = "text", [2206] = "text",
        [1000] = "bool[]", [1005] = "int2[]", [1007] = "int4[]", [1016] = "int8[]", [1021] = "float4[]", [1022] = "float8[]", [1231] = "numeric[]", [1009] = "text[]",
        [1015] = "varchar[]", [1182] = "date[]", [1115] = "timestamp[]", [1185] = "timestamptz[]", [2951] = "uuid[]", [3807] = "jsonb[]",
    };

    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    public PostgresClient(string socket)
    {
        _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _socket.Connect(new UnixDomainSocketEndPoint(socket));
        _stream = new NetworkStream(_socket);
        var parameters = Encoding.UTF8.GetBytes("user\0shale\0database\0postgres\0client_encoding\0UTF8\0\0");
        Send(null, [0, 3, 0, 0, .. parameters]);
        ReadUntilReady();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    public Outcome Query(string sql)
    {
        Send((byte)'Q', [.. Encoding.UTF8.GetBytes(sql), 0]);
        return ReadUntilReady();
    }

    private Outcome ReadUntilReady()
    {
        var result = new Outcome([], [], null, null);
        while (true)
        {
            var (kind, body) = Receive();
            switch (kind)
            {
                case 'T':
                    result = result with { Columns = Columns(body) };
                    break;
                case 'D':
                    result.Rows.Add(Row(body));
                    break;
                case 'E':
                    result = Error(body);
                    break;
                case 'Z':
                    return result;
            }
        }
    }

    private void Send(byte? kind, byte[] body)
    {
        var message = new byte[(kind is null ? 4 : 5) + body.Length];
        if (kind is not null) message[0] = kind.Value;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(kind is null ? 0 : 1), body.Length + 4);
        body.CopyTo(message.AsSpan(kind is null ? 4 : 5));
        _stream.Write(message);
    }

    private (char Kind, byte[] Body) Receive()
    {
        var header = new byte[5];
        _stream.ReadExactly(header);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - 4];
        _stream.ReadExactly(body);
        return ((char)header[0], body);
    }

    private static List<(string, string)> Columns(byte[] body)
    {
        var columns = new List<(string, string)>();
        var at = 2;
        for (var count = BinaryPrimitives.ReadInt16BigEndian(body); count > 0; count--)
        {
            var end = Array.IndexOf(body, (byte)0, at);
            var name = Encoding.UTF8.GetString(body, at, end - at);
            var type = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(end + 7));
            columns.Add((name, Types.GetValueOrDefault(type, "oid" + type)));
            at = end + 19;
        }

        return columns;
    }

    private static string?[] Row(byte[] body)
    {
        var row = new string?[BinaryPrimitives.ReadInt16BigEndian(body)];
        var at = 2;
        for (var i = 0; i < row.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at));
            at += 4;
            if (length < 0) continue;
            row[i] = Encoding.UTF8.GetString(body, at, length);
            at += length;
        }

        return row;
    }

    private static Outcome Error(byte[] body)
    {
        string? state = null;
        var message = "";
        for (var at = 0; at < body.Length && body[at] != 0;)
        {
            var end = Array.IndexOf(body, (byte)0, at);
            var text = Encoding.UTF8.GetString(body, at + 1, end - at - 1);
            if (body[at] == 'C') state = text;
            if (body[at] == 'M') message = text;
            at = end + 1;
        }

        return Outcome.Failed(state, message);
    }
}
