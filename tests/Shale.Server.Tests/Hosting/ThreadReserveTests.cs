using Shale.Server.Tests.Support;

namespace Shale.Server.Tests.Hosting;

public class ThreadReserveTests
{
    [Fact]
    public void Given_WhileStatementsKeepThreads_AsManyAndNoneAfterwards()
    {
        var gate = new FakeGate();
        using var reserve = new ThreadReserve(gate);
        gate.Kept = 3;
        Become(reserve, 3);
        gate.Kept = 1_000_000;
        Become(reserve, 64);
        ThreadPool.GetMinThreads(out var threads, out _);
        Assert.True(threads >= Environment.ProcessorCount + 64, $"{threads} threads");
        gate.Kept = 0;
        Become(reserve, 0);
    }

    [Fact]
    public void Dispose_WithThreadsGiven_TakesThemBack()
    {
        var gate = new FakeGate { Kept = 5 };
        var reserve = new ThreadReserve(gate);
        Become(reserve, 5);
        reserve.Dispose();
        Assert.Equal(0, reserve.Given);
    }

    private static void Become(ThreadReserve reserve, int threads) =>
        Assert.True(SpinWait.SpinUntil(() => reserve.Given == threads, TimeSpan.FromSeconds(30)), $"{reserve.Given} in place of {threads}");
}
