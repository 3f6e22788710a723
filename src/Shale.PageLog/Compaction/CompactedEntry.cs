using System.Buffers.Binary;

namespace Shale.PageLog;

/// <summary>A frame of a <see cref="CompactedSegment"/>.</summary>
/// <param name="Place">Where it was first written, by which it is known.</param>
/// <param name="Offset">Where it is.</param>
/// <param name="From">The commit that made it.</param>
/// <param name="Line">Its line.</param>
/// <param name="PageNumber">Its page.</param>
internal readonly record struct CompactedEntry(Place Place, long Offset, Lsn From, int Line, uint PageNumber) : IBlockEntry<CompactedEntry>
{
    /// <summary>By place.</summary>
    public int CompareTo(CompactedEntry other) => Place.Value.CompareTo(other.Place.Value);

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, Place.Value);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], From.Value);
        BinaryPrimitives.WriteInt32LittleEndian(to[24..], Line);
        BinaryPrimitives.WriteUInt32LittleEndian(to[28..], PageNumber);
    }

    /// <summary>Reads one.</summary>
    public static CompactedEntry Read(ReadOnlySpan<byte> from) => new(
        new Place(BinaryPrimitives.ReadInt64LittleEndian(from)),
        BinaryPrimitives.ReadInt64LittleEndian(from[8..]),
        new Lsn(BinaryPrimitives.ReadInt64LittleEndian(from[16..])),
        BinaryPrimitives.ReadInt32LittleEndian(from[24..]),
        BinaryPrimitives.ReadUInt32LittleEndian(from[28..]));
}
