namespace Shale.PageLog;

/// <summary>
/// Makes whole pages of frames: from the cache, from what is not in its file yet, or from a segment, back to the last whole page and forward by the differences. Thread-safe. Hot path: bench log.
/// </summary>
internal sealed class FrameReader(SegmentSet segments, LogTail tail, PageCache cache, Lock store)
{
    /// <summary>Reads a part of the page whose frame is at a place, and returns how many differences lead to that.</summary>
    public byte Read(Place place, int offset, Span<byte> destination)
    {
        if (cache.TryRead(place, offset, destination, out var depth)) return depth;
        Span<byte> page = stackalloc byte[PageFormat.PageSize];
        depth = Build(place, page);
        cache.Put(place, page, depth);
        page.Slice(offset, destination.Length).CopyTo(destination);
        return depth;
    }

    /// <summary>Reads a whole page that nobody will want soon: it is not kept in memory.</summary>
    public void ReadOnce(Place place, Span<byte> page)
    {
        if (!cache.TryRead(place, 0, page, out _)) Build(place, page);
    }

    /// <summary>Reads bytes of a record, which may be only in memory yet, else in the files of the moment. Errors: SHARD_ERROR (XX001), also where its segment was compacted.</summary>
    public void ReadBytes(SegmentFiles files, Place place, Span<byte> destination) => ReadBytes(files, place, 0, destination);

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
    private byte Build(SegmentFiles files, Place place, Span<byte> page)
    {
        Span<long> chain = stackalloc long[PageDelta.MaxDepth + 1];
        Span<byte> frame = stackalloc byte[FrameHeader.Bytes + PageFormat.PageSize];
        var depth = 0;
        byte own = 0;
        while (depth == 0 || !cache.TryRead(place, 0, page, out _))
        {
            var header = ReadFrame(files, place, frame);
            if (depth == 0) own = header.Depth;
            if (header.Base.IsNone)
            {
                frame.Slice(FrameHeader.Bytes, PageFormat.PageSize).CopyTo(page);
                break;
            }

            if (depth == PageDelta.MaxDepth) throw Damage.Found($"the page's differences at {place} do not lead to a whole page");
            chain[depth++] = place.Value;
            place = header.Base;
        }

        while (depth > 0)
        {
            var header = ReadFrame(files, new Place(chain[--depth]), frame);
            PageDelta.Apply(frame.Slice(FrameHeader.Bytes, header.Length), page);
        }

        return own;
    }

    // Reads a frame whole and returns its header.
    private FrameHeader ReadFrame(SegmentFiles files, Place place, Span<byte> frame)
    {
        ReadBytes(files, place, 0, frame[..FrameHeader.Bytes]);
        var header = FrameHeader.Read(frame);
        ReadBytes(files, place, FrameHeader.Bytes, frame.Slice(FrameHeader.Bytes, header.Length));
        FrameHeader.Verify(frame);
        return header;
    }

    // Bytes of the frame at a place.
    private void ReadBytes(SegmentFiles files, Place place, int skip, Span<byte> destination)
    {
        lock (store)
        {
            if (tail.TryRead(place + skip, destination)) return;
        }

        files.Read(place, skip, destination);
    }
}
