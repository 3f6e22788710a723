using Shale.PageLog;

namespace Shale.Simulation;

/// <summary>A power failure at every call of a restore: what it leaves is a whole log, or is not taken for one.</summary>
public sealed class LogRestoreCrashTests
{
    private static readonly PageStoreOptions Small = new() { SegmentBytesMin = 8 << 10, SegmentBytesMax = 16 << 10, MaintainsItself = false, Clock = new SettableTime(DateTimeOffset.UnixEpoch.AddYears(50)) };

    [Theory]
    [InlineData(null)]
    [InlineData(7)]
    public void Restore_PowerFailsAtEveryCall_LeavesAWholeLogOrNone(int? lsn)
    {
        var point = lsn is { } at ? LogPoint.Of(new Lsn(at)) : null;
        var backups = BackupOf(20);
        var undisturbed = new SimulatedDisk(1);
        Restore(backups, undisturbed, point);
        Assert.True(undisturbed.Calls > 20);
        var (whole, refused) = (0, 0);
        for (var run = 0; run < undisturbed.Calls * 4; run++)
        {
            var disk = new SimulatedDisk(run) { FailsAt = (run / 4) + 1 };
            Assert.Throws<PowerFailure>(() => Restore(backups, disk, point));
            disk.PowerOn();

            // Before the first sync there is nothing yet.
            if (disk.List().Count == 0) continue;
            if (disk.List().Contains("restoring"))
            {
                Assert.Equal("55000", Assert.Throws<VitessException>(() => PageStore.Open(disk, Small)).SqlState);
                refused++;
                continue;
            }

            using var store = PageStore.Open(disk, Small);
            Compare(store, lsn ?? 20);
            whole++;
        }

        Assert.True(whole > 0 && refused > 10, $"{whole} whole, {refused} refused");
    }

    private static void Restore(SimulatedDisk backups, SimulatedDisk disk, LogPoint? point)
    {
        using var backup = LogBackup.Open(backups.Copy());
        backup.Restore(disk, point, Small);
    }

    // Of two backups, one after the other, so that there are files in pieces.
    private static SimulatedDisk BackupOf(int commits)
    {
        var backups = new SimulatedDisk(1);
        using var store = PageStore.Open(new SimulatedDisk(2), Small);
        using var writer = store.OpenWriter("main");
        for (var i = 1; i <= commits; i++)
        {
            writer.Write(1, Page(i));
            writer.Prepare(default);
            store.WaitDurable(writer.Publish());
            if (i == commits / 2) store.Checkpoint();
            if (i == commits / 2) store.Backup(backups);
        }

        store.Backup(backups);
        return backups;
    }

    private static void Compare(PageStore store, int head)
    {
        Span<byte> page = stackalloc byte[PageFormat.PageSize];
        for (var lsn = 1; lsn <= 20; lsn++)
        {
            using var reader = store.OpenReader("main", new Lsn(lsn));
            reader.Read(1, 0, page);
            Assert.True(page.SequenceEqual(Page(lsn)), $"LSN {lsn} is another one");
        }

        using var newest = store.OpenReader("main");
        newest.Pin();
        newest.Read(1, 0, page);
        Assert.True(page.SequenceEqual(Page(head)), "the head is another one");
    }

    private static byte[] Page(int seed)
    {
        var page = new byte[PageFormat.PageSize];
        new Random(seed).NextBytes(page);
        return page;
    }
}
