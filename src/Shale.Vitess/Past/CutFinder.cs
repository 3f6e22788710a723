using Shale.Contracts;
using Shale.Sql;

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
                return await OnShardAsync(keyspace, point, only ?? (keyspace.Shards.Length == 1 ? 0 : throw KeyspaceCut.OneShardOnly(point)), cancellationToken);
        }
    }

    /// <summary>
    /// Finds what a table in a period is: a keyspace of its own, in which it is called <see cref="ShardPeriod.Relation"/>. Errors: the TT_ codes; TT_INVALID_SYNTAX for points that are other moments on
    /// each shard, and for what is no table; NOT_FOUND (42P01).
    /// </summary>
    /// <param name="name">The keyspace.</param>
    /// <param name="timed">The table and the period.</param>
    /// <param name="start">The first point; null for ALL.</param>
    /// <param name="end">The last point; null for ALL.</param>
    /// <param name="head">What of the keyspace can be seen, in a session at a point of the past: what is later has not happened. Null for all that has been committed.</param>
    /// <param name="dialect">The session's dialect.</param>
    /// <param name="cancellationToken">Stops the shards.</param>
    public async ValueTask<KeyspaceCut> FindPeriodAsync(string name, TimedName timed, TimePoint? start, TimePoint? end, KeyspaceCut? head, SqlDialect dialect, CancellationToken cancellationToken)
    {
        var keyspace = current.Get(name);
        times.RequireHistory(keyspace);
        foreach (var point in (TimePoint?[])[start, end])
        {
            if (point is not null && !IsOfAllShards(point)) throw OtherOnEachShard(point);
        }

        var first = start is null ? null : await FindAsync(name, start, only: null, cancellationToken);
        var last = end is null ? null : await FindAsync(name, end, only: null, cancellationToken);
        head ??= await HeadAsync(keyspace, cancellationToken);
        var table = new PeriodTable(times, current).Find(head, timed.Table.Name);
        var kind = timed.Time.Kind;
        var isEmpty = first is not null && (first.Time > last!.Time || (kind == SystemTimeKind.FromTo && first.Time == last.Time));
        var period = new KeyspacePeriod(
            table.Name, kind, kind == SystemTimeKind.ContainedIn ? Before(start!, first!) : first?.Time ?? default, kind == SystemTimeKind.FromTo ? Before(end!, last!) : last?.Time ?? default,
            isEmpty, dialect == SqlDialect.Postgres);
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

    private static VitessException OtherOnEachShard(TimePoint point) => new(ErrorCodes.InvalidPoint, $"{point} is another moment on each shard",
        hint: "Name timestamps, named snapshots or bookmarks as the ends of a period.");

    // A timestamp is a microsecond, in which there may be several commits; other points are one moment.
    private static HlcTimestamp Before(TimePoint point, KeyspaceCut cut) => new(
        (point is TimePoint.AtTimestamp or TimePoint.Relative ? HlcTimestamp.FirstOf(cut.Time.ToMoment()).Value : cut.Time.Value) - 1);

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
        var time = times.SnapshotTime(keyspace.Name, snapshot.Name) ?? throw KeyspaceSnapshots.Missing(keyspace.Name, snapshot.Name);
        var (era, then) = await times.FindAsync(current, keyspace, time, snapshot, cancellationToken);
        var all = tablets.Of(keyspace);
        var versions = new ShardVersion?[all.Length];
        for (var i = 0; i < all.Length; i++) versions[i] = (await all[i].History!.FindAsync(all[i].History!.Branch, snapshot, cancellationToken)).At;
        return KeyspaceCut.Of(then, era, snapshot, time, all, versions);
    }

    private async ValueTask<KeyspaceCut> OnShardAsync(VKeyspace keyspace, TimePoint point, int shard, CancellationToken cancellationToken)
    {
        var all = tablets.Of(keyspace);
        var history = all[shard].History!;
        var moment = await history.FindAsync(history.Branch, point, cancellationToken);
        if (moment.At.Branch != history.Branch) throw new VitessException(ErrorCodes.InvalidPoint, $"{point} is on branch {moment.At.Branch}", hint: "Write AS OF BRANCH 'name' AT … for a point of another branch.");
        var versions = new ShardVersion?[all.Length];
        versions[shard] = moment.At;

        // The newest version is now: the VSchema may have changed since without a commit.
        var time = point is TimePoint.Relative { Unit: RelativeUnit.Version, Offset: 0, Anchor: null } ? await NowAsync(keyspace, cancellationToken) : moment.Time;
        var (era, then) = await times.FindAsync(current, keyspace, time, point, cancellationToken);
        return KeyspaceCut.Of(then, era, point, time, all, versions);
    }

    private ValueTask<HlcTimestamp> NowAsync(VKeyspace keyspace, CancellationToken cancellationToken) => tablets.Of(keyspace)[0].History!.NowAsync(cancellationToken);
}
