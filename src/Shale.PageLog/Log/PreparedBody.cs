using System.Buffers;
using System.Text;

namespace Shale.PageLog;

/// <summary>The body of a record before it has a place in the log: it grows, in memory and then in a file, and can be used again. Used by one thread at a time.</summary>
/// <param name="disk">Where a body that is too large for memory goes.</param>
/// <param name="memoryBytes">How many bytes stay in memory, about.</param>
internal sealed class PreparedBody(IDisk disk, int memoryBytes) : IDisposable
{
    private const int FirstBytes = 16 * 1024;
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private SpillFile? _spilled;
    private uint _crc = Crc32C.Begin();
    private int _length;

    /// <summary>Bytes in it.</summary>
    public long Length => _length + (_spilled?.Length ?? 0);

    /// <summary>Its checksum, padding included, since <see cref="Seal"/>.</summary>
    public uint Crc { get; private set; }

    /// <summary>Its first bytes, to be filled in while it is in memory.</summary>
    public Span<byte> Start => _bytes.AsSpan(0, _length);

    /// <summary>Room for so many more bytes; <see cref="Keep"/> says how many were used.</summary>
    public Span<byte> Room(int count)
    {
        if (_length + count > memoryBytes && _length > 0) Spill();
        if (_length + count > _bytes.Length) Grow(_length + count);
        return _bytes.AsSpan(_length, count);
    }

    /// <summary>Keeps bytes written to <see cref="Room"/>.</summary>
    public void Keep(int count) => _length += count;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var piece = bytes[..Math.Min(bytes.Length, memoryBytes)];
            piece.CopyTo(Room(piece.Length));
            Keep(piece.Length);
            bytes = bytes[piece.Length..];
        }
    }

    /// <summary>Adds a text in UTF-8 and returns its length in bytes.</summary>
    public int AddText(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Add(bytes);
        return bytes.Length;
    }

    /// <summary>Pads it and computes the checksum.</summary>
    public void Seal()
    {
        var padding = (int)(RecordHeader.LengthOf(Length) - RecordHeader.Bytes - Length);
        Room(padding)[..padding].Clear();
        Keep(padding);
        if (_spilled is not null) Spill();
        else _crc = Crc32C.Add(_crc, _bytes.AsSpan(0, _length));
        Crc = Crc32C.End(_crc);
    }

    /// <summary>Adds it to the end of the log, and gives the file away that it may be in. Cannot fail.</summary>
    public void MoveTo(TailBuffer buffer)
    {
        if (_spilled is null)
        {
            _bytes.AsSpan(0, _length).CopyTo(buffer.Extend(_length));
            return;
        }

        buffer.Attach(_spilled);
        _spilled = null;
    }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        _spilled?.Dispose();
        _spilled = null;
        _crc = Crc32C.Begin();
        _length = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Spill()
    {
        _spilled ??= new SpillFile(disk);
        _spilled.Add(_bytes.AsSpan(0, _length));
        _crc = Crc32C.Add(_crc, _bytes.AsSpan(0, _length));
        _length = 0;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, checked(_bytes.Length * 2)));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
