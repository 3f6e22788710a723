using System.Buffers.Binary;

namespace Shale.PageLog;

/// <summary>What is known of a commit without reading its record.</summary>
/// <param name="Record">Where its record's header is.</param>
/// <param name="Time">Its time.</param>
/// <param name="Version">Its number in its branch's own order.</param>
/// <param name="Before">The commit before it on its line, or the fork.</param>
/// <param name="Rows">Rows changed.</param>
/// <param name="Line">Its line.</param>
/// <param name="PageCount">Pages after it.</param>
internal readonly record struct CommitEntry(Place Record, HlcTimestamp Time, long Version, Lsn Before, long Rows, int Line, uint PageCount)
{
    /// <summary>Bytes of an entry in a file.</summary>
    public const int Bytes = 56;

    private const int CrcOffset = 48;

    /// <summary>Writes it, with its checksum.</summary>
    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, Record.Value);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], Time.Value);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], Before.Value);
        BinaryPrimitives.WriteInt64LittleEndian(to[32..], Rows);
        BinaryPrimitives.WriteInt32LittleEndian(to[40..], Line);
        BinaryPrimitives.WriteUInt32LittleEndian(to[44..], PageCount);
        BinaryPrimitives.WriteUInt32LittleEndian(to[CrcOffset..], Crc32C.Of(to[..CrcOffset]));
        to[(CrcOffset + 4)..Bytes].Clear();
    }

    /// <summary>Reads one. Errors: SHARD_ERROR (XX001).</summary>
    public static CommitEntry Read(ReadOnlySpan<byte> from)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(from[CrcOffset..]) != Crc32C.Of(from[..CrcOffset])) throw Damage.Found("an entry of the index of commits is damaged");
        return new CommitEntry(
            new Place(BinaryPrimitives.ReadInt64LittleEndian(from)),
            new HlcTimestamp(BinaryPrimitives.ReadInt64LittleEndian(from[8..])),
            BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
            new Lsn(BinaryPrimitives.ReadInt64LittleEndian(from[24..])),
            BinaryPrimitives.ReadInt64LittleEndian(from[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[40..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[44..]));
    }
}
