using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// The versions that a shard keeps: every commit is one (SEMANTICS S5). Points are found first, and then read by the version that they are
/// (<see cref="ShardQueryRequest.AsOf"/>), so that all reads of a statement see the same. Like <see cref="ITablet"/>, nothing here could not be a message. Thread-safe.
/// Errors of points are the TT_ codes: TT_BRANCH_NOT_FOUND, TT_SNAPSHOT_NOT_FOUND, TT_POINT_NOT_FOUND, TT_LSN_NOT_AVAILABLE for what is before the window, TT_FUTURE_POINT, TT_INVALID_SYNTAX.
/// </summary>
public interface IShardHistory
{
    /// <summary>The branch that the shard's own statements read and write.</summary>
    string Branch { get; }

    /// <summary>A time that is not before that of any commit so far: what is committed later is later, once it has been promised (<see cref="PromiseAsync"/>).</summary>
    ValueTask<HlcTimestamp> NowAsync(CancellationToken cancellationToken);

    /// <summary>Finds the version that a point names on this shard.</summary>
    /// <param name="branch">The branch that points without one are of.</param>
    /// <param name="point">The point. A timestamp is not promised: see <see cref="PromiseAsync"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask<ShardMoment> FindAsync(string branch, TimePoint point, CancellationToken cancellationToken);

    /// <summary>
    /// Promises that no later commit will have a time at or before this one, also after a restart with the clock set back, and returns the branch's last version at or before it. With every
    /// shard's promise the versions are one cut (SEMANTICS S5.2). TT_FUTURE_POINT for a time ahead of the shard's clock.
    /// </summary>
    ValueTask<ShardMoment> PromiseAsync(string branch, HlcTimestamp time, CancellationToken cancellationToken);

    /// <summary>Names a version, which is then kept. Durable on return. QUERY_ERROR (42710) for a name that is taken, (42602) for one that is none.</summary>
    ValueTask CreateSnapshotAsync(string name, ShardVersion version, CancellationToken cancellationToken);

    /// <summary>Drops a name; false if there is none.</summary>
    ValueTask<bool> DropSnapshotAsync(string name, CancellationToken cancellationToken);

    /// <summary>The named snapshots, by name.</summary>
    ValueTask<IReadOnlyDictionary<string, ShardMoment>> SnapshotsAsync(CancellationToken cancellationToken);

    /// <summary>Begins a branch at a version. Durable on return. QUERY_ERROR (42710) for a name that is taken, (42602) for one that is none.</summary>
    ValueTask CreateBranchAsync(string name, ShardVersion from, CancellationToken cancellationToken);

    /// <summary>Drops a branch that nobody uses; false if there is none. QUERY_ERROR (55006) for main, for <see cref="Branch"/>, and while the branch has a writer; (2BP01) while it has named snapshots.</summary>
    ValueTask<bool> DropBranchAsync(string name, CancellationToken cancellationToken);

    /// <summary>The branches with their heads, by name.</summary>
    ValueTask<IReadOnlyDictionary<string, ShardMoment>> BranchesAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Makes an earlier version of a branch its newest: a commit of its own, nothing is cut off. Durable on return. A tablet waits for the writer of its <see cref="Branch"/>, LOCK_TIMEOUT (55P03);
    /// QUERY_ERROR (55006) while another branch has one.
    /// </summary>
    /// <param name="branch">The branch.</param>
    /// <param name="version">The version.</param>
    /// <param name="txId">A transaction of the tablet that has the writer of its <see cref="Branch"/>: nobody writes in between. It ends with this, and what it has written is undone. Null for none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The commit.</returns>
    ValueTask<ShardMoment> RestoreAsync(string branch, Lsn version, string? txId, CancellationToken cancellationToken);

    /// <summary>The commits of a branch that are kept, newest first.</summary>
    IAsyncEnumerable<ShardCommit> CommitsAsync(string branch, CancellationToken cancellationToken);
}
