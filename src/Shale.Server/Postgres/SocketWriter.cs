using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Shale.Postgres.Sockets;

namespace Shale.Server;

/// <summary>What goes to a client: written into one piece of memory, and sent at once when it is flushed. One writer at a time.</summary>
/// <remarks>Hot path: the point query through the PostgreSQL door.</remarks>
internal sealed class SocketWriter(PolledSocket socket) : PipeWriter
{
    private const int FewBytes = 4096;
    private const int MostKept = 128 * 1024;

    private byte[] _buffer = new byte[FewBytes];
    private int _length;
    private bool _hasGone;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = _length + (long)Math.Max(sizeHint, 1);
        if (needed > _buffer.Length) Array.Resize(ref _buffer, (int)Math.Min(Math.Max(needed, 2L * _buffer.Length), Array.MaxLength));
        return _buffer.AsMemory(_length);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes) => _length += bytes;

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_hasGone || _length == 0) return new ValueTask<FlushResult>(Sent());
        try
        {
            var pending = socket.SendAsync(_buffer.AsMemory(0, _length), cancellationToken);
            return pending.IsCompletedSuccessfully ? new ValueTask<FlushResult>(Sent()) : WaitAsync(pending);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            _hasGone = true;
            return new ValueTask<FlushResult>(Sent());
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        // Whoever has the socket closes it.
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> WaitAsync(ValueTask pending)
    {
        try
        {
            await pending;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            _hasGone = true;
        }

        return Sent();
    }

    private FlushResult Sent()
    {
        _length = 0;
        if (_buffer.Length > MostKept) _buffer = new byte[FewBytes];
        return new FlushResult(isCanceled: false, isCompleted: _hasGone);
    }
}
