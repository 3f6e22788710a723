namespace Shale.DoSql;

/// <summary>The connections that read a branch: so many at most, who finds none waits in order. Thread-safe.</summary>
internal sealed class ReaderPool(int most, Func<int, BranchConnection> open)
{
    private readonly Lock _lock = new();
    private readonly Stack<BranchConnection> _idle = new();
    private readonly Queue<TaskCompletionSource<BranchConnection?>> _waiting = new();
    private int _open;
    private int _generation;
    private Exception? _closed;

    /// <summary>A reader; <see cref="Return"/> it. Errors: those of opening one.</summary>
    public async ValueTask<BranchConnection> RentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource<BranchConnection?> turn;
            lock (_lock)
            {
                if (_closed is { } closed) throw closed;
                if (_idle.TryPop(out var idle)) return idle;
                if (_open < most)
                {
                    _open++;
                    break;
                }

                turn = new TaskCompletionSource<BranchConnection?>(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Enqueue(turn);
            }

            await using var registration = cancellationToken.UnsafeRegister(static (turn, token) => ((TaskCompletionSource<BranchConnection?>)turn!).TrySetCanceled(token), turn);
            if (await turn.Task is { } given) return given;
        }

        return Open();
    }

    /// <summary>Takes a reader back; one of an earlier generation is closed.</summary>
    public void Return(BranchConnection reader)
    {
        lock (_lock)
        {
            if (reader.Generation == _generation && _closed is null)
            {
                while (_waiting.TryDequeue(out var turn))
                {
                    if (turn.TrySetResult(reader)) return;
                }

                _idle.Push(reader);
                return;
            }
        }

        reader.Dispose();
        LetOneOpen();
    }

    /// <summary>Begins a new generation: the connections there are know a line of the branch that is no longer its own.</summary>
    public void Renew()
    {
        BranchConnection[] old;
        lock (_lock)
        {
            _generation++;
            old = [.. _idle];
            _idle.Clear();
        }

        foreach (var reader in old)
        {
            reader.Dispose();
            LetOneOpen();
        }
    }

    /// <summary>Closes what is idle, and what comes back.</summary>
    public void Close(Exception reason)
    {
        lock (_lock)
        {
            _closed ??= reason;
            while (_waiting.TryDequeue(out var turn)) turn.TrySetException(reason);
        }

        Renew();
    }

    private BranchConnection Open()
    {
        try
        {
            int generation;
            lock (_lock) generation = _generation;
            return open(generation);
        }
        catch
        {
            LetOneOpen();
            throw;
        }
    }

    private void LetOneOpen()
    {
        lock (_lock)
        {
            _open--;
            while (_waiting.TryDequeue(out var turn))
            {
                if (turn.TrySetResult(null)) return;
            }
        }
    }
}
