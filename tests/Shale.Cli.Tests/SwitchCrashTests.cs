using System.Globalization;
using Npgsql;
using Shale.Client;
using Shale.Postgres;

namespace Shale.Cli.Tests;

/// <summary>`shale serve`, killed while a keyspace goes over to another engine.</summary>
public sealed class SwitchCrashTests : IDisposable
{
    private const int Rounds = 6, Rows = 3_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("shale-switch-").FullName;

    public SwitchCrashTests()
    {
        // The account that PostgreSQL runs as may pass.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [PostgresFact]
    [Trait("Category", "Random")]
    public async Task Serve_KilledInTheMidstOfASwitch_IsWholeOnOneEngineAndSwitchesAgain()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 1;
        var random = new Random(seed);
        await using var databases = await PrivateServer.StartAsync(new PrivateServerOptions { Durable = false });
        foreach (var name in new[] { "left", "right" }) await databases.CreateDatabaseAsync(name);
        string[] arguments = ["--shards", "2", "--shard-connection", "-80=" + databases.ConnectionString("left"), "--shard-connection", "80-=" + databases.ConnectionString("right")];
        var data = Path.Combine(_directory, "data");
        var readsOfASwitch = new Dictionary<string, int>();
        using (var server = await ServeTests.Server.StartAsync(data, arguments))
        {
            await using var client = server.Client();
            await client.ExecuteAsync("CREATE TABLE t (id int PRIMARY KEY, name text UNIQUE, paid numeric(10, 2) NOT NULL, made timestamptz)");
            await client.ExecuteAsync($"INSERT INTO t SELECT g, 'name ' || g, g * 0.01, timestamptz '2024-01-01' + g * interval '1 min' FROM generate_series(1, {Rows}) g");
            foreach (var engine in new[] { "postgres", "sqlite" }) readsOfASwitch[engine] = await SwitchAsync(server, engine, int.MaxValue);
            Assert.Equal(0, await server.StopAsync());
        }

        for (var round = 0; round < Rounds; round++)
        {
            var goal = round % 2 == 0 ? "postgres" : "sqlite";
            try
            {
                // What a stay has left is the user's, who removes it; what a crash has left is not.
                if (goal == "postgres") await EmptyAsync(databases);
                using (var server = await ServeTests.Server.StartAsync(data, arguments)) await SwitchAsync(server, goal, 1 + random.Next(readsOfASwitch[goal]));

                using var again = await ServeTests.Server.StartAsync(data, arguments);
                await WorksAsync(again);
                await SwitchAsync(again, goal, int.MaxValue);
                await WorksAsync(again);
                Assert.Equal(0, await again.StopAsync());
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"SHALE_SEED={seed}, round {round}", failure);
            }
        }
    }

    /// <summary>Switches, and kills the server when so many reads have been answered meanwhile; how many were.</summary>
    private static async Task<int> SwitchAsync(ServeTests.Server server, string engine, int mostReads)
    {
        await using var client = server.Client();
        await using var reader = server.Client();
        var switching = client.ExecuteAsync($"ALTER KEYSPACE main SET ENGINE {engine}");
        var reads = 0;
        try
        {
            for (; !switching.IsCompleted && reads < mostReads; reads++) await reader.QueryAsync("SELECT name FROM t WHERE id = 7");
            if (reads >= mostReads) server.Kill();
            await switching;
        }
        catch (Exception) when (reads >= mostReads)
        {
            // The answer has gone with the server.
        }

        return Math.Max(1, reads);
    }

    private static async Task WorksAsync(ServeTests.Server server)
    {
        await using var client = server.Client();
        var sum = (await client.QueryAsync("SELECT count(*), count(DISTINCT name), sum(paid), max(made) FROM t")).Rows[0];
        Assert.Equal($"{Rows} {Rows} 45015.00", string.Create(CultureInfo.InvariantCulture, $"{sum[0]} {sum[1]} {sum[2]}"));
        Assert.Equal(17L, Convert.ToInt64((await client.QueryAsync("SELECT id FROM t WHERE name = 'name 17'")).Rows[0][0], CultureInfo.InvariantCulture));
        Assert.Empty((await client.QueryAsync("VERIFY VINDEX t_name_key ON t")).Rows);
        await client.ExecuteAsync("INSERT INTO t VALUES (100000, 'new', 1, NULL), (100001, 'newer', 1, NULL), (100002, 'newest', 1, NULL)");
        var failure = await Assert.ThrowsAsync<VitessException>(() => client.ExecuteAsync("INSERT INTO t VALUES (100003, 'newer', 1, NULL)"));
        Assert.Equal("23505", failure.SqlState);
        await client.ExecuteAsync("DELETE FROM t WHERE id >= 100000");
    }

    private static async Task EmptyAsync(PrivateServer databases)
    {
        foreach (var name in new[] { "left", "right" })
        {
            await using var connection = new NpgsqlConnection(databases.ConnectionString(name) + ";Pooling=false");
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("DROP SCHEMA public CASCADE; CREATE SCHEMA public", connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
