using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// The named snapshots of keyspaces: each is one cut over all shards (SEMANTICS S5.2), whose versions the shards keep under its name. The topology says which are whole: a snapshot is made on the
/// shards first and dropped there last, and what a crash has left on shards is dropped at the next start. Thread-safe.
/// </summary>
/// <param name="schema">The VSchema: nothing is defined while a snapshot is taken.</param>
/// <param name="topology">Knows those that are whole.</param>
/// <param name="tablets">The shards.</param>
internal sealed class KeyspaceSnapshots(SchemaChanges schema, ITopology topology, TabletMap tablets)
{
    /// <summary>Names a moment of a keyspace. Errors: QUERY_ERROR (42710) for a name that is taken, (42602) for one that is none; the TT_ codes of the moment.</summary>
    /// <param name="keyspace">The keyspace.</param>
    /// <param name="name">The name.</param>
    /// <param name="at">A timestamp, a bookmark, or another snapshot; null for now.</param>
    /// <param name="cancellationToken">Leaves nothing.</param>
    /// <returns>Its bookmark.</returns>
    public ValueTask<string> CreateAsync(string keyspace, string name, string? at, CancellationToken cancellationToken) => schema.InTurnAsync(
        async _ =>
        {
            if (schema.Times.FindSnapshot(schema.Current.VSchema, keyspace, name) is { } known)
            {
                throw new VitessException(ErrorCodes.QueryError, $"keyspace \"{known.Keyspace.Name}\" has a snapshot \"{name}\" already", sqlState: "42710", hint: "Choose another name, or drop it: CALL dosql_drop_snapshot('name').");
            }

            var (cut, versions) = await CutAsync(schema, keyspace, at, cancellationToken);
            await MakeAsync(tablets.Of(cut.Keyspace), name, versions, cancellationToken);
            topology.SaveSnapshot(cut.Keyspace.Name, name, cut.Time);
            return KeyspaceBookmark.Of(cut.Time, cut.Keyspace.Name);
        },
        cancellationToken);

    /// <summary>Drops one. TT_SNAPSHOT_NOT_FOUND if there is none.</summary>
    public async ValueTask DropAsync(string keyspace, string name, CancellationToken cancellationToken) => await schema.InTurnAsync(
        async _ =>
        {
            var of = schema.Times.FindSnapshot(schema.Current.VSchema, keyspace, name)?.Keyspace ?? throw Missing(keyspace, name);
            topology.DropSnapshot(of.Name, name);
            foreach (var tablet in tablets.Of(keyspace)) await tablet.History!.DropSnapshotAsync(name, CancellationToken.None);
            return true;
        },
        cancellationToken);

    /// <summary>The names of a keyspace's own snapshots, not those of branches.</summary>
    public IEnumerable<string> Of(string keyspace) => topology.Snapshots(keyspace).Keys;

    /// <summary>Drops what a crash has left on shards; before the first statement.</summary>
    public async ValueTask<IReadOnlyList<string>> DropLeftoversAsync(VSchema current, CancellationToken cancellationToken)
    {
        var dropped = new List<string>();
        foreach (var keyspace in current.WithoutBranches().Keyspaces.Values)
        {
            var histories = tablets.Of(keyspace).Select(tablet => tablet.History).ToList();
            if (histories.Contains(null)) continue;
            var found = new List<IEnumerable<string>>();
            foreach (var history in histories) found.Add((await history!.SnapshotsAsync(cancellationToken)).Keys);

            // A directory that was restored from a backup may know of one that was made after it.
            var known = current.Keyspaces.Keys.Where(other => BranchNames.AreOfOneRoot(keyspace.Name, other)).SelectMany(other => topology.Snapshots(other).Keys.Select(name => (Name: name, Of: other))).ToDictionary(each => each.Name, each => each.Of);
            foreach (var name in known.Keys.Union(found.SelectMany(names => names)).Where(name => !known.ContainsKey(name) || !found.TrueForAll(names => names.Contains(name))).ToList())
            {
                var of = known.GetValueOrDefault(name, keyspace.Name);
                topology.DropSnapshot(of, name);
                foreach (var history in histories) await history!.DropSnapshotAsync(name, cancellationToken);
                dropped.Add($"snapshot {name} of keyspace {of} was not on all shards, and was dropped");
            }
        }

        return dropped;
    }

    /// <summary>The cut of a moment that is named in words, and its versions, which all shards have promised. Now is where no commit over several shards is half done.</summary>
    public static async ValueTask<(KeyspaceCut Cut, IReadOnlyList<ShardVersion> Versions)> CutAsync(SchemaChanges schema, string keyspace, string? at, CancellationToken cancellationToken)
    {
        if (at is not null) return await CutAsync(schema, keyspace, TimestampText.TryRead(at, out var moment) ? TimePoint.OfTimestamp(moment) : KeyspaceBookmark.Is(at) ? TimePoint.OfBookmark(at) : TimePoint.OfSnapshot(at), cancellationToken);
        (KeyspaceCut, IReadOnlyList<ShardVersion>) now = default;
        await schema.AllTablets.Locks.Commits.CloseAsync(
            async () => now = await CutAsync(schema, keyspace, TimePoint.OfBookmark(KeyspaceBookmark.Of(await schema.Times.LatestAsync(schema.Current.VSchema.Get(keyspace), cancellationToken), keyspace)), cancellationToken), cancellationToken);
        return now;
    }

    private static async ValueTask<(KeyspaceCut Cut, IReadOnlyList<ShardVersion> Versions)> CutAsync(SchemaChanges schema, string keyspace, TimePoint point, CancellationToken cancellationToken)
    {
        var cut = await new CutFinder(schema.Times, schema.AllTablets, schema.Current.VSchema).FindAsync(keyspace, point, null, cancellationToken);
        var versions = new List<ShardVersion>();
        for (var i = 0; i < schema.AllTablets.Of(keyspace).Length; i++) versions.Add(await cut.VersionOnAsync(i, cancellationToken));
        return (cut, versions);
    }

    /// <summary>TT_SNAPSHOT_NOT_FOUND.</summary>
    public static VitessException Missing(string keyspace, string name) =>
        new(ErrorCodes.SnapshotNotFound, $"keyspace \"{keyspace}\" has no snapshot \"{name}\"", hint: "SELECT * FROM dosql_snapshots lists those there are; CALL dosql_snapshot('name') makes one.");

    private static async ValueTask MakeAsync(ITablet[] shards, string name, IReadOnlyList<ShardVersion> versions, CancellationToken cancellationToken)
    {
        var made = 0;
        try
        {
            for (; made < shards.Length; made++) await shards[made].History!.CreateSnapshotAsync(name, versions[made], cancellationToken);
        }
        catch
        {
            await TryDropAsync(shards[..made], name);
            throw;
        }
    }

    private static async ValueTask TryDropAsync(ITablet[] shards, string name)
    {
        try
        {
            foreach (var tablet in shards) await tablet.History!.DropSnapshotAsync(name, CancellationToken.None);
        }
        catch (VitessException)
        {
            // The next start drops it, and the failure that led here is the one to report.
        }
    }
}
