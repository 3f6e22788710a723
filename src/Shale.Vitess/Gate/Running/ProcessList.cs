using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>The statements that run at this moment, and the doors with sessions. Bounded by what runs at once. Thread-safe.</summary>
internal sealed class ProcessList(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly List<RunningStatement> _all = [];
    private readonly Stack<RunningStatement> _free = [];
    private ImmutableArray<IDoorSessions> _doors = [];
    private long _last;

    /// <summary>How many run.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _all.Count - _free.Count;
        }
    }

    /// <summary>The doors whose sessions are shown beside them.</summary>
    public ImmutableArray<IDoorSessions> Doors
    {
        get
        {
            lock (_lock) return _doors;
        }
    }

    /// <summary>Shows the sessions of a door, or no longer.</summary>
    public void Show(IDoorSessions door, bool isOpen)
    {
        lock (_lock) _doors = isOpen ? _doors.Add(door) : _doors.Remove(door);
    }

    /// <summary>How many have run for longer than a time.</summary>
    public int CountRunning(TimeSpan longerThan)
    {
        var count = 0;
        lock (_lock)
        {
            foreach (var statement in _all)
            {
                if (statement.IsRunning && clock.GetElapsedTime(statement.StartedAt) > longerThan) count++;
            }
        }

        return count;
    }

    /// <summary>A number that nothing else has.</summary>
    public long NextId() => Interlocked.Increment(ref _last);

    /// <summary>A statement begins. The caller hands it back to <see cref="Leave"/>, whatever becomes of it.</summary>
    /// <param name="request">The statement.</param>
    /// <param name="transaction">Its transaction, or null.</param>
    /// <param name="cancellationToken">The caller's own way to cancel it.</param>
    public RunningStatement Enter(GateRequest request, GateTransaction? transaction, CancellationToken cancellationToken)
    {
        RunningStatement? statement;
        var run = NextId();
        lock (_lock)
        {
            if (!_free.TryPop(out statement))
            {
                statement = new RunningStatement(clock);
                _all.Add(statement);
            }
        }

        statement.Begin(run, transaction?.ProcessId ?? run, request, cancellationToken);
        return statement;
    }

    /// <summary>A statement has ended.</summary>
    public void Leave(RunningStatement statement)
    {
        var isWhole = statement.End();
        lock (_lock)
        {
            if (isWhole) _free.Push(statement);
            else _all.Remove(statement);
        }
    }

    /// <summary>Cancels the statements of an id; false if there are none.</summary>
    public bool Kill(long id)
    {
        var found = false;
        foreach (var statement in Running())
        {
            if (statement.CancelIf(id, CancelReason.Killed)) found = true;
        }

        return found;
    }

    /// <summary>The statements that run, as they are now.</summary>
    public IReadOnlyList<RunningStatement> Running()
    {
        lock (_lock) return [.. _all.Where(each => each.IsRunning)];
    }
}
