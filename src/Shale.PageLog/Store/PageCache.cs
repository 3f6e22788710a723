namespace Shale.PageLog;

/// <summary>
/// Whole pages by the place of their frame, at most so many bytes of them; which goes first is the clock's choice (second chance). Places never change their content, so that nothing is ever
/// invalid. Thread-safe: stripes, each under its own lock.
/// </summary>
internal sealed class PageCache
{
    private const int Stripes = 16;
    private readonly Stripe[] _stripes = new Stripe[Stripes];

    /// <summary>An empty cache. Memory is taken as pages come.</summary>
    public PageCache(long bytes)
    {
        var pages = (int)Math.Clamp(bytes / PageFormat.PageSize / Stripes, 4, Array.MaxLength);
        var blocks = new PageBlocks();
        for (var i = 0; i < Stripes; i++) _stripes[i] = new Stripe(pages, blocks);
    }

    /// <summary>Copies a part of a page, and says how many differences lead to its frame; false if the page is not here.</summary>
    public bool TryRead(PageKey key, int offset, Span<byte> destination, out byte depth) => StripeOf(key).TryRead(key, offset, destination, out depth);

    /// <summary>Keeps a page, and how many differences lead to its frame.</summary>
    public void Put(PageKey key, ReadOnlySpan<byte> page, byte depth) => StripeOf(key).Put(key, page, depth);

    /// <summary>Says that a page has a newer version: soon only the past needs it, and its memory is the next one's.</summary>
    public void Supersede(PageKey key) => StripeOf(key).Supersede(key);

    /// <summary>How many pages it has taken memory for.</summary>
    public int Pages => _stripes.Sum(stripe => stripe.Pages);

    private Stripe StripeOf(PageKey key) => _stripes[key.Mixed >> 60];

    private sealed class Stripe(int pages, PageBlocks memory)
    {
        // Readers are a little behind the writer: they read what was superseded last.
        private const int SupersededPages = 64;
        private readonly Lock _lock = new();
        private readonly PageSlots _slots = new();
        private readonly List<PageBlocks.Block> _blocks = [];
        private readonly Queue<PageKey> _superseded = new();
        private readonly Stack<int> _free = new();
        private int _count;
        private int _hand;

        public bool TryRead(PageKey key, int offset, Span<byte> destination, out byte depth)
        {
            depth = 0;
            lock (_lock)
            {
                var slot = _slots.Find(key);
                if (slot < 0) return false;
                ref var found = ref _slots[slot];
                found.Used = true;
                depth = found.Depth;
                PageOf(slot).Slice(offset, destination.Length).CopyTo(destination);
                return true;
            }
        }

        public void Put(PageKey key, ReadOnlySpan<byte> page, byte depth)
        {
            lock (_lock)
            {
                if (_slots.Find(key) >= 0) return;
                var slot = FreeSlot();
                _slots.Add(key, slot, depth);
                page.CopyTo(PageOf(slot));
            }
        }

        public void Supersede(PageKey key)
        {
            lock (_lock)
            {
                if (_slots.Find(key) < 0) return;
                _superseded.Enqueue(key);
                if (_superseded.Count > SupersededPages && _slots.Remove(_superseded.Dequeue()) is >= 0 and var slot) _free.Push(slot);
            }
        }

        public int Pages
        {
            get
            {
                lock (_lock) return _count;
            }
        }

        private Span<byte> PageOf(int slot) => _blocks[slot / PageBlocks.BlockPages][slot % PageBlocks.BlockPages];

        private int FreeSlot()
        {
            if (_free.TryPop(out var free)) return free;
            if (_count < pages) return AddSlot();
            while (_slots[_hand].Used)
            {
                _slots[_hand].Used = false;
                _hand = (_hand + 1) % pages;
            }

            var slot = _hand;
            _hand = (_hand + 1) % pages;
            _slots.Remove(_slots[slot].Key);
            return slot;
        }

        private int AddSlot()
        {
            if (_count == _blocks.Count * PageBlocks.BlockPages) _blocks.Add(memory.Take(Math.Min(PageBlocks.BlockPages, pages - _count)));

            return _count++;
        }
    }
}
