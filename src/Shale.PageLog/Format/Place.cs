using System.Globalization;

namespace Shale.PageLog;

/// <summary>
/// Where a record or a page's frame was first written: a segment and an offset. It stays its name for life: when a segment is rewritten, the new file knows its frames by their old offsets, so that
/// neither the index nor the frames that build on one another change.
/// </summary>
/// <param name="Value">The segment in the upper 24 bits, the offset in bytes in the lower 40.</param>
internal readonly record struct Place(long Value)
{
    private const int OffsetBits = 40;

    /// <summary>The greatest number of a segment.</summary>
    public const int MaxSegment = (1 << (63 - OffsetBits)) - 1;

    /// <summary>Nowhere; offset 0 of a segment is its header.</summary>
    public static readonly Place None;

    /// <summary>A place in a segment.</summary>
    public Place(int segment, long offset)
        : this(((long)segment << OffsetBits) | offset)
    {
    }

    /// <summary>The segment's number, from 1 on.</summary>
    public int Segment => (int)(Value >> OffsetBits);

    /// <summary>Bytes from the segment's start.</summary>
    public long Offset => Value & ((1L << OffsetBits) - 1);

    /// <summary>Whether it is nowhere.</summary>
    public bool IsNone => Value == 0;

    /// <summary>Segment:offset.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Segment}:{Offset}");

    /// <summary>A place further on in the same segment.</summary>
    public static Place operator +(Place place, long bytes) => new(place.Value + bytes);
}
