using System.Buffers.Binary;
using System.Text;

namespace Shale.PageLog;

/// <summary>Reads what a <see cref="ChecksummedWriter"/> has written, after it has seen that nothing is missing or damaged.</summary>
internal ref struct ChecksummedReader
{
    private ReadOnlySpan<byte> _rest;

    private ChecksummedReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Opens the content of a file; false if its checksum says that it is not whole.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> file, out ChecksummedReader reader)
    {
        reader = default;
        if (file.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(file[^4..]) != Crc32C.Of(file[..^4])) return false;
        reader = new ChecksummedReader(file[..^4]);
        return true;
    }

    /// <summary>Reads a number.</summary>
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    /// <summary>Reads a number.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>Reads a number.</summary>
    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>Reads an LSN.</summary>
    public Lsn Lsn() => new(Int64());

    /// <summary>Reads a text.</summary>
    public string Text() => Encoding.UTF8.GetString(Take(Int32()));

    /// <summary>Reads a state of a line.</summary>
    public LineState State() => new(Lsn(), Int64(), UInt32());

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length) throw Damage.Found("a checkpoint is shorter than it says");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
