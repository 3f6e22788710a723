using Shale.PageLog;

namespace Shale.Simulation;

/// <summary>What the verifier of logs says of logs that are well, and of damaged ones.</summary>
public sealed class LogVerifyTests
{
    private static readonly PageStoreOptions Small = new() { SegmentBytesMin = 8 << 10, SegmentBytesMax = 32 << 10, CacheBytes = 64 << 10, MaintainsItself = false };

    [Fact]
    public void Verify_ManyLives_AreWellAndUnchanged()
    {
        long records = 0;
        for (var seed = Seeds.Default; seed < Seeds.Default + 10; seed++)
        {
            var disk = Life(seed);
            var before = disk.List().ToDictionary(name => name, disk.BytesOf);

            var found = Verify(disk);

            Assert.True(found.Damages.Count == 0, $"seed {seed}: {string.Join("; ", found.Damages.Take(5))}");
            records += found.Records;
            Assert.Equal(before.Keys.Order(StringComparer.Ordinal), disk.List().Order(StringComparer.Ordinal));
            Assert.All(before, file => Assert.True(disk.BytesOf(file.Key).AsSpan().SequenceEqual(file.Value), file.Key));
        }

        Assert.True(records > 200, $"{records} records say too little");
    }

    [Fact]
    public void Verify_AnyBitFlipped_IsFoundWhereItMatters()
    {
        var disk = Life(Seeds.Default);
        var random = new Random(Seeds.Default);
        var names = disk.List().Where(name => name != "lock").Order(StringComparer.Ordinal).ToList();
        var found = 0;
        for (var flip = 0; flip < 300; flip++)
        {
            var name = names[random.Next(names.Count)];
            var bytes = disk.BytesOf(name);
            var offset = random.Next(bytes.Length);

            // What was never written, and zeros that fill blocks up, say nothing.
            if (bytes[offset] == 0) continue;
            var damaged = disk.Copy();
            damaged.FlipBit(name, offset, random.Next(8));
            var damages = Verify(damaged).Damages;
            if (damages.Count > 0) found++;
            else Assert.True(name == LastSegment(names), $"a flipped bit at {offset} of {name} was not found");
        }

        Assert.True(found > 50, $"only {found} flipped bits were found");
    }

    [Fact]
    public void Verify_LastRecordOfAClosedLogIsDamaged_IsFound()
    {
        var disk = new SimulatedDisk(1);
        using (var store = PageStore.Open(disk, Small))
        {
            using var writer = store.OpenWriter(PageFormat.MainBranch);
            Commit(store, writer);
        }

        const string Segment = "segment-00000001.log";
        disk.FlipBit(Segment, Array.FindLastIndex(disk.BytesOf(Segment), value => value != 0), 3);

        var damage = Assert.Single(Verify(disk).Damages);
        Assert.Equal((Segment, new Lsn(1)), (damage.File, damage.Lsn));
    }

    [Fact]
    public void Verify_RecordInTheMiddleIsDamaged_SaysWhereAndGoesOn()
    {
        var disk = new SimulatedDisk(1);
        using (var store = PageStore.Open(disk, Small))
        {
            using var writer = store.OpenWriter("main");
            for (var i = 0; i < 6; i++) Commit(store, writer);
        }

        LogRecord third;
        using (var log = LogInspector.Open(disk)) third = log.Records(new Lsn(3)).First();
        disk.FlipBit(third.File, third.Offset + 200, 3);

        var found = Verify(disk);

        Assert.Equal(new Lsn(6), found.Last);
        Assert.Equal(5, found.Records);
        Assert.Contains(found.Damages, damage => damage.File == third.File && damage.Offset == third.Offset && damage.Lsn == new Lsn(2));
    }

    [Fact]
    public void Open_HeaderOfACompactedFileIsDamaged_IsRefusedAndRemovesNothing()
    {
        var disk = Life(Seeds.Default);
        var name = disk.List().Last(file => file.StartsWith("compacted", StringComparison.Ordinal));
        disk.FlipBit(name, 20, 1);

        Assert.Equal("XX001", Assert.Throws<VitessException>(() => PageStore.Open(disk, Small)).SqlState);
        Assert.Contains(name, disk.List());
        Assert.Contains(Verify(disk).Damages, damage => damage.File == name);
    }

    [Fact]
    public void Open_HeaderOfTheOnlySegmentIsDamaged_IsRefusedAndRemovesNothing()
    {
        var disk = new SimulatedDisk(1);
        var store = PageStore.Open(disk, Small);
        using (var writer = store.OpenWriter("main")) Commit(store, writer);
        disk.PowerOn();
        disk.FlipBit("segment-00000001.log", 12, 1);
        var bytes = disk.BytesOf("segment-00000001.log");

        Assert.Equal("XX001", Assert.Throws<VitessException>(() => PageStore.Open(disk, Small)).SqlState);
        Assert.Equal(bytes, disk.BytesOf("segment-00000001.log"));
        Assert.Contains(Verify(disk).Damages, damage => damage is { File: "segment-00000001.log", Offset: 0 });
    }

    [Theory]
    [InlineData(2, "newer")]
    [InlineData(0, "older")]
    public void Open_AnotherFormat_SaysWhatToDo(byte version, string word)
    {
        var disk = new SimulatedDisk(1);
        PageStore.Open(disk, Small).Dispose();
        var header = disk.BytesOf("segment-00000001.log")[..64];
        header[8] = version;
        BitConverter.TryWriteBytes(header.AsSpan(60), Crc(header.AsSpan(0, 60)));
        using (var file = disk.Open("segment-00000001.log")) file.Write(0, header);

        var refused = Assert.Throws<VitessException>(() => PageStore.Open(disk, Small));
        Assert.Equal("0A000", refused.SqlState);
        Assert.Contains(word, refused.Hint, StringComparison.Ordinal);
        Assert.Equal("0A000", Assert.Throws<VitessException>(() => Verify(disk)).SqlState);
    }

    [Fact]
    public void Open_AnotherHasTheLogOrThereIsNone_IsRefused()
    {
        var disk = new SimulatedDisk(1);
        Assert.Equal("58P01", Assert.Throws<VitessException>(() => LogInspector.Open(disk)).SqlState);
        using var store = PageStore.Open(disk, Small);
        Assert.Equal("55006", Assert.Throws<VitessException>(() => LogInspector.Open(disk)).SqlState);
    }

    [Fact]
    public void Statistics_BranchIsDropped_ItsPagesAreGarbage()
    {
        var disk = new SimulatedDisk(1);
        var clock = new SettableTime(DateTimeOffset.UnixEpoch.AddYears(50));
        using (var store = PageStore.Open(disk, Small with { Clock = clock }))
        {
            using var writer = store.OpenWriter("main");
            Commit(store, writer);
            store.CreateBranch("b", "main");
            using (var other = store.OpenWriter("b")) Commit(store, other);
            store.DropBranch("b");
            store.CreateSnapshot("first", "main", new Lsn(1));
            Commit(store, writer);
        }

        using var log = LogInspector.Open(disk);
        var all = log.Statistics(clock.Now.AddDays(-1));
        Assert.Equal((Page, Page, Page), (all.LiveBytes, all.HistoryBytes, all.GarbageBytes));
        Assert.Equal((3, new Lsn(3), 1, 1), (all.Commits, all.Last, all.Branches.Count, all.Snapshots.Count));
    }

    [Fact]
    public void Records_OfEveryKind_AreDescribed()
    {
        var disk = new SimulatedDisk(1);
        using (var store = PageStore.Open(disk, Small))
        {
            using (var writer = store.OpenWriter("main"))
            {
                writer.Write(1, new byte[PageFormat.PageSize]);
                writer.Prepare(new CommitContent { RowChanges = "rows"u8, RowCount = 2, Message = "hello" });
                store.WaitDurable(writer.Publish());
            }

            store.CreateBranch("b", "main");
            store.CreateSnapshot("s", "b");
            store.DropSnapshot("s");
            store.DropBranch("b");
            store.Restore("main", new Lsn(1));
        }

        using var log = LogInspector.Open(disk);
        var records = log.Records().ToList();
        Assert.Equal([RecordKind.Commit, RecordKind.CreateBranch, RecordKind.CreateSnapshot, RecordKind.DropSnapshot, RecordKind.DropBranch, RecordKind.Restore], records.Select(record => record.Kind));
        Assert.Equal(("hello", "main", 2), (records[0].Text, records[0].Branch, records[0].RowCount));
        Assert.Equal("rows"u8, records[0].RowChanges.Span);
        Assert.Equal([new LogFrame(1, 0, PageFormat.PageSize)], records[0].Frames);
        Assert.Equal(("b", "main"), (records[1].Text, records[1].Branch));
        Assert.Equal(("s", "b"), (records[2].Text, records[2].Branch));
        Assert.Equal(new Lsn(1), records[5].At);
        Assert.Equal([new Lsn(2)], log.Records(new Lsn(2)).Select(record => record.Lsn));
    }

    private static long Page => PageFormat.PageSize + 20;

    private static string LastSegment(List<string> names) => names.Last(name => name.StartsWith("segment", StringComparison.Ordinal));

    private static LogVerification Verify(SimulatedDisk disk)
    {
        using var log = LogInspector.Open(disk);
        return log.Verify();
    }

    private static SimulatedDisk Life(int seed)
    {
        var disk = new SimulatedDisk(seed);
        var scenario = new LogScenario(seed, disk, Small);
        scenario.Run(60);
        scenario.Age();
        scenario.Run(20);
        scenario.Close();
        return disk;
    }

    private static void Commit(PageStore store, IPageWriter writer)
    {
        var page = new byte[PageFormat.PageSize];
        new Random((int)store.LastLsn.Value).NextBytes(page);
        writer.Write(1, page);
        writer.Prepare(default);
        store.WaitDurable(writer.Publish());
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes) crc = System.Numerics.BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
