namespace Shale.PageLog;

/// <summary>
/// The pages of one log in a cache: one of its own, or the one that all other logs of the process share, whose size follows the machine's memory. That is there as long as one of them is open.
/// Thread-safe.
/// </summary>
internal sealed class CachedPages : IDisposable
{
    private const long LeastBytes = 32L << 20, MostBytes = 512L << 20;
    private const int ShareOfMemory = 8;
    private static readonly Lock Sharing = new();
    private static PageCache? _shared;
    private static int _sharers;
    private static int _lastLog;

    private readonly int _log = Interlocked.Increment(ref _lastLog);
    private readonly bool _shares;
    private PageCache? _cache;

    /// <summary>No pages yet.</summary>
    /// <param name="ownBytes">The size of a cache of its own; null for the shared one.</param>
    public CachedPages(long? ownBytes)
    {
        _shares = ownBytes is null;
        _cache = ownBytes is { } bytes ? new PageCache(bytes) : Share();
    }

    /// <summary>The size of the cache that is shared: an eighth of the memory that the process may use, at least 32 MB, at most 512 MB.</summary>
    public static long SharedBytes => Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ShareOfMemory, LeastBytes, MostBytes);

    /// <summary>How many pages the cache, which others may share, has taken memory for.</summary>
    public int Pages => _cache?.Pages ?? 0;

    /// <summary>Copies a part of a page, and says how many differences lead to its frame; false if the page is not here.</summary>
    public bool TryRead(Place place, int offset, Span<byte> destination, out byte depth)
    {
        depth = 0;
        return _cache is { } cache && cache.TryRead(new PageKey(_log, place), offset, destination, out depth);
    }

    /// <summary>Keeps a page, and how many differences lead to its frame.</summary>
    public void Put(Place place, ReadOnlySpan<byte> page, byte depth) => _cache?.Put(new PageKey(_log, place), page, depth);

    /// <summary>Says that a page has a newer version.</summary>
    public void Supersede(Place place) => _cache?.Supersede(new PageKey(_log, place));

    /// <summary>Lets go of the memory, whoever still holds the closed log; what others share stays theirs.</summary>
    public void Dispose()
    {
        lock (Sharing)
        {
            if (_cache is null) return;
            _cache = null;
            if (_shares && --_sharers == 0) _shared = null;
        }
    }

    private static PageCache Share()
    {
        lock (Sharing)
        {
            _sharers++;
            return _shared ??= new PageCache(SharedBytes);
        }
    }
}
