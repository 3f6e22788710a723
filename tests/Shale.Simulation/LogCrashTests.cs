using Shale.PageLog;

namespace Shale.Simulation;

/// <summary>A power failure at every write, sync, creation and deletion of a log's life.</summary>
public sealed class LogCrashTests
{
    private const int Steps = 60;
    private static readonly PageStoreOptions Small = new() { SegmentBytesMin = 8 << 10, SegmentBytesMax = 32 << 10, CacheBytes = 64 << 10, MaintainsItself = false, TransactionBytes = 8 << 10 };

    [Fact]
    public void Crash_AtEveryCall_KeepsWhatWasAcknowledged()
    {
        var seed = Seeds.Default;
        var calls = CallsOf(seed);
        for (var failsAt = 1; failsAt <= calls; failsAt++) Crash(seed, failsAt);
    }

    [Fact]
    public void Crash_AgainAndAgain_KeepsWhatWasAcknowledged()
    {
        for (var round = 0; round < 20; round++)
        {
            var seed = Seeds.Default + round;
            var random = new Random(seed);
            var disk = new SimulatedDisk(seed);
            var scenario = new LogScenario(seed, disk, Small);
            for (var crash = 0; crash < 6; crash++) RunToCrash(scenario, disk, seed, random.Next(1, 60));
        }
    }

    private static int CallsOf(int seed)
    {
        var disk = new SimulatedDisk(seed);
        var scenario = new LogScenario(seed, disk, Small);
        Live(scenario);
        scenario.CompareAll();
        scenario.Close();
        Assert.True(scenario.Last.Value > 50, "the scenario commits too little to say anything");
        Assert.True(scenario.Compactions > 0, "the scenario compacts nothing");
        Assert.True(scenario.Backups > 2, "the scenario takes too few backups");
        Assert.True(scenario.Refusals > 0, "the disk is never full");
        return disk.Calls;
    }

    private static void Live(LogScenario scenario)
    {
        scenario.Run(Steps);
        scenario.Age();
        scenario.FillDisk();
        scenario.Run(Steps / 4);
        scenario.Age();
    }

    private static void Crash(int seed, int failsAt)
    {
        var disk = new SimulatedDisk(seed + failsAt) { FailsAt = failsAt };
        LogScenario? scenario = null;
        try
        {
            scenario = new LogScenario(seed, disk, Small);
            Live(scenario);
            scenario.Close();
        }
        catch (PowerFailure)
        {
            Recover(scenario ?? Again(seed, disk), seed, failsAt);
        }
    }

    private static LogScenario Again(int seed, SimulatedDisk disk)
    {
        disk.PowerOn();
        return new LogScenario(seed, disk, Small);
    }

    private static void RunToCrash(LogScenario scenario, SimulatedDisk disk, int seed, int calls)
    {
        try
        {
            disk.FailsAt = disk.Calls + calls;
            scenario.Run(int.MaxValue);
        }
        catch (PowerFailure)
        {
            Recover(scenario, seed, calls);
        }
    }

    private static void Recover(LogScenario scenario, int seed, int failsAt)
    {
        try
        {
            scenario.Recover();
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"seed {seed}, the power failed at call {failsAt}: {exception.Message}. Replay: SHALE_SEED={seed} ./test Simulation --filter LogCrashTests", exception);
        }
    }
}
