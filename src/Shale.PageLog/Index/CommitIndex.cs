namespace Shale.PageLog;

/// <summary>The commits by LSN, which is dense. Guarded by the store's lock.</summary>
internal sealed class CommitIndex
{
    private const int ChunkBits = 12, ChunkSize = 1 << ChunkBits;
    private readonly List<CommitEntry[]> _chunks = [];

    /// <summary>The last commit.</summary>
    public Lsn Last { get; private set; }

    /// <summary>A commit's entry.</summary>
    public ref readonly CommitEntry this[Lsn lsn]
    {
        get
        {
            var index = lsn.Value - 1;
            return ref _chunks[(int)(index >> ChunkBits)][index & (ChunkSize - 1)];
        }
    }

    /// <summary>Adds the next commit.</summary>
    public void Add(in CommitEntry entry)
    {
        var index = Last.Value;
        Last = Last.Next;
        if (index >> ChunkBits == _chunks.Count) _chunks.Add(new CommitEntry[ChunkSize]);
        _chunks[(int)(index >> ChunkBits)][index & (ChunkSize - 1)] = entry;
    }

    /// <summary>The last commit at or before a time; 0 if there is none.</summary>
    public Lsn LastAt(HlcTimestamp time)
    {
        long low = 0, high = Last.Value;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (this[new Lsn(middle)].Time <= time) low = middle;
            else high = middle - 1;
        }

        return new Lsn(low);
    }
}
