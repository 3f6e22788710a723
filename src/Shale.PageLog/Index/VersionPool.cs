namespace Shale.PageLog;

/// <summary>
/// Versions of pages that a later one has superseded, newest first, as lists that lead from the page's newest version into the past. Each entry also knows one further back, so that a version is
/// found in logarithmic time (skew-binary jump pointers: Myers, "An applicative random-access stack", 1983). Guarded by the store's lock.
/// </summary>
internal sealed class VersionPool
{
    /// <summary>No earlier version here.</summary>
    public const int None = -1;

    private const int ChunkBits = 14, ChunkSize = 1 << ChunkBits;
    private readonly List<Entry[]> _chunks = [];

    /// <summary>How many entries it holds.</summary>
    public int Count { get; private set; }

    /// <summary>Puts a version in front of a list and returns the list's new front.</summary>
    public int Push(Lsn from, Place place, int older)
    {
        if (Count == _chunks.Count << ChunkBits) _chunks.Add(new Entry[ChunkSize]);
        var index = Count++;
        ref var entry = ref At(index);
        entry = new Entry { From = from, Place = place, Older = older, Jump = older };
        if (older == None) return index;
        ref readonly var before = ref At(older);
        entry.Depth = before.Depth + 1;
        if (before.Jump != None && before.Depth - At(before.Jump).Depth == At(before.Jump).Depth - DepthOf(At(before.Jump).Jump)) entry.Jump = At(before.Jump).Jump;
        return index;
    }

    /// <summary>The newest version of a list at or before an LSN.</summary>
    public bool TryFind(int front, Lsn at, out Lsn from, out Place place)
    {
        while (front != None)
        {
            ref readonly var entry = ref At(front);
            if (entry.From <= at)
            {
                (from, place) = (entry.From, entry.Place);
                return true;
            }

            front = entry.Jump != None && At(entry.Jump).From > at ? entry.Jump : entry.Older;
        }

        (from, place) = (default, default);
        return false;
    }

    /// <summary>The entry at an index.</summary>
    public ref readonly Entry this[int index] => ref At(index);

    /// <summary>Forgets all entries; whoever holds an index must have let go of it.</summary>
    public void Clear()
    {
        Count = 0;
        _chunks.Clear();
    }

    private int DepthOf(int index) => index == None ? -1 : At(index).Depth;

    private ref Entry At(int index) => ref _chunks[index >> ChunkBits][index & (ChunkSize - 1)];

    /// <summary>One version of a page.</summary>
    internal struct Entry
    {
        /// <summary>The commit that made it.</summary>
        public Lsn From;

        /// <summary>Its frame.</summary>
        public Place Place;

        /// <summary>The version before it.</summary>
        public int Older;

        /// <summary>A version further back.</summary>
        public int Jump;

        /// <summary>How many are behind it.</summary>
        public int Depth;
    }
}
