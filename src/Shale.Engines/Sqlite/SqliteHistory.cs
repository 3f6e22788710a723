using Shale.Contracts;
using Shale.PageLog;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>The versions of a page log, as an engine of one of its branches gives them. The log's calls work on the caller's thread and block for one write at most. Thread-safe.</summary>
internal sealed class SqliteHistory(SqliteLog storage, string branch) : IShardHistory
{
    /// <inheritdoc/>
    public string Branch => branch;

    /// <inheritdoc/>
    public ValueTask<HlcTimestamp> NowAsync(CancellationToken cancellationToken) => Run(log => log.Store.Now, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ShardMoment> FindAsync(string branch, TimePoint point, CancellationToken cancellationToken) =>
        Run(log => MomentOf(log.Store, log.Points.Find(branch, point)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ShardMoment> PromiseAsync(string branch, HlcTimestamp time, CancellationToken cancellationToken) =>
        Run(log => MomentOf(log.Store, new PastPoint(branch, log.Store.FindLsn(branch, log.Store.Promise(time)))), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask CreateSnapshotAsync(string name, ShardVersion version, CancellationToken cancellationToken) =>
        _ = await Run(log => log.Store.CreateSnapshot(name, version.Branch, version.Lsn), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> DropSnapshotAsync(string name, CancellationToken cancellationToken) => Run(log => TryDrop(() => log.Store.DropSnapshot(name), ErrorCodes.SnapshotNotFound), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, ShardMoment>> SnapshotsAsync(CancellationToken cancellationToken) => Run<IReadOnlyDictionary<string, ShardMoment>>(
        log => log.Store.Snapshots.ToDictionary(each => each.Name, each => new ShardMoment(new ShardVersion(each.Branch, each.Lsn), each.Version, each.Time)), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask CreateBranchAsync(string name, ShardVersion from, CancellationToken cancellationToken) => _ = await Run(
        log =>
        {
            log.Store.CreateBranch(name, from.Branch, from.Lsn);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> DropBranchAsync(string name, CancellationToken cancellationToken) => name == branch
        ? ValueTask.FromException<bool>(new VitessException(ErrorCodes.QueryError, $"the branch {name} is in use", sqlState: "55006", hint: "Drop it from another branch, once nobody uses it."))
        : Run(log => TryDrop(() => log.Store.DropBranch(name), ErrorCodes.BranchNotFound), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, ShardMoment>> BranchesAsync(CancellationToken cancellationToken) => Run<IReadOnlyDictionary<string, ShardMoment>>(
        log => log.Store.Branches.ToDictionary(each => each.Name, each => new ShardMoment(new ShardVersion(each.Name, each.Head), each.Version, each.Time)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ShardMoment> RestoreAsync(string branch, Lsn version, string? txId, CancellationToken cancellationToken) =>
        Run(log => MomentOf(log.Store, new PastPoint(branch, log.Store.Restore(branch, version))), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ShardCommit> CommitsAsync(string branch, CancellationToken cancellationToken) => Commits(branch, cancellationToken).ToAsyncEnumerable();

    private IEnumerable<ShardCommit> Commits(string branch, CancellationToken cancellationToken)
    {
        var store = storage.Log.Store;
        foreach (var commit in store.CommitsOf(branch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ShardCommit(new ShardMoment(new ShardVersion(commit.Branch, commit.Lsn), commit.Version, commit.Time), commit.Rows, store.MessageOf(commit.Lsn));
        }
    }

    // Of a version that is only kept there is no more than its number.
    private static ShardMoment MomentOf(PageStore store, PastPoint point)
    {
        var version = new ShardVersion(point.Branch, point.Lsn);
        return store.FindCommit(point.Branch, point.Lsn) is { } commit ? new ShardMoment(version, commit.Version, commit.Time) : new ShardMoment(version, store.FindVersion(point.Branch, point.Lsn), default);
    }

    private static bool TryDrop(Action drop, ErrorCode none)
    {
        try
        {
            drop();
            return true;
        }
        catch (VitessException failure) when (failure.Code == none.Code)
        {
            return false;
        }
    }

    private ValueTask<T> Run<T>(Func<SharedLog.OpenLog, T> work, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new(work(storage.Log));
        }
        catch (Exception failure) when (failure is VitessException or OperationCanceledException or ObjectDisposedException)
        {
            return ValueTask.FromException<T>(failure);
        }
    }
}
