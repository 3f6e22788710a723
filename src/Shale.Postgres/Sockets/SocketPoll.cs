
using Shale.Vitess;

namespace Shale.Postgres.Sockets;

/// <summary>
/// A thread that waits for many sockets, and goes on with what waits for them. Thread-safe; there for the life of the process. What goes on there must neither wait nor compute for long: nothing else goes on
/// meanwhile.
/// </summary>
/// <remarks>
/// Hot path: the point query through the PostgreSQL door to PostgreSQL shards. .NET's own asynchronous sockets hand each message to a thread of the pool, and try to receive before they wait: half of what
/// a query cost.
/// </remarks>
internal sealed class SocketPoll
{
    // How often at most it looks for more in a round at whose end requests go together; less often if so much has come as goes together: those who have asked wait.
    private const int MostMore = 8;

    private static readonly Lazy<SocketPoll[]> All = new(() => [.. Enumerable.Range(1, Math.Max(1, Environment.ProcessorCount / 2)).Select(number => new SocketPoll(number))]);
    private static int _next;

    private readonly Epoll _epoll = new();
    private readonly PollPatience _patience = new();
    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new();
    private PolledSocket?[] _sockets = new PolledSocket?[64];
    private int _used;
    private int _registered;

    private SocketPoll(int number)
    {
        new Thread(Run) { IsBackground = true, Name = $"Shale sockets {number}" }.Start();
    }

    /// <summary>Goes on on a thread of the pool, if this one is a poll's: what follows takes long.</summary>
    public static ValueTask LeaveAsync() => SharedThread.LeaveAsync();

    /// <summary>How many there are.</summary>
    public static int Count => All.Value.Length;

    /// <summary>One of them, in turns.</summary>
    public static SocketPoll Any() => All.Value[(int)((uint)Interlocked.Increment(ref _next) % (uint)All.Value.Length)];

    /// <summary>Tells a socket from now on what happens to it.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="descriptor">Its descriptor, closed only behind <see cref="Remove"/>.</param>
    /// <returns>By which it is named. Errors: <see cref="System.ComponentModel.Win32Exception"/>; then it is as if it had never come.</returns>
    public long Add(PolledSocket socket, int descriptor)
    {
        long ticket;
        lock (_lock)
        {
            var slot = _free.TryPop(out var free) ? free : _used++;
            if (slot == _sockets.Length) Array.Resize(ref _sockets, 2 * _sockets.Length);
            ticket = ((long)++_registered << 32) | (uint)slot;
            socket.Ticket = ticket;
            Volatile.Write(ref _sockets[slot], socket);
        }

        try
        {
            _epoll.Watch(descriptor, ticket, sends: false, again: false);
            return ticket;
        }
        catch
        {
            Remove(socket);
            throw;
        }
    }

    /// <summary>Tells a socket also when there is room for what it sends, or no longer.</summary>
    public void WatchRoom(PolledSocket socket, int descriptor, bool sends) => _epoll.Watch(descriptor, socket.Ticket, sends, again: true);

    /// <summary>Tells a socket nothing any more.</summary>
    public void Remove(PolledSocket socket)
    {
        var slot = (int)(socket.Ticket & int.MaxValue);
        lock (_lock)
        {
            if (_sockets[slot] != socket) return;
            _sockets[slot] = null;
            _free.Push(slot);
        }
    }

    private void Run()
    {
        SharedThread.Begin();
        while (true)
        {
            var count = Next();
            HandOut(count);
            HandOutMore(count);
            _patience.RoundEnded(SharedThread.EndRound());
        }
    }

    private int Next()
    {
        for (var looks = 0; looks < _patience.Looks; looks++)
        {
            var count = _epoll.Look();
            if (count > 0)
            {
                _patience.Found(looks);
                return count;
            }

            Thread.Yield();
        }

        _patience.Slept();
        return _epoll.Wait();
    }

    // What has come meanwhile belongs to the round if something waits for its end; whoever is about to ask is let go on first.
    private void HandOutMore(int already)
    {
        for (var i = 0; i < MostMore && already < SharedThread.MostTogether && SharedThread.IsGathering; i++)
        {
            var count = _epoll.Look();
            if (count == 0)
            {
                Thread.Yield();
                count = _epoll.Look();
            }

            if (count == 0) return;
            HandOut(count);
            already += count;
        }
    }

    private void HandOut(int count)
    {
        for (var i = 0; i < count; i++)
        {
            SharedThread.HasMore = i < count - 1;
            var (events, ticket) = _epoll.Event(i);

            // A descriptor that was closed meanwhile may be another socket's now.
            if (Volatile.Read(ref _sockets)[(int)(ticket & int.MaxValue)] is { } socket && socket.Ticket == ticket) socket.Signal(events);
        }
    }
}
