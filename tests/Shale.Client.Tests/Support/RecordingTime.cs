namespace Shale.Client.Tests.Support;

/// <summary>Time that passes at once for waits that the test wants to pass, and stands still for all others.</summary>
internal sealed class RecordingTime(Func<TimeSpan, bool> passes) : TimeProvider
{
    private readonly List<TimeSpan> _waits = [];

    /// <summary>The waits that passed.</summary>
    public IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_waits) return [.. _waits];
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero && passes(dueTime))
        {
            lock (_waits) _waits.Add(dueTime);
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }
        return new Still();
    }

    private sealed class Still : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
