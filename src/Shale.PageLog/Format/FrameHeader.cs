using System.Buffers.Binary;

namespace Shale.PageLog;

/// <summary>The first 16 bytes of a frame: one page of a commit, whole, or as its difference from an earlier version (<see cref="PageDelta"/>).</summary>
/// <param name="PageNumber">From 1 on.</param>
/// <param name="Depth">How many differences it takes to come to a whole page; 0 for a whole one.</param>
/// <param name="Length">Bytes of the payload.</param>
/// <param name="Base">The frame that it differs from; <see cref="Place.None"/> for a whole page.</param>
internal readonly record struct FrameHeader(uint PageNumber, byte Depth, ushort Length, Place Base)
{
    /// <summary>Bytes of a header.</summary>
    public const int Bytes = 16;

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, PageNumber);
        BinaryPrimitives.WriteUInt16LittleEndian(to[4..], Depth);
        BinaryPrimitives.WriteUInt16LittleEndian(to[6..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], Base.Value);
    }

    /// <summary>Reads one. Errors: SHARD_ERROR (XX001) if it cannot be one.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> from)
    {
        var depth = BinaryPrimitives.ReadUInt16LittleEndian(from[4..]);
        var length = BinaryPrimitives.ReadUInt16LittleEndian(from[6..]);
        var basis = new Place(BinaryPrimitives.ReadInt64LittleEndian(from[8..]));
        if (depth > PageDelta.MaxDepth || length > PageFormat.PageSize || depth == 0 != basis.IsNone || (depth == 0 && length != PageFormat.PageSize))
        {
            throw Damage.Found("a page's frame is damaged");
        }

        return new FrameHeader(BinaryPrimitives.ReadUInt32LittleEndian(from), (byte)depth, length, basis);
    }
}
