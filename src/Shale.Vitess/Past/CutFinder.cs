using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Finds the cut of a keyspace that a point names (SEMANTICS S5.2). Thread-safe.</summary>
/// <param name="times">The VSchemas of the past.</param>
/// <param name="tablets">The shards.</param>
/// <param name="current">The VSchema as it is now.</param>
internal sealed class CutFinder(SchemaTimes times, TabletMap tablets, VSchema current)
{
    /// <summary>Whether a point is one moment of all shards.</summary>
    public static bool IsOfAllShards(TimePoint point) => point switch
    {
        TimePoint.OnBranch branch => branch.Point is null || IsOfAllShards(branch.Point),
        TimePoint.Relative relative => relative.Unit == RelativeUnit.Microsecond && (relative.Anchor is null || IsOfAllShards(relative.Anchor)),
        _ => point is TimePoint.AtTimestamp or TimePoint.AtSnapshot or TimePoint.AtBookmark,
    };

    /// <summary>Finds it. Errors: the TT_ codes.</summary>
    /// <param name="name">The keyspace.</param>
    /// <param name="point">The point. One that is another moment on each shard is TT_INVALID_SYNTAX where several are meant.</param>
    /// <param name="only">The one shard that is read, by its place on the ring; null for any.</param>
    /// <param name="cancellationToken">Stops the shards.</param>
    public async ValueTask<KeyspaceCut> FindAsync(string name, TimePoint point, int? only, CancellationToken cancellationToken)
    {
        var keyspace = current.Get(name);
        times.RequireHistory(keyspace);
        switch (point)
        {
            case TimePoint.AtTimestamp at:
                return await AtAsync(keyspace, HlcTimestamp.LastOf(at.Moment), point, cancellationToken);
            case TimePoint.AtBookmark bookmark:
                return await AtAsync(keyspace, KeyspaceBookmark.Read(bookmark.Text, name), point, cancellationToken);
            case TimePoint.Relative { Unit: RelativeUnit.Microsecond, Anchor: null or TimePoint.AtTimestamp } relative:
                var anchor = relative.Anchor is TimePoint.AtTimestamp start ? start.Moment : (await NowAsync(keyspace, cancellationToken)).ToMoment();
                return await AtAsync(keyspace, HlcTimestamp.LastOf(anchor.AddTicks(relative.Offset * TimeSpan.TicksPerMicrosecond)), point, cancellationToken);
            case TimePoint.OnBranch { Name: var branch } of when !VSchemaNames.Comparer.Equals(BranchNames.Of(name, branch), keyspace.Name):
                return await FindAsync(current.Find(BranchNames.Of(name, branch))?.Name ?? throw BranchNames.Missing(name, branch), of, only, cancellationToken);
            case TimePoint.OnBranch { Point: { } inner }:
                return await FindAsync(name, inner, only, cancellationToken);
            case TimePoint.OnBranch:
                return await AtAsync(keyspace, HlcTimestamp.LastOf((await NowAsync(keyspace, cancellationToken)).ToMoment()), point, cancellationToken);
            case TimePoint.AtSnapshot snapshot:
                return await OfSnapshotAsync(keyspace, snapshot, cancellationToken);
            default:
                return await OnShardsAsync(keyspace, point, [only ?? (keyspace.Shards.Length == 1 ? 0 : throw KeyspaceCut.OneShardOnly(point))], cancellationToken);
        }
    }

    /// <summary>The same moment of the other keyspaces that have one, for tables of theirs that views name.</summary>
    public async ValueTask<IReadOnlyList<KeyspaceCut>> OthersAsync(KeyspaceCut cut, CancellationToken cancellationToken)
    {
        if (!cut.IsTime || current.Keyspaces.Count == 1) return [];
        var others = new List<KeyspaceCut>();
        foreach (var keyspace in current.Keyspaces.Values)
        {
            // Branches have a past of their own, and what names one says so.
            if (BranchNames.IsBranch(keyspace.Name) || VSchemaNames.Comparer.Equals(keyspace.Name, BranchNames.RootOf(cut.Keyspace.Name))) continue;
            try
            {
                others.Add(await AtAsync(keyspace, cut.Time, cut.Point, cancellationToken));
            }
            catch (VitessException failure) when (failure.Code.StartsWith("TT_", StringComparison.Ordinal))
            {
                // Its tables are not known then; whoever names one is told so.
            }
        }

        return others;
    }

    private async ValueTask<KeyspaceCut> AtAsync(VKeyspace keyspace, HlcTimestamp time, TimePoint point, CancellationToken cancellationToken)
    {
        var now = await NowAsync(keyspace, cancellationToken);
        if (time.UnixMicroseconds > now.UnixMicroseconds) throw new VitessException(ErrorCodes.FuturePoint, $"{point} is in the future");
        var era = await times.FindAsync(current, keyspace, time, point, cancellationToken);
        return KeyspaceCut.At(times.Load(era), era, point, time, tablets.Of(keyspace));
    }

    private async ValueTask<KeyspaceCut> OfSnapshotAsync(VKeyspace keyspace, TimePoint.AtSnapshot snapshot, CancellationToken cancellationToken)
    {
        var time = times.SnapshotTime(keyspace.Name, snapshot.Name) ?? throw KeyspaceSnapshots.Missing(keyspace.Name, snapshot.Name);
        var era = await times.FindAsync(current, keyspace, time, snapshot, cancellationToken);
        var all = tablets.Of(keyspace);
        var versions = new ShardVersion?[all.Length];
        for (var i = 0; i < all.Length; i++) versions[i] = (await all[i].History!.FindAsync(all[i].History!.Branch, snapshot, cancellationToken)).At;
        return KeyspaceCut.Of(times.Load(era), era, snapshot, time, all, versions);
    }

    private async ValueTask<KeyspaceCut> OnShardsAsync(VKeyspace keyspace, TimePoint point, IEnumerable<int> shards, CancellationToken cancellationToken)
    {
        var all = tablets.Of(keyspace);
        var versions = new ShardVersion?[all.Length];
        HlcTimestamp time = default;
        foreach (var shard in shards)
        {
            var moment = await all[shard].History!.FindAsync(all[shard].History!.Branch, point, cancellationToken);
            if (moment.At.Branch != all[shard].History!.Branch) throw new VitessException(ErrorCodes.InvalidPoint, $"{point} is on branch {moment.At.Branch}", hint: "Write AS OF BRANCH 'name' AT … for a point of another branch.");
            versions[shard] = moment.At;
            if (time < moment.Time) time = moment.Time;
        }

        // The newest version is now: the VSchema may have changed since without a commit.
        if (point is TimePoint.Relative { Unit: RelativeUnit.Version, Offset: 0, Anchor: null }) time = await NowAsync(keyspace, cancellationToken);
        var era = await times.FindAsync(current, keyspace, time, point, cancellationToken);
        return KeyspaceCut.Of(times.Load(era), era, point, time, all, versions);
    }

    private ValueTask<HlcTimestamp> NowAsync(VKeyspace keyspace, CancellationToken cancellationToken) => tablets.Of(keyspace)[0].History!.NowAsync(cancellationToken);
}
