using System.Text;

namespace Shale.PageLog.Tests;

public sealed class PageStoreTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    [Trait("Rule", "S5.1")]
    public void Commits_GetDenseLsns_AndStayReadable()
    {
        using (var store = Open())
        {
            Assert.Equal(new Lsn(1), Commit(store, "main", "one"));
            Assert.Equal(new Lsn(2), Commit(store, "main", "two"));
        }

        using var again = Open();
        Assert.Equal(new Lsn(2), again.DurableLsn);
        Assert.Equal("one", Read(again.OpenReader("main", new Lsn(1))));
        Assert.Equal("two", Read(again.OpenReader("main", new Lsn(2))));
        Assert.Equal(new Lsn(3), Commit(again, "main", "three"));
    }

    [Fact]
    public void Pin_UndurableCommit_IsNotSeen()
    {
        using var store = Open();
        Commit(store, "main", "one");
        using var reader = store.OpenReader("main");
        using var writer = store.OpenWriter("main");
        Put(writer, "two");
        var lsn = writer.Publish();

        Assert.Equal("one", Read(reader));
        store.WaitDurable(lsn);
        Assert.Equal("one", Text(reader));
        Assert.Equal("two", Read(reader));
    }

    [Fact]
    public void Publish_NewFullPages_TakeMemoryOnceTheyAreReadOrChanged()
    {
        using var store = PageStore.Open(new LocalDisk(_directory.Path), new PageStoreOptions { CacheBytes = 1 << 20, MaintainsItself = false });
        using var writer = store.OpenWriter("main");
        var page = new byte[PageFormat.PageSize];
        Array.Fill<byte>(page, 7);
        writer.Write(1, page);
        writer.Write(2, page);
        writer.Prepare(default);
        store.WaitDurable(writer.Publish());
        Assert.Equal(0, store.Cache.Pages);

        using var reader = store.OpenReader("main");
        reader.Pin();
        var read = new byte[PageFormat.PageSize];
        reader.Read(1, 0, read);
        Assert.Equal(page, read);
        Assert.Equal(1, store.Cache.Pages);

        page[5]++;
        writer.Write(2, page);
        writer.Prepare(default);
        store.WaitDurable(writer.Publish());
        reader.Pin();
        reader.Read(2, 0, read);
        Assert.Equal(page, read);
    }

    [Fact]
    public void Publish_PagesGoToTheCacheWhileTheDiskWritesOrBeforeTheNextCommit_AndAreReadBefore()
    {
        using var store = PageStore.Open(new LocalDisk(_directory.Path), new PageStoreOptions { CacheBytes = 1 << 20, MaintainsItself = false });
        using var writer = store.OpenWriter("main");
        var read = new byte[PageFormat.PageSize];
        writer.Write(1, SparsePage(1));
        writer.Prepare(default);
        var first = writer.Publish();
        Assert.Equal(0, store.Cache.Pages);
        writer.Write(2, SparsePage(2));
        writer.Prepare(default);
        Assert.Equal(1, store.Cache.Pages);
        writer.Publish();
        writer.Read(2, 0, read);
        Assert.Equal(SparsePage(2), read);
        store.WaitDurable(first);

        writer.Write(3, SparsePage(3));
        writer.Prepare(default);
        var third = writer.Publish();
        writer.Write(3, SparsePage(4));
        Assert.Equal(2, store.Cache.Pages);
        store.WaitDurable(third);
        Assert.Equal(3, store.Cache.Pages);
        Assert.Equal(SparsePage(3), Bytes(store, 3, third));
    }

    [Fact]
    [Trait("Rule", "S5.1")]
    public void Restore_AnEarlierVersion_IsACommitThatCanBeUndone()
    {
        using var store = Open();
        Commit(store, "main", "one");
        Commit(store, "main", "two");
        using var reader = store.OpenReader("main");

        var restored = store.Restore("main", new Lsn(1));

        Assert.Equal(new Lsn(3), restored);
        Assert.Equal(3, Assert.Single(store.Branches).Version);
        Assert.Equal("40001", Assert.Throws<VitessException>(reader.Pin).SqlState);
        Assert.Equal("one", Read(store.OpenReader("main")));
        store.Restore("main", new Lsn(2));
        Assert.Equal("two", Read(store.OpenReader("main")));
        Assert.Equal("one", Read(store.OpenReader("main", new Lsn(3))));
    }

    [Fact]
    public void Branches_GoTheirOwnWays()
    {
        using var store = Open();
        Commit(store, "main", "one");
        store.CreateBranch("feature/x", "main");
        Commit(store, "feature/x", "branched");
        Commit(store, "main", "two");

        Assert.Equal("branched", Read(store.OpenReader("feature/x")));
        Assert.Equal("two", Read(store.OpenReader("main")));
        Assert.Equal("one", Read(store.OpenReader("feature/x", new Lsn(1))));
        Assert.Equal([("feature/x", 2, "main"), ("main", 2, null)], store.Branches.Select(branch => (branch.Name, (int)branch.Version, branch.Parent)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a..b")]
    [InlineData("_a")]
    [InlineData("a@b")]
    [InlineData("a/")]
    public void CreateBranch_BadName_IsRefused(string name)
    {
        using var store = Open();
        Assert.Equal("42602", Assert.Throws<VitessException>(() => store.CreateBranch(name, "main")).SqlState);
    }

    [Fact]
    public void Points_ThatAreNotThere_AreErrors()
    {
        using var store = Open();
        Commit(store, "main", "one");

        Assert.Equal(ErrorCodes.LsnNotAvailable.Code, Assert.Throws<VitessException>(() => store.OpenReader("main", new Lsn(2))).Code);
        Assert.Equal(ErrorCodes.BranchNotFound.Code, Assert.Throws<VitessException>(() => store.OpenReader("none")).Code);
        Assert.Equal(ErrorCodes.SnapshotNotFound.Code, Assert.Throws<VitessException>(() => store.OpenSnapshot("none")).Code);
        Assert.Equal("42710", Assert.Throws<VitessException>(() => store.CreateBranch("main", "main")).SqlState);
        Assert.Equal("55006", Assert.Throws<VitessException>(() => store.DropBranch("main")).SqlState);
    }

    [Fact]
    public void OpenWriter_Twice_IsRefused()
    {
        using var store = Open();
        using var writer = store.OpenWriter("main");
        Assert.Equal("55P03", Assert.Throws<VitessException>(() => store.OpenWriter("main")).SqlState);
    }

    [Fact]
    public void Open_DirectoryInUse_IsRefused()
    {
        using var store = Open();
        Assert.Equal("55006", Assert.Throws<VitessException>(Open).SqlState);
    }

    [Fact]
    public void Times_ClockGoesBack_StillRise()
    {
        var clock = new SettableTime(DateTimeOffset.UnixEpoch.AddYears(60));
        using (var store = Open(clock)) Commit(store, "main", "one");
        clock.Now = clock.Now.AddHours(-1);
        using var later = Open(clock);
        Commit(later, "main", "two");
        Assert.True(later.Index.Commits[new Lsn(2)].Time > later.Index.Commits[new Lsn(1)].Time);
    }

    [Fact]
    public void Write_BehindManyReaders_EachSeesItsVersion()
    {
        using var store = Open();
        for (var i = 1; i <= 500; i++) Commit(store, "main", $"version {i}", wait: i % 50 == 0);
        for (var i = 1; i <= 500; i++) Assert.Equal($"version {i}", Read(store.OpenReader("main", new Lsn(i))));
    }

    [Fact]
    [Trait("Rule", "S5.7")]
    public void Compact_VersionsBeforeTheWindow_LeaveOnlyWhatIsPinned()
    {
        var clock = new SettableTime(DateTimeOffset.UnixEpoch.AddYears(60));
        using var store = Open(clock, TimeSpan.FromHours(1));
        Commit(store, "main", "one");
        store.CreateSnapshot("first", "main");
        for (var i = 2; i <= 1200; i++) Commit(store, "main", $"{new string('x', 2000)}{i}", wait: i % 100 == 0);
        store.Checkpoint();
        clock.Now = clock.Now.AddHours(2);
        var before = Directory.EnumerateFiles(_directory.Path).Sum(file => new FileInfo(file).Length);

        Assert.True(store.Compact());

        Assert.True(Directory.EnumerateFiles(_directory.Path).Sum(file => new FileInfo(file).Length) < before);
        Assert.True(store.OldestLsn > new Lsn(1));
        Assert.Equal(ErrorCodes.LsnNotAvailable.Code, Assert.Throws<VitessException>(() => store.OpenReader("main", new Lsn(2))).Code);
        Assert.Equal("one", Read(store.OpenSnapshot("first")));
        Assert.Equal("one", Read(store.OpenReader("main", new Lsn(1))));
        Assert.EndsWith("1200", Read(store.OpenReader("main")), StringComparison.Ordinal);
        Assert.EndsWith($"{store.OldestLsn}", Read(store.OpenReader("main", store.OldestLsn)), StringComparison.Ordinal);
        Assert.False(store.Compact());
    }

    [Fact]
    public void Publish_ATransactionLargerThanMemory_IsReadBeforeAndAfterItIsDurable()
    {
        var options = new PageStoreOptions { TransactionBytes = 64 << 10, CacheBytes = 64 << 10, SegmentBytesMin = 32 << 10 };
        using (var store = PageStore.Open(new LocalDisk(_directory.Path), options))
        {
            using var writer = store.OpenWriter("main");
            for (var round = 0; round < 2; round++)
            {
                for (var page = 1; page <= 500; page++) writer.Write((uint)page, Page(round, page));
                for (var page = 1; page <= 500; page += 7) Assert.Equal(Page(round, page), Read(writer, page));
                writer.Prepare(new CommitContent { RowChanges = new byte[300_000] });
                var lsn = writer.Publish();
                for (var page = 1; page <= 500; page += 7) Assert.Equal(Page(round, page), Read(writer, page));
                store.WaitDurable(lsn);
            }

            Assert.DoesNotContain(Directory.EnumerateFiles(_directory.Path), file => file.EndsWith(".tmp", StringComparison.Ordinal));
        }

        File.Delete(Assert.Single(Directory.GetFiles(_directory.Path, "checkpoint-*")));
        using var again = PageStore.Open(new LocalDisk(_directory.Path), options);
        for (var round = 0; round < 2; round++)
        {
            using var reader = again.OpenReader("main", new Lsn(round + 1));
            for (var page = 1; page <= 500; page++)
            {
                var bytes = new byte[PageFormat.PageSize];
                reader.Read((uint)page, 0, bytes);
                Assert.Equal(Page(round, page), bytes);
            }
        }
    }

    [Fact]
    public void Read_PagesOfManyDifferences_AreMadeOfTheirFrames()
    {
        const int Versions = 100;
        var options = new PageStoreOptions { CacheBytes = 1, SegmentBytesMin = 32 << 10, SegmentBytesMax = 64 << 10, MaintainsItself = false };
        using (var store = PageStore.Open(new LocalDisk(_directory.Path), options))
        {
            using var writer = store.OpenWriter("main");
            for (var version = 1; version <= Versions; version++)
            {
                for (var page = 1; page <= 10; page++) writer.Write((uint)page, Changed(version, page));
                writer.Prepare(default);
                writer.Publish();
            }

            store.WaitDurable(writer.Lsn);
        }

        using var again = PageStore.Open(new LocalDisk(_directory.Path), options);
        for (var version = Versions; version > 0; version--)
        {
            using var reader = again.OpenReader("main", new Lsn(version));
            for (var page = 1; page <= 10; page++)
            {
                var bytes = new byte[PageFormat.PageSize];
                reader.Read((uint)page, 4, bytes.AsSpan(4, 500));
                Assert.Equal(Changed(version, page)[4..504], bytes[4..504]);
                reader.Read((uint)page, 0, bytes);
                Assert.Equal(Changed(version, page), bytes);
            }
        }
    }

    [Fact]
    public void Publish_ANewPageThatIsAlmostEmpty_TakesLittleOfTheLog()
    {
        using (var store = Open())
        {
            Commit(store, "main", "one");
            using var writer = store.OpenWriter("main");
            writer.Write(2, SparsePage(2));
            writer.Write(3, Page(0, 3));
            writer.Prepare(default);
            writer.Publish();
            writer.Truncate(1);
            writer.Prepare(default);
            writer.Publish();
            writer.Write(2, new byte[PageFormat.PageSize]);
            writer.Write(3, SparsePage(3));
            writer.Prepare(default);
            store.WaitDurable(writer.Publish());
        }

        using (var again = Open())
        {
            Assert.Equal(SparsePage(2), Bytes(again, 2, new Lsn(2)));
            Assert.Equal(Page(0, 3), Bytes(again, 3, new Lsn(2)));
            Assert.Equal(new byte[PageFormat.PageSize], Bytes(again, 2, new Lsn(4)));
            Assert.Equal(SparsePage(3), Bytes(again, 3, new Lsn(4)));
        }

        using var log = LogInspector.Open(new LocalDisk(_directory.Path));
        var frames = log.Records().SelectMany(record => record.Frames.Select(frame => (record.Lsn.Value, frame.PageNumber, frame.Bytes))).ToList();
        Assert.Equal([(1, 1, 7), (2, 2, 14), (2, 3, 4096), (4, 2, 4096), (4, 3, 14)], frames);
        Assert.Empty(log.Verify().Damages);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    public void Read_AFileThatEndsTooEarly_IsDamage(int bytesOfTheFrame)
    {
        using var store = PageStore.Open(new LocalDisk(_directory.Path), new PageStoreOptions { CacheBytes = 1, MaintainsItself = false });
        using var writer = (BranchWriter)store.OpenWriter("main");
        for (var page = 1; page <= 500; page++) writer.Write((uint)page, Page(0, page));
        writer.Prepare(default);
        store.WaitDurable(writer.Publish());
        Assert.True(store.TryFind(writer.Line, 1, writer.Lsn, out var place));
        using (var file = new FileStream(Path.Combine(_directory.Path, Segment.NameOf(place.Segment)), FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(place.Offset + bytesOfTheFrame);

        var failure = Assert.Throws<VitessException>(() => store.Frames.ReadOnce(place, new byte[PageFormat.PageSize]));

        Assert.Equal("XX001", failure.SqlState);
    }

    // Three bytes at its start, three at its end.
    private static byte[] SparsePage(byte content)
    {
        var page = new byte[PageFormat.PageSize];
        page.AsSpan(0, 3).Fill(content);
        page.AsSpan(PageFormat.PageSize - 3).Fill(content);
        return page;
    }

    private static byte[] Bytes(PageStore store, uint page, Lsn at)
    {
        var bytes = new byte[PageFormat.PageSize];
        using var reader = store.OpenReader("main", at);
        reader.Read(page, 0, bytes);
        return bytes;
    }

    // A page that changes a little with each version.
    private static byte[] Changed(int version, int page)
    {
        var bytes = Page(0, page);
        for (var i = 1; i <= version; i++) bytes[((i * 37) + page) % PageFormat.PageSize] = (byte)i;
        return bytes;
    }

    private static byte[] Page(int round, int page)
    {
        var bytes = new byte[PageFormat.PageSize];
        new Random((round * 10_000) + page).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Read(IPageWriter writer, int page)
    {
        var bytes = new byte[PageFormat.PageSize];
        writer.Read((uint)page, 0, bytes);
        return bytes;
    }

    private PageStore Open() => Open(TimeProvider.System);

    private PageStore Open(TimeProvider clock, TimeSpan? retention = null) => PageStore.Open(
        new LocalDisk(_directory.Path),
        new PageStoreOptions { Clock = clock, Retention = retention ?? TimeSpan.FromDays(30), SegmentBytesMin = 32 << 10, SegmentBytesMax = 64 << 10, MaintainsItself = false });

    private static Lsn Commit(PageStore store, string branch, string text, bool wait = true)
    {
        using var writer = store.OpenWriter(branch);
        Put(writer, text);
        var lsn = writer.Publish();
        if (wait) store.WaitDurable(lsn);
        return lsn;
    }

    private static void Put(IPageWriter writer, string text)
    {
        var page = new byte[PageFormat.PageSize];
        Encoding.ASCII.GetBytes(text, page);
        writer.Write(1, page);
        writer.Prepare(default);
    }

    private static string Read(IPageReader reader)
    {
        reader.Pin();
        return Text(reader);
    }

    private static string Text(IPageReader reader)
    {
        var page = new byte[PageFormat.PageSize];
        reader.Read(1, 0, page);
        return Encoding.ASCII.GetString(page).TrimEnd('\0');
    }
}
