using System.Buffers.Binary;

namespace Shale.PageLog;

/// <summary>The first 64 bytes of a segment's file: which it is, and which record it continues.</summary>
/// <param name="Segment">Its number, from 1 on, rising in the order of use.</param>
/// <param name="BaseLsn">The LSN of the last commit before it.</param>
/// <param name="BaseTime">The time of the last record before it.</param>
/// <param name="BaseChain">The chain of the last record before it.</param>
internal readonly record struct SegmentHeader(int Segment, Lsn BaseLsn, HlcTimestamp BaseTime, uint BaseChain)
{
    /// <summary>Bytes of a header; the first record follows.</summary>
    public const int Bytes = 64;

    /// <summary>The version of the format that is written.</summary>
    public const uint Version = 1;

    private const ulong Magic = 0x474F4C454C414853; // SHALELOG
    private const int CrcOffset = 60;

    /// <summary>Where its records begin.</summary>
    public LogPosition Start => new(new Place(Segment, Bytes), BaseLsn, BaseTime, BaseChain);

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> to)
    {
        to[..Bytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(to, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], Segment);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], BaseLsn.Value);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], BaseTime.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(to[32..], BaseChain);
        BinaryPrimitives.WriteUInt32LittleEndian(to[CrcOffset..], Crc32C.Of(to[..CrcOffset]));
    }

    /// <summary>Whether anything was written where a file has its header.</summary>
    public static bool IsWritten(IDiskFile file)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        return bytes[..file.Read(0, bytes)].ContainsAnyExcept((byte)0);
    }

    /// <summary>Reads one; false where there is none. Errors: SHARD_ERROR (0A000) for another version of the format.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out SegmentHeader header)
    {
        header = default;
        if (from.Length < Bytes || BinaryPrimitives.ReadUInt64LittleEndian(from) != Magic) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(from[CrcOffset..]) != Crc32C.Of(from[..CrcOffset])) return false;
        Damage.RequireFormat("the log", BinaryPrimitives.ReadUInt32LittleEndian(from[8..]), Version);
        header = new SegmentHeader(
            BinaryPrimitives.ReadInt32LittleEndian(from[12..]),
            new Lsn(BinaryPrimitives.ReadInt64LittleEndian(from[16..])),
            new HlcTimestamp(BinaryPrimitives.ReadInt64LittleEndian(from[24..])),
            BinaryPrimitives.ReadUInt32LittleEndian(from[32..]));
        return true;
    }
}
