using System.Buffers.Binary;
using System.Text;

namespace Shale.Postgres.Wire;

/// <summary>Reads the body of one message from its start to its end. Errors: QUERY_ERROR (08P01) where it is too short, (22021) for text that is no UTF-8.</summary>
internal ref struct MessageBody(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte ReadByte() => Take(1)[0];

    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    /// <summary>So many bytes, where they lie.</summary>
    public ReadOnlySpan<byte> ReadBytes(int count) => count < 0 ? throw TooShort() : Take(count);

    /// <summary>Text up to a zero.</summary>
    public string ReadText()
    {
        var end = _rest.IndexOf((byte)0);
        if (end < 0) throw WireErrors.Malformed("a text in a message has no end");
        var text = Text(_rest[..end]);
        _rest = _rest[(end + 1)..];
        return text;
    }

    /// <summary>A count that cannot be negative, of things that each take some bytes: one that cannot be true is refused before room is made for it.</summary>
    public int ReadCount(int leastBytesEach)
    {
        int count = ReadInt16();
        if (count < 0) count &= 0xffff;
        return (long)count * leastBytesEach <= _rest.Length ? count : throw TooShort();
    }

    /// <summary>Nothing may be left.</summary>
    public readonly void RequireEnd()
    {
        if (_rest.Length > 0) throw WireErrors.Malformed("a message is longer than what it says");
    }

    /// <summary>UTF-8 as text.</summary>
    public static string Text(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Utf8.GetString(utf8);
        }
        catch (DecoderFallbackException failure)
        {
            throw new VitessException(ErrorCodes.TypeError, "invalid byte sequence for encoding \"UTF8\"", sqlState: "22021", hint: "Send text as UTF-8.", inner: failure);
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw TooShort();
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static VitessException TooShort() => WireErrors.Malformed("a message is shorter than what it says");
}
