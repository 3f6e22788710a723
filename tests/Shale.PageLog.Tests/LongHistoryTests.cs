namespace Shale.PageLog.Tests;

/// <summary>A log with more commits than a file of their index holds, whose oldest are no longer known.</summary>
public sealed class LongHistoryTests : IDisposable
{
    private const int Commits = 80_000;
    private readonly TempDirectory _directory = new();
    private readonly SettableTime _clock = new(DateTimeOffset.UnixEpoch.AddYears(50));

    public void Dispose() => _directory.Dispose();

    [Fact]
    [Trait("Category", "Slow")]
    public void Compact_CommitsAreForgotten_BranchesOfThatTimeStillRead()
    {
        using (var store = Open())
        {
            Commit(store, "main", 1);
            store.CreateBranch("old", "main");
            Commit(store, "main", Commits);
            store.Checkpoint();
            _clock.Now += TimeSpan.FromDays(40);
            while (store.Compact())
            {
            }

            Assert.True(store.OldestLsn.Value > CommitIndex.FileCommits, $"the oldest LSN is {store.OldestLsn}");
            Commit(store, "old", 1);
            RequireOldBranch(store);
            Assert.True(File.Exists(Path.Combine(_directory.Path, "commits-00000001.idx")));
        }

        using var again = Open();
        RequireOldBranch(again);
        Assert.False(File.Exists(Path.Combine(_directory.Path, "commits-00000001.idx")));
    }

    // As of a moment after the window's beginning and before the branch's own first commit, it is where it left main.
    private static void RequireOldBranch(PageStore store)
    {
        using var reader = store.OpenReader("old", new Lsn(store.LastLsn.Value - 1));
        Assert.Equal(new Lsn(1), reader.Lsn);
        Span<byte> bytes = stackalloc byte[8];
        reader.Read(1, 0, bytes);
        Assert.Equal(1, BitConverter.ToInt64(bytes));
        var first = store.CommitsOf("main").Last().Lsn;
        Assert.InRange(first.Value, 1, store.OldestLsn.Value);
        Assert.Equal([store.LastLsn], store.CommitsOf("old").Select(commit => commit.Lsn));
    }

    private PageStore Open() => PageStore.Open(
        new LocalDisk(_directory.Path), new PageStoreOptions { Clock = _clock, Durable = false, SegmentBytesMin = 1 << 20, SegmentBytesMax = 1 << 20, MaintainsItself = false });

    private static void Commit(PageStore store, string branch, int commits)
    {
        using var writer = store.OpenWriter(branch);
        var page = new byte[PageFormat.PageSize];
        for (var i = 0; i < commits; i++)
        {
            BitConverter.TryWriteBytes(page, writer.Lsn.Value + 1L);
            writer.Write(1, page);
            writer.Prepare(default);
            var lsn = writer.Publish();
            if (i % 1000 == 0 || i == commits - 1) store.WaitDurable(lsn);
        }
    }
}
