using System.Buffers.Binary;
using System.Text;

namespace Shale.Postgres.Wire;

/// <summary>Writes a client's messages into a buffer, one behind the other, until <see cref="Clear"/>. Not thread-safe.</summary>
/// <remarks>Hot path: the point query to a PostgreSQL shard.</remarks>
internal sealed class FrontendWriter
{
    private const int UsualBytes = 4 * 1024;

    // More than that is not kept for the next messages.
    private const int MostKept = 256 * 1024;

    private byte[] _buffer = new byte[UsualBytes];
    private int _length;
    private int _start;

    /// <summary>What waits to be sent.</summary>
    public ReadOnlyMemory<byte> Waiting => _buffer.AsMemory(0, _length);

    /// <summary>How many bytes wait.</summary>
    public int Length => _length;

    /// <summary>It has been sent.</summary>
    public void Clear()
    {
        _length = 0;
        if (_buffer.Length > MostKept) _buffer = new byte[UsualBytes];
    }

    /// <summary>What has been written behind so many bytes is not to be sent.</summary>
    public void CutBack(int length) => _length = length;

    /// <summary>The first message of a connection.</summary>
    public void Startup(IEnumerable<KeyValuePair<string, string>> parameters)
    {
        BeginBare();
        Int32(3 << 16);
        foreach (var (name, value) in parameters)
        {
            Text(name);
            Text(value);
        }

        Byte(0);
        End();
    }

    /// <summary>Asks for TLS.</summary>
    public void SslRequest()
    {
        BeginBare();
        Int32((1234 << 16) | 5679);
        End();
    }

    /// <summary>The only message of a connection that cancels what another runs.</summary>
    public void CancelRequest(int process, int secret)
    {
        BeginBare();
        Int32((1234 << 16) | 5678);
        Int32(process);
        Int32(secret);
        End();
    }

    /// <summary>The first step of SASL.</summary>
    public void SaslInitial(string mechanism, string data)
    {
        Begin(FrontendMessage.Password);
        Text(mechanism);
        Int32(Encoding.UTF8.GetByteCount(data));
        Letters(data);
        End();
    }

    /// <summary>A later step of SASL.</summary>
    public void SaslResponse(string data)
    {
        Begin(FrontendMessage.Password);
        Letters(data);
        End();
    }

    /// <summary>A password as it is.</summary>
    public void Password(string password)
    {
        Begin(FrontendMessage.Password);
        Text(password);
        End();
    }

    /// <summary>A simple query: one or more statements. TYPE_ERROR (22021) for one with a zero in it.</summary>
    public void Query(string sql)
    {
        RequireNoZero(sql);
        Begin(FrontendMessage.Query);
        Text(sql);
        End();
    }

    /// <summary>PARSE. TYPE_ERROR (22021) for a text with a zero in it.</summary>
    public void Parse(string name, string sql, ReadOnlySpan<int> types)
    {
        RequireNoZero(sql);
        Begin(FrontendMessage.Parse);
        Text(name);
        Text(sql);
        Int16(types.Length);
        foreach (var type in types) Int32(type);
        End();
    }

    /// <summary>BIND of a prepared statement to the portal without a name.</summary>
    /// <param name="statement">Its name.</param>
    /// <param name="wires">How its values go.</param>
    /// <param name="values">Its values.</param>
    /// <param name="results">Which columns come in binary: one for each, one for all, or none for text.</param>
    public void Bind(string statement, ReadOnlySpan<PostgresParameters.Wire> wires, IReadOnlyList<SqlValue> values, ReadOnlySpan<bool> results)
    {
        Begin(FrontendMessage.Bind);
        Byte(0);
        Text(statement);
        Int16(wires.Length);
        foreach (var wire in wires) Int16(wire == PostgresParameters.Wire.Untyped ? 0 : 1);
        Int16(wires.Length);
        for (var i = 0; i < wires.Length; i++) Value(wires[i], values[i]);
        Int16(results.Length);
        foreach (var isBinary in results) Int16(isBinary ? 1 : 0);
        End();
    }

    /// <summary>DESCRIBE of a prepared statement.</summary>
    public void Describe(string statement)
    {
        Begin(FrontendMessage.Describe);
        Byte((byte)'S');
        Text(statement);
        End();
    }

    /// <summary>EXECUTE of the portal without a name, to its end.</summary>
    public void Execute()
    {
        Begin(FrontendMessage.Execute);
        Byte(0);
        Int32(0);
        End();
    }

    /// <summary>Data of a COPY.</summary>
    public void CopyData(ReadOnlySpan<byte> data)
    {
        Begin(FrontendMessage.CopyData);
        data.CopyTo(Room(data.Length));
        _length += data.Length;
        End();
    }

    /// <summary>CLOSE of a prepared statement.</summary>
    public void Close(string statement)
    {
        Begin(FrontendMessage.Close);
        Byte((byte)'S');
        Text(statement);
        End();
    }

    /// <summary>A message without a body.</summary>
    public void Bare(FrontendMessage type)
    {
        Begin(type);
        End();
    }

    private void Value(PostgresParameters.Wire wire, in SqlValue value)
    {
        if (value.IsNull)
        {
            Int32(-1);
            return;
        }

        switch (wire)
        {
            case PostgresParameters.Wire.Int4:
                Int32(4);
                Int32((int)value.AsInteger());
                break;
            case PostgresParameters.Wire.Int8:
                Int32(8);
                Int64(value.AsInteger());
                break;
            case PostgresParameters.Wire.Float8:
                Int32(8);
                Int64(BitConverter.DoubleToInt64Bits(value.AsReal()));
                break;
            case PostgresParameters.Wire.Bool:
                Int32(1);
                Byte(value.AsBoolean() ? (byte)1 : (byte)0);
                break;
            case PostgresParameters.Wire.Bytea:
                var bytes = value.AsBlob();
                Int32(bytes.Length);
                bytes.CopyTo(Room(bytes.Length));
                _length += bytes.Length;
                break;
            default:
                var text = PostgresParameters.Text(value);
                Int32(Encoding.UTF8.GetByteCount(text));
                Letters(text);
                break;
        }
    }

    private void Begin(FrontendMessage type)
    {
        Byte((byte)type);
        BeginBare();
    }

    private void BeginBare()
    {
        _start = _length;
        Int32(0);
    }

    private void End() => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_start), _length - _start);

    // A zero would end it early. Asked before anything of the message is written.
    private static void RequireNoZero(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) throw new VitessException(ErrorCodes.TypeError, "a text for PostgreSQL has a zero in it", sqlState: "22021");
    }

    private void Text(string text)
    {
        Letters(text);
        Byte(0);
    }

    private void Letters(string text)
    {
        var room = Room(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, room);
    }

    private void Byte(byte value)
    {
        Room(1)[0] = value;
        _length++;
    }

    private void Int16(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Room(2), checked((ushort)value));
        _length += 2;
    }

    private void Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Room(4), value);
        _length += 4;
    }

    private void Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(Room(8), value);
        _length += 8;
    }

    private Span<byte> Room(int bytes)
    {
        if (_buffer.Length - _length < bytes) Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(_length + (long)bytes, 2L * _buffer.Length)));
        return _buffer.AsSpan(_length);
    }
}
