using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>Backups of a running keyspace, and what they restore.</summary>
public sealed class KeyspaceBackupTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-backup-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Backup_WhileMoneyMovesBetweenShards_HasOneMomentOfAll()
    {
        const int Accounts = 40, Balance = 100;
        await using var cluster = await OpenAsync("data", shards: 4);
        await RunAsync(cluster, "CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL)");
        await RunAsync(cluster, $"INSERT INTO accounts VALUES {string.Join(", ", Enumerable.Range(1, Accounts).Select(id => $"({id}, {Balance})"))}");
        using var stop = new CancellationTokenSource();
        var moved = 0;
        var movers = Enumerable.Range(0, 4).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            while (!stop.IsCancellationRequested)
            {
                await MoveAsync(cluster, random.Next(1, Accounts + 1), random.Next(1, Accounts + 1));
                Interlocked.Increment(ref moved);
            }
        })).ToList();

        for (var backup = 1; backup <= 6; backup++)
        {
            var before = Volatile.Read(ref moved);
            var info = await cluster.Gate.BackupAsync(null, PathOf("backup"));
            Assert.Equal(backup, info.Number);
            using (var taken = KeyspaceBackup.Open(PathOf("backup"))) taken.Restore(PathOf($"restored{backup}"));
            await using var restored = await OpenAsync($"restored{backup}");
            Assert.Empty(restored.Repairs);
            Assert.Equal((long)Accounts * Balance, await NumberAsync(restored, "SELECT sum(balance) FROM accounts"));
            while (Volatile.Read(ref moved) < before + 5 && !movers.Any(mover => mover.IsCompleted)) await Task.Yield();
        }

        await stop.CancelAsync();
        await Task.WhenAll(movers);
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Backup_InTheMidstOfACommitOverShards_WaitsForItsEnd()
    {
        var hooks = new Hooks();
        await using var cluster = await OpenAsync("data", hooks: hooks);
        await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
        Task<KeyspaceBackupInfo>? backup = null;
        var commits = 0;
        hooks.Before = (_, what) =>
        {
            if (what == "commit" && ++commits == 2) backup = cluster.Gate.BackupAsync(null, PathOf("backup")).AsTask();
            return Task.CompletedTask;
        };
        await RunAsync(cluster, $"INSERT INTO t VALUES {string.Join(", ", Enumerable.Range(1, 20).Select(id => $"({id})"))}");
        hooks.Before = null;
        Assert.Equal(2, commits);
        await backup!;

        Restore("restored");
        await using var restored = await OpenAsync("restored");
        Assert.Equal(20L, await NumberAsync(restored, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Backup_Again_CopiesWhatIsNew()
    {
        await using var cluster = await OpenAsync("data");
        await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)");
        for (var id = 1; id <= 40; id++) await RunAsync(cluster, $"INSERT INTO t VALUES ({id}, '{new string('x', 3000)}')");
        var first = await cluster.Gate.BackupAsync(null, PathOf("backup"));
        await RunAsync(cluster, "INSERT INTO t VALUES (41, 'new')");
        var second = await cluster.Gate.BackupAsync("main", PathOf("backup"));

        Assert.True(first.Shards.Sum(shard => shard.NewBytes) > 100_000);
        Assert.InRange(second.Shards.Sum(shard => shard.NewBytes), 1, 40_000);
        Restore("restored");
        await using var restored = await OpenAsync("restored");
        Assert.Equal(41L, await NumberAsync(restored, "SELECT count(*) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S6.4")]
    public async Task Backup_Statement_IsForWhoIsOnTheMachine()
    {
        await using var cluster = await OpenAsync("data");
        await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
        var statement = new GateRequest($"BACKUP KEYSPACE main TO '{PathOf("backup")}'", []);
        var rows = (await cluster.Gate.ExecuteAsync(statement with { Client = "127.0.0.1:4711" })).Rows;
        Assert.Equal(["-80", "80-"], Enumerable.Range(0, rows.RowCount).Select(row => rows[row][0].AsText()));
        await cluster.Gate.ExecuteAsync(statement with { Client = "[::1]:4711" });
        await cluster.Gate.ExecuteAsync(statement with { IdempotencyKey = "k" });

        Assert.Equal(ErrorCodes.Unauthorized.Code, (await FailsAsync(cluster, statement with { Client = "10.0.0.7:4711" })).Code);
        Assert.Equal("22023", (await FailsAsync(cluster, new GateRequest("BACKUP KEYSPACE main TO 'backup'", []))).SqlState);
        Assert.Equal("3D000", (await FailsAsync(cluster, new GateRequest("BACKUP KEYSPACE other TO '/tmp/x'", []))).SqlState);
        var transaction = await cluster.Gate.BeginAsync(null);
        Assert.Equal("25001", (await FailsAsync(cluster, statement with { TxId = transaction.TxId })).SqlState);
    }

    [Fact]
    public async Task Backup_Statement_ShowsInTheProcessListHowFarItIs()
    {
        await using var engine = SqliteEngine.InMemory();
        var backup = new PausedBackup();
        await using var gate = new VTGate(new VTGateOptions
        {
            Topology = new MemoryTopology(VSchema.Empty.WithKeyspace(VKeyspace.Create("main", [KeyRange.All]))),
            Tablets = [new VTTablet(new VTTabletOptions { Keyspace = "main", Shard = "-", Engine = engine })],
            Scratch = new Dictionary<Contracts.StorageEngineType, IScratchSource> { [Contracts.StorageEngineType.Sqlite] = engine },
            DefaultKeyspace = "main",
            Backup = backup,
        });
        var taken = gate.ExecuteAsync(new GateRequest("BACKUP KEYSPACE main TO '/backup'", [])).AsTask();
        await backup.Begun.Task;
        var shown = Cluster.Rows((await gate.ExecuteAsync(new GateRequest("SHOW PROCESSLIST", []))).Rows);
        backup.End.SetResult();
        await taken;

        var state = Assert.Single(shown, row => row.EndsWith("BACKUP KEYSPACE main TO '/backup'", StringComparison.Ordinal)).Split('|')[4];
        Assert.Equal("copying -80: 1048576 of 4194304 bytes", state);
        Assert.True(BackupProgress.TryRead(state, out var read));
        Assert.Equal(new BackupProgress("-80", 1 << 20, 4 << 20), read);
        Assert.False(BackupProgress.TryRead("running", out _));
        Assert.False(BackupProgress.TryRead(null, out _));
    }

    /// <summary>Tells how far it is, and waits.</summary>
    private sealed class PausedBackup : IKeyspaceBackup
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<KeyspaceBackupInfo> TakeAsync(KeyspaceBackupRequest request, CancellationToken cancellationToken)
        {
            request.Progress!.Report(new BackupProgress("-80", 1 << 20, 4 << 20));
            Begun.SetResult();
            await End.Task.WaitAsync(cancellationToken);
            return new KeyspaceBackupInfo(request.Keyspace, 1, default, []);
        }
    }

    [Fact]
    public async Task Restore_ToATime_HasTheTablesOfThenAndNumbersThatGoOn()
    {
        DateTimeOffset then;
        await using (var cluster = await OpenAsync("data"))
        {
            await RunAsync(cluster, "CREATE TABLE t (id SERIAL PRIMARY KEY, v TEXT)");
            await RunAsync(cluster, "INSERT INTO t (v) VALUES ('a'), ('b')");
            then = await Cluster.InstantAsync();
            await RunAsync(cluster, "INSERT INTO t (v) VALUES ('c')");
            await RunAsync(cluster, "ALTER TABLE t ADD COLUMN w BIGINT");
            await RunAsync(cluster, "CREATE TABLE later (id BIGINT PRIMARY KEY)");
            await cluster.Gate.BackupAsync(null, PathOf("backup"));
        }

        Restore("then", RestorePoint.Of(then));
        await using (var restored = await OpenAsync("then"))
        {
            Assert.Empty(restored.Repairs);
            Assert.Equal(2L, await NumberAsync(restored, "SELECT count(*) FROM t"));
            Assert.Single(restored.Gate.VSchema.Get("main").Tables);
            await FailsAsync(restored, new GateRequest("SELECT w FROM t", []));
            await RunAsync(restored, "INSERT INTO t (v) VALUES ('d')");
            Assert.True(await NumberAsync(restored, "SELECT max(id) FROM t") > 3, "an id was given out twice");
        }

        Restore("now");
        await using var now = await OpenAsync("now");
        Assert.Equal(3L, await NumberAsync(now, "SELECT count(*) FROM t WHERE w IS NULL"));
    }

    [Fact]
    public async Task Restore_ToWhatTheBackupHasNot_IsRefusedAndLeavesNothing()
    {
        await using (var cluster = await OpenAsync("data"))
        {
            await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
            await cluster.Gate.BackupAsync(null, PathOf("backup"));
        }

        Assert.Equal(ErrorCodes.FuturePoint.Code, Fails(() => Restore("new", RestorePoint.Of(DateTimeOffset.UtcNow.AddDays(1)))).Code);
        Assert.Equal(ErrorCodes.InvalidPoint.Code, Fails(() => Restore("new", RestorePoint.Of(new Lsn(1)))).Code);
        Assert.Equal(ErrorCodes.PointNotFound.Code, Fails(() => Restore("new", RestorePoint.Of(DateTimeOffset.UnixEpoch.AddYears(50)), new NothingCopied())).Code);
        Assert.False(Directory.Exists(PathOf("new")));
        Assert.Equal("55000", Fails(() => Restore("data")).SqlState);
        Assert.Equal("58P01", Fails(() => KeyspaceBackup.Open(PathOf("none"))).SqlState);
        Assert.Equal("58P01", Fails(() => KeyspaceBackup.Open(PathOf("data"))).SqlState);
    }

    [Fact]
    public async Task Restore_ADamagedBackup_SaysWhichFileAndLeavesNothing()
    {
        await using (var cluster = await OpenAsync("data"))
        {
            await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
            await cluster.Gate.BackupAsync(null, PathOf("backup"));
        }

        foreach (var path in Directory.GetFiles(PathOf("backup"), "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock"))
        {
            var bytes = File.ReadAllBytes(path);
            File.WriteAllBytes(path, [.. bytes[..(bytes.Length / 3)], (byte)(bytes[bytes.Length / 3] ^ 1), .. bytes[((bytes.Length / 3) + 1)..]]);
            var failure = Fails(() => Restore("new"));
            Assert.Equal("XX001", failure.SqlState);
            Assert.Contains(Path.GetFileName(path), failure.Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(PathOf("new")));
            File.WriteAllBytes(path, bytes);
        }

        using var backup = KeyspaceBackup.Open(PathOf("backup"));
        Assert.All(backup.Verify(), shard => Assert.Empty(shard.Found.Damages));
    }

    [Fact]
    public async Task Backup_ToWhatIsNotItsOwn_IsRefused()
    {
        await using var cluster = await OpenAsync("data");
        await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
        await using var other = await OpenAsync("other");
        await RunAsync(other, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
        await other.Gate.BackupAsync(null, PathOf("backup"));

        Assert.Equal("55000", (await FailsAsync(cluster, Backup("backup"))).SqlState);
        Assert.Equal("55000", (await FailsAsync(cluster, Backup("data/main"))).SqlState);
        File.WriteAllText(Path.Combine(_directory, "notes.txt"), "mine");
        Assert.Contains("notes.txt", (await FailsAsync(cluster, Backup("."))).Message, StringComparison.Ordinal);
        using var held = KeyspaceBackup.Open(PathOf("backup"));
        Assert.Equal("55006", (await FailsAsync(other, Backup("backup"))).SqlState);
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Backup_OfAKeyspaceWithBranchesAndTheirSnapshots_HasItsOwn()
    {
        await using var cluster = await OpenAsync("data");
        await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
        await RunAsync(cluster, "INSERT INTO t VALUES (1), (2), (3)");
        await RunAsync(cluster, "CALL dosql_snapshot('own')");
        await RunAsync(cluster, "CALL dosql_branch('dev')");
        foreach (var sql in (string[])["DELETE FROM t", "CALL dosql_snapshot('ofdev')", "CALL dosql_branch('more', 'ofdev')"]) await cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = "main/dev" });
        await cluster.Gate.BackupAsync(null, PathOf("backup"));

        Restore("restored");
        for (var start = 0; start < 2; start++)
        {
            await using var restored = await OpenAsync("restored");
            Assert.Equal(3L, await NumberAsync(restored, "SELECT count(*) FROM t"));
            Assert.Equal(3L, await NumberAsync(restored, "SELECT count(*) FROM t AS OF SNAPSHOT 'own'"));
            Assert.Equal(1L, await NumberAsync(restored, "SELECT count(*) FROM dosql_snapshots"));
            Assert.Equal(0L, await NumberAsync(restored, "SELECT count(*) FROM dosql_branches"));
            foreach (var tablet in restored.Tablets) Assert.Equal(["own"], (await tablet.History!.SnapshotsAsync(default)).Keys);
            if (start > 0) Assert.Empty(restored.Repairs);
        }
    }

    [Fact]
    [Trait("Rule", "S5.2")]
    public async Task Backup_OfABranch_IsRestoredAsAKeyspaceThatAnswersAsTheBranchDid()
    {
        DateTimeOffset before, branched, changed;
        await using var cluster = await OpenAsync("data");
        foreach (var sql in (string[])["CREATE TABLE t (id SERIAL PRIMARY KEY, v TEXT UNIQUE)", "INSERT INTO t (v) VALUES ('a'), ('b')"]) await RunAsync(cluster, sql);
        before = await Cluster.InstantAsync();
        foreach (var sql in (string[])["INSERT INTO t (v) VALUES ('c')", "CALL dosql_snapshot('ofmain')", "CALL dosql_branch('dev')"]) await RunAsync(cluster, sql);
        branched = await Cluster.InstantAsync();
        foreach (var sql in (string[])["DELETE FROM t", "CREATE TABLE ofmain (id BIGINT PRIMARY KEY)"]) await RunAsync(cluster, sql);
        foreach (var sql in (string[])["UPDATE t SET v = v || '!'", "CALL dosql_snapshot('ofdev')", "ALTER TABLE t ADD COLUMN w BIGINT"]) await OnDevAsync(sql);
        changed = await Cluster.InstantAsync();
        foreach (var sql in (string[])["INSERT INTO t (v, w) VALUES ('d', 4)", "CALL dosql_branch('more')"]) await OnDevAsync(sql);
        string[] reads =
        [
            "SELECT * FROM t ORDER BY id", "SELECT id FROM t WHERE v = 'b!'", $"SELECT * FROM t AS OF '{TimestampText.Write(before)}' ORDER BY id", $"SELECT * FROM t AS OF '{TimestampText.Write(branched)}' ORDER BY id",
            $"SELECT * FROM t AS OF '{TimestampText.Write(changed)}' ORDER BY id", "SELECT * FROM t AS OF SNAPSHOT 'ofdev' ORDER BY id", "SELECT id, v, w, _dosql_valid_from, _dosql_valid_to FROM t FOR SYSTEM_TIME ALL ORDER BY 1, 4",
        ];
        var expected = new List<string>();
        foreach (var sql in reads) expected.Add(TextOf(await OnDevAsync(sql)));
        var info = await cluster.Gate.BackupAsync("main/dev", PathOf("backup"));
        Assert.Equal(("main/dev", 1), (info.Keyspace, info.Number));
        var again = await OnDevAsync($"BACKUP KEYSPACE \"main/dev\" TO '{PathOf("backup")}'");
        Assert.Equal(2, again.Rows[0][4].AsInteger());
        Assert.Empty(again.Notices);
        Assert.Contains("main/dev, main/more", Assert.Single((await cluster.Gate.ExecuteAsync(Backup("ofmain"))).Notices), StringComparison.Ordinal);
        Assert.Contains("main/dev", (await FailsAsync(cluster, Backup("backup"))).Message, StringComparison.Ordinal);

        Restore("restored");
        for (var start = 0; start < 2; start++)
        {
            await using var restored = await OpenAsync("restored");
            Assert.Equal(["main"], restored.Gate.VSchema.Keyspaces.Keys);
            Assert.Null(restored.Gate.VSchema.Get("main").FindTable("ofmain"));
            for (var i = 0; i < reads.Length; i++) Assert.Equal(expected[i], TextOf(await restored.Gate.ExecuteAsync(new GateRequest(reads[i], []))));
            Assert.Equal(0L, await NumberAsync(restored, "SELECT count(*) FROM dosql_branches"));
            Assert.Equal(1L, await NumberAsync(restored, "SELECT count(*) FROM dosql_snapshots WHERE name = 'ofdev' AND branch = 'main'"));
            Assert.Empty(restored.Repairs);
            if (start == 0) continue;
            await RunAsync(restored, "INSERT INTO t (v) VALUES ('e')");
            Assert.True(await NumberAsync(restored, "SELECT max(id) FROM t") > 4, "an id was given out twice");
            await RunAsync(restored, "CALL dosql_branch('dev')");
            Assert.Equal(1L, await NumberAsync(restored, "SELECT count(*) FROM dosql_branches"));
        }

        foreach (var (time, at) in (List<(DateTimeOffset Time, int Read)>)[(before, 2), (branched, 3), (changed, 4)])
        {
            Restore($"at{at}", RestorePoint.Of(time));
            await using var restored = await OpenAsync($"at{at}");
            Assert.Equal(expected[at], TextOf(await restored.Gate.ExecuteAsync(new GateRequest(reads[0], []))));
        }

        ValueTask<GateResult> OnDevAsync(string sql) => cluster.Gate.ExecuteAsync(new GateRequest(sql, []) { Target = "main/dev" });
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task Restore_OfABranchWithANote_DoesWhatTheBranchHadToDoAndNotWhatItsParentHad()
    {
        await using var cluster = await OpenAsync("data");
        await RunAsync(cluster, "CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT UNIQUE)");
        await RunAsync(cluster, "CALL dosql_branch('dev')");
        await using (var shard = cluster.Tablets[1].OpenBranch("dev"))
        {
            static string Redo(string keyspace, int id) => $$"""{"keyspace":"{{keyspace}}","shard":"-80","statements":[["INSERT INTO t (id) VALUES ({{id}})",[]]]}""";
            var note = $$"""{"key":"5eed-1","entries":[],"redo":[{{Redo("main/dev", 1)}},{{Redo("main", 2)}},{{Redo("elsewhere", 3)}}]}""";
            await shard.BatchAsync(new Contracts.ShardBatchRequest(shard.Shard, [new(EntryNotes.CreateOn(shard.Engine), [[]]), new(EntryNotes.InsertSql, [[SqlValue.Text(note)]])], null), default);
        }

        await cluster.Gate.BackupAsync("main/dev", PathOf("backup"));

        Restore("restored");
        await using (var restored = await OpenAsync("restored"))
        {
            Assert.Contains("completed on 1 shards", Assert.Single(restored.Repairs), StringComparison.Ordinal);
            Assert.Equal(1L, await NumberAsync(restored, "SELECT sum(id) FROM t"));
        }

        await using var again = await OpenAsync("restored");
        Assert.Empty(again.Repairs);
    }

    [Fact]
    public async Task Backup_OfABranchOfWhatHasBeenDropped_IsRefused()
    {
        await using var cluster = await OpenAsync("data");
        foreach (var sql in (string[])["CREATE TABLE t (id BIGINT PRIMARY KEY)", "CALL dosql_branch('a')"]) await RunAsync(cluster, sql);
        await cluster.Gate.ExecuteAsync(new GateRequest("CALL dosql_branch('b')", []) { Target = "main/a" });
        await RunAsync(cluster, "CALL dosql_drop_branch('a')");
        Assert.Equal("0A000", (await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.BackupAsync("main/b", PathOf("backup")))).SqlState);
    }

    private sealed class NothingCopied : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value) => Assert.Fail($"{value.Shard} is copied");
    }

    private static string TextOf(GateResult result) => string.Join("; ", Enumerable.Range(0, result.Rows.RowCount).Select(row => string.Join(", ", Enumerable.Range(0, result.Rows.Fields.Count).Select(column => result.Rows[row][column].ToString()))));

    private GateRequest Backup(string name) => new($"BACKUP KEYSPACE main TO '{PathOf(name)}'", []);

    private string PathOf(string name) => Path.GetFullPath(Path.Combine(_directory, name));

    private void Restore(string name, RestorePoint? point = null, IProgress<BackupProgress>? progress = null)
    {
        using var backup = KeyspaceBackup.Open(PathOf("backup"));
        backup.Restore(PathOf(name), point, progress);
    }

    private ValueTask<LocalCluster> OpenAsync(string name, int? shards = null, Hooks? hooks = null) => LocalCluster.OpenAsync(new LocalClusterOptions
    {
        DataDirectory = PathOf(name), Shards = shards ?? (Directory.Exists(PathOf(name)) ? null : 2), Durable = false, WrapTablet = hooks is null ? null : hooks.Around,
    });

    private static async Task MoveAsync(LocalCluster cluster, int from, int to)
    {
        var transaction = await cluster.Gate.BeginAsync(null);
        try
        {
            await cluster.Gate.ExecuteAsync(new GateRequest($"UPDATE accounts SET balance = balance - 1 WHERE id = {from}", []) { TxId = transaction.TxId });
            await cluster.Gate.ExecuteAsync(new GateRequest($"UPDATE accounts SET balance = balance + 1 WHERE id = {to}", []) { TxId = transaction.TxId });
            await cluster.Gate.CommitAsync(transaction.TxId);
        }
        catch (VitessException failure) when (failure.IsTransient)
        {
            await cluster.Gate.RollbackAsync(transaction.TxId);
        }
    }

    private static async Task RunAsync(LocalCluster cluster, string sql) => await cluster.Gate.ExecuteAsync(new GateRequest(sql, []));

    private static async Task<long> NumberAsync(LocalCluster cluster, string sql)
    {
        var value = (await cluster.Gate.ExecuteAsync(new GateRequest(sql, []))).Rows[0][0];
        return long.Parse(value.ToString()!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<VitessException> FailsAsync(LocalCluster cluster, GateRequest request) => await Assert.ThrowsAsync<VitessException>(async () => await cluster.Gate.ExecuteAsync(request));

    private static VitessException Fails(Action action) => Assert.Throws<VitessException>(action);
}
