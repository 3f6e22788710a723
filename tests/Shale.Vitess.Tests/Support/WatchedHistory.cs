using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess.Tests;

/// <summary>The versions of a tablet, each call through something that a test puts around it: told the call's name, and what does it.</summary>
internal sealed class WatchedHistory(IShardHistory inner, Func<string, Func<Task>, Task> around) : IShardHistory
{
    public string Branch => inner.Branch;

    public ValueTask<HlcTimestamp> NowAsync(CancellationToken cancellationToken) => CallAsync(() => inner.NowAsync(cancellationToken));

    public ValueTask<ShardMoment> FindAsync(string branch, TimePoint point, CancellationToken cancellationToken) => CallAsync(() => inner.FindAsync(branch, point, cancellationToken));

    public ValueTask<ShardMoment> PromiseAsync(string branch, HlcTimestamp time, CancellationToken cancellationToken) => CallAsync(() => inner.PromiseAsync(branch, time, cancellationToken));

    public async ValueTask CreateSnapshotAsync(string name, ShardVersion version, CancellationToken cancellationToken) => await CallAsync(() => Done(inner.CreateSnapshotAsync(name, version, cancellationToken)));

    public ValueTask<bool> DropSnapshotAsync(string name, CancellationToken cancellationToken) => CallAsync(() => inner.DropSnapshotAsync(name, cancellationToken));

    public ValueTask<IReadOnlyDictionary<string, ShardMoment>> SnapshotsAsync(CancellationToken cancellationToken) => CallAsync(() => inner.SnapshotsAsync(cancellationToken));

    public async ValueTask CreateBranchAsync(string name, ShardVersion from, CancellationToken cancellationToken) => await CallAsync(() => Done(inner.CreateBranchAsync(name, from, cancellationToken)));

    public ValueTask<bool> DropBranchAsync(string name, CancellationToken cancellationToken) => CallAsync(() => inner.DropBranchAsync(name, cancellationToken));

    public ValueTask<IReadOnlyDictionary<string, ShardMoment>> BranchesAsync(CancellationToken cancellationToken) => CallAsync(() => inner.BranchesAsync(cancellationToken));

    public ValueTask<ShardMoment> RestoreAsync(string branch, Lsn version, string? txId, CancellationToken cancellationToken) => CallAsync(() => inner.RestoreAsync(branch, version, txId, cancellationToken));

    public IAsyncEnumerable<ShardCommit> CommitsAsync(string branch, CancellationToken cancellationToken) => inner.CommitsAsync(branch, cancellationToken);

    private static async ValueTask<bool> Done(ValueTask work)
    {
        await work;
        return true;
    }

    private async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> work, [CallerMemberName] string call = "")
    {
        T? result = default;
        await around(call, async () => result = await work());
        return result!;
    }
}

/// <summary>A tablet with a <see cref="WatchedHistory"/>.</summary>
internal sealed class WatchedTablet(ITablet inner, Func<string, string, Func<Task>, Task> around) : ForwardingTablet(inner)
{
    private readonly WatchedHistory _history = new(inner.History!, (call, work) => around(inner.Shard, call, work));

    public override IShardHistory? History => _history;
}
