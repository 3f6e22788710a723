using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Which versions of a table's rows a period of a keyspace gives. Its ends are times, each of which is the last commit at or before it on every shard, once that has promised to commit nothing more
/// there (SEMANTICS S5.2). Immutable.
/// </summary>
/// <param name="Table">The table.</param>
/// <param name="Kind">The form.</param>
/// <param name="First">Behind its last commit up to there the period begins; of CONTAINED IN no version of that commit or of one before it counts.</param>
/// <param name="Last">The last commit up to there is the last of the period.</param>
/// <param name="IsEmpty">Whether it ends before it begins.</param>
/// <param name="WithZone">Whether times are those of dialect postgres.</param>
internal sealed record KeyspacePeriod(string Table, SystemTimeKind Kind, HlcTimestamp First, HlcTimestamp Last, bool IsEmpty, bool WithZone)
{
    private static readonly Lsn Never = new(long.MaxValue);

    /// <summary>The period of a shard. Errors: those of <see cref="IShardHistory.PromiseAsync"/>.</summary>
    public async ValueTask<ShardPeriod> OnAsync(IShardHistory history, CancellationToken cancellationToken)
    {
        var nothing = new ShardPeriod(Table, Never, Never, Never, null, WithZone);
        if (IsEmpty) return nothing;
        if (Kind == SystemTimeKind.All) return new ShardPeriod(Table, Lsn.Zero, Never, Lsn.Zero, null, WithZone);
        var first = (await history.PromiseAsync(history.Branch, First, cancellationToken)).At.Lsn;
        var last = (await history.PromiseAsync(history.Branch, Last, cancellationToken)).At.Lsn;
        if (first > last && Kind != SystemTimeKind.ContainedIn) return nothing;
        return Kind == SystemTimeKind.ContainedIn ? new ShardPeriod(Table, first, last, first, last, WithZone) : new ShardPeriod(Table, Lsn.Zero, last, first, null, WithZone);
    }
}
