using Shale.PageLog;

namespace Shale.Simulation;

/// <summary>Moments of a log's life that have once gone wrong, each by itself.</summary>
public sealed class LogMomentTests
{
    private static readonly PageStoreOptions Small = new() { SegmentBytesMin = 8 << 10, SegmentBytesMax = 8 << 10, MaintainsItself = false };

    [Fact]
    public void Prepare_OthersGoOnToTheNextSegmentWhileItGrows_LosesNothing()
    {
        var disk = new SimulatedDisk(1);
        using (var store = PageStore.Open(disk, Small))
        {
            store.CreateBranch("b", "main");
            using var first = store.OpenWriter("main");
            using var second = store.OpenWriter("b");
            Commit(store, first, 1, 3000);

            // This one fits only into the next segment, which is there; the other one does not fit beside it, so that the segment must grow, and while it does the first one uses it.
            first.Write(1, Page(2));
            first.Prepare(new CommitContent { RowChanges = new byte[4000] });
            disk.Meanwhile = _ =>
            {
                disk.Meanwhile = null;
                first.Publish();
            };
            second.Write(1, Page(3));
            second.Prepare(new CommitContent { RowChanges = new byte[6000] });
            Assert.Null(disk.Meanwhile);
            store.WaitDurable(second.Publish());
            for (byte i = 4; i < 20; i++) Commit(store, i % 2 == 0 ? first : second, i, 2000);
        }

        using var again = PageStore.Open(disk, Small);
        Assert.Equal(new Lsn(19), again.LastLsn);
        for (var lsn = 1; lsn <= 19; lsn++)
        {
            var branch = lsn <= 2 || (lsn > 3 && lsn % 2 == 0) ? "main" : "b";
            using var reader = again.OpenReader(branch, new Lsn(lsn));
            var page = new byte[PageFormat.PageSize];
            reader.Read(1, 0, page);
            Assert.True(page.AsSpan().SequenceEqual(Page((byte)lsn)), $"LSN {lsn} is another one");
        }
    }

    [Fact]
    public void Compact_SnapshotIsTakenMeanwhileAndThePowerFails_KeepsTheSnapshot()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var disk = new SimulatedDisk(seed);
            var clock = new SettableTime(DateTimeOffset.UnixEpoch.AddYears(50));
            var options = Small with { Clock = clock, Retention = TimeSpan.FromMinutes(1) };
            var store = PageStore.Open(disk, options);
            using var writer = store.OpenWriter("main");
            for (byte i = 1; i < 10; i++) Commit(store, writer, i, 2000);
            store.Checkpoint();
            clock.Now += TimeSpan.FromMinutes(5);
            disk.Meanwhile = name =>
            {
                if (!name.StartsWith("compacted", StringComparison.Ordinal)) return;
                disk.Meanwhile = null;
                store.CreateSnapshot("kept", "main", new Lsn(2));
            };
            Assert.False(store.Compact());
            disk.PowerOn();
            using var again = PageStore.Open(disk, options);
            using var reader = again.OpenSnapshot("kept");
            var page = new byte[PageFormat.PageSize];
            reader.Read(1, 0, page);
            Assert.True(page.AsSpan().SequenceEqual(Page(2)), $"seed {seed}: the snapshot is another one");
        }
    }

    [Fact]
    public void Compact_BranchBeginsMeanwhile_IsDoneAndTheBranchReads()
    {
        var disk = new SimulatedDisk(1);
        var clock = new SettableTime(DateTimeOffset.UnixEpoch.AddYears(50));
        using var store = PageStore.Open(disk, Small with { Clock = clock, Retention = TimeSpan.FromMinutes(1) });
        using var writer = store.OpenWriter("main");
        store.CreateBranch("side", "main");
        using (var side = store.OpenWriter("side")) Commit(store, side, 20, 10);
        for (byte i = 1; i < 10; i++) Commit(store, writer, i, 2000);
        store.Checkpoint();
        clock.Now += TimeSpan.FromMinutes(5);
        disk.Meanwhile = name =>
        {
            if (!name.StartsWith("compacted", StringComparison.Ordinal)) return;
            disk.Meanwhile = null;
            store.CreateBranch("b", "main");
            store.CreateBranch("c", "side");
            using var other = store.OpenWriter("b");
            Commit(store, other, 10, 10);
        };
        Assert.True(store.Compact());
        foreach (var (branch, content) in new (string, byte)[] { ("b", 10), ("c", 20), ("main", 9) })
        {
            using var reader = store.OpenReader(branch);
            reader.Pin();
            var page = new byte[PageFormat.PageSize];
            reader.Read(1, 0, page);
            Assert.True(page.AsSpan().SequenceEqual(Page(content)), $"{branch} is another one");
        }
    }

    [Theory]
    [InlineData(250 * 365)]
    [InlineData(10_675_199)]
    [Trait("Rule", "S5.7")]
    public void Compact_RetentionIsLongerThanTime_KeepsEverything(int days)
    {
        using var store = PageStore.Open(new SimulatedDisk(1), Small with { Retention = TimeSpan.FromDays(days) });
        using var writer = store.OpenWriter("main");
        for (byte i = 1; i < 10; i++) Commit(store, writer, i, 2000);
        store.Checkpoint();

        Assert.False(store.Compact());
        Assert.Equal(Lsn.Zero, store.OldestLsn);
    }

    [Fact]
    public void Crash_WithoutWaitingForTheDisk_LosesAnEndOnly()
    {
        var options = Small with { Durable = false };
        for (var failsAt = 5; failsAt < 120; failsAt++)
        {
            var disk = new SimulatedDisk(failsAt) { FailsAt = failsAt };
            try
            {
                Fill(disk, options);
            }
            catch (PowerFailure)
            {
                disk.PowerOn();
            }

            using var again = PageStore.Open(disk, options);
            var page = new byte[PageFormat.PageSize];
            for (var lsn = new Lsn(1); lsn <= again.LastLsn; lsn = lsn.Next)
            {
                using var reader = again.OpenReader("main", lsn);
                reader.Read(1, 0, page);
                Assert.True(page.AsSpan().SequenceEqual(Page((byte)lsn.Value)), $"LSN {lsn} is another one after the power failed at call {failsAt}");
            }
        }
    }

    [Fact]
    public void Pin_BranchWasDropped_IsRefused()
    {
        var disk = new SimulatedDisk(1);
        using var store = PageStore.Open(disk, Small);
        store.CreateBranch("b", "main");
        using var reader = store.OpenReader("b");
        store.DropBranch("b");
        store.CreateBranch("b", "main");

        Assert.Equal("TT_BRANCH_NOT_FOUND", Assert.Throws<VitessException>(reader.Pin).Code);
    }

    [Fact]
    public void Dispose_DiskIsFull_ClosesAndKeepsEverything()
    {
        var disk = new SimulatedDisk(1);
        var store = PageStore.Open(disk, Small);
        using var writer = store.OpenWriter("main");
        Commit(store, writer, 1, 100);
        disk.Capacity = disk.UsedBytes;
        using var reader = store.OpenReader("main", new Lsn(1));
        store.Dispose();
        Assert.Equal("57P01", Assert.Throws<VitessException>(() => store.WaitDurable(new Lsn(1))).SqlState);
        disk.Capacity = long.MaxValue;
        using var again = PageStore.Open(disk, Small);
        Assert.Equal(new Lsn(1), again.LastLsn);
    }

    [Fact]
    public void Checkpoint_NothingCameSinceALongLogWasRead_IsWritten()
    {
        var disk = new SimulatedDisk(1);
        var store = PageStore.Open(disk, Small);
        using var writer = store.OpenWriter("main");
        for (byte i = 1; i < 10; i++) Commit(store, writer, i, 2000);
        disk.PowerOn();
        using var again = PageStore.Open(disk, Small);
        Assert.True(again.BytesSinceCheckpoint > 0);
        again.Checkpoint();
        Assert.Equal(0, again.BytesSinceCheckpoint);
    }

    private static void Fill(SimulatedDisk disk, PageStoreOptions options)
    {
        using var store = PageStore.Open(disk, options);
        using var writer = store.OpenWriter("main");
        for (byte i = 1; i < 40; i++)
        {
            Commit(store, writer, i, 1500);
            if (i % 7 == 0) store.Checkpoint();
        }
    }

    private static void Commit(PageStore store, IPageWriter writer, byte content, int rowBytes)
    {
        writer.Write(1, Page(content));
        writer.Prepare(new CommitContent { RowChanges = new byte[rowBytes] });
        store.WaitDurable(writer.Publish());
    }

    private static byte[] Page(byte content)
    {
        var page = new byte[PageFormat.PageSize];
        new Random(content).NextBytes(page);
        return page;
    }
}
