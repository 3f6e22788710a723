namespace Shale.PageLog;

/// <summary>Which lines are still needed, and as of which LSNs each is read beside its newest versions.</summary>
/// <param name="knownLines">How many lines there were.</param>
internal sealed class Pins(int knownLines)
{
    private readonly Dictionary<Line, List<Lsn>> _lines = [];
    private bool _isSorted;

    /// <summary>Adds a point at which a line is read, and with it what the line sees of its parents.</summary>
    public void Add(Line line, Lsn lsn)
    {
        _isSorted = false;
        for (var next = line; next is not null; next = next.Parent)
        {
            if (!_lines.TryGetValue(next, out var pins)) _lines.Add(next, pins = []);
            pins.Add(lsn);
            if (next.Fork < lsn) lsn = next.Fork;
        }
    }

    /// <summary>Whether a line is needed at all.</summary>
    public bool Has(Line line) => _lines.ContainsKey(line);

    /// <summary>Whether a version that counted from one commit to another is read.</summary>
    public bool Need(Line line, Lsn from, Lsn to)
    {
        Sort();
        if (!_lines.TryGetValue(line, out var pins)) return false;
        var index = pins.BinarySearch(from);
        if (index < 0) index = ~index;
        return index < pins.Count && pins[index] < to;
    }

    /// <summary>Whether everything is here that others need before an LSN. A line that was not there then has nothing of its own before it.</summary>
    public bool Cover(Pins others, Lsn before) => others._lines.All(line => line.Key.Id > knownLines || (Has(line.Key) && line.Value.All(lsn => lsn >= before || Need(line.Key, lsn, lsn.Next))));

    private void Sort()
    {
        if (_isSorted) return;
        foreach (var pins in _lines.Values) pins.Sort();
        _isSorted = true;
    }
}
