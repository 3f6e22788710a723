namespace Shale.DoSql.Tests;

/// <summary>Backups of a database that is written, and what they restore.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("shale-dosql-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Backup_WhileOthersWrite_RestoresOneOfTheStatesThereWere()
    {
        await using var db = await DoSqlDatabase.OpenAsync(PathOf("db"));
        await db.RunAsync("CREATE TABLE pairs (a INTEGER, b INTEGER)");
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++) await db.RunAsync("INSERT INTO pairs VALUES (?, ?)", [i, i]);
        });
        for (var round = 1; round <= 5; round++)
        {
            var before = await db.QueryOneAsync<long>("SELECT count(*) FROM pairs");
            var backup = await db.BackupAsync(PathOf("backup"));
            Assert.Equal(round, backup.Number);
            Assert.Empty((await DoSqlDatabase.VerifyBackupAsync(PathOf("backup"))).Damages);
            await DoSqlDatabase.RestoreBackupAsync(PathOf("backup"), PathOf($"restored{round}"));
            await using var restored = await DoSqlDatabase.OpenAsync(PathOf($"restored{round}"));
            Assert.True(await restored.QueryOneAsync<long>("SELECT count(*) FROM pairs") >= before);
            Assert.Equal(0, await restored.QueryOneAsync<long>("SELECT (SELECT count(*) FROM pairs WHERE a <> b) + (SELECT coalesce(max(a) + 1, 0) - count(*) FROM pairs)"));
        }

        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public async Task RestoreBackup_ToAPoint_HasItAsTheNewestAndKeepsTheRest()
    {
        await using (var db = await DoSqlDatabase.OpenAsync(PathOf("db")))
        {
            await db.RunAsync("CREATE TABLE t (v TEXT)");
            await db.RunAsync("INSERT INTO t VALUES ('a')");
            await db.RunAsync("INSERT INTO t VALUES ('b')");
            await db.BackupAsync(PathOf("backup"));
        }

        Assert.Equal(new Lsn(2), await DoSqlDatabase.RestoreBackupAsync(PathOf("backup"), PathOf("new"), TimePoint.OfLsn(2)));
        await using var restored = await DoSqlDatabase.OpenAsync(PathOf("new"));
        Assert.Equal(1, await restored.QueryOneAsync<long>("SELECT count(*) FROM t"));
        Assert.Equal(2, await restored.QueryOneAsync<long>("SELECT count(*) FROM t AS OF LSN 3"));

        async Task<VitessException> FailsAsync(string to, TimePoint? point) => await Assert.ThrowsAsync<VitessException>(() => DoSqlDatabase.RestoreBackupAsync(PathOf("backup"), PathOf(to), point));
        Assert.Equal(ErrorCodes.InvalidPoint.Code, (await FailsAsync("other", TimePoint.OfSnapshot("s"))).Code);
        Assert.Equal(ErrorCodes.LsnNotAvailable.Code, (await FailsAsync("other", TimePoint.OfLsn(4))).Code);
        Assert.Equal("55000", (await FailsAsync("db", null)).SqlState);
    }

    [Fact]
    [Trait("Rule", "S5.1")]
    public async Task RestoreBackup_ToATimeAtWhichNothingWas_RefusedBeforeAnythingIsCopied()
    {
        var before = DateTimeOffset.UtcNow.AddHours(-1);
        await using (var db = await DoSqlDatabase.OpenAsync(PathOf("db")))
        {
            await db.RunAsync("CREATE TABLE t (v TEXT)");
            await db.BackupAsync(PathOf("backup"));
        }

        var failure = await Assert.ThrowsAsync<VitessException>(() => DoSqlDatabase.RestoreBackupAsync(PathOf("backup"), PathOf("new"), TimePoint.OfTimestamp(before)));
        Assert.Equal(ErrorCodes.PointNotFound.Code, failure.Code);
        Assert.Contains("there was nothing yet at", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(PathOf("new")));

        await DoSqlDatabase.RestoreBackupAsync(PathOf("backup"), PathOf("new"), TimePoint.OfLsn(1));
        await using var restored = await DoSqlDatabase.OpenAsync(PathOf("new"));
        Assert.Equal(0, await restored.QueryOneAsync<long>("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task RestoreBackup_OfOneBranch_HasItAsMain()
    {
        await using (var db = await DoSqlDatabase.OpenAsync(PathOf("db")))
        {
            await db.RunAsync("CREATE TABLE t (v TEXT)");
            await db.RunAsync("INSERT INTO t VALUES ('both')");
            var dev = await db.BranchAsync("dev");
            await db.RunAsync("INSERT INTO t VALUES ('main')");
            await dev.RunAsync("UPDATE t SET v = 'dev'");
            await db.BackupAsync(PathOf("backup"));
        }

        await DoSqlDatabase.RestoreBackupAsync(PathOf("backup"), PathOf("new"), branch: "dev");
        await using var restored = await DoSqlDatabase.OpenAsync(PathOf("new"));
        Assert.Equal("dev", await restored.QueryOneAsync<string>("SELECT group_concat(v) FROM t"));
        Assert.Equal("both", await restored.QueryOneAsync<string>("SELECT group_concat(v) FROM t AS OF VERSION CURRENT - 1"));
        Assert.Equal("main", await restored.QueryOneAsync<string>("SELECT group_concat(name) FROM dosql_branches"));
    }

    private string PathOf(string name) => Path.Combine(_root, name);
}
