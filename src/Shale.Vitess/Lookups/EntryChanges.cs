namespace Shale.Vitess;

/// <summary>An entry that a transaction has added or removed.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Tablets">The tablets of its keyspace.</param>
/// <param name="Added">Whether it was added, or found there; else removed.</param>
/// <param name="Moved">Whether its row has moved: the entry of the same values is removed for one keyspace id and added for another.</param>
internal readonly record struct EntryChange(Entry Entry, ITablet[] Tablets, bool Added, bool Moved)
{
    /// <summary>The tablet of the entry.</summary>
    public ITablet At => Tablets[Entry.Shard];

    /// <summary>The tablet of the row.</summary>
    public ITablet Row => Tablets[Entry.RowShard];
}

/// <summary>In which order the shards of a transaction commit.</summary>
/// <param name="Order">Their places.</param>
/// <param name="InDoubt">Whether rows may lack their entries until all have committed, or two rows have one unique value.</param>
/// <param name="InCircle">A table whose unique values shards hand on in a circle, so that two rows have one value until all have committed; null for none.</param>
/// <param name="Noted">What is compared with the rows if not all commit; nothing where each shard has the entries of its own rows.</param>
internal readonly record struct CommitOrder(int[] Order, bool InDoubt, VTable? InCircle, IReadOnlyList<EntryChange> Noted);

/// <summary>
/// What the statements of one transaction have done to entries, and the order in which its shards commit so that a row never lacks its entry, whenever a crash comes:
/// <list type="bullet">
/// <item>a shard with a new entry before the shard of its row, a shard where a row has gone before the shard of its entry;</item>
/// <item>a shard where a row gives up unique values before the one where another takes them; but where a row moves, its new shard before the old one, so that it is not lost.</item>
/// </list>
/// Where entries and rows are on several shards, the first of them to commit keeps a note of the changes (<see cref="EntryNotes"/>): a crash in between leaves entries whose rows
/// never came, or have gone. Where that order cannot be had for all, the rest is in doubt, and the note says what the other shards do, too, if doing it again comes to the same
/// (<see cref="WriteLog"/>). Not thread-safe.
/// </summary>
internal sealed class EntryChanges
{
    // What else is in doubt a note can mend; a row that is lost it cannot.
    private const int MoveWeight = 1000;

    private readonly List<EntryChange> _changes = [];

    /// <summary>Where notes are kept; null before the first change.</summary>
    public EntryNotes? Notes { get; set; }

    /// <summary>How many there are.</summary>
    public int Count => _changes.Count;

    /// <summary>What a transaction fails with that hands unique values on in a circle, and that a start could not complete after a crash.</summary>
    public static VitessException CannotCommit(VTable table) => new(ErrorCodes.QueryError,
        $"the transaction swaps unique values between rows of \"{table.Name}\" on several shards, and has done what could not be done again if a crash came while they commit", sqlState: "0A000",
        hint: "Swap the values in a transaction of its own, without definitions, functions that give another value each time, and very many other writes.");

    /// <summary>Whether some were added, or removed.</summary>
    public bool Any(bool added) => _changes.Exists(change => change.Added == added);

    /// <summary>Keeps one.</summary>
    public void Add(EntryChange change) => _changes.Add(change);

    /// <summary>Forgets all but the first: the rest was undone.</summary>
    public void Truncate(int count)
    {
        if (count < _changes.Count) _changes.RemoveRange(count, _changes.Count - count);
    }

    /// <summary>Finds the order.</summary>
    /// <param name="writers">The shards that commit.</param>
    public CommitOrder Arrange(IReadOnlyList<ITablet> writers)
    {
        var rules = Rules(writers);
        var order = Order(writers.Count, rules);
        var place = new int[writers.Count];
        for (var i = 0; i < order.Length; i++) place[order[i]] = i;
        var broken = rules.FindAll(rule => place[rule.First] > place[rule.Then]);
        int[] inCircle = [.. broken.Where(rule => rule.Other >= 0).Select(rule => rule.Change)];
        return new CommitOrder(order, broken.Count > 0 || rules.Exists(rule => _changes[rule.Change].Moved), inCircle.Length == 0 ? null : _changes[inCircle[0]].Entry.Table.Owner.Table, rules.Count == 0 ? [] : _changes);
    }

    /// <summary>Which writer must commit before which, and the changes that say so.</summary>
    private List<Rule> Rules(IReadOnlyList<ITablet> writers)
    {
        var rules = new List<Rule>();
        for (var i = 0; i < _changes.Count; i++)
        {
            var (at, row) = (IndexOf(writers, _changes[i].At), IndexOf(writers, _changes[i].Row));
            Add(rules, _changes[i].Added ? new Rule(at, row, i, -1) : new Rule(row, at, i, -1));
        }

        AddHandovers(writers, rules);
        return rules;
    }

    private void AddHandovers(IReadOnlyList<ITablet> writers, List<Rule> rules)
    {
        if (_changes.TrueForAll(change => change.Added)) return;
        var takers = new Dictionary<EntryKey, int>();
        for (var i = 0; i < _changes.Count; i++)
        {
            if (_changes[i] is { Added: true, Entry.Table.Lookup.Unique: true }) takers[_changes[i].Entry.ValuesKey] = i;
        }

        for (var i = 0; i < _changes.Count; i++)
        {
            if (_changes[i] is not { Added: false, Entry.Table.Lookup.Unique: true } given || !takers.TryGetValue(given.Entry.ValuesKey, out var taker)) continue;
            var (from, to) = (IndexOf(writers, given.Row), IndexOf(writers, _changes[taker].Row));
            Add(rules, given.Moved && _changes[taker].Moved ? new Rule(to, from, i, taker, MoveWeight) : new Rule(from, to, i, taker));
        }
    }

    // A shard that does not commit is none that others could come too early for.
    private static void Add(List<Rule> rules, Rule rule)
    {
        if (rule.First >= 0 && rule.Then >= 0 && rule.First != rule.Then) rules.Add(rule);
    }

    /// <summary>Takes again and again the writer that the fewest rules want later: none of them, unless they contradict one another.</summary>
    private static int[] Order(int count, List<Rule> rules)
    {
        var order = new List<int>(count);
        var wanted = new int[count, count];
        foreach (var rule in rules) wanted[rule.First, rule.Then] += rule.Weight;
        while (order.Count < count)
        {
            var best = -1;
            var least = int.MaxValue;
            for (var candidate = 0; candidate < count; candidate++)
            {
                if (order.Contains(candidate)) continue;
                var against = Enumerable.Range(0, count).Where(other => !order.Contains(other)).Sum(other => wanted[other, candidate]);
                if (against < least) (best, least) = (candidate, against);
            }

            order.Add(best);
        }

        return [.. order];
    }

    private static int IndexOf(IReadOnlyList<ITablet> writers, ITablet tablet)
    {
        for (var i = 0; i < writers.Count; i++)
        {
            if (ReferenceEquals(writers[i], tablet) || (writers[i].Shard == tablet.Shard && writers[i].Keyspace == tablet.Keyspace)) return i;
        }

        return -1;
    }

    /// <summary>One writer before another, because of a change, or of two that belong together.</summary>
    private readonly record struct Rule(int First, int Then, int Change, int Other, int Weight = 1);
}
