namespace Shale.Engines;

/// <summary>
/// Those who wait for the disk together. Whoever comes while nobody is at it writes for all who have committed by then, on his own thread; who comes meanwhile waits without a thread, and one of those
/// that are left goes on. Thread-safe. Hot path: a write through the gate.
/// </summary>
/// <param name="log">What is written.</param>
internal sealed class SharedFlush(SharedLog log)
{
    private readonly Lock _lock = new();
    private List<(Lsn Lsn, TaskCompletionSource<bool> Turn)> _waiting = [];
    private long _durable;
    private bool _isFlushing;

    /// <summary>Returns once everything up to a commit is durable. Errors: as <see cref="PageLog.PageStore.WaitDurable"/>; SHARD_ERROR (57P01).</summary>
    public ValueTask WaitAsync(Lsn lsn)
    {
        if (lsn.Value <= Volatile.Read(ref _durable)) return ValueTask.CompletedTask;
        Task<bool>? turn = null;
        lock (_lock)
        {
            if (lsn.Value <= _durable) return ValueTask.CompletedTask;
            if (_isFlushing)
            {
                var waiter = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Add((lsn, waiter));
                turn = waiter.Task;
            }

            _isFlushing = true;
        }

        if (turn is not null) return AwaitAsync(turn);
        try
        {
            Flush();
            return ValueTask.CompletedTask;
        }
        catch (VitessException failure)
        {
            return ValueTask.FromException(failure);
        }
    }

    // The turn is true for the one that goes on: what the others wait for was committed before the write that is over began.
    private async ValueTask AwaitAsync(Task<bool> turn)
    {
        if (await turn) Flush();
    }

    private void Flush()
    {
        Exception? failure = null;
        long durable = 0;
        try
        {
            var store = log.Open().Store;
            store.WaitDurable(store.LastLsn);
            durable = store.DurableLsn.Value;
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            End(durable, failure);
        }
    }

    private void End(long durable, Exception? failure)
    {
        List<(Lsn Lsn, TaskCompletionSource<bool> Turn)> served;
        TaskCompletionSource<bool>? leader = null;
        lock (_lock)
        {
            if (durable > _durable) Volatile.Write(ref _durable, durable);
            (served, _waiting) = (_waiting, []);
            foreach (var waiter in served)
            {
                if (failure is null && waiter.Lsn.Value > _durable) _waiting.Add(waiter);
            }

            _isFlushing = _waiting.Count > 0;
            if (_isFlushing)
            {
                leader = _waiting[0].Turn;
                _waiting.RemoveAt(0);
            }
        }

        leader?.SetResult(true);
        foreach (var (lsn, turn) in served)
        {
            if (failure is not null) turn.SetException(failure);
            else if (lsn.Value <= durable) turn.SetResult(false);
        }
    }
}
