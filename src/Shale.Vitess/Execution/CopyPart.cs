using System.Buffers;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Rows of a COPY that go to one shard together, in memory of their own. Filled by one owner, then sent by one.</summary>
internal sealed class CopyPart
{
    private readonly CopySource _source;
    private readonly long _firstLine;
    private byte[] _bytes;
    private (int End, int Row)[] _rows;
    private int _length, _count;

    /// <summary>Empty, for some of these rows.</summary>
    public CopyPart(CopySource source, CopiedRows rows)
    {
        (_source, _firstLine) = (source, rows.FirstLine);
        _bytes = ArrayPool<byte>.Shared.Rent(source.Head.Length + source.Tail.Length + (rows.Bytes.Length / 2));
        _rows = ArrayPool<(int, int)>.Shared.Rent(Math.Max(16, rows.Ends.Length / 2));
        Append(source.Head.Span);
    }

    /// <summary>Which line of the client's data the last row is.</summary>
    public long LastLine => _firstLine + _rows[_count - 1].Row;

    /// <summary>Adds a row.</summary>
    /// <param name="row">Its bytes.</param>
    /// <param name="index">Which of the rows that came with it it is, from 0.</param>
    public void Add(ReadOnlySpan<byte> row, int index)
    {
        Append(row);
        if (_count == _rows.Length)
        {
            var larger = ArrayPool<(int, int)>.Shared.Rent(_count * 2);
            _rows.CopyTo(larger, 0);
            ArrayPool<(int, int)>.Shared.Return(_rows);
            _rows = larger;
        }

        _rows[_count++] = (_length, index);
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
            if (lines > line) return _firstLine + _rows[i].Row;
        }

        return LastLine;
    }

    /// <summary>The failure of a row, with its line.</summary>
    public static VitessException AtLine(VitessException failure, long line) =>
        new(new ErrorCode(failure.Code, failure.SqlState ?? "XX000", failure.IsTransient, "", ""), failure.Message, failure.Shard, hint: $"COPY, line {line}. {failure.Hint}".TrimEnd(), inner: failure);

    /// <summary>Gives its memory back.</summary>
    public void Return()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        ArrayPool<(int, int)>.Shared.Return(_rows);
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
