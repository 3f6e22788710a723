using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Shale.Postgres.Sockets;

namespace Shale.Server;

/// <summary>What comes from a client, received into one piece of memory: a message is received only when somebody reads. One reader at a time; <see cref="CancelPendingRead"/> may be called from anywhere.</summary>
/// <remarks>Hot path: the point query through the PostgreSQL door.</remarks>
internal sealed class SocketReader(PolledSocket socket) : PipeReader, IValueTaskSource<ReadResult>
{
    private const int FewBytes = 4096;
    private const int ManyBytes = 64 * 1024;

    // Of a position in one array: whether it is the end of a sequence.
    private const int IndexBits = int.MaxValue;

    private byte[] _buffer = new byte[FewBytes];
    private int _start, _examined, _end;
    private bool _isCompleted, _wasFull;

    /// <summary>Whether all that was received has been taken.</summary>
    public bool IsEmpty => _start == _end;

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_end > _examined || _isCompleted) return new ValueTask<ReadResult>(Result(isCancelled: false));
        MakeRoom();
        var pending = socket.ReceiveAsync(_buffer.AsMemory(_end));
        if (pending.IsCompletedSuccessfully) return new ValueTask<ReadResult>(Take(pending.Result));

        // Nothing of its own is kept while it waits: the socket is awaited itself. What has failed at once has not come by way of the socket, which would give the last answer again.
        return socket.IsPolled && !pending.IsCompleted && !cancellationToken.CanBeCanceled ? new ValueTask<ReadResult>(this, socket.Version) : WaitAsync(pending, cancellationToken);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        result = Result(isCancelled: false);
        return _end > _examined || _isCompleted;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => (_start, _examined) = (consumed.GetInteger() & IndexBits, examined.GetInteger() & IndexBits);

    /// <inheritdoc/>
    public override void CancelPendingRead() => socket.CancelReceiveOrNext();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        // Whoever has the socket closes it.
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        try
        {
            return Take(socket.GetResult(token));
        }
        catch (Exception failure) when (IsOfSocket(failure))
        {
            throw Gone(failure);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => socket.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => socket.OnCompleted(continuation, state, token, flags);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(ValueTask<int> pending, CancellationToken cancellationToken)
    {
        await using var stop = cancellationToken.UnsafeRegister(static socket => ((PolledSocket)socket!).CancelReceive(), socket);
        int received;
        try
        {
            received = await pending;
        }
        catch (Exception failure) when (IsOfSocket(failure))
        {
            throw Gone(failure);
        }

        if (received == PolledSocket.Cancelled) cancellationToken.ThrowIfCancellationRequested();
        return Take(received);
    }

    private static bool IsOfSocket(Exception failure) => failure is SocketException or ObjectDisposedException;

    private static IOException Gone(Exception failure) => new("the client has gone", failure);

    private ReadResult Take(int received)
    {
        if (received == PolledSocket.Cancelled) return Result(isCancelled: true);
        _end += received;
        _isCompleted = received == 0;
        _wasFull = _end == _buffer.Length;
        return Result(isCancelled: false);
    }

    private ReadResult Result(bool isCancelled) => new(new ReadOnlySequence<byte>(_buffer, _start, _end - _start), isCancelled, _isCompleted);

    // Whoever sends much gets more memory, and whoever has sent a long message gives it back.
    private void MakeRoom()
    {
        var waiting = _end - _start;
        var length = waiting == 0 ? _wasFull || _buffer.Length > ManyBytes ? ManyBytes : _buffer.Length : _start > 0 ? _buffer.Length : _end < _buffer.Length ? 0 : 2 * _buffer.Length;
        if (length == 0) return;
        var larger = length == _buffer.Length ? _buffer : new byte[length];
        _buffer.AsSpan(_start, waiting).CopyTo(larger);
        (_buffer, _start, _examined, _end) = (larger, 0, _examined - _start, waiting);
    }
}
