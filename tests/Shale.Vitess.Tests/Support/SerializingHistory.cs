using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess.Tests;

/// <summary>The history of a <see cref="SerializingTablet"/>: what is asked and answered goes through JSON and back, points as they stand in SQL apart.</summary>
internal sealed class SerializingHistory(IShardHistory inner) : IShardHistory
{
    public string Branch => inner.Branch;

    public ValueTask<HlcTimestamp> NowAsync(CancellationToken cancellationToken) => CallAsync(() => inner.NowAsync(cancellationToken));

    public ValueTask<ShardMoment> FindAsync(string branch, TimePoint point, CancellationToken cancellationToken) => CallAsync(() => inner.FindAsync(Through(branch), point, cancellationToken));

    public ValueTask<ShardMoment> PromiseAsync(string branch, HlcTimestamp time, CancellationToken cancellationToken) =>
        CallAsync(() => inner.PromiseAsync(Through(branch), Through(time), cancellationToken));

    public async ValueTask CreateSnapshotAsync(string name, ShardVersion version, CancellationToken cancellationToken) => await CallAsync(async () =>
    {
        await inner.CreateSnapshotAsync(Through(name), Through(version), cancellationToken);
        return "";
    });

    public ValueTask<bool> DropSnapshotAsync(string name, CancellationToken cancellationToken) => SerializingTablet.Call(() => inner.DropSnapshotAsync(Through(name), cancellationToken));

    public ValueTask<IReadOnlyDictionary<string, ShardMoment>> SnapshotsAsync(CancellationToken cancellationToken) => CallAsync(() => inner.SnapshotsAsync(cancellationToken));

    public async ValueTask CreateBranchAsync(string name, ShardVersion from, CancellationToken cancellationToken) => await CallAsync(async () =>
    {
        await inner.CreateBranchAsync(Through(name), Through(from), cancellationToken);
        return "";
    });

    public ValueTask<bool> DropBranchAsync(string name, CancellationToken cancellationToken) => SerializingTablet.Call(() => inner.DropBranchAsync(Through(name), cancellationToken));

    public ValueTask<IReadOnlyDictionary<string, ShardMoment>> BranchesAsync(CancellationToken cancellationToken) => CallAsync(() => inner.BranchesAsync(cancellationToken));

    public ValueTask<ShardMoment> RestoreAsync(string branch, Lsn version, string? txId, CancellationToken cancellationToken) =>
        CallAsync(() => inner.RestoreAsync(Through(branch), Through(version), txId is null ? null : Through(txId), cancellationToken));

    public async IAsyncEnumerable<ShardCommit> CommitsAsync(string branch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var commits = inner.CommitsAsync(Through(branch), cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await SerializingTablet.Call(commits.MoveNextAsync)) yield return Through(commits.Current);
    }

    private static T Through<T>(T value) => SerializingTablet.Through(value);

    private static async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call) => Through(await SerializingTablet.Call(call));
}
