namespace Shale.PageLog.Tests;

/// <summary>What a log does for itself in the background.</summary>
public sealed class MaintenanceTests : IDisposable
{
    private static readonly PageStoreOptions Small = new() { SegmentBytesMin = 64 << 10, SegmentBytesMax = 64 << 10, CheckpointBytes = 16 << 10, Durable = false };
    private readonly TempDirectory _directory = new();
    private readonly TickingTime _clock = new();
    private readonly List<VitessException> _failures = [];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Commit_CheckpointIsDue_IsWrittenAndTheNextSegmentIsReady()
    {
        using var store = Open(new LocalDisk(_directory.Path));
        using var writer = store.OpenWriter("main");
        for (var i = 0; i < 9; i++) Commit(store, writer);
        await store.Maintenance!.Idle;

        Assert.True(store.BytesSinceCheckpoint <= 16 << 10, $"{store.BytesSinceCheckpoint} bytes since the last checkpoint");
        Assert.Contains(new LocalDisk(_directory.Path).List(), name => name.StartsWith("checkpoint", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(_directory.Path, "segment-00000002.log")), "the next segment is not ready");
        Assert.Equal(1, store.Tail.Last.End.Segment);
    }

    [Fact]
    [Trait("Rule", "S5.7")]
    public async Task Tick_SegmentsAreOutOfTheWindow_AreCompacted()
    {
        using var store = Open(new LocalDisk(_directory.Path));
        using var writer = store.OpenWriter("main");
        for (var i = 0; i < 60; i++) Commit(store, writer);
        await store.Maintenance!.Idle;
        store.Checkpoint();
        Assert.Equal(Lsn.Zero, store.OldestLsn);

        _clock.Now += TimeSpan.FromDays(40);
        _clock.Tick();
        await store.Maintenance.Idle;

        Assert.True(store.OldestLsn > Lsn.Zero);
        Assert.Empty(_failures);

        // Files that are gone but open would keep their space.
        Assert.DoesNotContain(OpenFiles(), file => file.StartsWith(_directory.Path + "/segment", StringComparison.Ordinal) && file.EndsWith(" (deleted)", StringComparison.Ordinal));
    }

    private static IEnumerable<string> OpenFiles() => Directory.EnumerateFiles("/proc/self/fd").Select(descriptor => new FileInfo(descriptor).LinkTarget ?? "");

    [Fact]
    public async Task Round_DiskIsFull_IsToldOfAndTriedAgainLater()
    {
        var disk = new FailingDisk(new LocalDisk(_directory.Path)) { Fails = true };
        using var store = Open(disk);
        using var writer = store.OpenWriter("main");
        for (var i = 0; i < 8; i++) Commit(store, writer);
        await store.Maintenance!.Idle;

        Assert.Equal("53100", Assert.Single(_failures).SqlState);
        Assert.NotNull(store.MaintenanceFailure);
        Assert.Equal(new Lsn(8), store.DurableLsn);

        // Not before the next period, however many commits come.
        Commit(store, writer);
        await store.Maintenance.Idle;
        Assert.Single(_failures);

        disk.Fails = false;
        _clock.Tick();
        await store.Maintenance.Idle;
        Assert.Null(store.MaintenanceFailure);
        Assert.True(store.BytesSinceCheckpoint < 16 << 10);
    }

    [Fact]
    public async Task Dispose_StopsIt()
    {
        var store = Open(new LocalDisk(_directory.Path));
        var maintenance = store.Maintenance!;
        store.Dispose();
        maintenance.Wake();
        await maintenance.Idle;
        Assert.Equal(0, _clock.Timers);
        Assert.Empty(_failures);
    }

    [Fact]
    public void Open_SwitchedOff_DoesNothingByItself()
    {
        using var store = PageStore.Open(new LocalDisk(_directory.Path), Small with { MaintainsItself = false, Clock = _clock });
        using var writer = store.OpenWriter("main");
        for (var i = 0; i < 12; i++) Commit(store, writer);
        Assert.Null(store.Maintenance);
        Assert.Equal(0, _clock.Timers);
        Assert.True(store.BytesSinceCheckpoint > 40 << 10);
        store.Maintain();
        Assert.Equal(0, store.BytesSinceCheckpoint);
    }

    [Fact]
    public async Task Wake_RoundFailsByAMistake_IsAFailureLikeOthers()
    {
        using var maintenance = new LogMaintenance(_clock, _ => throw new InvalidOperationException("mistake"), _failures.Add);
        maintenance.Wake();
        await maintenance.Idle;
        Assert.Equal("XX000", Assert.Single(_failures).SqlState);
    }

    private PageStore Open(IDisk disk) => PageStore.Open(disk, Small with { Clock = _clock, OnMaintenanceFailure = _failures.Add });

    private static void Commit(PageStore store, IPageWriter writer)
    {
        var page = new byte[PageFormat.PageSize];
        new Random((int)store.LastLsn.Value).NextBytes(page);
        writer.Write(1, page);
        writer.Prepare(default);
        store.WaitDurable(writer.Publish());
    }

    // Its timers run when they are told, whatever the time is.
    private sealed class TickingTime() : SettableTime(DateTimeOffset.UnixEpoch.AddYears(50))
    {
        private readonly List<TickingTimer> _timers = [];

        public int Timers
        {
            get
            {
                lock (_timers) return _timers.Count;
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new TickingTimer(this, () => callback(state));
            lock (_timers) _timers.Add(timer);
            return timer;
        }

        public void Tick()
        {
            List<TickingTimer> timers;
            lock (_timers) timers = [.. _timers];
            foreach (var timer in timers) timer.Tick();
        }

        private sealed class TickingTimer(TickingTime owner, Action tick) : ITimer
        {
            public Action Tick => tick;

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
                lock (owner._timers) owner._timers.Remove(this);
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }

    // Has no room for new files but segments, for a while.
    private sealed class FailingDisk(IDisk disk) : ForwardingDisk(disk)
    {
        public bool Fails { get; set; }

        public override IDiskFile Create(string name) => Fails && !name.StartsWith("segment", StringComparison.Ordinal)
            ? throw new VitessException(ErrorCodes.ShardError, "the disk is full", sqlState: "53100")
            : base.Create(name);
    }
}
