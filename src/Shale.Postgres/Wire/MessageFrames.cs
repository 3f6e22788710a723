using System.Buffers;
using System.Buffers.Binary;

namespace Shale.Postgres.Wire;

/// <summary>Cuts what comes from a client into messages: a byte, the length with its own four bytes but without that one, the body.</summary>
internal static class MessageFrames
{
    private const int HeadBytes = 5;

    /// <summary>Takes the next message off a buffer; false if it is not here whole. Errors: QUERY_ERROR (08P01) for a length that is none; RESOURCE_EXHAUSTED (54000) for one above the limit.</summary>
    /// <param name="buffer">What has come; what is taken is cut off.</param>
    /// <param name="mostBytes">The longest body that is taken.</param>
    /// <param name="type">Its first byte.</param>
    /// <param name="body">Its body, where it lies.</param>
    public static bool TryTake(ref ReadOnlySequence<byte> buffer, int mostBytes, out FrontendMessage type, out ReadOnlySequence<byte> body)
    {
        body = default;
        type = default;
        if (buffer.Length < HeadBytes) return false;
        Span<byte> head = stackalloc byte[HeadBytes];
        buffer.Slice(0, HeadBytes).CopyTo(head);
        type = (FrontendMessage)head[0];
        var length = BinaryPrimitives.ReadInt32BigEndian(head[1..]);
        if (length < 4) throw WireErrors.Malformed("invalid message length");
        if (length - 4 > mostBytes) throw WireErrors.TooLong(length, mostBytes);
        if (buffer.Length < 1L + length) return false;
        body = buffer.Slice(HeadBytes, length - 4);
        buffer = buffer.Slice(1L + length);
        return true;
    }
}
