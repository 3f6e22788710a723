using System.Net.Sockets;

namespace Shale.Postgres.Relay;

/// <summary>
/// Cancels what a session runs, and nothing that it runs later. The server is asked on a connection of its own; if the statement goes on, it is asked again, and in the end the session is given up.
/// <see cref="Cancel()"/> is thread-safe.
/// </summary>
internal sealed class RunningQuery(ServerSession sessions, ServerSession.Opened session)
{
    private const int MostRequests = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private CancellationTokenRegistration _registration;
    private CancellationToken _token;
    private Task? _cancelling;
    private bool _runs;
    private long _run;

    /// <summary>A statement has been sent.</summary>
    /// <param name="cancellationToken">Cancels it.</param>
    public void Begin(CancellationToken cancellationToken)
    {
        lock (_lock) (_runs, _run, _token) = (true, _run + 1, cancellationToken);
        if (cancellationToken.CanBeCanceled) _registration = cancellationToken.UnsafeRegister(static (self, token) => ((RunningQuery)self!).Cancel(token), this);
    }

    /// <summary>Cancels what runs, if something does.</summary>
    public void Cancel()
    {
        lock (_lock)
        {
            if (!_runs || _cancelling is not null) return;
            var run = _run;
            var first = Task.Run(RequestAsync);
            _cancelling = first;
            _ = InsistAsync(run, first);
        }
    }

    /// <summary>A token has been cancelled: that of what runs, or of what ran before, and is told so late.</summary>
    internal void Cancel(CancellationToken token)
    {
        lock (_lock)
        {
            if (token == _token) Cancel();
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

    // Where the server is not there, or does not listen, nobody waits for its answer.
    private async Task RequestAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await sessions.CancelAsync(session, limit.Token);
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
        {
            session.Link.Abort();
        }
    }

    // A request that comes before the statement, or between two of its steps, is lost.
    private async Task InsistAsync(long run, Task request)
    {
        for (var requests = 1; ; requests++)
        {
            await request;
            await Task.Delay(FirstPause * (1 << (requests - 1)));
            lock (_lock)
            {
                if (!_runs || _run != run) return;
                if (requests == MostRequests)
                {
                    session.Link.Abort();
                    return;
                }

                _cancelling = request = Task.Run(RequestAsync);
            }
        }
    }
}
