namespace Shale.PageLog;

/// <summary>Opens a log: reads what is there into an index, and finds the end.</summary>
internal static class LogOpening
{
    /// <summary>Reads what is there; a log is begun where there is none.</summary>
    public static OpenedLog Open(IDisk disk, SegmentSet segments, PageStoreOptions options)
    {
        foreach (var name in disk.List().Where(SpillFile.IsName)) disk.Delete(name);
        var (index, start, checkpoint) = LoadCheckpoint(disk) ?? Start(disk, segments, options);
        var reader = new LogReader(segments, start);
        long replayed = 0;
        while (reader.Next())
        {
            Apply(reader, index);
            replayed += reader.Header.Length;
        }

        var end = reader.Position;
        var next = DropUnused(segments, end.End.Segment);

        // What was read may not have reached the disk before the process ended.
        var current = segments.Get(end.End.Segment);
        current.File.Sync();
        index.Advance(end.Lsn);
        return new OpenedLog(index, new LogTail(segments, options, end, current, next), checkpoint, checkpoint == 0 ? 0 : start.End.Segment, replayed);
    }

    // The newest checkpoint that is whole. Files of others are what a crash has left.
    private static (LogIndex Index, LogPosition Position, long Number)? LoadCheckpoint(IDisk disk)
    {
        var numbers = disk.List().Select(name => Checkpoint.TryParse(name, out var number) ? number : -1).Where(number => number >= 0).OrderDescending().ToList();
        foreach (var number in numbers)
        {
            var index = new LogIndex(disk);
            if (!Checkpoint.TryRead(disk, number, index, out var position, out var runs) || !TryOpen(disk, runs, index)) continue;
            DropOthers(disk, number, runs, index.Commits);
            return (index, position, number);
        }

        return null;
    }

    private static bool TryOpen(IDisk disk, IReadOnlyList<HistoryRunInfo> runs, LogIndex index)
    {
        var names = disk.List().ToHashSet();
        if (!runs.All(run => names.Contains(HistoryRun.NameOf(run.Number)))) return false;
        index.History = new History(runs.Select(run => HistoryRun.Open(disk, run)));
        return true;
    }

    private static void DropOthers(IDisk disk, long checkpoint, IReadOnlyList<HistoryRunInfo> runs, CommitIndex commits)
    {
        var kept = runs.Select(run => HistoryRun.NameOf(run.Number)).Append(Checkpoint.NameOf(checkpoint)).ToHashSet();
        foreach (var name in disk.List())
        {
            if (((HistoryRun.IsName(name) || Checkpoint.TryParse(name, out _)) && !kept.Contains(name)) || commits.IsForgotten(name)) disk.Delete(name);
        }
    }

    private static (LogIndex Index, LogPosition Position, long Number) Start(IDisk disk, SegmentSet segments, PageStoreOptions options)
    {
        var first = FirstSegment(segments) ?? Begin(segments, options);
        if (first.BaseLsn > Lsn.Zero) throw Damage.Found("the log's checkpoint is missing or damaged, and the beginning of the log, of which it could be made anew, has been compacted: only a backup has all of it");
        var index = new LogIndex(disk);
        DropOthers(disk, 0, [], index.Commits);
        index.Begin();
        return (index, first.Start, 0);
    }

    private static SegmentHeader? FirstSegment(SegmentSet segments) => segments.Numbers.Select(segments.HeaderOf).FirstOrDefault(header => header is not null);

    private static SegmentHeader Begin(SegmentSet segments, PageStoreOptions options)
    {
        // A crash while a log was begun leaves files that nothing was written to. Anything else was a log.
        foreach (var number in segments.Numbers)
        {
            if (segments.IsWritten(number)) throw Damage.Found($"the header of {Segment.NameOf(number)} is damaged");
        }

        if (segments.Compacted.Count > 0) throw Damage.Found("the log's segments are missing");
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
        switch (reader.Header.Kind)
        {
            case RecordKind.Commit:
                ApplyCommit(reader, index);
                break;
            case RecordKind.Promise:
                // Its time counts, which the position has.
                break;
            default:
                ApplyControl(reader, index);
                break;
        }
    }

    private static void ApplyControl(LogReader reader, LogIndex index)
    {
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
                index.AddSnapshot(new Snapshot(name, branch, index.Line(line), index.StateAt(index.Line(line), lsn)));
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
        foreach (var (place, frame) in reader.Frames()) index.AddPage(line, frame.PageNumber, place);
    }
}
