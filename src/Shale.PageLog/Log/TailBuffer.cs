using System.Buffers;

namespace Shale.PageLog;

/// <summary>Bytes at the end of one segment that are not in its file yet. Guarded by the store's lock while it grows; unchanged while it is written.</summary>
internal sealed class TailBuffer(Segment segment, long start) : IDisposable
{
    private const int FirstBytes = 64 * 1024;
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _length;

    /// <summary>Where it goes.</summary>
    public Segment Segment { get; } = segment;

    /// <summary>The offset of its first byte.</summary>
    public long Start { get; } = start;

    /// <summary>The offset after its last byte.</summary>
    public long End => Start + _length;

    /// <summary>What it holds.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Makes room for so many bytes and returns it, zeroed.</summary>
    public Span<byte> Extend(int count)
    {
        if (_length + count > _bytes.Length) Grow(_length + count);
        var room = _bytes.AsSpan(_length, count);
        room.Clear();
        _length += count;
        return room;
    }

    /// <summary>Copies bytes at an offset of the segment; false where it does not hold all of them.</summary>
    public bool TryRead(long offset, Span<byte> destination)
    {
        if (offset < Start || offset + destination.Length > End) return false;
        _bytes.AsSpan((int)(offset - Start), destination.Length).CopyTo(destination);
        return true;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
