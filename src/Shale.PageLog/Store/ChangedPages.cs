using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Shale.PageLog;

/// <summary>The pages that a transaction has changed, by number: in memory, and in a file where they are too many. Used by one thread at a time.</summary>
internal sealed class ChangedPages(IDisk disk, long memoryBytes) : IDisposable
{
    private const int SparePages = 256;
    private readonly Dictionary<uint, Slot> _pages = [];
    private readonly List<uint> _order = [];
    private readonly Stack<byte[]> _spare = new();
    private SpillFile? _spilled;
    private long _inMemory;

    /// <summary>How many there are.</summary>
    public int Count => _pages.Count;

    /// <summary>Their numbers, in order; until the next change.</summary>
    public ReadOnlySpan<uint> InOrder()
    {
        _order.Clear();
        _order.AddRange(_pages.Keys);
        _order.Sort();
        return CollectionsMarshal.AsSpan(_order);
    }

    /// <summary>Reads a part of a page; false if it was not changed.</summary>
    public bool TryRead(uint pageNumber, int offset, Span<byte> destination)
    {
        if (!_pages.TryGetValue(pageNumber, out var slot)) return false;
        if (slot.Page is { } page) page.AsSpan(offset, destination.Length).CopyTo(destination);
        else _spilled!.Read(slot.Offset + offset, destination);
        return true;
    }

    /// <summary>A page that is in memory.</summary>
    public bool TryGet(uint pageNumber, [NotNullWhen(true)] out byte[]? page)
    {
        page = _pages.TryGetValue(pageNumber, out var slot) ? slot.Page : null;
        return page is not null;
    }

    /// <summary>Keeps a page. Errors: SHARD_ERROR (53100, 58030).</summary>
    public void Write(uint pageNumber, ReadOnlySpan<byte> page)
    {
        if (_pages.TryGetValue(pageNumber, out var slot))
        {
            if (slot.Page is { } there) page.CopyTo(there);
            else _spilled!.Write(slot.Offset, page);
            return;
        }

        if ((_inMemory + 1) * PageFormat.PageSize > memoryBytes) Spill();
        var copy = _spare.TryPop(out var spare) ? spare : GC.AllocateUninitializedArray<byte>(PageFormat.PageSize);
        page.CopyTo(copy);
        _pages.Add(pageNumber, new Slot(copy, 0));
        _inMemory++;
    }

    /// <summary>Forgets pages at the end.</summary>
    public void Truncate(uint pageCount)
    {
        foreach (var beyond in _pages.Keys.Where(number => number > pageCount).ToList())
        {
            if (_pages.Remove(beyond, out var slot) && slot.Page is { } page) Spare(page);
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        foreach (var slot in _pages.Values)
        {
            if (slot.Page is { } page) Spare(page);
        }

        _pages.Clear();
        _spilled?.Dispose();
        _spilled = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private void Spill()
    {
        _spilled ??= new SpillFile(disk);
        foreach (var (number, slot) in _pages.Where(page => page.Value.Page is not null).ToList())
        {
            _pages[number] = new Slot(null, _spilled.Add(slot.Page));
            Spare(slot.Page!);
        }
    }

    private void Spare(byte[] page)
    {
        _inMemory--;
        if (_spare.Count < SparePages) _spare.Push(page);
    }

    private readonly record struct Slot(byte[]? Page, long Offset);
}
