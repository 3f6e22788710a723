using Shale.PageLog;

namespace Shale.Simulation;

/// <summary>Disks that are full, fail to sync, or change bits.</summary>
public sealed class LogDiskFaultTests
{
    private static readonly PageStoreOptions Small = new() { SegmentBytesMin = 16 << 10, SegmentBytesMax = 16 << 10, MaintainsItself = false };

    [Fact]
    [Trait("Rule", "S5.8")]
    public void Prepare_DiskIsFull_IsACleanRollback()
    {
        var disk = new SimulatedDisk(1) { Capacity = 20 << 10 };
        using var store = PageStore.Open(disk, Small);
        using var writer = store.OpenWriter("main");
        var random = new Random(1);
        var last = Lsn.Zero;
        VitessException? full = null;
        while (full is null)
        {
            Put(writer, random);
            full = Record.Exception(() => writer.Prepare(default)) as VitessException;
            if (full is null) last = writer.Publish();
        }

        Assert.Equal("53100", full.SqlState);
        writer.Discard();
        Assert.Equal(last, store.LastLsn);
        disk.Capacity = long.MaxValue;
        Put(writer, random);
        writer.Prepare(default);
        Assert.Equal(last.Next, writer.Publish());
        store.WaitDurable(last.Next);
    }

    [Fact]
    [Trait("Rule", "S5.8")]
    public void WaitDurable_SyncFails_StopsTheLog()
    {
        var disk = new SimulatedDisk(1);
        var store = PageStore.Open(disk, Small);
        var writer = store.OpenWriter("main");
        var random = new Random(1);
        Commit(store, writer, random);
        Put(writer, random);
        writer.Prepare(default);
        var lost = writer.Publish();
        disk.NextSyncFails = true;

        Assert.Equal("58030", Assert.Throws<VitessException>(() => store.WaitDurable(lost)).SqlState);
        Assert.Equal("58030", Assert.Throws<VitessException>(() => store.WaitDurable(lost)).SqlState);
        Put(writer, random);
        Assert.Throws<VitessException>(() => writer.Prepare(default));
        Assert.Equal(new Lsn(1), store.DurableLsn);
        disk.PowerOn();
        using var again = PageStore.Open(disk, Small);
        Assert.Equal(new Lsn(1), again.LastLsn);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Open_AnyBitFlipped_IsAnErrorOrCutsOffWhatNobodyWasPromised(bool closed)
    {
        var disk = new SimulatedDisk(1);
        var random = new Random(1);
        var versions = Fill(disk, random, closed);
        var names = disk.List().Where(name => name != "lock").ToList();
        var refused = 0;
        for (var flip = 0; flip < 200; flip++)
        {
            var name = names[random.Next(names.Count)];
            var (offset, bit) = (random.Next(disk.BytesOf(name).Length), random.Next(8));
            var damaged = disk.Copy();
            damaged.FlipBit(name, offset, bit);
            try
            {
                using var store = PageStore.Open(damaged, Small);

                // The last commit alone may have been one that nobody was told of.
                Assert.True(store.LastLsn >= new Lsn(39), $"the log ends at {store.LastLsn} after bit {bit} of byte {offset} of {name} was flipped");
                Compare(store, versions, $"bit {bit} of byte {offset} of {name}");
            }
            catch (VitessException exception)
            {
                Assert.True(exception.SqlState is "XX001" or "0A000", exception.SqlState);
                refused++;
            }
        }

        Assert.True(refused > 50, $"only {refused} of 200 flipped bits were noticed");
    }

    // The content of each version, from LSN 1 on.
    private static List<byte[][]> Fill(SimulatedDisk disk, Random random, bool closed)
    {
        var store = PageStore.Open(disk, Small);
        using var writer = store.OpenWriter("main");
        for (var i = 0; i < 40; i++) Commit(store, writer, random);
        var versions = Enumerable.Range(1, 40).Select(lsn => Content(store, new Lsn(lsn))).ToList();
        if (closed) store.Dispose();
        else disk.PowerOn();
        return versions;
    }

    private static void Compare(PageStore store, List<byte[][]> versions, string flipped)
    {
        for (var lsn = new Lsn(1); lsn <= store.LastLsn; lsn = lsn.Next)
        {
            var content = Content(store, lsn);
            var expected = versions[(int)lsn.Value - 1];
            Assert.True(content.Length == expected.Length && content.Zip(expected).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)), $"LSN {lsn} is another one after {flipped} was flipped");
        }
    }

    private static byte[][] Content(PageStore store, Lsn lsn)
    {
        using var reader = store.OpenReader("main", lsn);
        var pages = new byte[reader.PageCount][];
        for (var i = 0; i < pages.Length; i++)
        {
            pages[i] = new byte[PageFormat.PageSize];
            reader.Read((uint)i + 1, 0, pages[i]);
        }

        return pages;
    }

    private static void Commit(PageStore store, IPageWriter writer, Random random)
    {
        Put(writer, random);
        writer.Prepare(default);
        store.WaitDurable(writer.Publish());
    }

    private static void Put(IPageWriter writer, Random random)
    {
        var page = new byte[PageFormat.PageSize];
        random.NextBytes(page);
        writer.Write((uint)random.Next(1, 5), page);
    }
}
