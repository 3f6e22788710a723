namespace Shale.PageLog;

/// <summary>Counts the bytes of a log by what they are needed for.</summary>
internal sealed class LogMeasuring
{
    private readonly IDisk _disk;
    private readonly SegmentSet _segments;
    private readonly LogIndex _index;
    private readonly Lock _guard = new();
    private readonly Lsn _window;
    private readonly Pins _pins;
    private readonly HashSet<long> _live = [];
    private readonly Dictionary<(int Line, uint Page), (Lsn From, long Place, int Bytes)> _newest = [];
    private long _liveBytes, _historyBytes, _garbageBytes, _rowChangeBytes, _commits, _commitBytes;

    /// <summary>Of an opened log, with the window that begins then.</summary>
    public LogMeasuring(IDisk disk, SegmentSet segments, OpenedLog opened, DateTimeOffset window)
    {
        (_disk, _segments, _index) = (disk, segments, opened.Index);
        var first = _index.Commits.LastAt(HlcTimestamp.LastOf(window));
        _window = first > segments.Oldest ? first : segments.Oldest;
        _pins = _index.Pins([], _window);
    }

    /// <summary>Does it. Errors: SHARD_ERROR (XX001).</summary>
    public LogStatistics Run()
    {
        foreach (var branch in _index.Branches) FindLive(branch.Line);
        foreach (var compacted in _segments.Compacted)
        {
            foreach (var entry in compacted.Entries()) Add(entry.Line, entry.PageNumber, entry.From, entry.Place, FrameHeader.Bytes + PageFormat.PageSize);
        }

        AddRecords();
        foreach (var (key, version) in _newest) Count(key.Line, version, new Lsn(long.MaxValue));
        var (oldest, last) = (_segments.Oldest, _index.Commits.Last);
        return new LogStatistics
        {
            Files = FilesOf(_disk),
            LiveBytes = _liveBytes,
            HistoryBytes = _historyBytes,
            GarbageBytes = _garbageBytes,
            RowChangeBytes = _rowChangeBytes,
            Commits = _commits,
            CommitBytes = _commitBytes,
            Oldest = oldest,
            OldestTime = TimeOf(oldest == Lsn.Zero && last > Lsn.Zero ? new Lsn(1) : oldest),
            Last = last,
            LastTime = TimeOf(last),
            Branches = [.. _index.Branches.Select(Describe).OrderBy(branch => branch.Name, StringComparer.Ordinal)],
            Snapshots = [.. _index.Snapshots.Select(snapshot => new SnapshotInfo(snapshot.Name, snapshot.Branch, snapshot.State.Lsn, snapshot.State.Version) { Time = _index.TimeOf(snapshot.State.Lsn) })],
        };
    }

    private static List<LogFileKind> FilesOf(IDisk disk)
    {
        string[] kinds = ["segment", "compacted", "checkpoint", "commits", "history"];
        var files = new List<LogFileKind>();
        foreach (var kind in kinds)
        {
            var lengths = disk.List().Where(name => name.StartsWith(kind + "-", StringComparison.Ordinal)).Select(name => LengthOf(disk, name)).ToList();
            files.Add(new LogFileKind(kind, lengths.Count, lengths.Sum()));
        }

        return files;
    }

    private static long LengthOf(IDisk disk, string name)
    {
        using var file = disk.Open(name);
        return file.Length;
    }

    private static BranchInfo Describe(Branch branch) => new(branch.Name, branch.Line.Head.Lsn, branch.Line.Head.Version, branch.Parent?.Name, branch.Since);

    private HlcTimestamp? TimeOf(Lsn lsn) => lsn >= _index.Commits.First && lsn <= _index.Commits.Last ? _index.Commits[lsn].Time : null;

    // The newest pages of a branch, and what they differ from.
    private void FindLive(Line line)
    {
        Span<byte> bytes = stackalloc byte[FrameHeader.Bytes];
        for (uint page = 1; page <= line.Head.PageCount; page++)
        {
            if (!_index.Locate(_guard, line, page, line.Head.Lsn, out var place)) continue;
            while (!place.IsNone && _live.Add(place.Value))
            {
                _segments.Read(place, bytes);
                place = FrameHeader.Read(bytes).Base;
            }
        }
    }

    private void AddRecords()
    {
        foreach (var number in _segments.Numbers)
        {
            if (_segments.HeaderOf(number) is not { } header) continue;
            var reader = new LogReader(_segments, header.Start);
            while (reader.Next()) Add(reader);
            return;
        }
    }

    private void Add(LogReader reader)
    {
        var header = reader.Header;
        if (header.Kind != RecordKind.Commit) return;
        _commits++;
        _commitBytes += header.Length;
        _rowChangeBytes += header.RowChangeBytes;
        foreach (var (place, frame) in reader.Frames()) Add(header.Line, frame.PageNumber, header.Lsn, place, FrameHeader.Bytes + frame.Length);
    }

    // In the order of the log: a version is counted when the next one of its page comes.
    private void Add(int line, uint pageNumber, Lsn from, Place place, int bytes)
    {
        if (_newest.TryGetValue((line, pageNumber), out var before)) Count(line, before, from);
        _newest[(line, pageNumber)] = (from, place.Value, bytes);
    }

    private void Count(int line, (Lsn From, long Place, int Bytes) version, Lsn to)
    {
        var owner = _index.Lines[line - 1];
        if (_live.Contains(version.Place)) _liveBytes += version.Bytes;
        else if (_pins.Has(owner) && (to > _window || _pins.Need(owner, version.From, to))) _historyBytes += version.Bytes;
        else _garbageBytes += version.Bytes;
    }
}
