namespace Shale.PageLog;

/// <summary>
/// Whole pages by the place of their frame, at most so many bytes of them; which goes first is the clock's choice (second chance). Places never change their content, so that nothing is ever
/// invalid. Thread-safe: stripes, each under its own lock.
/// </summary>
internal sealed class PageCache
{
    private const int Stripes = 16;
    private readonly Stripe[] _stripes = new Stripe[Stripes];

    /// <summary>An empty cache.</summary>
    public PageCache(long bytes)
    {
        var pages = (int)Math.Max(4, bytes / PageFormat.PageSize / Stripes);
        for (var i = 0; i < Stripes; i++) _stripes[i] = new Stripe(pages);
    }

    /// <summary>Copies a part of a page, and says how many differences lead to its frame; false if the page is not here.</summary>
    public bool TryRead(Place place, int offset, Span<byte> destination, out byte depth) => StripeOf(place).TryRead(place, offset, destination, out depth);

    /// <summary>Keeps a page, and how many differences lead to its frame.</summary>
    public void Put(Place place, ReadOnlySpan<byte> page, byte depth) => StripeOf(place).Put(place, page, depth);

    private Stripe StripeOf(Place place) => _stripes[unchecked((ulong)place.Value * 0x9E3779B97F4A7C15UL) >> 60];

    private sealed class Stripe(int pages)
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<long, int> _slots = [];
        private readonly List<Slot> _pages = [];
        private int _hand;

        public bool TryRead(Place place, int offset, Span<byte> destination, out byte depth)
        {
            depth = 0;
            lock (_lock)
            {
                if (!_slots.TryGetValue(place.Value, out var slot)) return false;
                var found = _pages[slot];
                found.Used = true;
                depth = found.Depth;
                found.Page.AsSpan(offset, destination.Length).CopyTo(destination);
                return true;
            }
        }

        public void Put(Place place, ReadOnlySpan<byte> page, byte depth)
        {
            lock (_lock)
            {
                if (_slots.ContainsKey(place.Value)) return;
                var slot = FreeSlot();
                _slots.Add(place.Value, slot);
                var free = _pages[slot];
                (free.Place, free.Depth, free.Used) = (place.Value, depth, false);
                page.CopyTo(free.Page);
            }
        }

        private int FreeSlot()
        {
            if (_pages.Count < pages)
            {
                _pages.Add(new Slot());
                return _pages.Count - 1;
            }

            while (_pages[_hand].Used)
            {
                _pages[_hand].Used = false;
                _hand = (_hand + 1) % pages;
            }

            var slot = _hand;
            _hand = (_hand + 1) % pages;
            _slots.Remove(_pages[slot].Place);
            return slot;
        }

        private sealed class Slot
        {
            public readonly byte[] Page = GC.AllocateUninitializedArray<byte>(PageFormat.PageSize);
            public long Place;
            public byte Depth;
            public bool Used;
        }
    }
}
