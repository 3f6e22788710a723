using Shale.PageLog;

namespace Shale.Simulation;

/// <summary>How long versions are kept where there is little room.</summary>
public sealed class LogWindowTests : IDisposable
{
    private const int SegmentBytes = 16 << 10;
    private readonly SettableTime _clock = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly SimulatedDisk _disk = new(1);
    private readonly List<LogWindow> _told = [];
    private readonly Random _random = new(1);
    private PageStore? _store;

    public void Dispose() => _store?.Dispose();

    [Fact]
    [Trait("Rule", "S5.7")]
    public void Prepare_DiskIsFullOfHistory_TheWindowIsShortenedOnceToldAndNothingIsRefused()
    {
        _disk.Capacity = 20 * SegmentBytes;
        Open();
        Commit(400);

        Assert.Equal(new Lsn(400), _store!.DurableLsn);
        Assert.True(_store.OldestLsn > new Lsn(100), $"the window begins with LSN {_store.OldestLsn}");
        Assert.Equal(WindowShortening.FullDisk, Assert.Single(_told).Shortened);
        Assert.Equal(WindowShortening.FullDisk, _store.Window.Shortened);
        Assert.Equal(_store.OldestLsn, _store.Window.Oldest);

        // What is left of it can be read, what is before cannot.
        for (var lsn = _store.OldestLsn; lsn <= _store.LastLsn; lsn = lsn.Next) _store.OpenReader("main", lsn).Dispose();
        Assert.Equal("TT_LSN_NOT_AVAILABLE", Assert.Throws<VitessException>(() => _store.OpenReader("main", new Lsn(1))).Code);
    }

    [Fact]
    [Trait("Rule", "S5.7")]
    public void Prepare_DiskIsFullOfWhatIsRead_IsRefusedAndTheLogIsWhole()
    {
        _disk.Capacity = 20 * SegmentBytes;
        Open();
        using var writer = _store!.OpenWriter("main");
        VitessException? full = null;
        for (uint page = 1; full is null; page++)
        {
            Put(writer, page);
            full = Record.Exception(() => writer.Prepare(default)) as VitessException;
            if (full is null) _store.WaitDurable(writer.Publish());
        }

        Assert.Equal("53100", full.SqlState);
        writer.Discard();
        var last = _store.LastLsn;

        // Not asked again before a while has passed.
        var calls = _disk.Calls;
        Put(writer, 1);
        Assert.Equal("53100", Assert.Throws<VitessException>(() => writer.Prepare(default)).SqlState);
        Assert.True(_disk.Calls < calls + 5, $"{_disk.Calls - calls} calls for what was known");
        _disk.Capacity *= 2;
        writer.Prepare(default);
        Assert.Equal(last.Next, writer.Publish());
        _store.WaitDurable(last.Next);
    }

    [Fact]
    [Trait("Rule", "S5.7")]
    public void Prepare_DiskIsFullAndAReaderNeedsAnOldVersion_TheVersionStays()
    {
        _disk.Capacity = 20 * SegmentBytes;
        Open();
        Commit(5);
        using var reader = _store!.OpenReader("main", new Lsn(5));
        var before = Page(reader);
        Commit(400);
        Assert.True(_store.OldestLsn > new Lsn(5));
        Assert.Equal(before, Page(reader));
    }

    [Fact]
    [Trait("Rule", "S5.7")]
    public void Compact_MoreThanRetentionBytes_TheWindowIsShortenedAndToldOncePerTime()
    {
        Open(options => options with { RetentionBytes = 12 * SegmentBytes, RetentionShares = 2, Retention = TimeSpan.FromDays(10) });
        for (var round = 0; round < 20; round++) CommitAndMaintain();
        var told = Assert.Single(_told);
        Assert.Equal(WindowShortening.RetentionBytes, told.Shortened);
        Assert.True(told.Oldest > Lsn.Zero && told.OldestTime >= HlcTimestamp.FirstOf(DateTimeOffset.UnixEpoch.AddYears(50)));
        Assert.InRange(_store!.Window.WindowBytes, 1, 6 * SegmentBytes);

        // Nothing comes for a while: everything of it is there, and a next time is told.
        _clock.Now += TimeSpan.FromDays(12);
        _store.Maintain();
        Assert.Equal(WindowShortening.None, _store.Window.Shortened);
        for (var round = 0; round < 20; round++) CommitAndMaintain();
        Assert.Equal(2, _told.Count);
    }

    [Fact]
    [Trait("Rule", "S5.7")]
    public void Compact_NoRetentionBytesGiven_IsAFifthOfTheDisk()
    {
        using var store = PageStore.Open(new SizedDisk(_disk, 5 * 6 * SegmentBytes), Options);
        _store = store;
        for (var round = 0; round < 20; round++) CommitAndMaintain();
        Assert.InRange(store.Window.WindowBytes, 1, 6 * SegmentBytes);
        Assert.True(store.OldestLsn > Lsn.Zero);
        _store = null;
    }

    private PageStoreOptions Options => new()
    {
        SegmentBytesMin = SegmentBytes, SegmentBytesMax = SegmentBytes, MaintainsItself = false, Clock = _clock, OnWindowShortened = _told.Add,
    };

    private void Open(Func<PageStoreOptions, PageStoreOptions>? with = null) => _store = PageStore.Open(_disk, with is null ? Options : with(Options));

    private void CommitAndMaintain()
    {
        Commit(10);
        _store!.Checkpoint();
        _store.Maintain();
    }

    // Versions of one page, a minute apart.
    private void Commit(int count)
    {
        using var writer = _store!.OpenWriter("main");
        for (; count > 0; count--)
        {
            _clock.Now += TimeSpan.FromMinutes(1);
            Put(writer, 1);
            writer.Prepare(default);
            _store.WaitDurable(writer.Publish());
        }
    }

    private void Put(IPageWriter writer, uint number)
    {
        var page = new byte[PageFormat.PageSize];
        _random.NextBytes(page);
        writer.Write(number, page);
    }

    private static byte[] Page(IPageReader reader)
    {
        var page = new byte[PageFormat.PageSize];
        reader.Read(1, 0, page);
        return page;
    }

    // Knows how large it is.
    private sealed class SizedDisk(IDisk disk, long bytes) : ForwardingDisk(disk)
    {
        public override long TotalBytes => bytes;
    }
}
