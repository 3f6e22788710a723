namespace Shale.PageLog;

/// <summary>Opens a log: reads what is there into an index, and finds the end.</summary>
internal static class LogOpening
{
    /// <summary>The index and the end of the log in the segments; a log is begun where there is none.</summary>
    public static (LogIndex Index, LogTail Tail) Open(SegmentSet segments, PageStoreOptions options)
    {
        var index = new LogIndex();
        var first = FirstSegment(segments) ?? Begin(segments, options);
        var reader = new LogReader(segments, new LogPosition(new Place(first.Segment, SegmentHeader.Bytes), first.BaseLsn, first.BaseTime, first.BaseChain));
        while (reader.Next()) Apply(reader, index);
        var end = reader.Position;
        var next = DropUnused(segments, end.End.Segment);

        // What was read may not have reached the disk before the process ended.
        var current = segments.Get(end.End.Segment);
        current.File.Sync();
        index.Advance(end.Lsn);
        return (index, new LogTail(segments, options, end, current, next));
    }

    private static SegmentHeader? FirstSegment(SegmentSet segments)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        foreach (var number in segments.Numbers)
        {
            if (segments.Get(number).File.Read(0, bytes) == bytes.Length && SegmentHeader.TryRead(bytes, out var header) && header.Segment == number) return header;
        }

        return null;
    }

    private static SegmentHeader Begin(SegmentSet segments, PageStoreOptions options)
    {
        // A crash while a log was begun leaves files without a header.
        foreach (var number in segments.Numbers) segments.Delete(number);
        var segment = segments.Create(1, options.SegmentBytesMin);
        var header = new SegmentHeader(1, default, default, 0);
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        header.Write(bytes);
        segment.File.Write(0, bytes);
        segment.File.Sync();
        return header;
    }

    // Segments after the last record were made ready, or begun by a write that was cut off: the next one is kept, without its header.
    private static Segment? DropUnused(SegmentSet segments, int last)
    {
        Segment? next = null;
        foreach (var number in segments.Numbers)
        {
            if (number <= last) continue;
            if (number > last + 1)
            {
                segments.Delete(number);
                continue;
            }

            next = segments.Get(number);
            next.File.Write(0, new byte[SegmentHeader.Bytes]);
        }

        return next;
    }

    private static void Apply(LogReader reader, LogIndex index)
    {
        if (reader.Header.Kind == RecordKind.Commit)
        {
            ApplyCommit(reader, index);
            return;
        }

        var header = reader.Header;
        var (line, lsn) = ControlPayload.Read(reader.Body);
        var (name, branch) = ControlPayload.NamesIn(reader.Body, header.TextBytes);
        switch (header.Kind)
        {
            case RecordKind.CreateBranch:
                index.AddBranch(name, header.Line, index.Branch(branch), index.Line(line), lsn);
                break;
            case RecordKind.DropBranch:
                index.DropBranch(name);
                break;
            case RecordKind.CreateSnapshot:
                index.AddSnapshot(new Snapshot(name, branch, line, lsn));
                break;
            case RecordKind.DropSnapshot:
                index.DropSnapshot(name);
                break;
            case RecordKind.Restore:
                index.Restore(index.Branch(branch), header, reader.Record, index.Line(line), lsn);
                break;
        }
    }

    private static void ApplyCommit(LogReader reader, LogIndex index)
    {
        var line = index.Line(reader.Header.Line);
        index.AddCommit(line, reader.Header, reader.Record);
        var place = reader.Record + RecordHeader.Bytes;
        var body = reader.Body;
        for (var i = 0u; i < reader.Header.FrameCount; i++)
        {
            if (body.Length < FrameHeader.Bytes) throw Damage.Found($"the record of LSN {reader.Header.Lsn} is too short");
            var frame = FrameHeader.Read(body);
            index.AddPage(line, frame.PageNumber, place);
            var length = FrameHeader.Bytes + frame.Length;
            place += length;
            body = body[length..];
        }
    }
}
