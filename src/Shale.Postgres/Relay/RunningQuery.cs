using System.Net.Sockets;

namespace Shale.Postgres.Relay;

/// <summary>
/// Cancels what a session runs. The server is asked on a connection of its own; if the statement goes on, it is asked again, and in the end the session is given up. <see cref="Cancel"/> is thread-safe.
/// </summary>
internal sealed class RunningQuery(ServerSession sessions, ServerSession.Opened session)
{
    private const int MostRequests = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private CancellationTokenRegistration _registration;
    private Task? _cancelling;
    private bool _runs;
    private long _run;

    /// <summary>A statement has been sent.</summary>
    /// <param name="cancellationToken">Cancels it.</param>
    public void Begin(CancellationToken cancellationToken)
    {
        lock (_lock) (_runs, _run) = (true, _run + 1);
        if (cancellationToken.CanBeCanceled) _registration = cancellationToken.UnsafeRegister(static self => ((RunningQuery)self!).Cancel(), this);
    }

    /// <summary>Cancels what runs, if something does.</summary>
    public void Cancel()
    {
        lock (_lock)
        {
            if (!_runs || _cancelling is not null) return;
            var run = _run;
            _cancelling = Task.Run(() => CancelAsync(run));
        }
    }

    /// <summary>It has ended. Waits for a request on its way: it must not meet the next statement.</summary>
    public ValueTask EndAsync()
    {
        // Not Dispose: it would wait for a cancellation that is about to wait for the lock.
        _registration.Unregister();
        lock (_lock)
        {
            _runs = false;
            var cancelling = _cancelling;
            _cancelling = null;
            return cancelling is null ? ValueTask.CompletedTask : new ValueTask(cancelling);
        }
    }

    private async Task CancelAsync(long run)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await sessions.CancelAsync(session, limit.Token);
            _ = InsistAsync(run);
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
        {
            // The server is not there, or does not listen: nobody waits for its answer.
            session.Link.Abort();
        }
    }

    // A request that comes before the statement, or between two of its steps, is lost.
    private async Task InsistAsync(long run)
    {
        for (var requests = 1; ; requests++)
        {
            await Task.Delay(Patience);
            if (!Runs(run)) return;
            if (requests >= MostRequests) break;
            using var limit = new CancellationTokenSource(Patience);
            try
            {
                await sessions.CancelAsync(session, limit.Token);
            }
            catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
            {
                break;
            }
        }

        if (Runs(run)) session.Link.Abort();
    }

    private bool Runs(long run)
    {
        lock (_lock) return _runs && _run == run;
    }
}
