using System.Buffers.Binary;
using System.Net.Sockets;
using Shale.Postgres.Sockets;
using Shale.Postgres.Wire;
using Shale.Vitess;

namespace Shale.Postgres.Relay;

/// <summary>The way to one session of a server: its messages, in the order in which they come, where they lie in the buffer. One user at a time, but for <see cref="Abort"/>.</summary>
/// <remarks>Hot path: the point query to a PostgreSQL shard.</remarks>
internal sealed class ServerLink(PolledSocket socket) : IAsyncDisposable
{
    private const int HeadBytes = 5;
    private const int UsualBytes = 16 * 1024;

    // A buffer that a long row has made larger than this is given up behind it.
    private const int MostKept = 512 * 1024;

    private byte[] _buffer = new byte[UsualBytes];
    private int _start, _end;
    private Stream? _tls;

    /// <summary>What is to be sent next.</summary>
    public FrontendWriter Output { get; } = new();

    /// <summary>Whether the server had a transaction open when it last waited for a statement.</summary>
    public bool InTransaction { get; set; }

    /// <summary>Goes on under TLS.</summary>
    public void Encrypt(Stream tls) => _tls = tls;

    /// <summary>Sends what <see cref="Output"/> holds.</summary>
    public ValueTask SendAsync()
    {
        var waiting = Output.Waiting;
        if (_tls is not null) return SendEncryptedAsync(waiting);
        var pending = socket.SendAsync(waiting);
        if (!pending.IsCompletedSuccessfully) return FinishSendingAsync(pending);
        Output.Clear();
        return ValueTask.CompletedTask;
    }

    /// <summary>Whether whoever waits for what comes goes on on a thread of the pool in any case; else where he has asked, be it on that of the poll.</summary>
    public bool LeavesPoll { get; set; }

    /// <summary>Waits until more has come, which <see cref="Filled"/> is to be told of: no state machine for that alone.</summary>
    /// <returns>How many bytes.</returns>
    public ValueTask<int> FillAsync()
    {
        MakeRoom();
        socket.LeavesPoll = LeavesPoll || !SharedThread.IsHere;
        return _tls is null ? socket.ReceiveAsync(_buffer.AsMemory(_end)) : _tls.ReadAsync(_buffer.AsMemory(_end));
    }

    /// <summary>So many bytes have come. <see cref="IOException"/> where the server has gone.</summary>
    public void Filled(int bytes)
    {
        if (bytes <= 0) throw new IOException("the server has closed the connection");
        _end += bytes;
    }

    /// <summary>Takes the next message; false if it is not here whole. Errors: QUERY_ERROR (08P01) for a length that is none.</summary>
    /// <param name="type">Its first byte.</param>
    /// <param name="message">The whole message, from that byte on; valid until <see cref="FillAsync"/>.</param>
    public bool TryTake(out BackendMessage type, out ReadOnlySpan<byte> message)
    {
        type = default;
        message = default;
        if (_end - _start < HeadBytes) return false;
        var length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start + 1));
        if (length < 4) throw WireErrors.Malformed("invalid length of a server's message");
        if (_end - _start < 1L + length) return false;
        type = (BackendMessage)_buffer[_start];
        message = _buffer.AsSpan(_start, 1 + length);
        _start += message.Length;
        return true;
    }

    /// <summary>What has come and is not taken, from the next message on.</summary>
    public ReadOnlySpan<byte> Ahead => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Takes whole messages.</summary>
    /// <param name="bytes">How long they are together.</param>
    public void Skip(int bytes) => _start += bytes;

    /// <summary>The body of a message.</summary>
    public static ReadOnlySpan<byte> BodyOf(ReadOnlySpan<byte> message) => message[HeadBytes..];

    /// <summary>One byte outside of messages: the answer to the question for TLS.</summary>
    public byte TakeByte() => _buffer[_start++];

    /// <summary>Whether something has come that is not taken.</summary>
    public bool HasMore => _end > _start;

    /// <summary>Ends it now: whoever waits for it fails.</summary>
    public void Abort() => socket.Dispose();

    /// <summary>Says good-bye, and ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            Output.Clear();
            Output.Bare(FrontendMessage.Terminate);
            await SendAsync();
            if (_tls is not null) await _tls.DisposeAsync();
        }
        catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It was gone already.
        }

        socket.Dispose();
    }

    private async ValueTask SendEncryptedAsync(ReadOnlyMemory<byte> waiting)
    {
        await _tls!.WriteAsync(waiting);
        await _tls.FlushAsync();
        Output.Clear();
    }

    private async ValueTask FinishSendingAsync(ValueTask pending)
    {
        await pending;
        Output.Clear();
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
            if (_buffer.Length > MostKept) _buffer = new byte[UsualBytes];
            return;
        }

        var waiting = _end - _start;
        var needed = waiting < HeadBytes ? HeadBytes : 1L + BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start + 1));
        if (needed > Array.MaxLength) throw WireErrors.Malformed("a message of the server is longer than any can be");
        if (_start + needed <= _buffer.Length && _end < _buffer.Length) return;
        var larger = needed <= _buffer.Length ? _buffer : new byte[Math.Max(needed, UsualBytes)];
        _buffer.AsSpan(_start, waiting).CopyTo(larger);
        (_buffer, _start, _end) = (larger, 0, waiting);
    }
}
