using System.Net;
using System.Net.Sockets;
using Shale.Postgres.Sockets;

namespace Shale.Postgres.Tests.Support;

/// <summary>Keeps every thread that waits for sockets from its work: what is sent meanwhile is not taken in by them.</summary>
internal sealed class HeldPolls : IAsyncDisposable
{
    private readonly ManualResetEventSlim _end = new();
    private readonly List<IDisposable> _sockets = [];
    private readonly List<Task> _held = [];

    private HeldPolls()
    {
    }

    /// <summary>Holds them until it is disposed.</summary>
    public static async Task<HeldPolls> HoldAsync()
    {
        var polls = new HeldPolls();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var threads = new HashSet<int>();
        while (threads.Count < SocketPoll.Count)
        {
            var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await other.ConnectAsync(listener.LocalEndPoint!);
            var socket = new PolledSocket(await listener.AcceptAsync()) { LeavesPoll = false };
            polls._sockets.AddRange([socket, other]);
            var holds = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            polls._held.Add(HeldAsync(socket, holds));
            await other.SendAsync(new byte[1]);

            // A socket of a poll that is held already holds nothing.
            await Task.WhenAny(holds.Task, Task.Delay(TimeSpan.FromMilliseconds(100)));
        }

        return polls;

        async Task HeldAsync(PolledSocket socket, TaskCompletionSource holds)
        {
            await socket.ReceiveAsync(new byte[1]).ConfigureAwait(false);
            lock (threads) threads.Add(Environment.CurrentManagedThreadId);
            holds.SetResult();
            polls._end.Wait();
        }
    }

    /// <summary>They go on.</summary>
    public async ValueTask DisposeAsync()
    {
        _end.Set();
        await Task.WhenAll(_held);
        foreach (var socket in _sockets) socket.Dispose();
        _end.Dispose();
    }
}
