using System.Buffers.Binary;

namespace Shale.PageLog;

/// <summary>
/// The first 20 bytes of a frame: one page of a commit, whole, or as its difference (<see cref="PageDelta"/>) from an earlier version or from a page of zeros. It has a checksum of its own, because frames are read one by one.
/// </summary>
/// <param name="PageNumber">From 1 on.</param>
/// <param name="Depth">How many frames it builds on.</param>
/// <param name="Length">Bytes of the payload; where nothing leads to it and it is shorter than a page, it is the difference from a page of zeros.</param>
/// <param name="Base">The frame that it differs from; <see cref="Place.None"/> for none.</param>
internal readonly record struct FrameHeader(uint PageNumber, byte Depth, ushort Length, Place Base)
{
    /// <summary>Bytes of a header.</summary>
    public const int Bytes = 20;

    private const int CrcOffset = 16;

    /// <summary>Writes it in front of its payload, which is there already.</summary>
    /// <param name="frame">The whole frame.</param>
    public void Write(Span<byte> frame)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, PageNumber);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[4..], Depth);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[6..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(frame[8..], Base.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[CrcOffset..], CrcOf(frame));
    }

    /// <summary>Reads a header. Errors: SHARD_ERROR (XX001) if it cannot be one.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> from)
    {
        var depth = BinaryPrimitives.ReadUInt16LittleEndian(from[4..]);
        var length = BinaryPrimitives.ReadUInt16LittleEndian(from[6..]);
        var basis = new Place(BinaryPrimitives.ReadInt64LittleEndian(from[8..]));
        if (depth > PageDelta.MaxDepth || length > PageFormat.PageSize || depth == 0 != basis.IsNone || (depth == 0 && length == 0))
        {
            throw Damage.Found("a page's frame is damaged");
        }

        return new FrameHeader(BinaryPrimitives.ReadUInt32LittleEndian(from), (byte)depth, length, basis);
    }

    /// <summary>Errors: SHARD_ERROR (XX001) if the bytes are not those that were written.</summary>
    /// <param name="frame">The whole frame.</param>
    public static void Verify(ReadOnlySpan<byte> frame)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(frame[CrcOffset..]) != CrcOf(frame)) throw Damage.Found("a page's frame is damaged");
    }

    private static uint CrcOf(ReadOnlySpan<byte> frame)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]);
        return Crc32C.End(Crc32C.Add(Crc32C.Add(Crc32C.Begin(), frame[..CrcOffset]), frame.Slice(Bytes, length)));
    }
}
