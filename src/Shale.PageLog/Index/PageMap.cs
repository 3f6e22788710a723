namespace Shale.PageLog;

/// <summary>
/// The pages that commits of one line have written: for each the newest version, and the way to earlier ones. Pages that the line has not written are its parent's. Chunks are
/// copied when they change after <see cref="Freeze"/>, so that a checkpoint can be written while commits go on. Guarded by the store's lock.
/// </summary>
internal sealed class PageMap
{
    /// <summary>Pages of a chunk.</summary>
    public const int ChunkPages = 512;

    private Chunk?[] _chunks = [];
    private int _freezes;

    /// <summary>How many pages it knows.</summary>
    public int Count { get; private set; }

    /// <summary>The newest version of a page; false if the line has none.</summary>
    public bool TryGet(uint pageNumber, out Entry entry)
    {
        var chunk = (int)(pageNumber / ChunkPages);
        entry = chunk < _chunks.Length && _chunks[chunk] is { } found ? found.Entries[pageNumber % ChunkPages] : default;
        return entry.From != Lsn.Zero;
    }

    /// <summary>Gives a page a newer version; the one before goes into the pool.</summary>
    public void Set(uint pageNumber, Lsn from, Place place, VersionPool pool)
    {
        ref var entry = ref Writable(pageNumber);
        if (entry.From == Lsn.Zero)
        {
            Count++;
            entry = new Entry(from, place, VersionPool.None);
            return;
        }

        entry = new Entry(from, place, pool.Push(entry.From, entry.Place, entry.Older));
    }

    /// <summary>Takes a page over from a checkpoint.</summary>
    public void Load(uint pageNumber, Lsn from, Place place)
    {
        Count++;
        Writable(pageNumber) = new Entry(from, place, VersionPool.None);
    }

    /// <summary>Forgets all pages.</summary>
    public void Clear() => (_chunks, Count) = ([], 0);

    /// <summary>The map as it is now, whatever is changed later.</summary>
    public PageMap Freeze()
    {
        _freezes++;
        return new PageMap { _chunks = (Chunk?[])_chunks.Clone(), Count = Count };
    }

    /// <summary>All pages, in order.</summary>
    public IEnumerable<(uint PageNumber, Entry Entry)> All()
    {
        for (var i = 0; i < _chunks.Length; i++)
        {
            if (_chunks[i] is not { } chunk) continue;
            for (var j = 0; j < ChunkPages; j++)
            {
                if (chunk.Entries[j].From != Lsn.Zero) yield return ((uint)((i * ChunkPages) + j), chunk.Entries[j]);
            }
        }
    }

    private ref Entry Writable(uint pageNumber)
    {
        var index = (int)(pageNumber / ChunkPages);
        if (index >= _chunks.Length) Array.Resize(ref _chunks, Math.Max(index + 1, _chunks.Length * 2));
        var chunk = _chunks[index];
        if (chunk is null || chunk.Freezes != _freezes) _chunks[index] = chunk = new Chunk(chunk, _freezes);
        return ref chunk.Entries[pageNumber % ChunkPages];
    }

    /// <summary>The newest version of a page.</summary>
    /// <param name="From">The commit that made it; 0 for no version.</param>
    /// <param name="Place">Its frame.</param>
    /// <param name="Older">The version before, in the pool.</param>
    internal readonly record struct Entry(Lsn From, Place Place, long Older);

    private sealed class Chunk(Chunk? copied, int freezes)
    {
        public readonly Entry[] Entries = copied is null ? new Entry[ChunkPages] : (Entry[])copied.Entries.Clone();
        public readonly int Freezes = freezes;
    }
}
