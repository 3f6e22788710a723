using Shale.Contracts;

namespace Shale.Vitess.Tests;

/// <summary>When a process dies, in calls to its tablets that may write: at a call, or when it has been done but before its answer.</summary>
internal sealed class Crash(int call, bool after)
{
    private int _calls;

    /// <summary>Whether it has died.</summary>
    public bool Happened { get; private set; }

    /// <summary>Whether this call still gets through; then, whether its answer does.</summary>
    public bool Passes()
    {
        if (Happened) return false;
        if (_calls++ != call) return true;
        Happened = true;
        return after;
    }

    public static VitessException Failure() => new(ErrorCodes.ShardError, "the process is dead");
}

/// <summary>A tablet of a process that dies.</summary>
internal sealed class CrashingTablet(ITablet inner, Crash crash) : ForwardingTablet(inner)
{
    public override IShardHistory? History => base.History is { } history ? new WatchedHistory(history, WatchAsync) : null;

    public override ITablet OpenBranch(string name) => crash.Happened ? throw Crash.Failure() : new CrashingTablet(base.OpenBranch(name), crash);

    public override ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken) =>
        crash.Happened ? throw Crash.Failure() : base.QueryAsync(request, cancellationToken);

    public override ValueTask<ShardResult> ExecuteAsync(ShardExecuteRequest request, CancellationToken cancellationToken) => RunAsync(() => base.ExecuteAsync(request, cancellationToken));

    public override ValueTask<IReadOnlyList<ShardResult>> BatchAsync(ShardBatchRequest request, CancellationToken cancellationToken) =>
        RunAsync(() => base.BatchAsync(request, cancellationToken));

    public override ValueTask<string> BeginAsync(ShardBeginRequest request, CancellationToken cancellationToken) => RunAsync(() => base.BeginAsync(request, cancellationToken));

    public override async ValueTask CheckDeferredAsync(string txId, CancellationToken cancellationToken) => await RunAsync(() => Done(base.CheckDeferredAsync(txId, cancellationToken)));

    public override async ValueTask CommitAsync(string txId, CancellationToken cancellationToken) => await RunAsync(() => Done(base.CommitAsync(txId, cancellationToken)));

    public override ValueTask RollbackAsync(string txId, CancellationToken cancellationToken) => crash.Happened ? throw Crash.Failure() : base.RollbackAsync(txId, cancellationToken);

    // Only what can write counts as a step.
    private async Task WatchAsync(string call, Func<Task> work)
    {
        var writes = call is nameof(IShardHistory.PromiseAsync) or nameof(IShardHistory.RestoreAsync) or nameof(IShardHistory.CreateSnapshotAsync) or nameof(IShardHistory.DropSnapshotAsync)
            or nameof(IShardHistory.CreateBranchAsync) or nameof(IShardHistory.DropBranchAsync);
        if (writes ? !crash.Passes() : crash.Happened) throw Crash.Failure();
        await work();
        if (crash.Happened) throw Crash.Failure();
    }

    private static async ValueTask<bool> Done(ValueTask work)
    {
        await work;
        return true;
    }

    private async ValueTask<T> RunAsync<T>(Func<ValueTask<T>> work)
    {
        if (!crash.Passes()) throw Crash.Failure();
        var result = await work();
        return crash.Happened ? throw Crash.Failure() : result;
    }
}
