using System.Buffers;

namespace Shale.PageLog;

/// <summary>
/// Bytes at the end of one segment that are not in its file yet: in memory, and after them at most one record's body in a file of its own. Guarded by the store's lock while it grows; unchanged
/// while it is written.
/// </summary>
internal sealed class TailBuffer(Segment segment, long start) : IDisposable
{
    private const int FirstBytes = 64 * 1024, CopyBytes = 1 << 20;
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private SpillFile? _spilled;
    private int _length;

    /// <summary>Where it goes.</summary>
    public Segment Segment { get; } = segment;

    /// <summary>The offset of its first byte.</summary>
    public long Start { get; } = start;

    /// <summary>The offset after its last byte.</summary>
    public long End => Start + _length + (_spilled?.Length ?? 0);

    /// <summary>Whether nothing can be added any more.</summary>
    public bool IsComplete => _spilled is not null;

    /// <summary>Makes room for so many bytes and returns it.</summary>
    public Span<byte> Extend(int count)
    {
        if (_length + count > _bytes.Length) Grow(_length + count);
        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }

    /// <summary>Adds a body that is in a file, which is this buffer's from now on.</summary>
    public void Attach(SpillFile body) => _spilled = body;

    /// <summary>Copies bytes at an offset of the segment; false where it does not hold all of them.</summary>
    public bool TryRead(long offset, Span<byte> destination)
    {
        if (offset < Start || offset + destination.Length > End) return false;
        if (offset >= Start + _length) _spilled!.Read(offset - Start - _length, destination);
        else if (offset + destination.Length <= Start + _length) _bytes.AsSpan((int)(offset - Start), destination.Length).CopyTo(destination);
        else return TryReadBoth(offset, destination);
        return true;
    }

    /// <summary>Writes it to its segment, not durably.</summary>
    public void Write()
    {
        Segment.File.Write(Start, _bytes.AsSpan(0, _length));
        if (_spilled is null) return;
        var copy = ArrayPool<byte>.Shared.Rent(CopyBytes);
        for (long offset = 0; offset < _spilled.Length;)
        {
            var piece = copy.AsSpan(0, (int)Math.Min(CopyBytes, _spilled.Length - offset));
            _spilled.Read(offset, piece);
            Segment.File.Write(Start + _length + offset, piece);
            offset += piece.Length;
        }

        ArrayPool<byte>.Shared.Return(copy);
    }

    /// <summary>Gives memory and file back.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _spilled?.Dispose();
        _bytes = [];
        _length = 0;
    }

    private bool TryReadBoth(long offset, Span<byte> destination)
    {
        var inMemory = (int)(Start + _length - offset);
        _bytes.AsSpan((int)(offset - Start), inMemory).CopyTo(destination);
        _spilled!.Read(0, destination[inMemory..]);
        return true;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
