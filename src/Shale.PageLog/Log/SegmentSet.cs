namespace Shale.PageLog;

/// <summary>The open files of a log, by number. Thread-safe.</summary>
internal sealed class SegmentSet(IDisk disk) : IDisposable
{
    private readonly Lock _lock = new();
    private volatile SegmentFiles _files = SegmentFiles.None;

    /// <summary>The files as they are now.</summary>
    public SegmentFiles Files => _files;

    /// <summary>The numbers of the segments there are, in order.</summary>
    public IReadOnlyList<int> Numbers => [.. _files.Segments.Keys.Order()];

    /// <summary>The compacted segments, in order.</summary>
    public IReadOnlyList<CompactedSegment> Compacted => _files.Compacted;

    /// <summary>See <see cref="SegmentFiles.Oldest"/>.</summary>
    public Lsn Oldest => _files.Oldest;

    /// <summary>Opens every segment's file of the directory. Files that a finished compaction stands for, and unfinished ones, are removed: a crash has left them.</summary>
    /// <param name="damaged">Told of compacted files that are damaged, which are then left out; null to stop there.</param>
    public void OpenAll(Action<string, VitessException>? damaged = null)
    {
        OpenCompacted(damaged);
        foreach (var name in disk.List())
        {
            if (!Segment.TryParse(name, out var number)) continue;
            if (_files.Compacted is [.., var compacted] && number <= compacted.Last) disk.Delete(name);
            else Add(new Segment(number, disk.Open(name)));
        }
    }

    /// <summary>Reads bytes by the place where they were first written. Errors: SHARD_ERROR (XX001).</summary>
    public void Read(Place place, Span<byte> destination) => _files.Read(place, destination);

    /// <summary>Puts a compacted segment in place of those that it stands for, and returns those files and their names.</summary>
    public IReadOnlyList<(string Name, IDisposable File)> Replace(CompactedSegment compacted)
    {
        lock (_lock)
        {
            var before = _files;
            _files = before.With(compacted);
            var replaced = before.Compacted.Except(_files.Compacted).Select(old => (CompactedSegment.NameOf(old.First, old.Last), (IDisposable)old));
            return [.. replaced, .. before.Segments.Values.Except(_files.Segments.Values).Select(old => (Segment.NameOf(old.Number), (IDisposable)old))];
        }
    }

    /// <summary>Errors: SHARD_ERROR (53100) where less is free on the disk.</summary>
    public void RequireFree(long bytes)
    {
        if (disk.FreeBytes < bytes) throw new VitessException(ErrorCodes.ShardError, $"the disk is full but for {disk.FreeBytes} bytes", sqlState: "53100", hint: "Make room on the disk.");
    }

    /// <summary>Makes a file, with its space. Errors: SHARD_ERROR (53100) for a full disk; then there is no file.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="length">Its length, in bytes.</param>
    /// <param name="isHurried">See <see cref="Segment.Reserve"/>; null if it is.</param>
    public Segment Create(int number, long length, Func<bool>? isHurried = null)
    {
        var segment = new Segment(number, disk.Create(Segment.NameOf(number)));
        try
        {
            segment.Reserve(length, isHurried ?? (static () => true));
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
    public Segment Get(int number) => _files.Get(number);

    /// <summary>The header of a segment; null if it has none yet.</summary>
    public SegmentHeader? HeaderOf(int number)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        return Get(number).File.Read(0, bytes) == bytes.Length && SegmentHeader.TryRead(bytes, out var header) && header.Segment == number ? header : null;
    }

    /// <summary>Whether anything was written where a segment has its header.</summary>
    public bool IsWritten(int number) => SegmentHeader.IsWritten(Get(number).File);

    /// <summary>The name of the file in which a place is.</summary>
    public string NameOf(Place place) => Compacted.FirstOrDefault(file => place.Segment >= file.First && place.Segment <= file.Last) is { } compacted
        ? CompactedSegment.NameOf(compacted.First, compacted.Last)
        : Segment.NameOf(place.Segment);

    /// <summary>Removes a file that holds nothing.</summary>
    public void Delete(int number)
    {
        lock (_lock)
        {
            if (_files.Segments.TryGetValue(number, out var segment)) segment.Dispose();
            _files = _files.Without(number);
        }

        disk.Delete(Segment.NameOf(number));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var segment in _files.Segments.Values) segment.Dispose();
            foreach (var compacted in _files.Compacted) compacted.Dispose();
            _files = SegmentFiles.None;
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

        _files = _files with { Compacted = [.. opened] };
    }

    private void Add(Segment segment)
    {
        lock (_lock) _files = _files.With(segment);
    }
}
