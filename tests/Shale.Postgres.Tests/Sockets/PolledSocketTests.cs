using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Shale.Postgres.Sockets;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Sockets;

/// <summary>Sockets that a poll waits for, beside sockets as .NET has them.</summary>
public sealed class PolledSocketTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Bytes_OfAnyLengthInAnyPieces_ComeWholeAndInOrder()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 30; round++)
        {
            var (polled, other) = await PairAsync();
            using var ends = other;
            using var socket = polled;
            socket.LeavesPoll = random.Next(2) == 0;
            var sent = new byte[random.Next(1, 3_000_000)];
            random.NextBytes(sent);
            var pieces = new Random(seed + round);
            var sending = Task.Run(async () =>
            {
                for (var at = 0; at < sent.Length;) at += await other.SendAsync(sent.AsMemory(at, Math.Min(pieces.Next(1, 100_000), sent.Length - at)));
                other.Shutdown(SocketShutdown.Send);
            });
            var echoed = new MemoryStream();
            var echoing = EchoAsync(socket, random.Next(1, 70_000));
            var buffer = new byte[random.Next(1, 70_000)];
            for (int read; (read = await other.ReceiveAsync(buffer).WaitAsync(Limit)) > 0;) echoed.Write(buffer, 0, read);
            await sending.WaitAsync(Limit);
            await echoing.WaitAsync(Limit);
            Assert.True(echoed.ToArray().AsSpan().SequenceEqual(sent), $"SHALE_SEED={seed} ./test Postgres --filter {nameof(Bytes_OfAnyLengthInAnyPieces_ComeWholeAndInOrder)}: round {round}");
        }
    }

    [Fact]
    public async Task Add_OfWhatIsNoSocket_KeepsNoPlaceForIt()
    {
        if (!OperatingSystem.IsLinux()) return;
        const int Tries = 2_000;
        var (polled, other) = await PairAsync();
        using var ends = other;
        using var socket = polled;
        var poll = SocketPoll.Any();
        var own = socket.Ticket;
        for (var i = 0; i < Tries; i++) Assert.Throws<System.ComponentModel.Win32Exception>(() => poll.Add(socket, -1));
        Assert.InRange(socket.Ticket & int.MaxValue, 0, Tries - 1);
        socket.Ticket = own;
    }

    [Fact]
    public async Task Sending_ToSomebodyWhoDoesNotRead_Waits()
    {
        var (polled, other) = await PairAsync();
        using var socket = polled;
        var sending = socket.SendAsync(new byte[64 << 20]).AsTask();
        Assert.False(sending.IsCompleted);
        var taken = await TakeAllAsync(other, 64 << 20);
        await sending.WaitAsync(Limit);
        Assert.Equal(64 << 20, taken);
    }

    [Fact]
    public async Task Sending_IsCancelled_WhileNobodyReads()
    {
        var (polled, other) = await PairAsync();
        using var ends = other;
        using var socket = polled;
        using var cancellation = new CancellationTokenSource();
        var sending = socket.SendAsync(new byte[64 << 20], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(Limit));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhoWaits_GoesOnOnThePollOrLeavesIt(bool leaves)
    {
        var (polled, other) = await PairAsync();
        using var ends = other;
        using var socket = polled;
        socket.LeavesPoll = leaves;
        var threads = ThreadsAsync();
        await other.SendAsync(new byte[1]);
        Assert.Equal(leaves, await threads.WaitAsync(Limit));

        async Task<bool> ThreadsAsync()
        {
            Assert.Equal(1, await socket.ReceiveAsync(new byte[8]).ConfigureAwait(false));
            return Thread.CurrentThread.IsThreadPoolThread;
        }
    }

    [Fact]
    public async Task WhoAlwaysHasMore_LeavesThePollToOthers()
    {
        var (polled, other) = await PairAsync();
        using var ends = other;
        using var socket = polled;
        socket.LeavesPoll = false;
        var left = LeftAsync();
        await other.SendAsync(new byte[64 * 1024]);
        Assert.True(await left.WaitAsync(Limit));

        async Task<bool> LeftAsync()
        {
            for (var read = 0; read < 64 * 1024;)
            {
                read += await socket.ReceiveAsync(new byte[100]).ConfigureAwait(false);
                if (Thread.CurrentThread.IsThreadPoolThread) return true;
            }

            return false;
        }
    }

    [Fact]
    public async Task WhoHasGone_IsToldOf_BehindWhatWasSent()
    {
        var (polled, other) = await PairAsync();
        using var socket = polled;
        var gone = new TaskCompletionSource();
        socket.WhenGone(gone.SetResult);
        await other.SendAsync(new byte[5]);
        other.Dispose();
        await gone.Task.WaitAsync(Limit);
        Assert.Equal(5, await socket.ReceiveAsync(new byte[5]));
        Assert.Equal(0, await socket.ReceiveAsync(new byte[5]));
        Assert.Equal(0, await socket.ReceiveAsync(new byte[5]));
        var late = new TaskCompletionSource();
        socket.WhenGone(late.SetResult);
        await late.Task.WaitAsync(Limit);
    }

    [Fact]
    public async Task WhoAborts_LetsTheReceiverFail()
    {
        var (polled, other) = await PairAsync();
        using var socket = polled;
        var receiving = socket.ReceiveAsync(new byte[5]).AsTask();
        other.LingerState = new LingerOption(true, 0);
        other.Dispose();
        await Assert.ThrowsAsync<SocketException>(() => receiving.WaitAsync(Limit));
        await Assert.ThrowsAsync<SocketException>(async () => await socket.SendAsync(new byte[5]));
    }

    [Fact]
    public async Task Receiving_IsCancelled_WhileItWaitsOrBefore()
    {
        var (polled, other) = await PairAsync();
        using var ends = other;
        using var socket = polled;
        var receiving = socket.ReceiveAsync(new byte[5]).AsTask();
        socket.CancelReceive();
        Assert.Equal(PolledSocket.Cancelled, await receiving.WaitAsync(Limit));
        socket.CancelReceiveOrNext();
        Assert.Equal(PolledSocket.Cancelled, await socket.ReceiveAsync(new byte[5]));
        await other.SendAsync(new byte[3]);
        socket.CancelReceive();
        Assert.Equal(3, await socket.ReceiveAsync(new byte[5]).AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task Mark_IsOfWhatHasCome_UntilItIsAnswered()
    {
        var (polled, other) = await PairAsync();
        using var ends = other;
        using var socket = polled;
        socket.MarkUnanswered();
        Assert.False(socket.TakeMark());
        await other.SendAsync(new byte[3]);
        await ComeAsync(socket);
        Assert.Equal(3, await socket.ReceiveAsync(new byte[5]));
        socket.MarkUnanswered();
        Assert.True(socket.TakeMark());
        Assert.False(socket.TakeMark());
        socket.MarkUnanswered();
        socket.Answered();
        Assert.False(socket.TakeMark());
        socket.MarkUnanswered();
        Assert.False(socket.TakeMark());
    }

    [Fact]
    public async Task Mark_IsGone_WhereTheReceiverWaitsForMore()
    {
        var (polled, other) = await PairAsync();
        using var ends = other;
        using var socket = polled;
        await other.SendAsync(new byte[3]);
        await ComeAsync(socket);
        Assert.Equal(3, await socket.ReceiveAsync(new byte[5]));
        socket.MarkUnanswered();
        var receiving = socket.ReceiveAsync(new byte[5]).AsTask();
        Assert.False(socket.TakeMark());
        socket.MarkUnanswered();
        Assert.False(socket.TakeMark());
        await other.SendAsync(new byte[1]);
        Assert.Equal(1, await receiving.WaitAsync(Limit));
    }

    [Fact]
    public async Task Mark_IsOfBytesThatThePollHasNotToldOf()
    {
        var (polled, other) = await PairAsync();
        using var ends = other;
        using var socket = polled;
        await using var held = await HeldPolls.HoldAsync();
        var waiting = socket.ReceiveAsync(new byte[5]).AsTask();
        socket.CancelReceive();
        Assert.Equal(PolledSocket.Cancelled, await waiting.WaitAsync(Limit));
        await other.SendAsync(new byte[3]);
        await ComeAsync(socket);
        socket.MarkUnanswered();
        Assert.Equal(3, await socket.ReceiveAsync(new byte[5]));
        Assert.True(socket.TakeMark());
    }

    [Fact]
    public async Task Disposing_EndsWhoeverWaits()
    {
        var (polled, other) = await PairAsync();
        using var ends = other;
        var receiving = polled.ReceiveAsync(new byte[5]).AsTask();
        var sending = polled.SendAsync(new byte[64 << 20]).AsTask();
        polled.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => receiving.WaitAsync(Limit));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => sending.WaitAsync(Limit));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => polled.ReceiveAsync(new byte[5]).AsTask());
    }

    [Fact]
    public async Task Closing_LeavesWhatWasSent_ThoughSomethingLiesUnread()
    {
        var (polled, other) = await PairAsync();
        await other.SendAsync(new byte[10_000]);
        await polled.SendAsync(new byte[7]);
        polled.Close();
        Assert.Equal(7, await TakeAllAsync(other, 7));
    }

    [Fact]
    public async Task ManySockets_ComeAndGo_AndNoneHearsOfAnother()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var round = 0; round < 100; round++)
            {
                var (polled, other) = await PairAsync();
                using var socket = polled;
                using var ends = other;
                var question = RandomNumberGenerator.GetBytes(16);
                var receiving = socket.ReceiveAsync(new byte[64]).AsTask();
                if (round % 3 == 0)
                {
                    socket.Dispose();
                    await Assert.ThrowsAsync<ObjectDisposedException>(() => receiving.WaitAsync(Limit));
                    continue;
                }

                await other.SendAsync(question);
                Assert.Equal(question.Length, await receiving.WaitAsync(Limit));
            }
        }));
    }

    // Marks nothing until bytes lie there that nobody has received.
    private static async Task ComeAsync(PolledSocket socket)
    {
        for (var limit = Stopwatch.StartNew(); limit.Elapsed < Limit; await Task.Yield())
        {
            socket.MarkUnanswered();
            if (socket.TakeMark()) return;
        }

        Assert.Fail("what was sent did not come");
    }

    private static async Task EchoAsync(PolledSocket socket, int piece)
    {
        var buffer = new byte[piece];
        for (int read; (read = await socket.ReceiveAsync(buffer)) > 0;) await socket.SendAsync(buffer.AsMemory(0, read));
        socket.Close();
    }

    private static async Task<int> TakeAllAsync(Socket from, int most)
    {
        using var ends = from;
        var buffer = new byte[1 << 20];
        var taken = 0;
        while (taken < most && await from.ReceiveAsync(buffer).WaitAsync(Limit) is var read and > 0) taken += read;
        return taken;
    }

    internal static async Task<(PolledSocket Polled, Socket Other)> PairAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await other.ConnectAsync(listener.LocalEndPoint!);
        return (new PolledSocket(await listener.AcceptAsync()), other);
    }
}
