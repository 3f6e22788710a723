using System.Text;

namespace Shale.PageLog.Tests;

/// <summary>Backups of a log that goes on, and what they restore.</summary>
public sealed class BackupTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TempDirectory _directory = new();
    private readonly SettableTime _clock = new(Start);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Backup_Again_CopiesWhatIsNew()
    {
        using var store = Open();
        for (var i = 0; i < 40; i++) Commit(store);
        var first = store.Backup(Folder("backup"));
        Commit(store);
        var second = store.Backup(Folder("backup"));

        Assert.Equal((1, 40L), (first.Number, first.Last.Value));
        Assert.Equal((2, 41L), (second.Number, second.Last.Value));
        Assert.Equal(first.Bytes, first.NewBytes);
        Assert.InRange(second.NewBytes, 1, 10_000);
        using var restored = Restore(out _);
        Require(restored, 41);
    }

    [Fact]
    public void Backup_AfterACompaction_HasItsFileAndNoneOfTheOld()
    {
        using var store = Open(retention: TimeSpan.FromMinutes(1));
        for (var i = 0; i < 60; i++) Commit(store);
        store.CreateSnapshot("kept", "main", new Lsn(5));
        store.Backup(Folder("backup"));
        Age(store);
        Commit(store);
        Assert.True(store.OldestLsn > new Lsn(5));

        store.Backup(Folder("backup"));

        var names = Folder("backup").List();
        Assert.Contains(names, name => name.Contains("compacted", StringComparison.Ordinal));
        Assert.DoesNotContain(names, name => name.Contains("segment-00000001", StringComparison.Ordinal));
        using var restored = Restore(out var verification);
        Assert.Empty(verification.Damages);
        Require(restored, 61);
        using var kept = restored.OpenSnapshot("kept");
        Assert.Equal(5, NumberIn(kept));
    }

    [Fact]
    public void Open_CheckpointDamagedAfterACompaction_SaysThatABackupIsNeededAndThatBringsAllBack()
    {
        using (var store = Open(retention: TimeSpan.FromMinutes(1)))
        {
            for (var i = 0; i < 60; i++) Commit(store);
            Age(store);
            Commit(store);
            store.Backup(Folder("backup"));
        }

        var checkpoints = Directory.GetFiles(PathOf("log"), "checkpoint-*");
        Assert.NotEmpty(checkpoints);
        foreach (var path in checkpoints)
        {
            var bytes = File.ReadAllBytes(path);
            bytes[bytes.Length / 2] ^= 1;
            File.WriteAllBytes(path, bytes);
        }

        using (var log = LogInspector.Open(Folder("log")))
        {
            Assert.Contains(log.Verify().Damages, damage => damage.What.Contains("cannot be opened", StringComparison.Ordinal) && damage.What.Contains("only a backup has all of it", StringComparison.Ordinal));
        }

        var failure = Assert.Throws<VitessException>(() => Open());
        Assert.Equal((ErrorCodes.ShardError.Code, "XX001"), (failure.Code, failure.SqlState));
        Assert.Contains("checkpoint is missing or damaged", failure.Message, StringComparison.Ordinal);
        Assert.Contains("shale restore", failure.Hint, StringComparison.Ordinal);
        using var restored = Restore(out _);
        Require(restored, 61);
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public void CutAt_ATime_LeavesOutWhatCameAfterIt()
    {
        using var store = Open();
        Commit(store);
        using (var source = store.BeginBackup())
        {
            var cut = HlcTimestamp.FirstOf(_clock.Now);
            _clock.Now += TimeSpan.FromSeconds(1);
            Commit(store);
            store.CreateBranch("late", "main");
            source.CutAt(cut > source.Newest ? cut : source.Newest);
            Assert.Equal(new Lsn(1), source.CopyTo(Folder("backup")).Last);
        }

        using var restored = Restore(out _);
        Require(restored, 1);
        Assert.Equal(["main"], restored.Branches.Select(branch => branch.Name));
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public void CutAt_ATimeAheadOfTheClock_IsBeforeEveryLaterCommit()
    {
        using var store = Open();
        Commit(store);
        using var source = store.BeginBackup();
        var cut = HlcTimestamp.FirstOf(Start.AddHours(1));
        source.CutAt(cut);

        Assert.True(store.FindCommit("main", Commit(store))!.Time > cut);
        Assert.Equal((cut, new Lsn(1)), (source.CopyTo(Folder("backup")).Time, new Lsn(1)));
    }

    [Fact]
    public void BeginBackup_ACompactionComes_WaitsForTheCutAndNotForTheCopy()
    {
        using var store = Open(retention: TimeSpan.FromMinutes(1));
        for (var i = 0; i < 60; i++) Commit(store);
        store.Checkpoint();
        _clock.Now += TimeSpan.FromMinutes(5);
        using var source = store.BeginBackup();
        Assert.False(store.Compact());
        source.CutAt(HlcTimestamp.FirstOf(_clock.Now));
        Assert.True(store.Compact());
        source.CopyTo(Folder("backup"));

        using var restored = Restore(out var verification);
        Assert.Empty(verification.Damages);
        Assert.Equal(Lsn.Zero, restored.OldestLsn);
        Require(restored, 60);
    }

    [Fact]
    public void BeginBackup_WhileFilesAreOpened_CommitsGoOn()
    {
        var disk = new WatchedDisk(Folder("log"));
        using var store = Open(disk);
        for (var i = 0; i < 60; i++) Commit(store);
        store.Checkpoint();
        var touched = new List<bool>();
        disk.OnUse = () => touched.Add(store.Lock.IsHeldByCurrentThread);

        using var source = store.BeginBackup();

        Assert.True(touched.Count > source.Files.Count, $"{touched.Count} uses of the disk, {source.Files.Count} files");
        Assert.DoesNotContain(true, touched);
    }

    [Fact]
    public void BeginBackup_AFileCannotBeOpened_HoldsNothing()
    {
        var disk = new WatchedDisk(Folder("log"));
        using var store = Open(disk, TimeSpan.FromMinutes(1));
        for (var i = 0; i < 60; i++) Commit(store);
        store.Checkpoint();
        _clock.Now += TimeSpan.FromMinutes(5);
        var uses = 0;
        disk.OnUse = () =>
        {
            if (++uses == 3) throw new VitessException(ErrorCodes.ShardError, "the disk has failed", sqlState: "58030");
        };

        Assert.Equal("58030", Assert.Throws<VitessException>(() => store.BeginBackup()).SqlState);
        Assert.True(store.Compact());
    }

    [Fact]
    public void Restore_ToAPoint_IsANewHeadWithEverythingBehindIt()
    {
        using var store = Open();
        for (var i = 0; i < 5; i++) Commit(store);
        store.CreateBranch("b", "main");
        for (var i = 0; i < 5; i++) Commit(store);
        store.Backup(Folder("backup"));

        using var byLsn = Restore(out _, LogPoint.Of(new Lsn(7)));
        Assert.Equal(7, Head(byLsn));
        Assert.Equal(5, Head(byLsn, "b"));
        using (var reader = byLsn.OpenReader("main", new Lsn(10))) Assert.Equal(10, NumberIn(reader));
        var time = store.FindCommit("main", new Lsn(8))!.Time;
        using var byTime = Restore(out _, LogPoint.Of(time));
        Assert.Equal(8, Head(byTime));
    }

    [Fact]
    public void Restore_OfABranchAlone_IsMainWithThePastOfTheBranch()
    {
        using var store = Open();
        for (var i = 0; i < 3; i++) Commit(store);
        store.CreateBranch("a", "main");
        store.CreateBranch("b", "a");
        Commit(store);
        for (var i = 0; i < 2; i++) Commit(store, "a");
        store.CreateSnapshot("ofa", "a", new Lsn(5));
        store.CreateSnapshot("ofmain", "main");
        Commit(store);
        Commit(store, "b");
        store.Backup(Folder("backup"));

        foreach (var checkpoint in (bool[])[false, true])
        {
            using var restored = Restore(out _, null, "a");
            if (checkpoint) restored.Checkpoint();
            Assert.Equal(6, Head(restored));
            Assert.Equal([(1, 1), (2, 2), (3, 3), (4, 3), (5, 5), (6, 6), (7, 6), (8, 6)], Enumerable.Range(1, 8).Select(lsn => (lsn, (int)NumberAt(restored, new Lsn(lsn)))));
            Assert.Equal([6, 5, 3, 2, 1], restored.CommitsOf("main").Select(commit => commit.Lsn.Value));
            Assert.Equal(new Lsn(5), restored.FindByVersion("main", 4));
            Assert.Equal(["main"], restored.Branches.Select(branch => branch.Name));
            Assert.Equal([("ofa", "main")], restored.Snapshots.Select(snapshot => (snapshot.Name, snapshot.Branch)));
            Assert.Equal(new Lsn(9), Commit(restored));
            Assert.Equal(6, restored.FindVersion("main", new Lsn(9)));
        }

        using (var then = Restore(out _, LogPoint.Of(new Lsn(2)), "a")) Assert.Equal((2, 6), (Head(then), NumberAt(then, new Lsn(8))));
        using (var main = Restore(out _, null, "main")) Assert.Equal((7, "main", "ofmain"), (Head(main), Assert.Single(main.Branches).Name, Assert.Single(main.Snapshots).Name));
        using var backup = LogBackup.Open(Folder("backup"));
        Assert.Equal(ErrorCodes.BranchNotFound.Code, Assert.Throws<VitessException>(() => backup.Restore(Folder("other"), branch: "none")).Code);
        Assert.Equal("55000", Assert.Throws<VitessException>(() => Open("other")).SqlState);
    }

    [Fact]
    public void Restore_ToWhatTheBackupHasNot_IsRefusedAndMakesNothing()
    {
        using var store = Open();
        for (var i = 0; i < 5; i++) Commit(store);
        store.Backup(Folder("backup"));
        using var backup = LogBackup.Open(Folder("backup"));

        Assert.Equal(ErrorCodes.LsnNotAvailable.Code, Assert.Throws<VitessException>(() => backup.Restore(Folder("new"), LogPoint.Of(new Lsn(6)))).Code);
        Assert.Equal(ErrorCodes.FuturePoint.Code, Assert.Throws<VitessException>(() => backup.Restore(Folder("new"), LogPoint.Of(HlcTimestamp.FirstOf(Start.AddDays(1))))).Code);
        Assert.Empty(Folder("new").List());
        File.WriteAllText(Path.Combine(PathOf("new"), "notes.txt"), "mine");
        Assert.Equal("55000", Assert.Throws<VitessException>(() => backup.Restore(Folder("new"))).SqlState);
        Assert.Equal(["notes.txt"], Folder("new").List().Where(name => name != "lock"));
    }

    [Fact]
    public void HasCommitBy_OfATime_IsFoundWithoutARestore()
    {
        using var store = Open(retention: TimeSpan.FromMinutes(1));
        Commit(store);
        var first = store.FindCommit("main", new Lsn(1))!.Time;
        for (var i = 0; i < 60; i++) Commit(store);
        foreach (var isCompacted in (bool[])[false, true])
        {
            if (isCompacted) Age(store);
            store.Backup(Folder("backup"));
            using var backup = LogBackup.Open(Folder("backup"));
            Assert.Equal(isCompacted, backup.Info.Oldest > Lsn.Zero);
            Assert.False(backup.HasCommitBy(new HlcTimestamp(first.Value - 1)));
            Assert.True(backup.HasCommitBy(first));
            Assert.True(backup.HasCommitBy(backup.Info.Time));
        }
    }

    [Fact]
    public void HasCommitBy_OfADamagedBackup_IsNoAnswer()
    {
        using var store = Open();
        Commit(store);
        store.Backup(Folder("backup"));
        using var backup = LogBackup.Open(Folder("backup"));
        var piece = Directory.GetFiles(PathOf("backup"), "*-segment-*").Single();
        var bytes = File.ReadAllBytes(piece);
        File.WriteAllBytes(piece, bytes[..(bytes.Length / 2)]);
        Assert.Equal("XX001", Assert.Throws<VitessException>(() => backup.HasCommitBy(backup.Info.Time)).SqlState);
        File.Delete(piece);
        Assert.EndsWith("is missing", Assert.Throws<VitessException>(() => backup.HasCommitBy(backup.Info.Time)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backup_ToWhatIsNotItsOwn_IsRefused()
    {
        using var store = Open();
        Commit(store);
        Assert.Contains("segment-00000001.log", Assert.Throws<VitessException>(() => store.Backup(Folder("log"))).Message, StringComparison.Ordinal);

        _clock.Now += TimeSpan.FromSeconds(1);
        using var other = Open("other");
        Commit(other);
        other.Backup(Folder("backup"));
        var refused = Assert.Throws<VitessException>(() => store.Backup(Folder("backup")));
        Assert.Equal("55000", refused.SqlState);
        Assert.Contains("another log", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backup_OfWhatWasRestored_GoesOnUnlessTheLogsPart()
    {
        using var store = Open();
        for (var i = 0; i < 3; i++) Commit(store);
        store.Backup(Folder("backup"));
        _clock.Now += TimeSpan.FromSeconds(1);
        using var restored = Restore(out _);
        Commit(restored);
        Assert.Equal(new Lsn(4), restored.Backup(Folder("backup")).Last);

        _clock.Now += TimeSpan.FromSeconds(1);
        Commit(store);
        Assert.Equal("55000", Assert.Throws<VitessException>(() => store.Backup(Folder("backup"))).SqlState);
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("cut")]
    [InlineData("remove")]
    public void Verify_AnyFileIsDamaged_SaysWhich(string damage)
    {
        using (var store = Open())
        {
            for (var i = 0; i < 20; i++) Commit(store);
            store.Checkpoint();
            store.Backup(Folder("backup"));
            Commit(store);
            store.Backup(Folder("backup"));
        }

        foreach (var path in Directory.GetFiles(PathOf("backup")).Where(path => Path.GetFileName(path) != "lock"))
        {
            var bytes = File.ReadAllBytes(path);
            Damage(path, damage, bytes);
            var isManifest = path.EndsWith(".json", StringComparison.Ordinal);
            if (isManifest)
            {
                Assert.Equal(damage == "remove" ? "58P01" : "XX001", Assert.Throws<VitessException>(() => LogBackup.Open(Folder("backup"))).SqlState);
            }
            else
            {
                using var backup = LogBackup.Open(Folder("backup"));
                Assert.Contains(backup.Verify().Damages, found => found.File == Path.GetFileName(path));
                Assert.Equal("XX001", Assert.Throws<VitessException>(() => backup.Restore(Folder($"new-{damage}-{Path.GetFileName(path)}"))).SqlState);
            }

            File.WriteAllBytes(path, bytes);
        }

        using var mended = LogBackup.Open(Folder("backup"));
        Assert.Empty(mended.Verify().Damages);
    }

    [Fact]
    public void Backup_OfADamagedLog_IsNone()
    {
        using var store = Open();
        for (var i = 0; i < 20; i++) Commit(store);
        var path = Path.Combine(PathOf("log"), "segment-00000001.log");
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite)) RandomAccess.Write(file, [0xFF, 0xFE], 2000);

        Assert.Equal("XX001", Assert.Throws<VitessException>(() => store.Backup(Folder("backup"))).SqlState);
        Assert.Equal("58P01", Assert.Throws<VitessException>(() => LogBackup.Open(Folder("backup"))).SqlState);
    }

    [Fact]
    public void Manifest_Golden()
    {
        var manifest = new BackupManifest
        {
            Format = 1,
            Number = 2,
            LogFormat = 1,
            Taken = "2026-01-01T00:00:00Z",
            Time = 3621834000000000000,
            EndSegment = 3,
            EndOffset = 4096,
            EndTime = 3621834000000000000,
            EndChain = 4000000000,
            Lsn = 258,
            LsnTime = 3621833999999999999,
            OldestLsn = 12,
            Files = [new BackupFile("segment-00000003.log", [new BackupPiece("00000001-segment-00000003.log", 64, new string('a', 64)), new BackupPiece("00000002-segment-00000003.log", 4032, new string('b', 64))])],
        };
        var golden = """
            {"sha256":"be610cc9258cca85e708f5b2098b887c79487dbd3eee88dc330d3b4ff7c15a94","backup":{"format":1,"number":2,"logFormat":1,"taken":"2026-01-01T00:00:00Z","time":3621834000000000000,"endSegment":3,"endOffset":4096,"endTime":3621834000000000000,"endChain":4000000000,"lsn":258,"lsnTime":3621833999999999999,"oldestLsn":12,"files":[{"name":"segment-00000003.log","pieces":[{"file":"00000001-segment-00000003.log","bytes":64,"sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},{"file":"00000002-segment-00000003.log","bytes":4032,"sha256":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}]}]}}

            """;

        Assert.Equal(golden, Encoding.UTF8.GetString(manifest.ToBytes()));
        var read = BackupManifest.Read("backup-00000002.json", Encoding.UTF8.GetBytes(golden));
        Assert.Equal(manifest.ToBytes(), read.ToBytes());
        Assert.Equal("XX001", Assert.Throws<VitessException>(() => BackupManifest.Read("m", Encoding.UTF8.GetBytes(golden.Replace("258", "259", StringComparison.Ordinal)))).SqlState);
        Assert.Equal("0A000", Assert.Throws<VitessException>(() => BackupManifest.Read("m", (manifest with { Format = 2 }).ToBytes())).SqlState);
        foreach (var outside in (string[])["../passwd", "/etc/passwd", "..", ""])
        {
            Assert.Equal("XX001", Assert.Throws<VitessException>(() => BackupManifest.Read("m", (manifest with { Files = [new BackupFile(outside, [])] }).ToBytes())).SqlState);
            Assert.Equal("XX001", Assert.Throws<VitessException>(() => BackupManifest.Read("m", (manifest with { Files = [new BackupFile("x", [new BackupPiece(outside, 1, "")])] }).ToBytes())).SqlState);
        }
    }

    private static void Damage(string path, string damage, byte[] bytes)
    {
        if (damage == "remove") File.Delete(path);
        else if (damage == "cut") File.WriteAllBytes(path, bytes[..^2]);
        else File.WriteAllBytes(path, [.. bytes[..(bytes.Length / 2)], (byte)(bytes[bytes.Length / 2] ^ 4), .. bytes[((bytes.Length / 2) + 1)..]]);
    }

    // Everything goes before the window but its end.
    private void Age(PageStore store)
    {
        store.Checkpoint();
        _clock.Now += TimeSpan.FromMinutes(5);
        Assert.True(store.Compact());
        store.Checkpoint();
    }

    private string PathOf(string name) => Path.Combine(_directory.Path, name);

    private LocalDisk Folder(string name) => new(PathOf(name));

    private PageStore Open(string name = "log", TimeSpan? retention = null) => Open(Folder(name), retention);

    private PageStore Open(IDisk disk, TimeSpan? retention = null) => PageStore.Open(
        disk, new PageStoreOptions { Clock = _clock, Durable = false, MaintainsItself = false, SegmentBytesMin = 1 << 16, SegmentBytesMax = 1 << 16, Retention = retention ?? TimeSpan.FromDays(30) });

    private PageStore Restore(out LogVerification verification, LogPoint? point = null, string? branch = null)
    {
        var name = $"restored{Directory.GetDirectories(_directory.Path).Length}";
        using (var backup = LogBackup.Open(Folder("backup")))
        {
            verification = backup.Verify();
            backup.Restore(Folder(name), point, new PageStoreOptions { Clock = _clock }, branch: branch);
        }

        return Open(name);
    }

    // Commits have their LSN on page 1.
    private static Lsn Commit(PageStore store, string branch = "main")
    {
        using var writer = store.OpenWriter(branch);
        var page = new byte[PageFormat.PageSize];
        BitConverter.TryWriteBytes(page, store.LastLsn.Next.Value);
        new Random((int)store.LastLsn.Value).NextBytes(page.AsSpan(8));
        writer.Write(1, page);
        writer.Prepare(default);
        var lsn = writer.Publish();
        store.WaitDurable(lsn);
        return lsn;
    }

    private static void Require(PageStore restored, long last)
    {
        Assert.Equal(new Lsn(last), restored.LastLsn);
        for (var lsn = Math.Max(1, restored.OldestLsn.Value); lsn <= last; lsn++)
        {
            using var reader = restored.OpenReader("main", new Lsn(lsn));
            Assert.Equal(lsn, NumberIn(reader));
        }
    }

    private static long Head(PageStore store, string branch = "main")
    {
        using var reader = store.OpenReader(branch);
        reader.Pin();
        return NumberIn(reader);
    }

    private static long NumberAt(PageStore store, Lsn lsn)
    {
        using var reader = store.OpenReader("main", lsn);
        return NumberIn(reader);
    }

    private static long NumberIn(IPageReader reader)
    {
        Span<byte> bytes = stackalloc byte[8];
        reader.Read(1, 0, bytes);
        return BitConverter.ToInt64(bytes);
    }

    // Tells of every look at the directory and every file that is opened.
    private sealed class WatchedDisk(IDisk disk) : ForwardingDisk(disk)
    {
        public Action? OnUse { get; set; }

        public override IReadOnlyList<string> List()
        {
            OnUse?.Invoke();
            return base.List();
        }

        public override IDiskFile Open(string name)
        {
            OnUse?.Invoke();
            return base.Open(name);
        }
    }
}
