namespace Shale.Vitess;

/// <summary>
/// Lets commits over several shards pass, and now and then keeps them waiting for a moment, in which none of them is half done. Commits of one shard do not come here. Thread-safe. States: open;
/// closing, while those that had begun end; closed.
/// </summary>
internal sealed class CommitBarrier
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _opens;
    private TaskCompletionSource? _empties;
    private int _inside;

    /// <summary>Begins a commit, which ends with <see cref="Leave"/>.</summary>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task opens;
            lock (_lock)
            {
                if (_opens is null)
                {
                    _inside++;
                    return;
                }

                opens = _opens.Task;
            }

            await opens.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends a commit.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (--_inside == 0) _empties?.TrySetResult();
        }
    }

    /// <summary>Does something while no commit is half done. One at a time: the caller sees to that.</summary>
    public async ValueTask CloseAsync(Func<ValueTask> work, CancellationToken cancellationToken)
    {
        Task empties;
        lock (_lock)
        {
            if (_opens is not null) throw new InvalidOperationException("the barrier of commits is closed already");
            _opens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _empties = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_inside == 0) _empties.SetResult();
            empties = _empties.Task;
        }

        try
        {
            await empties.WaitAsync(cancellationToken);
            await work();
        }
        finally
        {
            TaskCompletionSource opens;
            lock (_lock) (opens, _opens, _empties) = (_opens, null, null);
            opens.SetResult();
        }
    }
}
