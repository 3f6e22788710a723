namespace Shale.Vitess;

/// <summary>How long its statements wait for others.</summary>
internal sealed partial class CrossShardTransaction
{
    /// <summary>How long a statement waits for what another transaction has; null, and for what is longer than that, for the shards' own limit.</summary>
    public TimeSpan? LockTimeout
    {
        get;
        set => field = value < VTTabletOptions.DefaultLockTimeout ? value : null;
    }

    private async ValueTask WaitAsync(LockName name, Func<CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        if (LockTimeout is not { } limit)
        {
            await locks.TakeAsync(_owner, name, take, cancellationToken);
            return;
        }

        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(limit);
        try
        {
            await locks.TakeAsync(_owner, name, take, waiting.Token);
        }
        catch (Exception failure) when (waiting.IsCancellationRequested && !cancellationToken.IsCancellationRequested && failure is OperationCanceledException or VitessException { SqlState: "57014" })
        {
            throw new VitessException(ErrorCodes.LockTimeout, "canceling statement due to lock timeout", hint: "Try again, or set lock_timeout to more.", inner: failure);
        }
    }

    // Where the engine waits, it is told how long.
    private async ValueTask LimitAsync(Part part, CancellationToken cancellationToken)
    {
        if (HasOneWriter(part.Tablet) || part.Limit == LockTimeout) return;
        await part.RunAsync(LockTimeout is { } limit ? $"SET LOCAL lock_timeout = {(long)limit.TotalMilliseconds}" : "SET LOCAL lock_timeout TO DEFAULT", cancellationToken);
        part.Limit = LockTimeout;
    }
}
