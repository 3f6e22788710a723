using System.ComponentModel;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Shale.Postgres.Sockets;

namespace Shale.Server;

/// <summary>A client's connection: what comes, what goes, and whether the client is still there. Thread-safe but for its two ways.</summary>
internal sealed class SocketConnection : IDuplexPipe, IDisposable
{
    private readonly PolledSocket _socket;
    private readonly SocketReader _input;
    private readonly CancellationTokenSource _closed = new();

    private SocketConnection(Socket socket)
    {
        socket.NoDelay = true;
        Remote = socket.RemoteEndPoint;
        _socket = new PolledSocket(socket) { LeavesPoll = false };
        (_input, Output) = (new SocketReader(_socket), new SocketWriter(_socket));
        _socket.WhenGone(_closed.Cancel);
    }

    /// <summary>Of a socket that was accepted; null where its client has gone already, or the system has no room for one more.</summary>
    public static SocketConnection? Of(Socket socket)
    {
        try
        {
            return new SocketConnection(socket);
        }
        catch (Exception failure) when (failure is Win32Exception or ObjectDisposedException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>What comes; its reader goes on on the thread that takes bytes in.</summary>
    public PipeReader Input => _input;

    /// <summary>What goes.</summary>
    public PipeWriter Output { get; }

    /// <summary>The client's address.</summary>
    public EndPoint? Remote { get; }

    /// <summary>The connection's name in logs.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N")[..12];

    /// <summary>Cancelled when the client has gone, or <see cref="Abort"/> was called.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>What was read is answered.</summary>
    public void Answered()
    {
        if (_input.IsEmpty) _socket.Answered();
    }

    /// <summary>Marks the message that has come and is not answered yet, if there is one; it may not have been read.</summary>
    public void MarkUnanswered() => _socket.MarkUnanswered();

    /// <summary>Whether there is a mark; there is none any more.</summary>
    public bool TakeMark() => _socket.TakeMark();

    /// <summary>Ends it without a word.</summary>
    public void Abort()
    {
        _socket.Dispose();
        ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
    }

    /// <summary>Ends it; the client gets what was sent.</summary>
    public void Dispose() => _socket.Close();
}
