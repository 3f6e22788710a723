using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Shale.Postgres;

namespace Shale.Cli.Tests;

/// <summary>`shale serve` over PostgreSQL shards: its servers die in the midst of writes, and so does it.</summary>
public sealed class PostgresServeTests : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    private readonly string _directory = Directory.CreateTempSubdirectory("shale-serve-").FullName;

    public PostgresServeTests()
    {
        // The account that PostgreSQL runs as may pass.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [PostgresFact]
    public async Task Serve_WhenTheServerOfAShardIsKilledUnderLoad_SaysWhichAndGoesOnWithoutBeingToldTo()
    {
        await using var left = await StartAsync("left");
        await using var right = await StartAsync("right");
        using var server = await ServeTests.Server.StartAsync(Path.Combine(_directory, "data"), "--pg", "127.0.0.1:0", "--engine", "postgres", "--shards", "2",
            "--shard-connection", "-80=" + left.ConnectionString("shard"), "--shard-connection", "80-=" + right.ConnectionString("shard"));
        var door = await DoorOfAsync(server);
        await RunAsync(door("main"), "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL)", "INSERT INTO t SELECT g, 0 FROM generate_series(1, 40) g");
        var (doomed, safe) = (await IdsAsync(door("main:-80")), await IdsAsync(door("main:80-")));
        using var stop = new CancellationTokenSource(Longest);
        var progress = new Signal();
        Counter[] broken = [.. doomed.Take(3).Select(id => new Counter(id, "-80", progress))];
        Counter[] whole = [.. safe.Take(3).Select(id => new Counter(id, null, progress))];
        Task[] all = [.. broken.Concat(whole).Select(each => each.RunAsync(door("main"), stop.Token))];
        await using var onDoomed = await OpenAsync(door("main"), $"BEGIN; UPDATE t SET n = -1 WHERE id = {doomed[10]}");
        await using var onSafe = await OpenAsync(door("main"), $"BEGIN; UPDATE t SET n = -1 WHERE id = {safe[10]}");
        await UntilAsync(() => broken.Concat(whole).All(each => each.Written >= 10), progress, all, stop.Token);

        using (var postmaster = System.Diagnostics.Process.GetProcessById(PostmasterOf("left"))) postmaster.Kill();
        await UntilAsync(() => broken.All(each => each.Failed > 0), progress, all, stop.Token);
        var before = broken.Concat(whole).Select(each => each.Written).ToArray();
        await UntilAsync(() => broken.Concat(whole).Select((each, i) => each.Written >= before[i] + 10).All(goesOn => goesOn), progress, all, stop.Token);
        await stop.CancelAsync();
        await Task.WhenAll(all);

        var failure = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(onDoomed, $"UPDATE t SET n = -2 WHERE id = {doomed[10]}"));
        Assert.True(failure is { SqlState: "08006", IsTransient: true } && failure.Detail!.EndsWith("on shard -80", StringComparison.Ordinal), failure.ToString());
        await RunAsync(door("main"), $"UPDATE t SET n = n + 100 WHERE id = {doomed[10]}");
        await ExecuteAsync(onSafe, "COMMIT");
        Assert.Equal((100, -1), (await CountAsync(door("main"), doomed[10]), await CountAsync(door("main"), safe[10])));
        foreach (var each in broken.Concat(whole)) Assert.InRange(await CountAsync(door("main"), each.Id), each.Written, each.Written + each.Failed);
        Assert.Equal(0, await server.StopAsync());
    }

    [PostgresFact]
    public async Task Serve_KilledUnderLoad_LeavesNoServerBehindAndLosesNothing()
    {
        var data = Path.Combine(_directory, "data");
        var written = new List<int>[] { [], [], [] };
        for (var round = 0; round < 2; round++)
        {
            using var server = await ServeTests.Server.StartAsync(data, "--pg", "127.0.0.1:0", "--engine", "postgres", "--shards", "2");
            var door = (await DoorOfAsync(server))("main");
            if (round == 0) await RunAsync(door, "CREATE TABLE t (id int PRIMARY KEY, name text UNIQUE)");
            var left = 40;
            var writers = written.Select((ids, i) => InsertAsync(door, ids, (round * 100_000) + (i * 10_000), () => Interlocked.Decrement(ref left) == 0, server.Kill));
            await Task.WhenAll(writers).WaitAsync(Longest);
            Assert.True(left <= 0, "something else than its death stopped the writers");
            using var limit = new CancellationTokenSource(Longest);
            while (ServersIn(data) is { Count: > 0 } orphans) Assert.False(limit.IsCancellationRequested, string.Join('\n', orphans));
        }

        using var again = await ServeTests.Server.StartAsync(data, "--pg", "127.0.0.1:0");
        var reader = (await DoorOfAsync(again))("main");
        var found = (await IdsAsync(reader)).ToHashSet();
        Assert.Superset(written.SelectMany(ids => ids).ToHashSet(), found);
        Assert.Empty(await IdsAsync(reader, "SELECT 1 FROM t GROUP BY name HAVING count(*) > 1"));
        await using (var client = again.Client()) Assert.Empty((await client.QueryAsync("VERIFY VINDEX t_name_key ON t")).Rows);
        Assert.NotEmpty(ServersIn(data));
        Assert.Equal(0, await again.StopAsync());
        Assert.Empty(ServersIn(data));
    }

    /// <summary>Adds to one row until it is told to stop. Where its shard may die it counts what fails.</summary>
    private sealed class Counter(int id, string? shard, Signal progress)
    {
        private int _written;
        private int _failed;

        public int Id => id;

        public int Written => Volatile.Read(ref _written);

        public int Failed => Volatile.Read(ref _failed);

        public async Task RunAsync(string door, CancellationToken stop)
        {
            await using var connection = await OpenAsync(door, "SELECT 1");
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    // Npgsql takes 08006 for its own connection's end.
                    if (connection.State != System.Data.ConnectionState.Open) await connection.OpenAsync(CancellationToken.None);
                    await ExecuteAsync(connection, $"UPDATE t SET n = n + 1 WHERE id = {id}");
                    Interlocked.Increment(ref _written);
                }
                catch (PostgresException failure) when (shard is not null && failure.IsTransient && failure.Detail!.EndsWith("on shard " + shard, StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref _failed);
                }

                progress.Raise();
            }
        }
    }

    /// <summary>That something has happened since one looked.</summary>
    private sealed class Signal
    {
        private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Next => Volatile.Read(ref _next).Task;

        public void Raise() => Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private static async Task InsertAsync(string door, List<int> written, int first, Func<bool> isLast, Action kill)
    {
        try
        {
            await using var connection = await OpenAsync(door, "SELECT 1");
            for (var id = first; ; id++)
            {
                await ExecuteAsync(connection, $"INSERT INTO t VALUES ({id}, 'name {id}')");
                written.Add(id);
                if (isLast()) kill();
            }
        }
        catch (NpgsqlException failure) when (failure is not PostgresException)
        {
            // The connection has gone with the server.
        }
    }

    private async Task<PrivateServer> StartAsync(string name)
    {
        var server = await PrivateServer.StartAsync(new PrivateServerOptions { DataDirectory = Path.Combine(_directory, name) });
        await server.CreateDatabaseAsync("shard");
        return server;
    }

    private int PostmasterOf(string name) => int.Parse(File.ReadLines(Path.Combine(_directory, name, "cluster", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    // A server of PostgreSQL's, and whatever it forks, works in its data directory.
    private static List<string> ServersIn(string directory)
    {
        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            try
            {
                var works = new FileInfo(Path.Combine(process, "cwd")).LinkTarget;
                if (works?.StartsWith(directory, StringComparison.Ordinal) == true) found.Add(File.ReadAllText(Path.Combine(process, "cmdline")));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is another user's.
            }
        }

        return found;
    }

    private static async Task<Func<string, string>> DoorOfAsync(ServeTests.Server server)
    {
        var port = Regex.Match(await server.ReadLineAsync(), "psql -h 127.0.0.1 -p ([0-9]+) -d main$").Groups[1].Value;
        return database => $"Host=127.0.0.1;Port={port};Username=app;Database={database};Pooling=false;Include Error Detail=true";
    }

    private static async Task UntilAsync(Func<bool> condition, Signal progress, Task[] writers, CancellationToken limit)
    {
        while (true)
        {
            var next = progress.Next;
            if (condition()) return;
            await await Task.WhenAny([next, .. writers]).WaitAsync(limit);
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(string door, string sql)
    {
        var connection = new NpgsqlConnection(door);
        await connection.OpenAsync();
        await ExecuteAsync(connection, sql);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task RunAsync(string door, params string[] statements)
    {
        foreach (var sql in statements) await using (await OpenAsync(door, sql))
        {
            // Run already.
        }
    }

    private static async Task<List<int>> IdsAsync(string door, string sql = "SELECT id FROM t ORDER BY id")
    {
        await using var connection = await OpenAsync(door, "SELECT 1");
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<int>();
        while (await reader.ReadAsync()) ids.Add(reader.GetInt32(0));
        return ids;
    }

    private static async Task<int> CountAsync(string door, int id) => (await IdsAsync(door, $"SELECT n FROM t WHERE id = {id}")).Single();
}
