namespace Shale.Vitess;

/// <summary>
/// A counted lock whose waiters are served in the order they came, with a limit on the wait. Thread-safe; continuations never run inside
/// <see cref="Release"/>.
/// </summary>
internal sealed class FifoSemaphore(int count)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiters = new();
    private int _free = count;

    /// <summary>Takes a permit if one is free and nobody waits.</summary>
    public bool TryAcquire()
    {
        lock (_lock)
        {
            if (_free <= 0) return false;
            _free--;
            return true;
        }
    }

    /// <summary>Takes a permit, after those who came before.</summary>
    /// <returns>False if none came in time. Cancelling throws <see cref="OperationCanceledException"/> and takes nothing.</returns>
    public ValueTask<bool> AcquireAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        TaskCompletionSource waiter;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return new(true);
            }

            waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Enqueue(waiter);
        }

        return WaitAsync(waiter, timeout, time, cancellationToken);
    }

    /// <summary>Takes a permit for closing what it guards, asking again and again that the holder be interrupted.</summary>
    /// <param name="patience">How long it keeps asking, in real time.</param>
    /// <param name="interrupt">Interrupts the holder; he may have been about to start when it was first called.</param>
    /// <returns>False if the holder did not let go.</returns>
    public async ValueTask<bool> AcquireForClosingAsync(TimeSpan patience, Action interrupt)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!TryAcquire())
        {
            interrupt();
            if (await AcquireAsync(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None)) return true;
            if (TimeProvider.System.GetElapsedTime(start) > patience) return false;
        }

        return true;
    }

    /// <summary>Gives a permit back, to the first who waits.</summary>
    public void Release() => Add(1);

    /// <summary>From now on there are more permits, or fewer: those that are taken are waited for by nobody, but not given again.</summary>
    public void Add(int permits)
    {
        lock (_lock)
        {
            _free += permits;
            while (_free > 0 && _waiters.TryDequeue(out var waiter))
            {
                if (waiter.TrySetResult()) _free--;
            }
        }
    }

    private async ValueTask<bool> WaitAsync(TaskCompletionSource waiter, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Task.WaitAsync(timeout, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            // Granted in the same moment: then it is ours after all.
            return !waiter.TrySetCanceled(CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            if (!waiter.TrySetCanceled(CancellationToken.None)) Release();
            throw;
        }
    }
}
