namespace Shale.PageLog;

/// <summary>Chooses what is rewritten, and finds what of it is still read.</summary>
internal static class LogCompaction
{
    // A compacted file is rewritten when this many times its bytes have come after it: each byte is so rewritten few times.
    private const int GrowthToRewrite = 2;

    /// <summary>What should be rewritten now; null for nothing.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="before">The segment of the last checkpoint: it and those after it are needed as they are.</param>
    /// <param name="window">The last commit before the window.</param>
    /// <param name="bytes">How many bytes of segments there may be; where there are more, the window does not count.</param>
    public static CompactionRange? Choose(SegmentSet segments, int before, Lsn window, long bytes)
    {
        var numbers = segments.Numbers;
        var excess = numbers.Sum(number => segments.Get(number).Length) - bytes;
        CompactionRange? range = null;
        long rewritten = 0;
        foreach (var number in numbers.TakeWhile(number => number < before))
        {
            var last = segments.HeaderOf(number + 1)!.Value.BaseLsn;
            if (last > window && rewritten >= excess) break;
            rewritten += segments.Get(number).Length;
            range = new CompactionRange(range?.First ?? number, number, last);
        }

        return range is { } found ? WithSmall(segments, found, rewritten) : null;
    }

    /// <summary>What may be rewritten to make room on a full disk, the least first: little of the window is lost then, and little room needed. At last everything in one, as only its pages may be many times in what is there.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="before">The segment of the last checkpoint.</param>
    public static IEnumerable<CompactionRange> ChooseForRoom(SegmentSet segments, int before)
    {
        var numbers = segments.Numbers.TakeWhile(number => number < before).ToList();
        var all = segments.Compacted is [.., var newest] ? new CompactionRange(segments.Compacted[0].First, newest.Last, newest.LastLsn) : default;
        for (var count = 1; numbers.Count > 0; count = Math.Min(count * 2, numbers.Count))
        {
            var last = numbers[count - 1];
            var range = new CompactionRange(numbers[0], last, segments.HeaderOf(last + 1)!.Value.BaseLsn);
            all = range with { First = segments.Compacted.Count > 0 ? all.First : range.First };
            var merged = WithSmall(segments, range, BytesOf(segments, range));
            if (merged != range) yield return merged;
            yield return range;
            if (count == numbers.Count) break;
        }

        if (segments.Compacted.Count + numbers.Count > 1) yield return all;
    }

    /// <summary>The bytes of the files in a range.</summary>
    public static long BytesOf(SegmentSet segments, CompactionRange range) =>
        segments.Compacted.Where(compacted => compacted.First >= range.First).Sum(compacted => compacted.Length)
        + segments.Numbers.Where(number => number >= range.First && number <= range.Last).Sum(number => segments.Get(number).Length);

    /// <summary>The versions in a range that are still read, by place: the newest of each page, and those that something pins.</summary>
    public static CompactedEntry[] Kept(SegmentSet segments, CompactionRange range, Pins pins, Func<int, Line> lineOf, CancellationToken cancellationToken)
    {
        var kept = new List<CompactedEntry>();
        var newest = new Dictionary<(int Line, uint Page), CompactedEntry>();
        foreach (var version in Versions(segments, range))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var line = lineOf(version.Line);
            if (!pins.Has(line)) continue;
            if (newest.TryGetValue((version.Line, version.PageNumber), out var before) && pins.Need(line, before.From, version.From)) kept.Add(before);
            newest[(version.Line, version.PageNumber)] = version;
        }

        kept.AddRange(newest.Values);
        kept.Sort();
        return [.. kept];
    }

    // With what was compacted before, where it is not much.
    private static CompactionRange WithSmall(SegmentSet segments, CompactionRange range, long rewritten)
    {
        foreach (var compacted in segments.Compacted.Reverse())
        {
            if (compacted.Length > rewritten * GrowthToRewrite) break;
            rewritten += compacted.Length;
            range = range with { First = compacted.First };
        }

        return range;
    }

    // In the order of the log.
    private static IEnumerable<CompactedEntry> Versions(SegmentSet segments, CompactionRange range)
    {
        var first = range.First;
        foreach (var compacted in segments.Compacted.Where(compacted => compacted.First >= range.First))
        {
            foreach (var entry in compacted.Entries()) yield return entry;
            first = compacted.Last + 1;
        }

        var reader = new LogReader(segments, segments.HeaderOf(first)!.Value.Start);
        while (reader.Position.Lsn < range.LastLsn && reader.Next())
        {
            if (reader.Header.Kind != RecordKind.Commit) continue;
            foreach (var version in FramesOf(reader)) yield return version;
        }

        if (reader.Position.Lsn < range.LastLsn) throw Damage.Found($"the log ends at LSN {reader.Position.Lsn}, within what a checkpoint has seen");
    }

    private static List<CompactedEntry> FramesOf(LogReader reader)
    {
        var frames = new List<CompactedEntry>();
        foreach (var (place, frame) in reader.Frames()) frames.Add(new CompactedEntry(place, 0, reader.Header.Lsn, reader.Header.Line, frame.PageNumber));
        return frames;
    }
}
