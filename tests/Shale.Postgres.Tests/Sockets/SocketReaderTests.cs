using System.Net.Sockets;
using Shale.Server;

namespace Shale.Postgres.Tests.Sockets;

public sealed class SocketReaderTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_AfterTheConnectionHasFailed_FailsAndGivesNothingTwice(bool isReset)
    {
        if (!OperatingSystem.IsLinux()) return;
        var (polled, other) = await PolledSocketTests.PairAsync();
        using var socket = polled;
        using var client = other;
        var reader = new SocketReader(socket);
        var waiting = reader.ReadAsync();
        await client.SendAsync("INSERT"u8.ToArray());
        var read = await waiting.AsTask().WaitAsync(Limit);
        Assert.Equal(6, read.Buffer.Length);
        reader.AdvanceTo(read.Buffer.End);

        await FailAsync();

        await Assert.ThrowsAsync<IOException>(async () => await reader.ReadAsync().AsTask().WaitAsync(Limit));

        async Task FailAsync()
        {
            if (!isReset)
            {
                socket.Dispose();
                return;
            }

            var gone = new TaskCompletionSource();
            socket.WhenGone(gone.SetResult);
            client.LingerState = new LingerOption(true, 0);
            client.Close();
            await gone.Task.WaitAsync(Limit);
        }
    }
}
