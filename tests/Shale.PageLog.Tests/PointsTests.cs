namespace Shale.PageLog.Tests;

/// <summary>Which commit a time or a version is, against a list of what was done.</summary>
public sealed class PointsTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TempDirectory _directory = new();
    private readonly SettableTime _clock = new(Start);

    public void Dispose() => _directory.Dispose();

    [Fact]
    [Trait("Rule", "S5.1")]
    [Trait("Category", "Random")]
    public void Versions_OfRandomBranchesAndRestores_AreFoundAndListed()
    {
        var seed = Environment.GetEnvironmentVariable("SHALE_SEED") is { } given ? int.Parse(given) : 20261121;
        var random = new Random(seed);
        var model = new Dictionary<string, List<Lsn>> { ["main"] = [] };
        using var store = Open();
        for (var step = 0; step < 3000; step++)
        {
            var branch = model.Keys.ElementAt(random.Next(model.Count));
            var versions = model[branch];
            var roll = random.Next(400);
            if (roll <= 3) store.WaitDurable(store.LastLsn);
            if (roll == 0 && model.Count < 12)
            {
                var version = random.Next(versions.Count + 1);
                var at = version == 0 ? Lsn.Zero : versions[version - 1];
                store.CreateBranch($"b{step}", branch, at);
                model[$"b{step}"] = versions[..version];
            }
            else if (roll <= 3 && versions.Count > 0)
            {
                versions.Add(store.Restore(branch, versions[random.Next(versions.Count)]));
            }
            else
            {
                versions.Add(Commit(store, branch, step % 50 == 0));
            }
        }

        store.WaitDurable(store.LastLsn);
        foreach (var (branch, versions) in model)
        {
            for (var i = 0; i < versions.Count; i += 7) Assert.True(versions[i] == store.FindByVersion(branch, i + 1), $"SHALE_SEED={seed}: {branch}@{i + 1}");
            var listed = store.CommitsOf(branch).ToList();
            Assert.True(listed.Select(commit => commit.Lsn).SequenceEqual(versions.AsEnumerable().Reverse()), $"SHALE_SEED={seed}: history of {branch}");
            Assert.Equal(Enumerable.Range(1, versions.Count).Reverse().Select(version => (long)version), listed.Select(commit => commit.Version));
            Assert.Equal(ErrorCodes.PointNotFound.Code, Assert.Throws<VitessException>(() => store.FindByVersion(branch, versions.Count + 1)).Code);
        }
    }

    [Fact]
    [Trait("Rule", "S5.1")]
    public void FindByTime_IsTheLastCommitAtOrBefore_AndStaysSo()
    {
        using var store = Open();
        Assert.Equal(Lsn.Zero, store.FindByTime(HlcTimestamp.LastOf(Start)));
        _clock.Now = Start.AddSeconds(1);
        Commit(store, "main", wait: true);
        _clock.Now = Start.AddSeconds(2);
        Commit(store, "main", wait: false);

        Assert.Equal(Lsn.Zero, store.FindByTime(HlcTimestamp.LastOf(Start.AddSeconds(0.5))));
        Assert.Equal(new Lsn(1), store.FindByTime(HlcTimestamp.LastOf(Start.AddSeconds(1.5))));
        Assert.Equal(new Lsn(2), store.FindByTime(HlcTimestamp.LastOf(Start.AddSeconds(2))));
        Assert.Equal(new Lsn(2), store.DurableLsn);

        // The clock goes back: what was answered must not change.
        _clock.Now = Start;
        Commit(store, "main", wait: true);
        Assert.Equal(new Lsn(2), store.FindByTime(HlcTimestamp.LastOf(Start.AddSeconds(2))));
    }

    [Fact]
    public void FindByTime_AheadOfTheClock_IsRefused()
    {
        using var store = Open();
        Assert.Equal(ErrorCodes.FuturePoint.Code, Assert.Throws<VitessException>(() => store.FindByTime(HlcTimestamp.LastOf(Start.AddMinutes(1)))).Code);
    }

    [Fact]
    public void FindCommit_OfABranch_IsItsNewestAtTheLsn()
    {
        using var store = Open();
        Commit(store, "main", wait: true);
        store.CreateBranch("b", "main");
        Commit(store, "main", wait: true);
        Commit(store, "b", wait: true);

        Assert.Null(store.FindCommit("main", Lsn.Zero));
        Assert.Equal((1, 1, "main"), Short(store.FindCommit("b", new Lsn(2))!));
        Assert.Equal((3, 2, "b"), Short(store.FindCommit("b", new Lsn(3))!));
        Assert.Equal((2, 2, "main"), Short(store.FindCommit("main", new Lsn(3))!));
        Assert.Equal(ErrorCodes.LsnNotAvailable.Code, Assert.Throws<VitessException>(() => store.FindCommit("main", new Lsn(4))).Code);
    }

    [Fact]
    public void MessageOf_ACommit_IsWhatWasSaid()
    {
        using var store = Open();
        var said = Commit(store, "main", wait: true, "prices of spring");
        var silent = Commit(store, "main", wait: false);
        store.WaitDurable(silent);
        var restored = store.Restore("main", said);

        Assert.Equal("prices of spring", store.MessageOf(said));
        Assert.Null(store.MessageOf(silent));
        Assert.Equal("restored to LSN 1", store.MessageOf(restored));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(600_000)]
    public void RowChangesOf_ACommit_AreWhatItsWriterGave(int length)
    {
        using var store = Open();
        var changes = new byte[length];
        new Random(4).NextBytes(changes);
        Lsn lsn;
        using (var writer = store.OpenWriter("main"))
        {
            for (uint page = 1; page <= 20; page++) writer.Write(page, changes.AsSpan(0, 5).ToArray().Concat(new byte[PageFormat.PageSize - 5]).ToArray());
            writer.Prepare(new CommitContent { RowChanges = changes, RowCount = 1, Message = "with a text behind" });
            lsn = writer.Publish();
        }

        store.WaitDurable(lsn);
        Assert.Equal(changes, store.RowChangesOf(lsn).ToArray());
        var restored = store.Restore("main", Lsn.Zero);
        Assert.Equal(0, store.RowChangesOf(restored).Length);
        Assert.Equal([(restored, true), (lsn, false)], store.CommitsOf("main").Select(commit => (commit.Lsn, commit.IsRestore)));
        Assert.Equal(Lsn.Zero, store.OldestOf("main").Lsn);
        Assert.Equal(ErrorCodes.LsnNotAvailable.Code, Assert.Throws<VitessException>(() => store.RowChangesOf(Lsn.Zero)).Code);
    }

    [Fact]
    [Trait("Rule", "S5.7")]
    public void Kept_BeforeTheWindow_CanBeOpenedAgain()
    {
        using var store = PageStore.Open(
            new LocalDisk(_directory.Path), new PageStoreOptions { Clock = _clock, Durable = false, Retention = TimeSpan.Zero, SegmentBytesMin = 1 << 16, SegmentBytesMax = 1 << 16 });
        for (var i = 0; i < 3; i++) Commit(store, "main", wait: true);
        store.CreateSnapshot("kept", "main", new Lsn(2));
        using var reader = store.OpenReader("main", new Lsn(1));
        for (var i = 0; i < 1000; i++) Commit(store, "main", wait: i % 100 == 99);
        store.Checkpoint();
        _clock.Now = _clock.Now.AddMinutes(1);
        while (store.Compact())
        {
        }

        Assert.True(store.OldestLsn > new Lsn(3));
        Assert.Equal((store.OldestLsn, store.OldestLsn.Value), (store.OldestOf("main").Lsn, store.OldestOf("main").Version));
        Assert.Equal(ErrorCodes.LsnNotAvailable.Code, Assert.Throws<VitessException>(() => store.RowChangesOf(store.OldestLsn)).Code);
        store.OpenReader("main", new Lsn(1)).Dispose();
        store.OpenReader("main", store.FindLsn("main", new Lsn(2))).Dispose();
        Assert.Equal(ErrorCodes.LsnNotAvailable.Code, Assert.Throws<VitessException>(() => store.OpenReader("main", new Lsn(3))).Code);
        Assert.Equal(ErrorCodes.LsnNotAvailable.Code, Assert.Throws<VitessException>(() => store.OpenReader("main", store.FindByVersion("main", 3))).Code);
        Assert.InRange(store.CommitsOf("main").Count(), 1003 - store.OldestLsn.Value + 1, 1003);
    }

    [Fact]
    [Trait("Rule", "S5.7")]
    public void Kept_OfABranch_IsWhatItWasWhenTheWindowBegan()
    {
        using var store = PageStore.Open(
            new LocalDisk(_directory.Path), new PageStoreOptions { Clock = _clock, Durable = false, Retention = TimeSpan.Zero, SegmentBytesMin = 1 << 16, SegmentBytesMax = 1 << 16 });
        Commit(store, "main", wait: true);
        store.CreateBranch("quiet", "main");
        Commit(store, "main", wait: true);
        var quiet = Commit(store, "quiet", wait: true);
        store.CreateBranch("other", "main");
        var other = Commit(store, "other", wait: true);
        store.CreateSnapshot("kept", "other", other);
        Commit(store, "main", wait: true);
        var more = Commit(store, "other", wait: true);
        for (var i = 0; i < 1000; i++) Commit(store, i % 2 == 0 ? "main" : "other", wait: i % 100 == 99);
        store.Checkpoint();
        _clock.Now = _clock.Now.AddMinutes(1);
        while (store.Compact())
        {
        }

        Assert.True(store.OldestLsn > more);
        Assert.Equal(quiet, store.FindLsn("quiet", store.DurableLsn));
        Assert.Equal(quiet, store.FindCommit("quiet", quiet)!.Lsn);
        store.OpenReader("quiet", quiet).Dispose();
        store.CreateBranch("later", "quiet", quiet);

        // Commits of another branch are no names for what this one was then.
        Assert.Equal(ErrorCodes.LsnNotAvailable.Code, Assert.Throws<VitessException>(() => store.OpenReader("main", other)).Code);
        Assert.Equal(ErrorCodes.LsnNotAvailable.Code, Assert.Throws<VitessException>(() => store.OpenReader("other", more)).Code);
        Assert.Equal(other, store.FindLsn("other", other));
    }

    private static (int Lsn, int Version, string Branch) Short(CommitInfo commit) => ((int)commit.Lsn.Value, (int)commit.Version, commit.Branch);

    private PageStore Open() => PageStore.Open(new LocalDisk(_directory.Path), new PageStoreOptions { Clock = _clock, Durable = false });

    private static Lsn Commit(PageStore store, string branch, bool wait, string? message = null)
    {
        using var writer = store.OpenWriter(branch);
        var page = new byte[PageFormat.PageSize];
        Random.Shared.NextBytes(page.AsSpan(0, 64));
        writer.Write(1, page);
        writer.Write(2, page);
        writer.Prepare(new CommitContent { Message = message, RowChanges = "rows"u8, RowCount = 1 });
        var lsn = writer.Publish();
        if (wait) store.WaitDurable(lsn);
        return lsn;
    }
}
