namespace Shale.PageLog;

/// <summary>The open files of a log, by number. Thread-safe.</summary>
internal sealed class SegmentSet(IDisk disk) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Segment> _segments = [];
    private CompactedSegment[] _compacted = [];
    private bool _disposed;

    /// <summary>The numbers of the files there are, in order.</summary>
    public IReadOnlyList<int> Numbers
    {
        get
        {
            lock (_lock) return [.. _segments.Keys.Order()];
        }
    }

    /// <summary>The compacted segments, in order.</summary>
    public IReadOnlyList<CompactedSegment> Compacted
    {
        get
        {
            lock (_lock) return _compacted;
        }
    }

    /// <summary>The oldest commit as of which anything can be read: what was superseded up to it may be gone.</summary>
    public Lsn Oldest => Compacted.Count == 0 ? default : Compacted[^1].LastLsn;

    /// <summary>Opens every segment's file of the directory. Files that a finished compaction stands for, and unfinished ones, are removed: a crash has left them.</summary>
    /// <param name="damaged">Told of compacted files that are damaged, which are then left out; null to stop there.</param>
    public void OpenAll(Action<string, VitessException>? damaged = null)
    {
        OpenCompacted(damaged);
        foreach (var name in disk.List())
        {
            if (!Segment.TryParse(name, out var number)) continue;
            if (_compacted.Length > 0 && number <= _compacted[^1].Last) disk.Delete(name);
            else Add(new Segment(number, disk.Open(name)));
        }
    }

    /// <summary>Reads bytes by the place where they were first written. Errors: SHARD_ERROR (XX001).</summary>
    public void Read(Place place, long skip, Span<byte> destination)
    {
        var (file, offset) = Locate(place);
        if (file.Read(offset + skip, destination) < destination.Length) throw Damage.Found($"the file of segment {place.Segment} ends before the frame at {place}");
    }

    /// <summary>Puts a compacted segment in place of those that it stands for, and returns the names of their files. Whoever reads one just now goes on reading it.</summary>
    public IReadOnlyList<string> Replace(CompactedSegment compacted)
    {
        var names = new List<string>();
        lock (_lock)
        {
            foreach (var old in _compacted.Where(old => old.First >= compacted.First)) names.Add(CompactedSegment.NameOf(old.First, old.Last));
            _compacted = [.. _compacted.Where(old => old.First < compacted.First), compacted];
            foreach (var number in _segments.Keys.Where(number => number <= compacted.Last).ToList())
            {
                _segments.Remove(number);
                names.Add(Segment.NameOf(number));
            }
        }

        return names;
    }

    /// <summary>Makes a file, with its space. Errors: SHARD_ERROR (53100) for a full disk; then there is no file.</summary>
    public Segment Create(int number, long length)
    {
        var segment = new Segment(number, disk.Create(Segment.NameOf(number)));
        try
        {
            segment.Reserve(length);
            segment.File.Sync();
            disk.SyncDirectory();
        }
        catch
        {
            segment.Dispose();
            disk.Delete(Segment.NameOf(number));
            throw;
        }

        Add(segment);
        return segment;
    }

    /// <summary>A segment by its number. Errors: SHARD_ERROR (XX001).</summary>
    public Segment Get(int number)
    {
        lock (_lock)
        {
            return _segments.TryGetValue(number, out var segment) ? segment : throw Missing(number);
        }
    }

    /// <summary>The header of a segment; null if it has none yet.</summary>
    public SegmentHeader? HeaderOf(int number)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        return Get(number).File.Read(0, bytes) == bytes.Length && SegmentHeader.TryRead(bytes, out var header) && header.Segment == number ? header : null;
    }

    /// <summary>The name of the file in which a place is.</summary>
    public string NameOf(Place place) => Compacted.FirstOrDefault(file => place.Segment >= file.First && place.Segment <= file.Last) is { } compacted
        ? CompactedSegment.NameOf(compacted.First, compacted.Last)
        : Segment.NameOf(place.Segment);

    /// <summary>Removes a file that holds nothing.</summary>
    public void Delete(int number)
    {
        lock (_lock)
        {
            if (_segments.Remove(number, out var segment)) segment.Dispose();
        }

        disk.Delete(Segment.NameOf(number));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var segment in _segments.Values) segment.Dispose();
            foreach (var compacted in _compacted) compacted.Dispose();
            _segments.Clear();
            _compacted = [];
            _disposed = true;
        }
    }

    // The widest ones count.
    private void OpenCompacted(Action<string, VitessException>? damaged)
    {
        var found = new List<(int First, int Last, string Name)>();
        foreach (var name in disk.List())
        {
            if (CompactedSegment.TryParse(name, out var first, out var last)) found.Add((first, last, name));
        }

        var opened = new List<CompactedSegment>();
        foreach (var (first, _, name) in found.OrderBy(file => file.First).ThenByDescending(file => file.Last))
        {
            try
            {
                if ((opened.Count == 0 || first > opened[^1].Last) && CompactedSegment.TryOpen(disk, name) is { } whole) opened.Add(whole);
                else disk.Delete(name);
            }
            catch (VitessException exception) when (damaged is not null && exception.SqlState == Damage.SqlState)
            {
                damaged(name, exception);
            }
        }

        _compacted = [.. opened];
    }

    private (IDiskFile File, long Offset) Locate(Place place)
    {
        CompactedSegment? compacted;
        lock (_lock)
        {
            if (_segments.TryGetValue(place.Segment, out var segment)) return (segment.File, place.Offset);
            compacted = Array.Find(_compacted, file => place.Segment >= file.First && place.Segment <= file.Last);
        }

        return compacted is null ? throw Missing(place.Segment) : (compacted.File, compacted.OffsetOf(place));
    }

    private VitessException Missing(int number) => _disposed ? PageStore.Closed() : Damage.Found($"{Segment.NameOf(number)} is missing");

    private void Add(Segment segment)
    {
        lock (_lock) _segments.Add(segment.Number, segment);
    }
}
