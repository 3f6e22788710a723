using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>The tablets of all keyspaces, by keyspace and place on the ring. Branches come and go: their tablets are opened from those of the root. Thread-safe.</summary>
internal sealed class TabletMap
{
    private volatile Content _content;

    /// <summary>Arranges tablets by the shards of the VSchema; INVALID_SHARD_RANGE if a shard has none, or a tablet no shard.</summary>
    public TabletMap(VSchema vschema, IEnumerable<ITablet> tablets, LockGraph locks)
    {
        Locks = locks;
        Notes = new EntryNotes(locks);
        var all = tablets.ToList();
        var keyspaces = Empty;
        foreach (var keyspace in vschema.WithoutBranches().Keyspaces.Values)
        {
            keyspaces = keyspaces.Add(keyspace.Name, [.. keyspace.Shards.Select(shard => Find(all, keyspace.Name, shard))]);
        }

        var known = keyspaces.Values.SelectMany(each => each).ToHashSet();
        if (all.Find(tablet => !known.Contains(tablet)) is { } stray)
        {
            throw new VitessException(ErrorCodes.InvalidShardRange, $"the VSchema has no shard \"{stray.Keyspace}:{stray.Shard}\" for its tablet");
        }

        _content = Content.Of(keyspaces);
        foreach (var branch in vschema.Keyspaces.Keys.Where(BranchNames.IsBranch)) Add(branch, OpenBranch(branch));
    }

    private TabletMap(Content content, LockGraph locks, EntryNotes notes) => (_content, Locks, Notes) = (content, locks, notes);

    private static ImmutableDictionary<string, ITablet[]> Empty { get; } = ImmutableDictionary.Create<string, ITablet[]>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Who holds their writers, and who waits.</summary>
    public LockGraph Locks { get; }

    /// <summary>The notes that are on them (SEMANTICS S2.8).</summary>
    public EntryNotes Notes { get; }

    /// <summary>All tablets.</summary>
    public ImmutableArray<ITablet> Tablets => _content.Tablets;

    /// <summary>The same, but for one keyspace of which only one shard is left.</summary>
    public TabletMap Only(VKeyspace keyspace, int shard)
    {
        var content = _content;
        return new TabletMap(content with { Keyspaces = content.Keyspaces.SetItem(keyspace.Name, [content.Keyspaces[keyspace.Name][shard]]) }, Locks, Notes);
    }

    /// <summary>The same, and more keyspaces, whose tablets nobody counts among all.</summary>
    public TabletMap With(IEnumerable<(string Name, ITablet[] Tablets)> keyspaces)
    {
        var content = _content;
        return new TabletMap(Content.Of(Added(content.Keyspaces, keyspaces), content.Tablets), Locks, Notes);
    }

    /// <summary>Only these keyspaces, which nobody writes.</summary>
    /// <param name="keyspaces">Their tablets.</param>
    /// <param name="locks">Watches nothing.</param>
    /// <param name="notes">Nobody's.</param>
    public static TabletMap OfPast(IEnumerable<(string Name, ITablet[] Tablets)> keyspaces, LockGraph locks, EntryNotes notes) => new(Content.Of(Added(Empty, keyspaces), []), locks, notes);

    /// <summary>The same, with something around each tablet.</summary>
    public TabletMap Wrap(Func<ITablet, ITablet> around)
    {
        var content = _content;
        var wrapped = content.Names.Keys.ToDictionary(tablet => tablet, around);
        var keyspaces = Added(Empty, content.Keyspaces.Select(each => (each.Key, each.Value.Select(tablet => wrapped[tablet]).ToArray())));
        return new TabletMap(Content.Of(keyspaces, [.. content.Tablets.Select(tablet => wrapped[tablet])]), Locks, Notes);
    }

    /// <summary>New tablets for the shards of a branch; the caller closes them, or adds them.</summary>
    /// <param name="keyspace">The keyspace that the branch is.</param>
    public ITablet[] OpenBranch(string keyspace) => [.. Of(BranchNames.RootOf(keyspace)).Select(tablet => tablet.OpenBranch(BranchNames.NameOf(keyspace)))];

    /// <summary>From now on there is this keyspace, too. One at a time.</summary>
    public void Add(string keyspace, ITablet[] tablets) => _content = Content.Of(_content.Keyspaces.SetItem(keyspace, tablets));

    /// <summary>From now on there is no such keyspace. One at a time.</summary>
    /// <returns>Its tablets, which are the caller's to close.</returns>
    public ITablet[] Remove(string keyspace)
    {
        var removed = Of(keyspace);
        _content = Content.Of(_content.Keyspaces.Remove(keyspace));
        return removed;
    }

    /// <summary>Whether there are tablets of a keyspace.</summary>
    public bool Has(VKeyspace keyspace) => _content.Keyspaces.ContainsKey(keyspace.Name);

    /// <summary>The tablets of a keyspace, in order of the ring. NOT_FOUND (3D000) for a branch that has been dropped.</summary>
    public ITablet[] Of(VKeyspace keyspace) => Of(keyspace.Name);

    /// <summary>The tablets of a keyspace of that name, likewise.</summary>
    public ITablet[] Of(string keyspace) => _content.Keyspaces.TryGetValue(keyspace, out var found) ? found
        : throw new VitessException(ErrorCodes.NotFound, $"keyspace \"{keyspace}\" has been dropped", sqlState: "3D000", hint: "SELECT * FROM dosql_branches lists the branches.");

    /// <summary>The name of a shard as a list of one.</summary>
    public IReadOnlyList<string> NameOf(ITablet tablet) => _content.Names.TryGetValue(tablet, out var name) ? name : [tablet.Shard];

    private static ImmutableDictionary<string, ITablet[]> Added(ImmutableDictionary<string, ITablet[]> keyspaces, IEnumerable<(string Name, ITablet[] Tablets)> added) =>
        keyspaces.SetItems(added.Select(each => KeyValuePair.Create(each.Name, each.Tablets)));

    private static ITablet Find(List<ITablet> tablets, string keyspace, KeyRange shard) =>
        tablets.Find(tablet => string.Equals(tablet.Keyspace, keyspace, StringComparison.OrdinalIgnoreCase)
            && KeyRange.TryParse(tablet.Shard, out var range) && range == shard)
        ?? throw new VitessException(ErrorCodes.InvalidShardRange, $"no tablet serves shard \"{keyspace}:{shard}\"");

    /// <summary>Everything at one moment.</summary>
    private sealed record Content(ImmutableDictionary<string, ITablet[]> Keyspaces, ImmutableArray<ITablet> Tablets, Dictionary<ITablet, string[]> Names)
    {
        public static Content Of(ImmutableDictionary<string, ITablet[]> keyspaces, ImmutableArray<ITablet>? counted = null)
        {
            // In the order of their names, so that whoever goes over all of them does so in the same order each time.
            var tablets = counted ?? [.. keyspaces.OrderBy(each => each.Key, StringComparer.OrdinalIgnoreCase).SelectMany(each => each.Value)];
            var names = new Dictionary<ITablet, string[]>();
            foreach (var tablet in tablets.Concat(keyspaces.Values.SelectMany(each => each))) names[tablet] = [tablet.Shard];
            return new Content(keyspaces, tablets, names);
        }
    }
}
