using Shale.Cli.Commands;
using Shale.Client;

namespace Shale.Cli.Tests;

/// <summary>`shale backup` and `shale restore`, with servers of their own.</summary>
public sealed class BackupCommandTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("shale-backup-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Backup_OfARunningServer_RestoresWhatItHad()
    {
        using (var server = await ServeTests.Server.StartAsync(PathOf("data"), "--shards", "3"))
        {
            await using var client = server.Client();
            await client.ExecuteAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)");
            await client.ExecuteAsync("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
            Assert.Contains("Backup 1 of keyspace main: 3 shards as of ", await SucceedsAsync("backup", PathOf("backup"), "--endpoint", server.Url), StringComparison.Ordinal);
            await client.ExecuteAsync("INSERT INTO t VALUES (4, 'd')");
            Assert.Equal(0, await server.StopAsync());
        }

        Assert.Contains("is well: 3 shards", await SucceedsAsync("backup", PathOf("backup"), "--verify"), StringComparison.Ordinal);
        await SucceedsAsync("restore", PathOf("backup"), "--data", PathOf("first"));
        Assert.Equal(3, await CountAsync("first"));
        Assert.Contains("Backup 2 ", await SucceedsAsync("backup", PathOf("backup"), "--data", PathOf("data")), StringComparison.Ordinal);
        await SucceedsAsync("restore", PathOf("backup"), "--data", PathOf("second"));
        Assert.Equal(4, await CountAsync("second"));
    }

    [Fact]
    public async Task Backup_OfAKeyspaceWithABranch_TellsThatTheBranchIsNotInIt()
    {
        const string Notice = "NOTICE: a backup of main has none of its branches (main/dev): each is backed up by itself";
        using (var server = await ServeTests.Server.StartAsync(PathOf("data"), "--shards", "1"))
        {
            await using var client = server.Client();
            await client.ExecuteAsync("CREATE TABLE t (id BIGINT PRIMARY KEY)");
            await client.ExecuteAsync("CALL dosql_branch('dev')");
            Assert.Equal(Notice, await ErrorsAsync("--endpoint", server.Url));
            Assert.Equal(0, await server.StopAsync());
        }

        Assert.Equal(Notice, await ErrorsAsync("--data", PathOf("data")));
        await SucceedsAsync("backup", PathOf("ofdev"), "--data", PathOf("data"), "--keyspace", "main/dev");

        async Task<string> ErrorsAsync(params string[] from)
        {
            var (code, _, errors) = await ServeTests.RunAsync(["backup", PathOf("backup"), .. from]);
            Assert.True(code == 0, errors);
            return errors.TrimEnd();
        }
    }

    [Fact]
    [Trait("Rule", "S5.7")]
    public async Task OpenAsync_OfAStoppedServer_KeepsAllOfThePast()
    {
        var options = DataDirectory.OfStoppedServer(PathOf("data"), "main");
        for (var opened = 0; opened < 2; opened++)
        {
            await using var cluster = await DataDirectory.OpenAsync(options with { Shards = 2, Durable = false, MakesKeyspace = true }, CancellationToken.None);
            var health = await cluster.Gate.HealthAsync();
            Assert.All(health, shard => Assert.Equal((true, null, null), (shard.Healthy, shard.Retention!.Shortened, shard.Retention.Failure)));
        }

        // Whatever the server's own retention is.
        Assert.Equal((TimeSpan.MaxValue, long.MaxValue), (options.Retention, options.RetentionBytes));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Backup_ServerIsKilledInTheMidstOfIt_LeavesTheOneBefore()
    {
        using (var server = await ServeTests.Server.StartAsync(PathOf("data"), "--shards", "2"))
        {
            await using var client = server.Client();
            await client.ExecuteAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)");
            await client.ExecuteAsync("INSERT INTO t SELECT g, 'x' FROM generate_series(1, 1000) g");
            await client.ExecuteAsync($"BACKUP KEYSPACE main TO '{PathOf("backup")}'");
            await client.ExecuteAsync($"INSERT INTO t SELECT g, '{new string('y', 1000)}' FROM generate_series(1001, 20000) g");
            Assert.Equal(0, await server.StopAsync());
        }

        for (var round = 0; round < 4; round++)
        {
            using (var server = await ServeTests.Server.StartAsync(PathOf("data")))
            {
                await using var client = VitessClient.Create(new VitessConfig { Endpoint = server.Url, Retry = new RetryConfig(1, TimeSpan.Zero), Timeout = Timeout.InfiniteTimeSpan });
                var before = Pieces();
                var backup = Record.ExceptionAsync(() => client.ExecuteAsync($"BACKUP KEYSPACE main TO '{PathOf("backup")}'"));

                // A file more for each round, so that it is another moment.
                while (!backup.IsCompleted && Pieces() <= before + round) await Task.Yield();
                server.Kill();
                await backup;
            }

            await SucceedsAsync("backup", PathOf("backup"), "--verify");
            await SucceedsAsync("restore", PathOf("backup"), "--data", PathOf($"restored{round}"));
            Assert.True(await CountAsync($"restored{round}") is 1000 or 20000);
        }

        Assert.Contains("Backup ", await SucceedsAsync("backup", PathOf("backup"), "--data", PathOf("data")), StringComparison.Ordinal);
        await SucceedsAsync("restore", PathOf("backup"), "--data", PathOf("last"));
        Assert.Equal(20000, await CountAsync("last"));
    }

    [Fact]
    public async Task Restore_IsKilledInTheMidstOfIt_LeavesNothingThatAServerTakes()
    {
        using (var server = await ServeTests.Server.StartAsync(PathOf("data"), "--shards", "2"))
        {
            await using var client = server.Client();
            await client.ExecuteAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v TEXT)");
            await client.ExecuteAsync($"INSERT INTO t SELECT g, '{new string('y', 1000)}' FROM generate_series(1, 30000) g");
            await client.ExecuteAsync($"BACKUP KEYSPACE main TO '{PathOf("backup")}'");
            Assert.Equal(0, await server.StopAsync());
        }

        // One that has ended before it could be killed says nothing.
        for (var attempt = 0; !await IsInterruptedAsync() && attempt < 20; attempt++) Directory.Delete(PathOf("new"), recursive: true);
        var (code, _, errors) = await ServeTests.RunAsync("serve", "--data", PathOf("new"), "--http", "127.0.0.1:0");
        Assert.Equal(1, code);
        Assert.Contains("topology.json is missing", errors, StringComparison.Ordinal);
        (code, _, errors) = await ServeTests.RunAsync("restore", PathOf("backup"), "--data", PathOf("new"));
        Assert.Equal(1, code);
        Assert.Contains("is not empty", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_BackupAndExport_CarryAFileRound()
    {
        using (var connection = Sqlite.SqliteConnection.Open(PathOf("app.db"), Sqlite.SqliteOpenMode.Create))
        {
            connection.ExecuteTrusted("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
            connection.ExecuteTrusted("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
            connection.ExecuteTrusted("CREATE TABLE words (word TEXT PRIMARY KEY)");
            connection.ExecuteTrusted("INSERT INTO words (rowid, word) VALUES (9, 'x')");
        }

        var told = await SucceedsAsync("import", PathOf("app.db"), "--data", PathOf("data"), "--shards", "2");
        Assert.StartsWith("Imported 2 tables and 3 rows into keyspace main", told, StringComparison.Ordinal);
        Assert.Contains("NOTICE: rowids are new in words:", told, StringComparison.Ordinal);
        await SucceedsAsync("backup", PathOf("backup"), "--data", PathOf("data"));
        Assert.Contains("one.db: 3 rows.", await SucceedsAsync("export", PathOf("one.db"), "--data", PathOf("data")), StringComparison.Ordinal);
        Assert.Contains("two.db: 3 rows.", await SucceedsAsync("export", PathOf("two.db"), "--backup", PathOf("backup")), StringComparison.Ordinal);
        Assert.Contains("three.80-.db.", await SucceedsAsync("export", PathOf("three.db"), "--data", PathOf("data"), "--per-shard"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_root, "*.partial").Concat(Directory.GetFileSystemEntries(_root, "*.restored")));
        await FailsAsync("exists already", "export", PathOf("one.db"), "--data", PathOf("data"));
        await FailsAsync("has rows already", "import", PathOf("app.db"), "--data", PathOf("data"));
        await FailsAsync("no keyspace \"other\"", "export", PathOf("x.db"), "--data", PathOf("data"), "--keyspace", "other");
        await FailsAsync("no keyspace \"other\"", "backup", PathOf("x"), "--data", PathOf("data"), "--keyspace", "other");
        Assert.False(Directory.Exists(Path.Combine(PathOf("data"), "other")));
        await FailsAsync("not both", "export", PathOf("x.db"), "--data", PathOf("data"), "--backup", PathOf("backup"));
    }

    [Fact]
    public async Task Backup_BadInput_SaysWhatToDo()
    {
        await FailsAsync("no data directory", "backup", PathOf("b"), "--data", PathOf("nothing"));
        await FailsAsync("there is no directory", "backup", PathOf("b"), "--verify");
        await FailsAsync("there is no directory", "restore", PathOf("b"), "--data", PathOf("new"));
        await FailsAsync("not \"soon\"", "restore", PathOf("b"), "--data", PathOf("new"), "--to", "soon");
        Directory.CreateDirectory(PathOf("b"));
        await FailsAsync("no whole backup", "restore", PathOf("b"), "--data", PathOf("new"));
        File.WriteAllText(Path.Combine(PathOf("b"), "keyspace-00000001.json"), "{}");
        await FailsAsync("keyspace-00000001.json of the backup is damaged", "restore", PathOf("b"), "--data", PathOf("new"));
    }

    private async Task<bool> IsInterruptedAsync()
    {
        using var restore = System.Diagnostics.Process.Start(ServeTests.Shale("restore", PathOf("backup"), "--data", PathOf("new")))!;
        while (!restore.HasExited && !Directory.Exists(Path.Combine(PathOf("new"), "main", "-80.log"))) await Task.Yield();
        restore.Kill();
        await restore.WaitForExitAsync();
        return !File.Exists(Path.Combine(PathOf("new"), "topology.json"));
    }

    private string PathOf(string name) => Path.Combine(_root, name);

    private int Pieces() => Directory.Exists(PathOf("backup")) ? Directory.GetFiles(PathOf("backup"), "0*", SearchOption.AllDirectories).Length : 0;

    private async Task<long> CountAsync(string data)
    {
        using var server = await ServeTests.Server.StartAsync(PathOf(data));
        await using var client = server.Client();
        return (await client.QueryAsync<long>("SELECT count(*) FROM t")).Rows.Single();
    }

    private static async Task<string> SucceedsAsync(params string[] arguments)
    {
        var (code, output, errors) = await ServeTests.RunAsync(arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)}: {errors}");
        return output;
    }

    private static async Task FailsAsync(string why, params string[] arguments)
    {
        var (code, output, errors) = await ServeTests.RunAsync(arguments);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(why, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }
}
