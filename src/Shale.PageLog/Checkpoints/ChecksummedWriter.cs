using System.Buffers.Binary;
using System.Text;

namespace Shale.PageLog;

/// <summary>Writes numbers and texts to a file from its start, and at the end the checksum of all of it.</summary>
internal sealed class ChecksummedWriter(IDiskFile file)
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private uint _crc = Crc32C.Begin();
    private long _written;
    private int _length;

    /// <summary>Adds a number.</summary>
    public void Add(int value) => BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);

    /// <summary>Adds a number.</summary>
    public void Add(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);

    /// <summary>Adds a number.</summary>
    public void Add(long value) => BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);

    /// <summary>Adds a text.</summary>
    public void Add(string text)
    {
        Add(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, Room(Encoding.UTF8.GetByteCount(text)));
    }

    /// <summary>Adds a state of a line.</summary>
    public void Add(in LineState state)
    {
        Add(state.Lsn.Value);
        Add(state.Version);
        Add(state.PageCount);
    }

    /// <summary>Adds the checksum, makes all of it durable, and returns how many bytes there are.</summary>
    public long Finish()
    {
        WriteBuffer();
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer, Crc32C.End(_crc));
        file.Write(_written, _buffer.AsSpan(0, 4));
        file.Sync();
        return _written + 4;
    }

    private Span<byte> Room(int count)
    {
        if (_length + count > _buffer.Length) WriteBuffer();
        _length += count;
        return _buffer.AsSpan(_length - count, count);
    }

    private void WriteBuffer()
    {
        file.Write(_written, _buffer.AsSpan(0, _length));
        _crc = Crc32C.Add(_crc, _buffer.AsSpan(0, _length));
        _written += _length;
        _length = 0;
    }
}
