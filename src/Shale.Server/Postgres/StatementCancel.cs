namespace Shale.Server;

/// <summary>
/// What cancels the statement that a session runs, or has been sent and does not run yet: a client may ask as soon as it has sent it, and the two connections are on different threads. Where neither is there
/// nothing happens. Thread-safe.
/// </summary>
internal sealed class StatementCancel(SocketConnection connection) : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _source = new();
    private bool _runs, _gone, _disposed;

    /// <summary>Whether the client has asked for the running statement to be cancelled.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>A statement begins.</summary>
    public CancellationToken Begin()
    {
        lock (_lock)
        {
            if (!_gone && !_source.TryReset())
            {
                _source.Dispose();
                _source = new CancellationTokenSource();
            }

            (_runs, IsAsked) = (true, connection.TakeMark());
            if (IsAsked && !_disposed) _source.Cancel();
            return _source.Token;
        }
    }

    /// <summary>It has ended, or waits until the client wants more of it: then nothing runs that could be cancelled.</summary>
    public void End()
    {
        lock (_lock) _runs = false;
    }

    /// <summary>The client wants more of it.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            _runs = true;
            if (!connection.TakeMark() || _disposed) return;
            IsAsked = true;
            _source.Cancel();
        }
    }

    /// <summary>Between what one statement runs as others: what cancels it, and OperationCanceledException where that has happened.</summary>
    public CancellationToken Check()
    {
        Resume();
        lock (_lock)
        {
            _source.Token.ThrowIfCancellationRequested();
            return _source.Token;
        }
    }

    /// <summary>Cancels it.</summary>
    public void Cancel()
    {
        lock (_lock)
        {
            if (_disposed) return;
            if (!_runs)
            {
                connection.MarkUnanswered();
                return;
            }

            IsAsked = true;
            _source.Cancel();
        }
    }

    /// <summary>The client has gone, or must go: nothing runs any more.</summary>
    public void CancelAll()
    {
        lock (_lock)
        {
            _gone = true;
            if (!_disposed) _source.Cancel();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _source.Dispose();
        }
    }
}
