using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Shale.Postgres.Sockets;

/// <summary>Linux's epoll(7), edge-triggered: a socket is told of once for each time that something happens to it.</summary>
internal sealed unsafe partial class Epoll
{
    /// <summary>Something can be read.</summary>
    public const uint In = 0x001;

    /// <summary>There is room again for what is to be sent.</summary>
    public const uint Out = 0x004;

    /// <summary>The other side sends no more, has gone, or the connection has failed.</summary>
    public const uint Gone = 0x008 | 0x010 | 0x2000;

    private const uint EdgeTriggered = 1u << 31;
    private const int CloseOnExec = 0x80000;
    private const int Interrupted = 4;
    private const int MostEvents = 128;

    // struct epoll_event: 32 bits of events and 64 of data, which only x86 packs.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;
    private static readonly int EventBytes = DataOffset + 8;

    private readonly byte[] _events = GC.AllocateArray<byte>(MostEvents * EventBytes, pinned: true);
    private readonly int _descriptor = Checked(Create(CloseOnExec));

    /// <summary>Watches a socket. Errors: <see cref="Win32Exception"/>.</summary>
    /// <param name="socket">Its descriptor; closing it ends the watch.</param>
    /// <param name="data">By which <see cref="Wait"/> names it.</param>
    /// <param name="sends">Whether to tell also of room for what is to be sent.</param>
    /// <param name="again">Whether it is watched already.</param>
    public void Watch(int socket, long data, bool sends, bool again)
    {
        Span<byte> watched = stackalloc byte[EventBytes];
        Write(watched, In | 0x2000 | EdgeTriggered | (sends ? Out : 0), data);
        fixed (byte* at = watched) Checked(Control(_descriptor, again ? 3 : 1, socket, at));
    }

    /// <summary>Waits until something has happened.</summary>
    /// <returns>To how many sockets; <see cref="Event"/> tells of each.</returns>
    public int Wait() => Take(milliseconds: -1);

    /// <summary>To how many sockets something has happened already.</summary>
    public int Look() => Take(milliseconds: 0);

    private int Take(int milliseconds)
    {
        while (true)
        {
            fixed (byte* at = _events)
            {
                var count = WaitFor(_descriptor, at, MostEvents, milliseconds);
                if (count >= 0) return count;
            }

            if (Marshal.GetLastPInvokeError() != Interrupted) throw new Win32Exception();
        }
    }

    /// <summary>One of those that <see cref="Wait"/> has told of.</summary>
    public (uint Events, long Data) Event(int index)
    {
        var one = _events.AsSpan(index * EventBytes, EventBytes);
        return (MemoryMarshal.Read<uint>(one), MemoryMarshal.Read<long>(one[DataOffset..]));
    }

    private static void Write(Span<byte> to, uint events, long data)
    {
        to.Clear();
        MemoryMarshal.Write(to, events);
        MemoryMarshal.Write(to[DataOffset..], data);
    }

    private static int Checked(int result) => result >= 0 ? result : throw new Win32Exception();

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(int epoll, int operation, int socket, byte* watched);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int WaitFor(int epoll, byte* events, int most, int milliseconds);
}
