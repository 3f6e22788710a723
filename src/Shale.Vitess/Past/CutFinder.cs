using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Finds the cut of a keyspace that a point names (SEMANTICS S5.2). Thread-safe.</summary>
/// <param name="times">The VSchemas of the past.</param>
/// <param name="tablets">The shards.</param>
/// <param name="current">The VSchema as it is now.</param>
/// <param name="moment">The moment of a session at a point of the past: what is later has not happened, and versions are counted back from there. Null for the present.</param>
internal sealed class CutFinder(SchemaTimes times, TabletMap tablets, VSchema current, IReadOnlyList<KeyspaceCut>? moment = null)
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
                var (time, of) = KeyspaceBookmark.Read(bookmark.Text, name);
                return await AtAsync(BranchOf(name, BranchNames.NameOf(of)), time, point, cancellationToken);
            case TimePoint.Relative { Unit: RelativeUnit.Microsecond, Anchor: null or TimePoint.AtTimestamp } relative:
                var anchor = relative.Anchor is TimePoint.AtTimestamp start ? start.Moment : (await NowAsync(keyspace, cancellationToken)).ToMoment();
                return await AtAsync(keyspace, HlcTimestamp.LastOf(anchor.AddTicks(relative.Offset * TimeSpan.TicksPerMicrosecond)), point, cancellationToken);
            case TimePoint.OnBranch { Name: var branch } there when !VSchemaNames.Comparer.Equals(BranchNames.Of(name, branch), keyspace.Name):
                return await FindAsync(BranchOf(name, branch).Name, there, only, cancellationToken);
            case TimePoint.OnBranch { Point: { } inner }:
                return await FindAsync(name, inner, only, cancellationToken);
            case TimePoint.OnBranch:
                return await AtAsync(keyspace, HlcTimestamp.LastOf((await NowAsync(keyspace, cancellationToken)).ToMoment()), point, cancellationToken);
            case TimePoint.AtSnapshot snapshot:
                return await OfSnapshotAsync(keyspace, snapshot, cancellationToken);
            default:
                return await OnShardAsync(keyspace, point, OnlyShard(keyspace, point, only), cancellationToken);
        }
    }

    /// <summary>
    /// Finds what a table in a period is: a keyspace of its own, in which it is called <see cref="ShardPeriod.Relation"/>. Errors: the TT_ codes; TT_INVALID_SYNTAX for points that are other moments on
    /// each of several shards, and for what is no table; NOT_FOUND (42P01).
    /// </summary>
    /// <param name="name">The keyspace.</param>
    /// <param name="timed">The table and the period.</param>
    /// <param name="start">The first point; null for ALL.</param>
    /// <param name="end">The last point; null for ALL.</param>
    /// <param name="only">The one shard that is the target, by its place on the ring; null for the keyspace.</param>
    /// <param name="dialect">The session's dialect.</param>
    /// <param name="cancellationToken">Stops the shards.</param>
    public async ValueTask<KeyspaceCut> FindPeriodAsync(string name, TimedName timed, TimePoint? start, TimePoint? end, int? only, SqlDialect dialect, CancellationToken cancellationToken)
    {
        var keyspace = current.Get(name);
        times.RequireHistory(keyspace);
        var first = start is null ? default : await EndAsync(keyspace, start, only, cancellationToken);
        var last = end is null ? default : await EndAsync(keyspace, end, only, cancellationToken);
        var head = SeenOf(keyspace) ?? await HeadAsync(keyspace, cancellationToken);
        var table = new PeriodTable(times, current).Find(head, timed.Table.Name);
        var kind = timed.Time.Kind;

        // Between two moments there need be no commit that tells them apart.
        var isEmpty = start is not null && IsOfAllShards(start) && IsOfAllShards(end!) && (first > last || (kind == SystemTimeKind.FromTo && first == last));
        var period = new KeyspacePeriod(
            table.Name, kind, kind == SystemTimeKind.ContainedIn ? Before(start!, first) : first, kind == SystemTimeKind.FromTo ? Before(end!, last) : last, isEmpty, dialect == SqlDialect.Postgres);
        return head.Over(PeriodTable.Alone(head.Keyspace, table, dialect), period, timed.Written);
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

    private VKeyspace BranchOf(string name, string branch) => current.Find(BranchNames.Of(name, branch)) ?? throw BranchNames.Missing(name, branch);

    /// <summary>The time of a period's end: a commit's own where it names one.</summary>
    private async ValueTask<HlcTimestamp> EndAsync(VKeyspace keyspace, TimePoint point, int? only, CancellationToken cancellationToken) => IsOfAllShards(point)
        ? (await FindAsync(keyspace.Name, point, only, cancellationToken)).Time
        : (await MomentAsync(keyspace, point, OnlyShard(keyspace, point, only), cancellationToken)).Time;

    // A timestamp is a microsecond, in which there may be several commits; other points are one moment. Before the first commit nothing was.
    private static HlcTimestamp Before(TimePoint point, HlcTimestamp time) => new(
        (point is TimePoint.AtTimestamp or TimePoint.Relative { Unit: RelativeUnit.Microsecond } ? HlcTimestamp.FirstOf(time.ToMoment()).Value : Math.Max(time.Value, 1)) - 1);

    /// <summary>Everything that has been committed so far.</summary>
    private async ValueTask<KeyspaceCut> HeadAsync(VKeyspace keyspace, CancellationToken cancellationToken)
    {
        var latest = await times.LatestAsync(keyspace, cancellationToken);
        var (era, then) = await times.FindAsync(current, keyspace, latest, KeyspaceCut.Head, cancellationToken);
        return KeyspaceCut.At(then, era, KeyspaceCut.Head, latest, tablets.Of(keyspace));
    }

    private async ValueTask<KeyspaceCut> AtAsync(VKeyspace keyspace, HlcTimestamp time, TimePoint point, CancellationToken cancellationToken)
    {
        var now = await NowAsync(keyspace, cancellationToken);
        if (time.UnixMicroseconds > now.UnixMicroseconds) throw new VitessException(ErrorCodes.FuturePoint, $"{point} is in the future");
        var (era, then) = await times.FindAsync(current, keyspace, time, point, cancellationToken);
        return KeyspaceCut.At(then, era, point, time, tablets.Of(keyspace));
    }

    private async ValueTask<KeyspaceCut> OfSnapshotAsync(VKeyspace keyspace, TimePoint.AtSnapshot snapshot, CancellationToken cancellationToken)
    {
        var (of, time) = times.FindSnapshot(current, keyspace.Name, snapshot.Name) ?? throw KeyspaceSnapshots.Missing(keyspace.Name, snapshot.Name);
        var (era, then) = await times.FindAsync(current, of, time, snapshot, cancellationToken);
        var all = tablets.Of(of);
        var versions = new ShardVersion?[all.Length];
        for (var i = 0; i < all.Length; i++) versions[i] = (await all[i].History!.FindAsync(all[i].History!.Branch, snapshot, cancellationToken)).At;
        return KeyspaceCut.Of(then, era, snapshot, time, all, versions);
    }

    private async ValueTask<KeyspaceCut> OnShardAsync(VKeyspace keyspace, TimePoint point, int shard, CancellationToken cancellationToken)
    {
        var all = tablets.Of(keyspace);
        var found = await MomentAsync(keyspace, point, shard, cancellationToken);
        var versions = new ShardVersion?[all.Length];
        versions[shard] = found.At;

        // The newest version is now: the VSchema may have changed since without a commit.
        var time = point is TimePoint.Relative { Unit: RelativeUnit.Version, Offset: 0, Anchor: null } ? SeenOf(keyspace)?.Time ?? await NowAsync(keyspace, cancellationToken) : found.Time;
        var (era, then) = await times.FindAsync(current, keyspace, time, point, cancellationToken);
        return KeyspaceCut.Of(then, era, point, time, all, versions);
    }

    private async ValueTask<ShardMoment> MomentAsync(VKeyspace keyspace, TimePoint point, int shard, CancellationToken cancellationToken)
    {
        var history = tablets.Of(keyspace)[shard].History!;
        var counted = point is TimePoint.Relative { Unit: not RelativeUnit.Microsecond, Anchor: null } back && SeenOf(keyspace) is { } seen
            ? TimePoint.OfOffset(back.Unit, back.Offset, TimePoint.OfLsn((await seen.VersionOnAsync(shard, cancellationToken)).Lsn.Value)) : point;
        var found = await history.FindAsync(history.Branch, counted, cancellationToken);
        return found.At.Branch == history.Branch ? found
            : throw new VitessException(ErrorCodes.InvalidPoint, $"{point} is on branch {found.At.Branch}", hint: "Write AS OF BRANCH 'name' AT … for a point of another branch.");
    }

    private KeyspaceCut? SeenOf(VKeyspace keyspace) => moment?.FirstOrDefault(cut => VSchemaNames.Comparer.Equals(cut.Keyspace.Name, keyspace.Name));

    private static int OnlyShard(VKeyspace keyspace, TimePoint point, int? only) => only ?? (keyspace.Shards.Length == 1 ? 0 : throw KeyspaceCut.OneShardOnly(point));

    private ValueTask<HlcTimestamp> NowAsync(VKeyspace keyspace, CancellationToken cancellationToken) => tablets.Of(keyspace)[0].History!.NowAsync(cancellationToken);
}
