using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Shale.Vitess;

namespace Shale.Postgres.Sockets;

/// <summary>
/// A connected socket that a <see cref="SocketPoll"/> waits for where the system has one; elsewhere .NET does. One receiver and one sender at a time; <see cref="CancelReceive"/> and <see cref="Dispose"/> may be
/// called from anywhere.
/// </summary>
internal sealed class PolledSocket : IValueTaskSource<int>, IThreadPoolWorkItem, IDisposable
{
    /// <summary>What <see cref="ReceiveAsync"/> gives where it was cancelled.</summary>
    public const int Cancelled = -1;

    private const int MostInARow = 16;

    private readonly Socket _socket;
    private readonly SocketPoll? _poll;
    private readonly int _descriptor;
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<int> _receiving;
    private Memory<byte> _buffer;
    private TaskCompletionSource? _room;
    private Action? _gone;
    private int _received, _inARow;
    private Exception? _failure;
    private bool _waits, _isGone, _isDisposed, _isCancelled;
    private volatile bool _isMarked;
    private long _taken, _answered;

    // An edge comes once: nothing has to be tried before the next one when all that was there has been taken.
    private bool _mayHaveMore = true;

    /// <summary>Takes over a connected socket on which nothing has been awaited yet.</summary>
    public PolledSocket(Socket socket)
    {
        _socket = socket;
        if (!OperatingSystem.IsLinux()) return;
        socket.Blocking = false;
        _descriptor = (int)socket.Handle;
        _poll = SocketPoll.Any();
        _poll.Add(this, _descriptor);
    }

    /// <summary>The number by which its poll knows it.</summary>
    public long Ticket { get; set; }

    /// <summary>Whether whoever waits for bytes goes on on a thread of the pool, not on that of the poll: for all that computes or waits.</summary>
    public bool LeavesPoll { get; set; } = true;

    /// <summary>Whether a poll waits for it: then it is itself what <see cref="ReceiveAsync"/> gives to be awaited, by its <see cref="Version"/>.</summary>
    public bool IsPolled => _poll is not null;

    /// <summary>The token of the receiving that goes on.</summary>
    public short Version => _receiving.Version;

    /// <summary>The other side's address.</summary>
    public EndPoint? Remote => _socket.RemoteEndPoint;

    /// <summary>Its own address.</summary>
    public EndPoint? Local => _socket.LocalEndPoint;

    /// <summary>Sets what is called once, on a thread of the pool, when the other side has gone or sends no more; never where the system has no poll.</summary>
    public void WhenGone(Action gone)
    {
        lock (_lock)
        {
            _gone = gone;
            if (_isGone) TellGone();
        }
    }

    /// <summary>Receives what has come, and waits for it if nothing has. Errors: <see cref="SocketException"/>; <see cref="ObjectDisposedException"/>.</summary>
    /// <returns>How many bytes; 0 where the other side sends no more; <see cref="Cancelled"/>.</returns>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        if (_poll is null) return _socket.ReceiveAsync(buffer, SocketFlags.None);
        lock (_lock)
        {
            if (_isDisposed) return ValueTask.FromException<int>(new ObjectDisposedException(nameof(PolledSocket)));
            if (_isCancelled)
            {
                _isCancelled = false;
                return new ValueTask<int>(Cancelled);
            }

            if ((_mayHaveMore || _isGone || _isMarked) && TryReceive(buffer))
            {
                if (_failure is not null) return ValueTask.FromException<int>(_failure);
                return SharedThread.IsHere && ++_inARow == MostInARow ? GoOnElsewhere() : new ValueTask<int>(_received);
            }

            _inARow = 0;
            _receiving.Reset();
            (_waits, _buffer) = (true, buffer);
            _isMarked = false;
            return new ValueTask<int>(this, _receiving.Version);
        }
    }

    /// <summary>Ends the receiving that goes on, if any does.</summary>
    public void CancelReceive() => Cancel(orNext: false);

    /// <summary>Ends the receiving that goes on, or else the next.</summary>
    public void CancelReceiveOrNext() => Cancel(orNext: true);

    /// <summary>What was received is answered: there is no mark any more.</summary>
    public void Answered()
    {
        lock (_lock) (_answered, _isMarked) = (_taken, false);
    }

    /// <summary>Marks what has come and is not answered, if there is any, received already or not: <see cref="TakeMark"/> tells of it until it is answered, or its receiver waits for more. Never where the system has no poll.</summary>
    public void MarkUnanswered()
    {
        if (_poll is null) return;
        lock (_lock) _isMarked = !_isDisposed && ((!_waits && _taken != _answered) || _socket.Available > 0);
    }

    /// <summary>Whether there is a mark; there is none any more.</summary>
    public bool TakeMark()
    {
        if (!_isMarked) return false;
        lock (_lock)
        {
            var isMarked = _isMarked;
            _isMarked = false;
            return isMarked;
        }
    }

    /// <summary>Sends all of it, as the other side takes it. Errors: <see cref="SocketException"/>; <see cref="ObjectDisposedException"/>.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        if (_poll is null) return SendBySystemAsync(bytes, cancellationToken);
        var sent = Send(bytes.Span);
        return sent == bytes.Length ? ValueTask.CompletedTask : SendRestAsync(bytes[sent..], cancellationToken);
    }

    /// <inheritdoc/>
    public int GetResult(short token) => _receiving.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _receiving.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _receiving.OnCompleted(continuation, state, token, flags);

    /// <summary>Is told by the poll what has happened.</summary>
    public void Signal(uint events)
    {
        TaskCompletionSource? room = null;
        bool hasCome;
        lock (_lock)
        {
            if (_isDisposed) return;
            _mayHaveMore = true;
            if ((events & (Epoll.Out | Epoll.Gone)) != 0) (room, _room) = (_room, null);
            if ((events & Epoll.Gone) != 0 && !_isGone)
            {
                _isGone = true;
                TellGone();
            }

            hasCome = _waits && TryReceive(_buffer);
            if (hasCome) (_waits, _buffer) = (false, default);
        }

        room?.TrySetResult();
        if (!hasCome) return;
        if (LeavesPoll) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        else Complete();
    }

    /// <summary>Ends it: whoever waits for it fails.</summary>
    public void Dispose()
    {
        bool waited;
        TaskCompletionSource? room;
        lock (_lock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            (waited, _waits, _buffer) = (_waits, false, default);
            (room, _room) = (_room, null);
            if (waited) _failure = new ObjectDisposedException(nameof(PolledSocket));
            _poll?.Remove(this);
            _socket.Dispose();
        }

        room?.TrySetResult();
        if (waited) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Ends it so that the other side still gets what was sent.</summary>
    public void Close()
    {
        lock (_lock)
        {
            if (_isDisposed) return;
            try
            {
                _socket.Shutdown(SocketShutdown.Send);

                // What lies there unread would have the system take back what was sent.
                Span<byte> unread = stackalloc byte[4096];
                for (var i = 0; i < 64 && _poll is not null && _socket.Receive(unread, SocketFlags.None, out var error) > 0 && error == SocketError.Success; i++)
                {
                    // It is for nobody.
                }
            }
            catch (SocketException)
            {
                // The other side has gone before.
            }
        }

        Dispose();
    }

    void IThreadPoolWorkItem.Execute() => Complete();

    private void Cancel(bool orNext)
    {
        lock (_lock)
        {
            if (!_waits)
            {
                _isCancelled |= orNext;
                return;
            }

            (_waits, _buffer, _received, _failure) = (false, default, Cancelled, null);
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Complete()
    {
        if (_failure is { } failure) _receiving.SetException(failure);
        else _receiving.SetResult(_received);
    }

    // Somebody for whom there is always more would keep the poll's thread from all others.
    private ValueTask<int> GoOnElsewhere()
    {
        _inARow = 0;
        _receiving.Reset();
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return new ValueTask<int>(this, _receiving.Version);
    }

    private bool TryReceive(Memory<byte> buffer)
    {
        _mayHaveMore = false;
        _received = _socket.Receive(buffer.Span, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock) return false;
        _taken += _received;
        _failure = error == SocketError.Success ? null : new SocketException((int)error);
        _mayHaveMore = _received == buffer.Length;
        return true;
    }

    private int Send(ReadOnlySpan<byte> bytes)
    {
        var sent = _socket.Send(bytes, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => sent,
            SocketError.WouldBlock => 0,
            _ => throw new SocketException((int)error),
        };
    }

    private async ValueTask SendRestAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        while (rest.Length > 0)
        {
            var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                _room = room;
                _poll!.WatchRoom(this, _descriptor, sends: true);
            }

            // Asked for before it is tried again: room that comes in between is told of.
            var sent = Send(rest.Span);
            if (sent == 0) await room.Task.WaitAsync(cancellationToken);
            rest = rest[sent..];
        }

        lock (_lock)
        {
            if (!_isDisposed) _poll!.WatchRoom(this, _descriptor, sends: false);
        }
    }

    private async ValueTask SendBySystemAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0) bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
    }

    private void TellGone()
    {
        if (_gone is { } gone) ThreadPool.UnsafeQueueUserWorkItem(static gone => gone(), gone, preferLocal: false);
        _gone = null;
    }
}
