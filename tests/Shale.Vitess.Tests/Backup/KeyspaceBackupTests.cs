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

    private GateRequest Backup(string name) => new($"BACKUP KEYSPACE main TO '{PathOf(name)}'", []);

    private string PathOf(string name) => Path.GetFullPath(Path.Combine(_directory, name));

    private void Restore(string name, RestorePoint? point = null)
    {
        using var backup = KeyspaceBackup.Open(PathOf("backup"));
        backup.Restore(PathOf(name), point);
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
