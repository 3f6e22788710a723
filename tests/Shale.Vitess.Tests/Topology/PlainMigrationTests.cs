using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>Data directories whose shards are plain files, as earlier versions have left them.</summary>
public sealed class PlainMigrationTests : IDisposable
{
    private const int Rows = 3000;
    private readonly string _root = Directory.CreateTempSubdirectory("shale-plain-").FullName;
    private int _copies;

    private string First => Path.Combine(_root, "data");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Open_PlainFilesWithWals_BecomeLogsOnceAndTheFilesAreKept()
    {
        await MakePlainAsync();
        Assert.True(new FileInfo(In("main/-80.db-wal")).Length > 0);
        var seen = new Watch();
        await using (var cluster = await OpenAsync(First, seen))
        {
            Assert.Equal(["-80", "80-"], cluster.Migrated.Select(each => each.Shard));
            Assert.All(cluster.Migrated, each => Assert.Equal(new FileInfo(each.KeptFile).Length, each.KeptBytes));
            Assert.Equal([In("main/-80.db.migrated"), In("main/80-.db.migrated")], cluster.Migrated.Select(each => each.KeptFile));
            await CheckAsync(cluster);
        }

        foreach (var shard in (string[])["-80", "80-"])
        {
            var told = seen.All.Where(each => each.Shard == shard).ToList();
            Assert.True(told[^1].IsVerifying && told[^1].DoneBytes == told[^1].AllBytes && told.Count(each => each.IsVerifying) == 1);
            Assert.Equal(told.Order(Comparer<ShardMigration>.Create((a, b) => a.DoneBytes.CompareTo(b.DoneBytes))), told);
        }

        Assert.Equal(["-80.db.migrated", "-80.log", "80-.db.migrated", "80-.log"], Names("main"));
        File.Delete(In("main/-80.db.migrated"));
        await using var again = await OpenAsync(First);
        Assert.Empty(again.Migrated);
        await CheckAsync(again);
    }

    [Fact]
    public async Task Open_AfterACrashInTheMiddle_DoesItAgain()
    {
        await MakePlainAsync();
        var crashes = new List<string>();
        await (await OpenAsync(First, new Watch(_ => crashes.Add(Copy())))).DisposeAsync();
        Assert.True(crashes.Count >= 4);
        foreach (var crash in crashes)
        {
            await using var cluster = await OpenAsync(crash);
            await CheckAsync(cluster);
            Assert.Equal(["-80.db.migrated", "-80.log", "80-.db.migrated", "80-.log"], Names("main", crash));
        }
    }

    [Fact]
    public async Task Open_AfterACrashBeforeTheLogHasItsName_TakesTheLog()
    {
        await MakePlainAsync();
        await (await OpenAsync(First)).DisposeAsync();
        Directory.Move(In("main/80-.log"), In("main/80-.log.new"));
        await using var cluster = await OpenAsync(First);
        Assert.Equal("80-", Assert.Single(cluster.Migrated).Shard);
        await CheckAsync(cluster);
    }

    [Fact]
    public async Task Open_TheFileIsDamaged_IsRefusedAndChangesNothing()
    {
        await MakePlainAsync();
        File.Delete(In("main/80-.db-wal"));
        using (var file = File.OpenWrite(In("main/80-.db")))
        {
            file.Position = 3 * 4096;
            file.Write([.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 7))]);
        }

        var failure = await RefusedAsync();
        Assert.Equal(("SHARD_ERROR", "XX001", "80-"), (failure.Code, failure.SqlState, failure.Shard));
        Assert.Contains("backup", failure.Hint, StringComparison.Ordinal);
        Assert.Equal(["-80.db.migrated", "-80.log", "80-.db"], Names("main"));
    }

    [Fact]
    public async Task Open_Cancelled_IsDoneByTheNextStart()
    {
        await MakePlainAsync();
        using var stop = new CancellationTokenSource();
        var failure = await Assert.ThrowsAsync<VitessException>(async () => await OpenAsync(First, new Watch(_ => stop.Cancel()), stop.Token));
        Assert.Equal("57014", failure.SqlState);
        Assert.Equal(["-80.db", "80-.db", "80-.db-wal"], Names("main"));
        await using var cluster = await OpenAsync(First);
        await CheckAsync(cluster);
    }

    [Fact]
    public async Task Open_AFileBesideItsLog_IsRefused()
    {
        await MakePlainAsync();
        File.Copy(In("main/-80.db"), In("old.db"));
        await (await OpenAsync(First)).DisposeAsync();
        File.Copy(In("old.db"), In("main/-80.db"));
        var failure = await RefusedAsync();
        Assert.Equal(("SHARD_ERROR", "55006", "-80"), (failure.Code, failure.SqlState, failure.Shard));
        Assert.Contains("Move the one", failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_AShardThatHadGoneToAnotherFile_IsMigratedThere()
    {
        await MakePlainAsync();
        Directory.CreateDirectory(In("other"));
        File.Copy(In("main/80-.db"), In("other/far.db"));
        File.Move(In("main/80-.db-wal"), In("other/far.db-wal"));
        File.WriteAllText(In("main/80-.db.moved"), In("other/far.db"));
        await using (var cluster = await OpenAsync(First)) await CheckAsync(cluster);
        Assert.Equal(["far.db.log", "far.db.migrated"], Names("other"));
        Assert.Equal(["-80.db.migrated", "-80.log", "80-.db", "80-.db.moved"], Names("main"));
        await using (var again = await OpenAsync(First)) await CheckAsync(again);

        // What was there before it went is not the shard.
        Directory.Delete(In("other/far.db.log"), recursive: true);
        Assert.Equal(("SHARD_ERROR", "XX001", "80-"), await RefusedAsync() is var failure ? (failure.Code, failure.SqlState, failure.Shard) : default);
    }

    [Fact]
    public async Task Open_APlainFileIsEmpty_IsRefused()
    {
        await MakePlainAsync();
        File.Delete(In("main/80-.db-wal"));
        File.WriteAllBytes(In("main/80-.db"), []);
        Assert.Equal(("SHARD_ERROR", "XX001", "80-"), await RefusedAsync() is var failure ? (failure.Code, failure.SqlState, failure.Shard) : default);
        Assert.Equal(["-80.db", "-80.db-wal", "80-.db"], Names("main"));
    }

    private string In(string name) => Path.Combine(First, name);

    private string[] Names(string keyspace, string? directory = null) =>
        [.. Directory.EnumerateFileSystemEntries(Path.Combine(directory ?? First, keyspace)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static ValueTask<LocalCluster> OpenAsync(string directory, Watch? progress = null, CancellationToken cancellationToken = default) =>
        LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = directory, Shards = 2, Durable = false, MigrationProgress = progress }, cancellationToken);

    private async Task<VitessException> RefusedAsync() => await Assert.ThrowsAsync<VitessException>(async () => await (await OpenAsync(First)).DisposeAsync());

    private static async Task CheckAsync(LocalCluster cluster)
    {
        Assert.Empty(cluster.Repairs);
        Assert.Equal([$"{Rows}|{Rows * 2}"], Cluster.Rows((await RunAsync(cluster, "SELECT count(*), sum(n) FROM t")).Rows));
        Assert.Equal(["7"], Cluster.Rows((await RunAsync(cluster, "SELECT id FROM t WHERE name = 'Name 7'")).Rows));
        await RunAsync(cluster, "UPDATE t SET n = n + 1 WHERE id = 1");
        await RunAsync(cluster, "UPDATE t SET n = n - 1 WHERE id = 1");
    }

    // Half of it stands in the files, half in their WALs: what a server that was killed has left.
    private async Task MakePlainAsync()
    {
        await using (var cluster = await OpenAsync(First))
        {
            await RunAsync(cluster, "CREATE TABLE t (id INT PRIMARY KEY, n INT CHECK (n > 0), name TEXT)");
            await RunAsync(cluster, "CREATE INDEX t_name ON t (lower(name))");
            await RunAsync(cluster, $"INSERT INTO t SELECT i, 1, 'Name ' || i FROM generate_series(1, {Rows}) AS g(i)");
            foreach (var tablet in cluster.Tablets) await tablet.SwitchEngineAsync(new SqliteEngine(new SqliteEngineOptions { Path = In($"main/{tablet.Shard}.db") }));
        }

        foreach (var shard in (string[])["-80", "80-"])
        {
            var (file, copy) = (In($"main/{shard}.db"), In("copy.db"));
            Directory.Delete(In($"main/{shard}.log"), recursive: true);
            File.Delete(In($"main/{shard}.log.moved"));
            await using (var engine = new SqliteEngine(new SqliteEngineOptions { Path = file }))
            await using (var connection = await engine.OpenAsync(EngineAccess.Write, default))
            {
                await connection.ExecuteAsync("UPDATE t SET n = 2", [], default);
                File.Copy(file, copy);
                File.Copy(file + "-wal", copy + "-wal");
            }

            File.Move(copy, file, overwrite: true);
            File.Move(copy + "-wal", file + "-wal", overwrite: true);
        }
    }

    private string Copy()
    {
        var to = Path.Combine(_root, $"crash-{_copies++}");
        foreach (var file in Directory.EnumerateFiles(First, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file).StartsWith("lock", StringComparison.Ordinal)) continue;
            var copy = Path.Combine(to, Path.GetRelativePath(First, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return to;
    }

    private static async Task<GateResult> RunAsync(LocalCluster cluster, string sql) => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []));

    private sealed class Watch(Action<ShardMigration>? act = null) : IProgress<ShardMigration>
    {
        public List<ShardMigration> All { get; } = [];

        public void Report(ShardMigration value)
        {
            All.Add(value);
            act?.Invoke(value);
        }
    }
}
