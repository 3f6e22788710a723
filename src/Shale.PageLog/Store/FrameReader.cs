using System.Buffers;
using System.Runtime.CompilerServices;

namespace Shale.PageLog;

/// <summary>
/// Makes whole pages of frames: from the cache, from what is not in its file yet, or from a segment, back to the last whole page and forward by the differences. Thread-safe. Hot path: bench log.
/// </summary>
internal sealed class FrameReader(SegmentSet segments, LogTail tail, CachedPages cache, Lock store)
{
    private const int LongestFrame = FrameHeader.Bytes + PageFormat.PageSize;

    /// <summary>Reads a part of the page whose frame is at a place, and returns how many differences lead to that.</summary>
    [SkipLocalsInit]
    public byte Read(Place place, int offset, Span<byte> destination)
    {
        if (cache.TryRead(place, offset, destination, out var depth)) return depth;
        Span<byte> page = destination.Length == PageFormat.PageSize ? destination : stackalloc byte[PageFormat.PageSize];
        depth = Build(place, page);
        cache.Put(place, page, depth);
        if (destination.Length < PageFormat.PageSize) page.Slice(offset, destination.Length).CopyTo(destination);
        return depth;
    }

    /// <summary>Reads a whole page that nobody will want soon: it is not kept in memory.</summary>
    public void ReadOnce(Place place, Span<byte> page)
    {
        if (!cache.TryRead(place, 0, page, out _)) Build(place, page);
    }

    /// <summary>Reads bytes of a record, which may be only in memory yet, else in the files of the moment. Errors: SHARD_ERROR (XX001), also where its segment was compacted.</summary>
    public void ReadBytes(SegmentFiles files, Place place, Span<byte> destination)
    {
        if (!TryReadTail(place, destination)) files.Read(place, destination);
    }

    /// <summary>Whether a failure is that of files which were replaced meanwhile and closed: those of now can be read.</summary>
    public bool IsReplaced(SegmentFiles files, VitessException exception) => exception.SqlState == PageStore.ClosedState && files != segments.Files;

    private byte Build(Place place, Span<byte> page)
    {
        for (var files = segments.Files; ; files = segments.Files)
        {
            try
            {
                return Build(files, place, page);
            }
            catch (VitessException exception) when (IsReplaced(files, exception))
            {
            }
        }
    }

    // Returns how many differences the place's own frame says that lead to it.
    [SkipLocalsInit]
    private byte Build(SegmentFiles files, Place place, Span<byte> page)
    {
        Span<byte> frame = stackalloc byte[LongestFrame];
        var header = ReadFrame(files, place, frame);
        if (header.Base.IsNone) Begin(header, frame, page);
        else BuildOnBase(files, header, frame, page);
        return header.Depth;
    }

    // The page of a frame that builds on no other one.
    private static void Begin(FrameHeader header, ReadOnlySpan<byte> frame, Span<byte> page)
    {
        var payload = frame.Slice(FrameHeader.Bytes, header.Length);
        if (header.Length == PageFormat.PageSize)
        {
            payload.CopyTo(page);
            return;
        }

        page.Clear();
        PageDelta.Apply(payload, page);
    }

    // Keeps the differences on the way back to a page that is whole, and applies them in the order in which they were made.
    private void BuildOnBase(SegmentFiles files, FrameHeader header, Span<byte> frame, Span<byte> page)
    {
        Span<int> ends = stackalloc int[PageDelta.MaxDepth + 1];
        var kept = ArrayPool<byte>.Shared.Rent(PageDelta.MaxDepth * PageFormat.PageSize);
        try
        {
            var count = 0;
            ends[0] = 0;
            while (!header.Base.IsNone)
            {
                if (count == PageDelta.MaxDepth) throw Damage.Found("the differences of a page do not lead to a whole page");
                ends[count + 1] = ends[count] + header.Length;
                frame.Slice(FrameHeader.Bytes, header.Length).CopyTo(kept.AsSpan(ends[count++]));
                if (cache.TryRead(header.Base, 0, page, out _)) break;
                header = ReadFrame(files, header.Base, frame);
                if (header.Base.IsNone) Begin(header, frame, page);
            }

            for (; count > 0; count--) PageDelta.Apply(kept.AsSpan(ends[count - 1]..ends[count]), page);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(kept);
        }
    }

    // Reads a frame whole, and returns its header. From a file it comes at once, with what lies behind it: a second call of the system would cost more.
    private FrameHeader ReadFrame(SegmentFiles files, Place place, Span<byte> frame)
    {
        FrameHeader header;
        if (TryReadTail(place, frame[..FrameHeader.Bytes]))
        {
            header = FrameHeader.Read(frame);
            ReadBytes(files, place + FrameHeader.Bytes, frame.Slice(FrameHeader.Bytes, header.Length));
        }
        else
        {
            var read = files.ReadUpTo(place, frame);
            if (read < FrameHeader.Bytes) throw Ends(place);
            header = FrameHeader.Read(frame);
            if (read < FrameHeader.Bytes + header.Length) throw Ends(place);
        }

        FrameHeader.Verify(frame);
        return header;
    }

    private bool TryReadTail(Place place, Span<byte> destination)
    {
        if (tail.IsInFile(place)) return false;
        lock (store) return tail.TryRead(place, destination);
    }

    private static VitessException Ends(Place place) => Damage.Found($"the file of segment {place.Segment} ends before the end of the frame at {place}");
}
