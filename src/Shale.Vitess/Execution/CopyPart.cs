using System.Buffers;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Rows of a COPY that go to one shard together, in memory of their own. Filled by one owner, then sent by one.</summary>
internal sealed class CopyPart
{
    private readonly CopySource _source;
    private byte[] _bytes;
    private (int End, long Line)[] _rows;
    private int _length, _count;

    /// <summary>Empty, for some of these rows.</summary>
    public CopyPart(CopySource source, CopiedRows rows)
    {
        _source = source;
        _bytes = ArrayPool<byte>.Shared.Rent(source.Head.Length + source.Tail.Length + (rows.Bytes.Length / 2));
        _rows = ArrayPool<(int, long)>.Shared.Rent(Math.Max(16, rows.Ends.Length / 2));
        Append(source.Head.Span);
    }

    /// <summary>At which line of the client's data the last row ends.</summary>
    public long LastLine => _rows[_count - 1].Line;

    /// <summary>Adds a row.</summary>
    /// <param name="row">Its bytes.</param>
    /// <param name="line">At which line of the client's data it ends.</param>
    public void Add(ReadOnlySpan<byte> row, long line)
    {
        Append(row);
        if (_count == _rows.Length)
        {
            var larger = ArrayPool<(int, long)>.Shared.Rent(_count * 2);
            _rows.CopyTo(larger, 0);
            ArrayPool<(int, long)>.Shared.Return(_rows);
            _rows = larger;
        }

        _rows[_count++] = (_length, line);
    }

    /// <summary>All of it, as the shard takes it; nothing is added any more.</summary>
    public ShardRows End()
    {
        Append(_source.Tail.Span);
        return new ShardRows(_bytes.AsMemory(0, _length), _count);
    }

    /// <summary>Which line of the client's data the shard means by a line of these.</summary>
    /// <param name="line">From 0.</param>
    public long LineOf(long line)
    {
        long lines = 0;
        for (int i = 0, start = _source.Head.Length; i < _count; start = _rows[i].End, i++)
        {
            lines += _source.HasLinesInRows ? _bytes.AsSpan(start.._rows[i].End).Count((byte)'\n') : 1;
            if (lines > line) return _rows[i].Line;
        }

        return LastLine;
    }

    /// <summary>Gives its memory back.</summary>
    public void Return()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        ArrayPool<(int, long)>.Shared.Return(_rows);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _length < bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + bytes.Length, _bytes.Length * 2));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }
}
