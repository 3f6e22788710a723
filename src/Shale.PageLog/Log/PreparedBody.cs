using System.Buffers;
using System.Text;

namespace Shale.PageLog;

/// <summary>The body of a record before it has a place in the log: it grows, and can be used again. Used by one thread at a time.</summary>
internal sealed class PreparedBody : IDisposable
{
    private const int FirstBytes = 16 * 1024;
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);

    /// <summary>Bytes in it.</summary>
    public int Length { get; private set; }

    /// <summary>Their checksum, padding included, since <see cref="Seal"/>.</summary>
    public uint Crc { get; private set; }

    /// <summary>Its first bytes, to be filled in.</summary>
    public Span<byte> Start => _bytes.AsSpan(0, Length);

    /// <summary>Room for so many more bytes; <see cref="Keep"/> says how many were used.</summary>
    public Span<byte> Room(int count)
    {
        if (Length + count > _bytes.Length) Grow(Length + count);
        return _bytes.AsSpan(Length, count);
    }

    /// <summary>Keeps bytes written to <see cref="Room"/>.</summary>
    public void Keep(int count) => Length += count;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Keep(bytes.Length);
    }

    /// <summary>Adds a text in UTF-8 and returns its length in bytes.</summary>
    public int AddText(string text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        Encoding.UTF8.GetBytes(text, Room(count));
        Keep(count);
        return count;
    }

    /// <summary>Computes the checksum.</summary>
    public void Seal()
    {
        var padding = (int)(RecordHeader.LengthOf(Length) - RecordHeader.Bytes - Length);
        Room(padding)[..padding].Clear();
        Crc = Crc32C.Of(_bytes.AsSpan(0, Length + padding));
    }

    /// <summary>Copies it; the rest of the room stays zero.</summary>
    public void CopyTo(Span<byte> room) => _bytes.AsSpan(0, Length).CopyTo(room);

    /// <summary>Empties it.</summary>
    public void Clear() => Length = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, checked(_bytes.Length * 2)));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
