using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>The versions of a tablet's engine: failures name the shard, nothing is answered after closing, and a restore takes its turn among the writes. Thread-safe.</summary>
internal sealed class TabletHistory(VTTablet tablet) : IShardHistory
{
    /// <inheritdoc/>
    public string Branch => tablet.EngineHistory.Branch;

    /// <inheritdoc/>
    public ValueTask<HlcTimestamp> NowAsync(CancellationToken cancellationToken) => RunAsync(history => history.NowAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ShardMoment> FindAsync(string branch, TimePoint point, CancellationToken cancellationToken) => RunAsync(history => history.FindAsync(branch, point, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ShardMoment> PromiseAsync(string branch, HlcTimestamp time, CancellationToken cancellationToken) => RunAsync(history => history.PromiseAsync(branch, time, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask CreateSnapshotAsync(string name, ShardVersion version, CancellationToken cancellationToken) => await RunAsync(
        async history =>
        {
            await history.CreateSnapshotAsync(name, version, cancellationToken);
            return true;
        });

    /// <inheritdoc/>
    public ValueTask<bool> DropSnapshotAsync(string name, CancellationToken cancellationToken) => RunAsync(history => history.DropSnapshotAsync(name, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, ShardMoment>> SnapshotsAsync(CancellationToken cancellationToken) => RunAsync(history => history.SnapshotsAsync(cancellationToken));

    /// <inheritdoc/>
    public async ValueTask CreateBranchAsync(string name, ShardVersion from, CancellationToken cancellationToken) => await RunAsync(
        async history =>
        {
            await history.CreateBranchAsync(name, from, cancellationToken);
            return true;
        });

    /// <inheritdoc/>
    public ValueTask<bool> DropBranchAsync(string name, CancellationToken cancellationToken) => RunAsync(
        async history =>
        {
            var isDropped = await history.DropBranchAsync(name, cancellationToken);

            // Another branch of that name has other versions.
            if (isDropped) await tablet.Readers.CloseVersionsAsync(all: true);
            return isDropped;
        });

    /// <summary>QUERY_ERROR (2BP01) while the shard has branches: what they lie on cannot be left.</summary>
    public async ValueTask RequireNoBranchesAsync(CancellationToken cancellationToken)
    {
        if ((await BranchesAsync(cancellationToken)).Keys.FirstOrDefault(name => name != Branch) is not { } other) return;
        throw new VitessException(ErrorCodes.QueryError, $"the shard has a branch {other}, which would stay behind", sqlState: "2BP01", hint: "Drop the branches first: CALL dosql_drop_branch('name').");
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, ShardMoment>> BranchesAsync(CancellationToken cancellationToken) => RunAsync(history => history.BranchesAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<ShardMoment> RestoreAsync(string branch, Lsn version, string? txId, CancellationToken cancellationToken) => RunAsync(history =>
    {
        if (branch != history.Branch) return history.RestoreAsync(branch, version, null, cancellationToken);
        return txId is null ? RestoreInTurnAsync(version, cancellationToken) : tablet.Transactions.RestoreAsync(txId, () => history.RestoreAsync(branch, version, null, cancellationToken), cancellationToken);
    });

    /// <inheritdoc/>
    public async IAsyncEnumerable<ShardCommit> CommitsAsync(string branch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var commits = await RunAsync(history => new ValueTask<IAsyncEnumerator<ShardCommit>>(history.CommitsAsync(branch, cancellationToken).GetAsyncEnumerator(cancellationToken)));
        await using (commits)
        {
            while (await RunAsync(_ => commits.MoveNextAsync())) yield return commits.Current;
        }
    }

    private async ValueTask<ShardMoment> RestoreInTurnAsync(Lsn version, CancellationToken cancellationToken)
    {
        var connection = await tablet.TakeWriterAsync(cancellationToken);
        return await tablet.Writer.RestoreAsync(connection, () =>
        {
            var history = tablet.EngineHistory;
            return history.RestoreAsync(history.Branch, version, null, cancellationToken);
        });
    }

    private async ValueTask<T> RunAsync<T>(Func<IShardHistory, ValueTask<T>> work)
    {
        try
        {
            tablet.Require(tablet.Shard);
            return await work(tablet.EngineHistory);
        }
        catch (Exception exception) when (tablet.Translate(exception) is { } failure)
        {
            throw failure;
        }
    }
}
