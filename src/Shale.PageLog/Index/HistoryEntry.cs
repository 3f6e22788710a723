using System.Buffers.Binary;

namespace Shale.PageLog;

/// <summary>A version of a page that counted from one commit of its line to another.</summary>
/// <param name="Line">The line.</param>
/// <param name="PageNumber">The page.</param>
/// <param name="To">The commit that superseded it.</param>
/// <param name="From">The commit that made it.</param>
/// <param name="Place">Its frame.</param>
internal readonly record struct HistoryEntry(int Line, uint PageNumber, Lsn To, Lsn From, Place Place) : IBlockEntry<HistoryEntry>
{
    /// <summary>By line, page, and time: the order of the files.</summary>
    public int CompareTo(HistoryEntry other)
    {
        if (Line != other.Line) return Line.CompareTo(other.Line);
        return PageNumber != other.PageNumber ? PageNumber.CompareTo(other.PageNumber) : To.CompareTo(other.To);
    }

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, Line);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], PageNumber);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], To.Value);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], From.Value);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], Place.Value);
    }

    /// <summary>Reads one.</summary>
    public static HistoryEntry Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadInt32LittleEndian(from),
        BinaryPrimitives.ReadUInt32LittleEndian(from[4..]),
        new Lsn(BinaryPrimitives.ReadInt64LittleEndian(from[8..])),
        new Lsn(BinaryPrimitives.ReadInt64LittleEndian(from[16..])),
        new Place(BinaryPrimitives.ReadInt64LittleEndian(from[24..])));
}
