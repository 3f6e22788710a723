using Shale.PageLog;

namespace Shale.DoSql;

/// <summary>
/// Keeps a log fast to open and no larger than its retention says: writes a checkpoint when one is due, then lets go of what lies before the window. Works in the background, one piece at a time;
/// what fails is tried again, and told by <see cref="Failure"/>.
/// </summary>
internal sealed class LogUpkeep : IAsyncDisposable
{
    // Ticks between two looks for what has left the window, where nothing is written.
    private const int RestingTicks = 60;

    private readonly PageStore _store;
    private readonly long _checkpointBytes;
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private int _busy;
    private int _ticks;

    /// <summary>Begins.</summary>
    public LogUpkeep(PageStore store, DoSqlOptions options)
    {
        (_store, _checkpointBytes) = (store, options.Log.CheckpointBytes);
        _timer = options.Log.Clock.CreateTimer(static upkeep => ((LogUpkeep)upkeep!).Tick(), this, options.UpkeepInterval, options.UpkeepInterval);
    }

    /// <summary>Why the last piece of work failed; null if it did not.</summary>
    public VitessException? Failure { get; private set; }

    /// <summary>Stops, once what is being done has come to an end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _timer.DisposeAsync();
        _stop.Dispose();
    }

    private void Tick()
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0) return;
        try
        {
            Work();
            Failure = null;
        }
        catch (VitessException exception)
        {
            // A full disk may be well again; after anything worse the writers are told, too.
            Failure = exception;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The database is being closed: the rest is for the next time.
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private void Work()
    {
        if (_stop.IsCancellationRequested) return;
        var due = _store.BytesSinceCheckpoint >= _checkpointBytes;
        if (due) _store.Checkpoint();
        if (!due && ++_ticks % RestingTicks != 0) return;
        while (_store.Compact(_stop.Token))
        {
        }
    }
}
