using System.Buffers.Binary;

namespace Shale.PageLog;

/// <summary>The first 88 bytes of a record; docs/formats/page-log.md. Little-endian. The last field is a CRC-32C of the bytes before it, and they hold that of the record before: a chain.</summary>
internal record struct RecordHeader
{
    /// <summary>Bytes of a header.</summary>
    public const int Bytes = 88;

    /// <summary>Records begin at multiples of this.</summary>
    public const int Alignment = 8;

    private const uint Magic = 0x524C4853; // SHLR
    private const int ChainOffset = 84;

    /// <summary>What it says.</summary>
    public RecordKind Kind;

    /// <summary>Bytes with header and padding.</summary>
    public long Length;

    /// <summary>Its own LSN, or that of the commit before it for a kind that takes none.</summary>
    public Lsn Lsn;

    /// <summary>Its time.</summary>
    public HlcTimestamp Time;

    /// <summary>The line it belongs to.</summary>
    public int Line;

    /// <summary>Pages of the database after it.</summary>
    public uint PageCount;

    /// <summary>How many frames follow.</summary>
    public uint FrameCount;

    /// <summary>The segment that it was written to: what an earlier use of the file has left is told by it.</summary>
    public int Segment;

    /// <summary>Bytes of row changes after the frames.</summary>
    public long RowChangeBytes;

    /// <summary>Rows changed.</summary>
    public long RowCount;

    /// <summary>What was durable when it was written: a damaged record at or before it had been acknowledged.</summary>
    public Lsn Durable;

    /// <summary>Bytes of text at the end: a message, or names.</summary>
    public int TextBytes;

    /// <summary>CRC-32C of the body.</summary>
    public uint BodyCrc;

    /// <summary>The <see cref="Chain"/> of the record before.</summary>
    public uint Previous;

    /// <summary>CRC-32C of the header up to here.</summary>
    public uint Chain;

    /// <summary>Bytes of the body, padding included.</summary>
    public readonly long BodyBytes => Length - Bytes;

    /// <summary>Writes it, and computes <see cref="Chain"/>.</summary>
    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], (uint)Kind);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], Lsn.Value);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], Time.Value);
        BinaryPrimitives.WriteInt32LittleEndian(to[32..], Line);
        BinaryPrimitives.WriteUInt32LittleEndian(to[36..], PageCount);
        BinaryPrimitives.WriteUInt32LittleEndian(to[40..], FrameCount);
        BinaryPrimitives.WriteInt32LittleEndian(to[44..], Segment);
        BinaryPrimitives.WriteInt64LittleEndian(to[48..], RowChangeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(to[56..], RowCount);
        BinaryPrimitives.WriteInt64LittleEndian(to[64..], Durable.Value);
        BinaryPrimitives.WriteInt32LittleEndian(to[72..], TextBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(to[76..], BodyCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(to[80..], Previous);
        Chain = Crc32C.Of(to[..ChainOffset]);
        BinaryPrimitives.WriteUInt32LittleEndian(to[ChainOffset..], Chain);
    }

    /// <summary>Reads one; false where the bytes are none, or were damaged. Whether it follows the record before is the caller's to see.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out RecordHeader header)
    {
        header = default;
        if (from.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(from) != Magic) return false;
        var kind = BinaryPrimitives.ReadUInt32LittleEndian(from[4..]);
        var chain = BinaryPrimitives.ReadUInt32LittleEndian(from[ChainOffset..]);
        if (chain != Crc32C.Of(from[..ChainOffset]) || kind is < (uint)RecordKind.Commit or > (uint)RecordKind.Promise) return false;
        header = new RecordHeader
        {
            Kind = (RecordKind)kind,
            Length = BinaryPrimitives.ReadInt64LittleEndian(from[8..]),
            Lsn = new Lsn(BinaryPrimitives.ReadInt64LittleEndian(from[16..])),
            Time = new HlcTimestamp(BinaryPrimitives.ReadInt64LittleEndian(from[24..])),
            Line = BinaryPrimitives.ReadInt32LittleEndian(from[32..]),
            PageCount = BinaryPrimitives.ReadUInt32LittleEndian(from[36..]),
            FrameCount = BinaryPrimitives.ReadUInt32LittleEndian(from[40..]),
            Segment = BinaryPrimitives.ReadInt32LittleEndian(from[44..]),
            RowChangeBytes = BinaryPrimitives.ReadInt64LittleEndian(from[48..]),
            RowCount = BinaryPrimitives.ReadInt64LittleEndian(from[56..]),
            Durable = new Lsn(BinaryPrimitives.ReadInt64LittleEndian(from[64..])),
            TextBytes = BinaryPrimitives.ReadInt32LittleEndian(from[72..]),
            BodyCrc = BinaryPrimitives.ReadUInt32LittleEndian(from[76..]),
            Previous = BinaryPrimitives.ReadUInt32LittleEndian(from[80..]),
            Chain = chain,
        };
        return header.Length >= Bytes && header.Length % Alignment == 0 && header.RowChangeBytes >= 0 && header.TextBytes >= 0;
    }

    /// <summary>Where the first word of a header may be; -1 if nowhere.</summary>
    public static int IndexOfMagic(ReadOnlySpan<byte> bytes) => bytes.IndexOf("SHLR"u8);

    /// <summary>The length of a record with a body of so many bytes.</summary>
    public static long LengthOf(long bodyBytes) => (Bytes + bodyBytes + Alignment - 1) / Alignment * Alignment;
}
