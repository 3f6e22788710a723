using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Shale.PageLog;

/// <summary>
/// The difference of two versions of a page: ranges of bytes, each an offset and a length (two bytes each) and the new bytes. Hot path: bench log.
/// </summary>
internal static class PageDelta
{
    /// <summary>How many differences may build on one another before a page is written whole.</summary>
    public const int MaxDepth = 32;

    /// <summary>A difference longer than this is not worth it.</summary>
    public const int MaxBytes = PageFormat.PageSize * 5 / 8;

    // Equal bytes between two ranges that cost less than a new range does.
    private const int RangeHeader = 4;

    /// <summary>Writes the difference and returns its length; -1 if it would be longer than <see cref="MaxBytes"/>. 0: the pages are equal.</summary>
    /// <param name="old">The earlier version.</param>
    /// <param name="page">The later version.</param>
    /// <param name="to">At least <see cref="MaxBytes"/> bytes.</param>
    public static int Encode(ReadOnlySpan<byte> old, ReadOnlySpan<byte> page, Span<byte> to)
    {
        var written = 0;
        var at = 0;
        while ((at = NextDifference(old, page, at)) < PageFormat.PageSize)
        {
            var end = EndOfRange(old, page, at);
            if (written + RangeHeader + end - at > MaxBytes) return -1;
            BinaryPrimitives.WriteUInt16LittleEndian(to[written..], (ushort)at);
            BinaryPrimitives.WriteUInt16LittleEndian(to[(written + 2)..], (ushort)(end - at));
            page[at..end].CopyTo(to[(written + RangeHeader)..]);
            written += RangeHeader + end - at;
            at = end;
        }

        return written;
    }

    /// <summary>Turns the earlier version into the later one. Errors: SHARD_ERROR (XX001).</summary>
    public static void Apply(ReadOnlySpan<byte> delta, Span<byte> page)
    {
        while (delta.Length > 0)
        {
            if (delta.Length < RangeHeader) throw Damage.Found("the difference of a page ends too early");
            var at = BinaryPrimitives.ReadUInt16LittleEndian(delta);
            var length = BinaryPrimitives.ReadUInt16LittleEndian(delta[2..]);
            if (length == 0 || at + length > PageFormat.PageSize || length > delta.Length - RangeHeader) throw Damage.Found("the difference of a page is out of its range");
            delta.Slice(RangeHeader, length).CopyTo(page[at..]);
            delta = delta[(RangeHeader + length)..];
        }
    }

    private static int NextDifference(ReadOnlySpan<byte> old, ReadOnlySpan<byte> page, int from) => from + old[from..].CommonPrefixLength(page[from..]);

    // The first byte after `from` with which more equal bytes begin than a range header has, or nothing but equal bytes.
    private static int EndOfRange(ReadOnlySpan<byte> old, ReadOnlySpan<byte> page, int from)
    {
        var end = from + 1;

        // Bit i of the mask says that byte i is equal, and then that the four behind it are, too: what the last four begin is left to the next round.
        for (; end <= PageFormat.PageSize - Vector256<byte>.Count; end += Vector256<byte>.Count - RangeHeader)
        {
            var equal = Vector256.Equals(Vector256.Create(old[end..]), Vector256.Create(page[end..])).ExtractMostSignificantBits();
            var pairs = equal & (equal >> 1);
            var begins = pairs & (pairs >> 2) & (equal >> RangeHeader);
            if (begins != 0) return end + BitOperations.TrailingZeroCount(begins);
        }

        while (end < PageFormat.PageSize)
        {
            if (old[end] != page[end])
            {
                end++;
                continue;
            }

            var next = NextDifference(old, page, end);
            if (next - end > RangeHeader || next == PageFormat.PageSize) break;
            end = next;
        }

        return end;
    }
}
