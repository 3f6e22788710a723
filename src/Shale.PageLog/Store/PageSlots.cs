namespace Shale.PageLog;

/// <summary>
/// Which slot of a cache has which page: a table of slots in open addressing, and beside it what is known of each slot. Whoever looks for a page has its slot after one look into a small table, and can begin
/// to read the page while the slot's key, which only confirms it, still comes from memory: that is what a read of a page in memory costs. Not thread-safe. Hot path: bench log.
/// </summary>
internal sealed class PageSlots
{
    private const int LeastPlaces = 64;

    // Slot + 1 of what is there; 0 for nothing. At most half of it is taken, and what collides stands in the next place that is free.
    private int[] _table = new int[LeastPlaces];
    private Slot[] _slots = new Slot[LeastPlaces / 2];
    private int _count;

    /// <summary>What is known of a slot that has a page.</summary>
    public ref Slot this[int slot] => ref _slots[slot];

    /// <summary>The slot of a page; -1 if it has none.</summary>
    public int Find(PageKey key)
    {
        var place = PlaceOf(key);
        return place < 0 ? -1 : _table[place] - 1;
    }

    /// <summary>Gives a page that has no slot one that has no page.</summary>
    public void Add(PageKey key, int slot, byte depth)
    {
        if (2 * (_count + 1) > _table.Length) Grow();
        if (slot >= _slots.Length) Array.Resize(ref _slots, Math.Max(slot + 1, 2 * _slots.Length));
        _slots[slot] = new Slot(key, depth);
        Enter(slot);
        _count++;
    }

    /// <summary>Takes a page's slot from it; -1 if it has none.</summary>
    public int Remove(PageKey key)
    {
        var hole = PlaceOf(key);
        if (hole < 0) return -1;
        var slot = _table[hole] - 1;

        // What stands behind a hole, and was to stand there or before, moves up: a search ends at the first free place.
        for (var next = Next(hole); _table[next] != 0; next = Next(next))
        {
            var wanted = HomeOf(_slots[_table[next] - 1].Key);
            if (((next - wanted) & Mask) < ((next - hole) & Mask)) continue;
            _table[hole] = _table[next];
            hole = next;
        }

        _table[hole] = 0;
        _count--;
        return slot;
    }

    private int Mask => _table.Length - 1;

    private int PlaceOf(PageKey key)
    {
        var table = _table;
        var slots = _slots;
        for (var place = HomeOf(key); table[place] is var found and not 0; place = Next(place))
        {
            if (slots[found - 1].Key == key) return place;
        }

        return -1;
    }

    private void Enter(int slot)
    {
        var place = HomeOf(_slots[slot].Key);
        while (_table[place] != 0) place = Next(place);
        _table[place] = slot + 1;
    }

    private void Grow()
    {
        var before = _table;
        _table = new int[2 * before.Length];
        foreach (var taken in before)
        {
            if (taken != 0) Enter(taken - 1);
        }
    }

    private int HomeOf(PageKey key) => (int)((key.Mixed >> 16) & (ulong)Mask);

    private int Next(int place) => (place + 1) & Mask;

    /// <summary>A slot that has a page.</summary>
    /// <param name="Key">The page.</param>
    /// <param name="Depth">How many differences lead to its frame.</param>
    internal record struct Slot(PageKey Key, byte Depth)
    {
        /// <summary>Whether it was read since somebody last looked for a page to give up.</summary>
        public bool Used;
    }
}
