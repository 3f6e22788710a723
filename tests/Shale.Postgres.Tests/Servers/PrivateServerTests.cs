using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Shale.Postgres.Tests.Servers;

public sealed class PrivateServerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shale-servers-").FullName;

    public PrivateServerTests()
    {
        // Accounts of the system may pass: what stands in it is each server's own.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
    }

    private string Data => Path.Combine(_directory, "pg");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [PostgresFact]
    [Trait("Rule", "S7")]
    public async Task Start_OfAnEmptyDirectory_ServesClientsThatAreNoSuperusersAndKeepsTheirData()
    {
        await using (var server = await StartAsync())
        {
            await server.CreateDatabaseAsync("a \"b");
            await server.CreateDatabaseAsync("a \"b");
            Assert.Equal("off shale C.UTF-8 UTF8", await AskAsync(server, "a \"b", "SELECT concat_ws(' ', current_setting('is_superuser'), current_user, (SELECT datcollate FROM pg_database WHERE datname = current_database()), current_setting('server_encoding'))"));
            Assert.Equal("", await AskAsync(server, "a \"b", "SELECT current_setting('listen_addresses')"));
            await AskAsync(server, "a \"b", "CREATE TABLE t(i int); INSERT INTO t VALUES (42)");
            var refused = await Assert.ThrowsAsync<PostgresException>(() => AskAsync(server, "a \"b", "COPY t TO PROGRAM 'cat'"));
            Assert.Equal("42501", refused.SqlState);
        }

        await using var again = await StartAsync();
        Assert.Equal("42", await AskAsync(again, "a \"b", "SELECT i FROM t"));
        Assert.Equal(new PrivateServerHealth(true, 0, null), again.Health);
    }

    [PostgresFact]
    public async Task Dispose_OfATemporaryServer_LeavesNothing()
    {
        var server = await PrivateServer.StartAsync(new PrivateServerOptions { Durable = false });
        var (data, socket, process) = (server.Directory.Path, server.Directory.Socket, server.ProcessId);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(socket).UnixFileMode);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(data).UnixFileMode);
        await server.DisposeAsync();
        Assert.False(Directory.Exists(data));
        Assert.False(Directory.Exists(socket));
        Assert.False(Directory.Exists("/proc/" + process));
    }

    [PostgresFact]
    public async Task Start_OfATemporaryServer_RemovesWhatTheDeadHaveLeft()
    {
        var socket = Directory.CreateTempSubdirectory("shale-pg-").FullName;
        var left = Leave(Path.GetTempPath(), "left-" + Guid.NewGuid().ToString("n"), socket);
        await using var server = await PrivateServer.StartAsync(new PrivateServerOptions { Durable = false });
        while (Directory.Exists(left) || Directory.Exists(socket)) await Task.Yield();
        Assert.True(Directory.Exists(server.Directory.Path));
    }

    [PostgresFact]
    public async Task Start_OfAnyServer_RemovesSocketsOfTheDead_AndNoOthers()
    {
        var sockets = Path.GetTempPath();
        var dead = SocketOf("dead");
        var unlocked = SocketOf("unlocked");
        File.Delete(Path.Combine(unlocked, "server.lock"));
        var served = SocketOf("served");
        using var process = Process.Start(new ProcessStartInfo("sleep", "1000") { WorkingDirectory = _directory })!;
        await File.WriteAllTextAsync(Path.Combine(served, ".s.PGSQL.5432.lock"), $"{process.Id}\n{_directory}\n1\n5432\n{served}\n");
        var held = SocketOf("held");
        try
        {
            using (ServerDirectory.TakeLock(held))
            {
                await using var server = await StartAsync();
                while (Directory.Exists(dead)) await Task.Yield();
                Assert.True(File.Exists(Path.Combine(server.Directory.Socket, "server.lock")));
                TemporaryData.RemoveLeft(sockets);
                Assert.Equal("1", await AskAsync(server, "postgres", "SELECT 1"));
                Assert.Equal((true, true, true), (Directory.Exists(held), Directory.Exists(served), Directory.Exists(unlocked)));
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(unlocked, recursive: true);
        }

        TemporaryData.RemoveLeft(sockets);
        Assert.False(Directory.Exists(held) || Directory.Exists(served));

        static string SocketOf(string name)
        {
            var made = Directory.CreateTempSubdirectory("shale-pgx-").FullName;
            File.WriteAllText(Path.Combine(made, "server.lock"), "");
            File.WriteAllText(Path.Combine(made, ".s.PGSQL.5432"), "");
            var named = Path.Combine(Path.GetTempPath(), $"shale-pg-{name}-{Guid.NewGuid():n}");
            Directory.Move(made, named);
            return named;
        }
    }

    [Fact]
    public async Task RemoveLeft_OfTheLivingAndOfOthers_RemovesNothing()
    {
        var (dead, locked, served) = (Leave(_directory, "dead"), Leave(_directory, "locked"), Leave(_directory, "served"));
        var unnamed = Directory.CreateDirectory(Path.Combine(_directory, "shale-pgdata-unlocked")).FullName;
        var linked = Path.Combine(_directory, "other");
        Directory.Move(Leave(_directory, "elsewhere"), linked);
        var link = Directory.CreateSymbolicLink(Path.Combine(_directory, "shale-pgdata-link"), linked).FullName;
        using var process = Process.Start(new ProcessStartInfo("sleep", "1000") { WorkingDirectory = Path.Combine(served, "cluster") })!;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(served, "cluster", "postmaster.pid"), $"{process.Id}\n{Path.Combine(served, "cluster")}\n");
            using (ServerDirectory.TakeLock(locked)) TemporaryData.RemoveLeft(_directory);
            Assert.Equal((false, true, true, true), (Directory.Exists(dead), Directory.Exists(locked), Directory.Exists(served), Directory.Exists(unnamed)));
            Assert.True(Directory.Exists(link) && File.Exists(Path.Combine(linked, "cluster", "PG_VERSION")));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        TemporaryData.RemoveLeft(_directory);
        Assert.False(Directory.Exists(served) || Directory.Exists(locked));
    }

    [PostgresFact]
    public async Task Killed_Server_IsStartedAgainAndHasWhatWasCommitted()
    {
        var warned = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await PrivateServer.StartAsync(new PrivateServerOptions { DataDirectory = Data, Warned = warned.SetResult });
        await server.CreateDatabaseAsync("x");
        await AskAsync(server, "x", "CREATE TABLE t(i int); INSERT INTO t VALUES (1)");
        Assert.Equal(0, Programs.Run(["kill", "-KILL", server.ProcessId!.Value.ToString(CultureInfo.InvariantCulture)]).ExitCode);
        Assert.Contains(Data, await warned.Task, StringComparison.Ordinal);
        Assert.Equal("1", await AskPatientlyAsync(server, "x", "SELECT i FROM t"));
        Assert.True(server.Health is { IsRunning: true, Restarts: > 0, LastFailure: not null });
    }

    [PostgresFact]
    public async Task Start_OfADirectoryThatAnotherHas_SaysSo()
    {
        await using var server = await StartAsync();
        var failure = await Assert.ThrowsAsync<VitessException>(StartAsync);
        Assert.Equal(("SHARD_ERROR", "55006"), (failure.Code, failure.SqlState));
        Assert.Contains(Data, failure.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Start_OfAnotherVersion_NamesBoth()
    {
        await using (await StartAsync())
        {
        }

        await File.WriteAllTextAsync(Path.Combine(Data, "cluster", "PG_VERSION"), "9\n");
        var failure = await Assert.ThrowsAsync<VitessException>(StartAsync);
        Assert.Contains($"made by PostgreSQL 9, and installed is ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("pg_upgrade", failure.Hint, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Start_OfADamagedCluster_TellsWhatTheServerSaid()
    {
        await using (await StartAsync())
        {
        }

        File.Delete(Path.Combine(Data, "cluster", "global", "pg_control"));
        var failure = await Assert.ThrowsAsync<VitessException>(StartAsync);
        Assert.Equal("SHARD_ERROR", failure.Code);
        Assert.Contains("pg_control", failure.Message, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(Data, "cluster"), recursive: true);
        Directory.CreateDirectory(Path.Combine(Data, "cluster"));
        Assert.Equal("XX001", (await Assert.ThrowsAsync<VitessException>(StartAsync)).SqlState);
    }

    [RootFact]
    public async Task Start_ByRootBelowADirectoryThatBarsOthers_RunsInANamespace()
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var server = await StartAsync();
        await server.CreateDatabaseAsync("x");
        Assert.Equal("1", await AskAsync(server, "x", "SELECT 1"));
        Assert.Equal("root", Programs.Require(["stat", "-c", "%U", server.Directory.Cluster]));
    }

    [RootFact]
    public async Task Start_ByRoot_RunsAsAnAccountThatHasNoPrivileges()
    {
        await using var server = await StartAsync();
        var status = await File.ReadAllLinesAsync($"/proc/{server.ProcessId}/status");
        Assert.DoesNotContain(status, line => line.StartsWith("Uid:", StringComparison.Ordinal) && line.Split('\t').Contains("0"));
        Assert.Contains("NoNewPrivs:\t1", status);
        Assert.Contains(status, line => line.StartsWith("CapInh:", StringComparison.Ordinal) && line.EndsWith("\t0000000000000000", StringComparison.Ordinal));
    }

    // As a process that was killed leaves it.
    private static string Leave(string beside, string name, string socket = "")
    {
        var path = Path.Combine(beside, "shale-pgdata-" + name);
        Directory.CreateDirectory(Path.Combine(path, "cluster"));
        File.WriteAllText(Path.Combine(path, "cluster", "PG_VERSION"), "15\n");
        File.WriteAllText(Path.Combine(path, "socket"), socket);
        File.WriteAllText(Path.Combine(path, "server.lock"), "");
        return path;
    }

    private Task<PrivateServer> StartAsync() => PrivateServer.StartAsync(new PrivateServerOptions { DataDirectory = Data, Durable = false });

    private static async Task<string?> AskAsync(PrivateServer server, string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString(database));
        await using var command = source.CreateCommand(sql);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private static async Task<string?> AskPatientlyAsync(PrivateServer server, string database, string sql)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                return await AskAsync(server, database, sql);
            }
            catch (NpgsqlException)
            {
                limit.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }
}
