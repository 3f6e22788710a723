namespace Shale.PageLog.Tests;

/// <summary>After a promise no commit gets a time at or before it, whatever the clock does.</summary>
public sealed class PromiseTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TempDirectory _directory = new();
    private readonly SettableTime _clock = new(Start);

    public void Dispose() => _directory.Dispose();

    [Theory]
    [Trait("Rule", "S5.2")]
    [InlineData(true)]
    [InlineData(false)]
    public void Promise_ThenTheClockGoesBack_EveryLaterCommitIsAfterIt(bool restart)
    {
        var moment = HlcTimestamp.LastOf(Start.AddHours(1));
        using var first = Open();
        var last = Commit(first);
        _clock.Now = Start.AddHours(2);
        Assert.Equal(last, first.Promise(moment));

        _clock.Now = Start;
        if (restart) first.Dispose();
        using var again = restart ? Open() : null;
        var store = again ?? first;
        var next = Commit(store);

        Assert.True(store.FindCommit("main", next)!.Time > moment);
        Assert.Equal(last, store.Promise(moment));
        Assert.Equal(last, store.FindByTime(moment));
    }

    [Fact]
    public void Promise_AheadOfTheClock_IsRefused()
    {
        using var store = Open();
        Assert.Equal(ErrorCodes.FuturePoint.Code, Assert.Throws<VitessException>(() => store.Promise(HlcTimestamp.FirstOf(Start.AddSeconds(1)))).Code);
        Assert.Equal(Lsn.Zero, store.Promise(HlcTimestamp.LastOf(Start)));
    }

    [Fact]
    public void Promise_OfWhatTheLogSaysAlready_WritesNothing()
    {
        using var store = Open();
        Commit(store);
        store.Promise(HlcTimestamp.FirstOf(Start));
        Assert.Equal(1, Records(store));

        _clock.Now = Start.AddHours(1);
        store.Promise(HlcTimestamp.LastOf(Start.AddMinutes(1)));
        Assert.Equal(2, Records(store));

        // Everything up to now was promised with it.
        store.Promise(HlcTimestamp.LastOf(Start.AddMinutes(59)));
        Assert.Equal(2, Records(store));
    }

    [Fact]
    public void Promise_CommitsThatNobodyHasWaitedFor_AreDurableWithIt()
    {
        using var store = Open();
        var last = Commit(store, wait: false);
        Assert.Equal(last, store.Promise(HlcTimestamp.LastOf(Start)));
        Assert.Equal(last, store.DurableLsn);
    }

    [Fact]
    public void Promise_OfThePast_LeavesCommitsTheTimeOfTheClock()
    {
        using var store = Open();
        store.Promise(HlcTimestamp.FirstOf(Start.AddSeconds(-1)));
        Assert.Equal(HlcTimestamp.FirstOf(Start), store.FindCommit("main", Commit(store))!.Time);
    }

    [Fact]
    public void Promise_InTheLog_IsARecordWithoutABody()
    {
        using (var store = Open())
        {
            Commit(store);
            _clock.Now = Start.AddSeconds(1);
            store.Promise(HlcTimestamp.LastOf(Start.AddSeconds(1)));
        }

        using var log = LogInspector.Open(new LocalDisk(_directory.Path));
        var record = log.Records().Last();
        Assert.Equal((RecordKind.Promise, RecordHeader.Bytes, 1L, 0), (record.Kind, record.Bytes, record.Lsn.Value, record.Line));
        Assert.Equal(HlcTimestamp.LastOf(Start.AddSeconds(1)), record.Time);
        Assert.Empty(log.Verify().Damages);
    }

    private static long Records(PageStore store)
    {
        lock (store.Lock) return store.Tail.Appended;
    }

    private static Lsn Commit(PageStore store, bool wait = true)
    {
        using var writer = store.OpenWriter("main");
        var page = new byte[PageFormat.PageSize];
        page[0] = (byte)store.LastLsn.Next.Value;
        writer.Write(1, page);
        writer.Prepare(default);
        var lsn = writer.Publish();
        if (wait) store.WaitDurable(lsn);
        return lsn;
    }

    private PageStore Open() => PageStore.Open(new LocalDisk(_directory.Path), new PageStoreOptions { Clock = _clock, MaintainsItself = false });
}
