namespace Shale.Vitess;

/// <summary>The entries of rows that are changed, moved or deleted one by one, in the order in which one database would come to them.</summary>
internal sealed class ChangingEntries
{
    private readonly HashSet<EntryKey> _moved = [];
    private readonly List<Entry> _needed = [];

    /// <summary>The entries that the rows have.</summary>
    public List<Entry> Before { get; } = [];

    /// <summary>The entries that will go, and those that will come as far as the gate can tell before the engine has stored the values.</summary>
    public IEnumerable<Entry> Needed => _needed;

    /// <summary>Whether the row of an entry keeps its values and moves to another keyspace id.</summary>
    public bool IsMoved(Entry entry) => _moved.Count > 0 && _moved.Contains(entry.ValuesKey);

    /// <summary>
    /// Reads the changes. A unique value is taken as long as the row that has it was not come to: in one database such a statement fails (23505), however the rows end up.
    /// </summary>
    /// <param name="lookups">The lookups that are touched.</param>
    /// <param name="rows">Each row as <see cref="OwnerLookups.Columns"/> before, and as it is to be; null for one that is deleted.</param>
    public static ChangingEntries Of(OwnerLookups lookups, IEnumerable<(SqlValue[] Before, SqlValue[]? After)> rows)
    {
        var changing = new ChangingEntries();
        var holders = new Dictionary<EntryKey, int>();
        var changes = new List<(List<Entry> Before, List<Entry> After)>();
        foreach (var (before, after) in rows)
        {
            var change = (Before: new List<Entry>(), After: new List<Entry>());
            Entry.AddAll(lookups, before, change.Before);
            if (after is not null) Entry.AddAll(lookups, after, change.After);
            foreach (var entry in change.Before.Where(entry => entry.Table.Lookup.Unique)) holders[entry.ValuesKey] = changes.Count;
            changes.Add(change);
            changing.Before.AddRange(change.Before);
        }

        for (var i = 0; i < changes.Count; i++) changing.Add(changes[i].Before, changes[i].After, i, holders);
        return changing;
    }

    private void Add(List<Entry> before, List<Entry> after, int row, Dictionary<EntryKey, int> holders)
    {
        var (had, gets) = (before.Select(entry => entry.Key).ToHashSet(), after.Select(entry => entry.Key).ToHashSet());
        _needed.AddRange(before.Where(entry => !gets.Contains(entry.Key)));
        var values = before.Select(entry => entry.ValuesKey).ToHashSet();
        foreach (var entry in after)
        {
            if (had.Contains(entry.Key)) continue;
            _needed.Add(entry);
            var key = entry.ValuesKey;
            if (values.Contains(key)) _moved.Add(key);
            else if (entry.Table.Lookup.Unique && holders.TryGetValue(key, out var holder) && holder > row) throw entry.Table.Duplicate(null, entry.Values);
        }
    }
}
