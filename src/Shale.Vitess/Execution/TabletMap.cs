using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>The tablets of all keyspaces, by keyspace and place on the ring. Immutable, thread-safe.</summary>
internal sealed class TabletMap
{
    private readonly Dictionary<string, ITablet[]> _keyspaces = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<ITablet, string[]> _names = [];

    /// <summary>Arranges tablets by the shards of the VSchema; INVALID_SHARD_RANGE if a shard has none, or a tablet no shard.</summary>
    public TabletMap(VSchema vschema, IEnumerable<ITablet> tablets, LockGraph locks)
    {
        Locks = locks;
        Notes = new EntryNotes(locks);
        var all = tablets.ToList();
        foreach (var keyspace in vschema.Keyspaces.Values)
        {
            _keyspaces[keyspace.Name] = [.. keyspace.Shards.Select(shard => Find(all, keyspace.Name, shard))];
        }

        Tablets = [.. _keyspaces.Values.SelectMany(each => each)];
        foreach (var tablet in Tablets) _names[tablet] = [tablet.Shard];
        if (all.Find(tablet => !Tablets.Contains(tablet)) is { } stray)
        {
            throw new VitessException(ErrorCodes.InvalidShardRange, $"the VSchema has no shard \"{stray.Keyspace}:{stray.Shard}\" for its tablet");
        }
    }

    private TabletMap(Dictionary<string, ITablet[]> keyspaces, ImmutableArray<ITablet> tablets, TabletMap all)
    {
        (Locks, Notes) = (all.Locks, all.Notes);
        foreach (var each in keyspaces) _keyspaces[each.Key] = each.Value;
        Tablets = tablets;
        foreach (var tablet in tablets) _names[tablet] = [tablet.Shard];
    }

    private TabletMap(TabletMap all, string keyspace, int shard)
    {
        foreach (var each in all._keyspaces) _keyspaces[each.Key] = each.Value;
        _keyspaces[keyspace] = [_keyspaces[keyspace][shard]];
        Tablets = all.Tablets;
        (Locks, Notes) = (all.Locks, all.Notes);
        _names = all._names;
    }

    private TabletMap(IEnumerable<KeyValuePair<string, ITablet[]>> keyspaces, IEnumerable<(string Name, ITablet[] Tablets)> added, ImmutableArray<ITablet> tablets, LockGraph locks, EntryNotes notes)
    {
        (Locks, Notes, Tablets) = (locks, notes, tablets);
        foreach (var each in keyspaces) _keyspaces[each.Key] = each.Value;
        foreach (var (name, each) in added) _keyspaces[name] = each;
        foreach (var tablet in tablets.Concat(_keyspaces.Values.SelectMany(each => each))) _names[tablet] = [tablet.Shard];
    }

    /// <summary>Who holds their writers, and who waits.</summary>
    public LockGraph Locks { get; }

    /// <summary>The notes that are on them (SEMANTICS S2.8).</summary>
    public EntryNotes Notes { get; }

    /// <summary>All tablets.</summary>
    public ImmutableArray<ITablet> Tablets { get; }

    /// <summary>The same, but for one keyspace of which only one shard is left.</summary>
    public TabletMap Only(VKeyspace keyspace, int shard) => new(this, keyspace.Name, shard);

    /// <summary>The same, and more keyspaces, whose tablets nobody counts among all.</summary>
    public TabletMap With(IEnumerable<(string Name, ITablet[] Tablets)> keyspaces) => new(_keyspaces, keyspaces, Tablets, Locks, Notes);

    /// <summary>Only these keyspaces, which nobody writes.</summary>
    /// <param name="keyspaces">Their tablets.</param>
    /// <param name="locks">Watches nothing.</param>
    /// <param name="notes">Nobody's.</param>
    public static TabletMap OfPast(IEnumerable<(string Name, ITablet[] Tablets)> keyspaces, LockGraph locks, EntryNotes notes) => new([], keyspaces, [], locks, notes);

    /// <summary>The same, with something around each tablet.</summary>
    public TabletMap Wrap(Func<ITablet, ITablet> around)
    {
        var wrapped = Tablets.ToDictionary(tablet => tablet, around);
        return new TabletMap(_keyspaces.ToDictionary(each => each.Key, each => each.Value.Select(tablet => wrapped[tablet]).ToArray()), [.. Tablets.Select(tablet => wrapped[tablet])], this);
    }

    /// <summary>The tablets of a keyspace, in order of the ring.</summary>
    public ITablet[] Of(VKeyspace keyspace) => _keyspaces[keyspace.Name];

    /// <summary>The tablets of a keyspace of that name, likewise.</summary>
    public ITablet[] Of(string keyspace) => _keyspaces[keyspace];

    /// <summary>The name of a shard as a list of one.</summary>
    public IReadOnlyList<string> NameOf(ITablet tablet) => _names[tablet];

    private static ITablet Find(List<ITablet> tablets, string keyspace, KeyRange shard) =>
        tablets.Find(tablet => string.Equals(tablet.Keyspace, keyspace, StringComparison.OrdinalIgnoreCase)
            && KeyRange.TryParse(tablet.Shard, out var range) && range == shard)
        ?? throw new VitessException(ErrorCodes.InvalidShardRange, $"no tablet serves shard \"{keyspace}:{shard}\"");
}
