namespace Shale.PageLog;

/// <summary>
/// Versions of pages that a later one has superseded, newest first, as lists that lead from the page's newest version into the past. Each entry also knows one further back, so that a version is
/// found in logarithmic time (skew-binary jump pointers: Myers, "An applicative random-access stack", 1983). Entries are numbered for life; a checkpoint takes the oldest to disk. Guarded by the
/// store's lock.
/// </summary>
internal sealed class VersionPool
{
    /// <summary>No earlier version.</summary>
    public const long None = -1;

    private const int ChunkBits = 14, ChunkSize = 1 << ChunkBits;
    private readonly List<Entry[]> _chunks = [];
    private long _firstChunk;

    /// <summary>The number of the first entry that is here.</summary>
    public long Start { get; private set; }

    /// <summary>The number of the next entry.</summary>
    public long End { get; private set; }

    /// <summary>Puts a version in front of a list and returns the list's new front.</summary>
    public long Push(Lsn from, Place place, long older)
    {
        if (End >> ChunkBits == _firstChunk + _chunks.Count) _chunks.Add(new Entry[ChunkSize]);
        var number = End++;
        ref var entry = ref At(number);
        entry = new Entry { From = from, Place = place, Older = older, Jump = older };
        if (older < Start) return number;
        ref readonly var before = ref At(older);
        entry.Depth = before.Depth + 1;
        if (before.Jump < Start) return number;
        ref readonly var jump = ref At(before.Jump);
        if (jump.Jump >= Start && before.Depth - jump.Depth == jump.Depth - At(jump.Jump).Depth) entry.Jump = jump.Jump;
        return number;
    }

    /// <summary>The newest version of a list at or before an LSN; false if there is none here.</summary>
    public bool TryFind(long front, Lsn at, out Place place)
    {
        while (front >= Start)
        {
            ref readonly var entry = ref At(front);
            if (entry.From <= at)
            {
                place = entry.Place;
                return true;
            }

            front = entry.Jump >= Start && At(entry.Jump).From > at ? entry.Jump : entry.Older;
        }

        place = default;
        return false;
    }

    /// <summary>The entry of a number that is here.</summary>
    public ref readonly Entry this[long number] => ref At(number);

    /// <summary>Forgets the entries before a number.</summary>
    public void DropBefore(long number)
    {
        Start = number;
        var chunks = (int)((number >> ChunkBits) - _firstChunk);
        chunks = Math.Min(chunks, _chunks.Count);
        _chunks.RemoveRange(0, chunks);
        _firstChunk += chunks;
    }

    private ref Entry At(long number) => ref _chunks[(int)((number >> ChunkBits) - _firstChunk)][number & (ChunkSize - 1)];

    /// <summary>One version of a page.</summary>
    internal struct Entry
    {
        /// <summary>The commit that made it.</summary>
        public Lsn From;

        /// <summary>Its frame.</summary>
        public Place Place;

        /// <summary>The number of the version before it.</summary>
        public long Older;

        /// <summary>The number of a version further back.</summary>
        public long Jump;

        /// <summary>How many were behind it when it came.</summary>
        public int Depth;
    }
}
