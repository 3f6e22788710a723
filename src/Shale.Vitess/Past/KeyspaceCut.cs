using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// One moment of a keyspace: the VSchema that was in force, and for each shard the version that is read. Where it is a time, a shard is asked for its promise when it is first read:
/// with every promise of the same time the versions are one cut, whenever they are given (SEMANTICS S5.2). Thread-safe.
/// </summary>
internal sealed class KeyspaceCut
{
    private readonly ITablet[] _tablets;
    private readonly ShardVersion?[] _versions;

    private KeyspaceCut(VKeyspace keyspace, VSchemaEra era, TimePoint point, HlcTimestamp time, ITablet[] tablets, ShardVersion?[]? known)
    {
        (Keyspace, Era, Point, Time) = (keyspace, era, point, time);
        _tablets = tablets;
        IsTime = known is null;
        _versions = known ?? new ShardVersion?[tablets.Length];
    }

    /// <summary>The newest version of a branch.</summary>
    public static TimePoint Head { get; } = TimePoint.OfOffset(RelativeUnit.Version, 0);

    /// <summary>The keyspace as its VSchema said then.</summary>
    public VKeyspace Keyspace { get; }

    /// <summary>Its era.</summary>
    public VSchemaEra Era { get; }

    /// <summary>The point, as it was named.</summary>
    public TimePoint Point { get; }

    /// <summary>The time: that of the last commit, where the point names versions.</summary>
    public HlcTimestamp Time { get; }

    /// <summary>Whether it is a time, which every shard has; else it is versions.</summary>
    public bool IsTime { get; }

    /// <summary>The period over which its one table is read; null for a moment.</summary>
    public KeyspacePeriod? Period { get; private init; }

    /// <summary>The table and the time as they were written; null for a moment.</summary>
    public string? Written { get; private init; }

    /// <summary>The cut for people.</summary>
    public string Description => $"{Keyspace.Name}{(Written is null ? $" AS OF {Point}" : $", {Written}")}, VSchema {Era.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>A cut at a time.</summary>
    /// <param name="keyspace">The keyspace as it was then.</param>
    /// <param name="era">Its era.</param>
    /// <param name="point">The point, as it was named.</param>
    /// <param name="time">The time.</param>
    /// <param name="tablets">All shards.</param>
    public static KeyspaceCut At(VKeyspace keyspace, VSchemaEra era, TimePoint point, HlcTimestamp time, ITablet[] tablets) => new(keyspace, era, point, time, tablets, null);

    /// <summary>A cut of versions that have been found; null for shards that the point does not name.</summary>
    /// <param name="keyspace">The keyspace as it was then.</param>
    /// <param name="era">Its era.</param>
    /// <param name="point">The point, as it was named.</param>
    /// <param name="time">The time of the last of them.</param>
    /// <param name="tablets">All shards.</param>
    /// <param name="versions">The versions.</param>
    public static KeyspaceCut Of(VKeyspace keyspace, VSchemaEra era, TimePoint point, HlcTimestamp time, ITablet[] tablets, ShardVersion?[] versions) => new(keyspace, era, point, time, tablets, versions);

    /// <summary>A keyspace that has one table, which is one of this one's in a period, with its commits up to this cut.</summary>
    /// <param name="keyspace">The keyspace.</param>
    /// <param name="period">The period.</param>
    /// <param name="written">The table and the period as they were written.</param>
    public KeyspaceCut Over(VKeyspace keyspace, KeyspacePeriod period, string written) => new(keyspace, Era, Point, Time, _tablets, IsTime ? null : [.. _versions]) { Period = period, Written = written };

    /// <summary>Whether both read the same.</summary>
    public bool IsSame(KeyspaceCut other) => Period is null && other.Period is null && VSchemaNames.Comparer.Equals(Keyspace.Name, other.Keyspace.Name) && (IsTime
        ? other.IsTime && Time == other.Time
        : !other.IsTime && _versions.AsSpan().SequenceEqual(other._versions));

    /// <summary>All shards, as they are now.</summary>
    public IReadOnlyList<ITablet> Tablets => _tablets;

    /// <summary>The place of a shard on the ring.</summary>
    public int PlaceOf(string shard) => Array.FindIndex(_tablets, tablet => tablet.Shard == shard);

    /// <summary>The version of a shard. Errors: those of <see cref="IShardHistory.PromiseAsync"/>; TT_INVALID_SYNTAX for a shard that the point does not name.</summary>
    public async ValueTask<ShardVersion> VersionOnAsync(int shard, CancellationToken cancellationToken)
    {
        if (_versions[shard] is { } known && known.Period is null == Period is null) return known;
        if (!IsTime && _versions[shard] is null) throw OneShardOnly(Point);
        var history = _tablets[shard].History!;
        var version = _versions[shard] ?? (await history.PromiseAsync(history.Branch, Time, cancellationToken)).At;
        return _versions[shard] = Period is null ? version : version with { Period = await Period.OnAsync(history, cancellationToken) };
    }

    /// <summary>TT_INVALID_SYNTAX for a point that is another moment on each shard (SEMANTICS S5.2).</summary>
    public static VitessException OneShardOnly(TimePoint point) => new(ErrorCodes.InvalidPoint, $"{point} is another moment on each shard",
        hint: "Name a timestamp, a named snapshot or a bookmark; or one shard as the target, keyspace:shard.");
}
