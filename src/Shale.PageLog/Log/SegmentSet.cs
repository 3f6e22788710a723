namespace Shale.PageLog;

/// <summary>The open files of a log, by number. Thread-safe.</summary>
internal sealed class SegmentSet(IDisk disk) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Segment> _segments = [];

    /// <summary>The numbers of the files there are, in order.</summary>
    public IReadOnlyList<int> Numbers
    {
        get
        {
            lock (_lock) return [.. _segments.Keys.Order()];
        }
    }

    /// <summary>Opens every segment's file of the directory.</summary>
    public void OpenAll()
    {
        foreach (var name in disk.List())
        {
            if (Segment.TryParse(name, out var number)) Add(new Segment(number, disk.Open(name)));
        }
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
            return _segments.TryGetValue(number, out var segment) ? segment : throw Damage.Found($"{Segment.NameOf(number)} is missing");
        }
    }

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
            _segments.Clear();
        }
    }

    private void Add(Segment segment)
    {
        lock (_lock) _segments.Add(segment.Number, segment);
    }
}
