namespace Shale.Postgres.Sockets;

/// <summary>A socket as a stream. Its owner disposes the socket.</summary>
internal sealed class PolledStream(PolledSocket socket) : AsyncStream
{
    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Asked for before a buffer is taken: nobody has to wait here for that.
        if (buffer.IsEmpty) return 0;
        var receiving = socket.ReceiveAsync(buffer);
        await using var stop = cancellationToken.UnsafeRegister(static socket => ((PolledSocket)socket!).CancelReceive(), socket);
        var read = await receiving;
        if (read != PolledSocket.Cancelled) return read;
        cancellationToken.ThrowIfCancellationRequested();
        throw new IOException("nobody waits any more for what the socket receives");
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => socket.SendAsync(buffer, cancellationToken);
}
