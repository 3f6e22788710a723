using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Shale.Contracts;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Waiting by SQL, and what a session does to another one: as PostgreSQL has it, for the sessions of one door.</summary>
public sealed class BackendCallTests
{
    private const string Script = """
        SELECT pg_sleep(0.01);
        SELECT 1 AS a, pg_sleep(0) AS b, pg_sleep(-1), pg_sleep(NULL), 'x';
        SELECT g, pg_sleep(0.001) FROM generate_series(1, 3) g ORDER BY g;
        SELECT pg_sleep('a');
        SELECT pg_sleep(0, 1);
        SET statement_timeout = 50;
        SELECT pg_sleep(60);
        SELECT g, pg_sleep(0.02) FROM generate_series(1, 1000) g;
        RESET statement_timeout;
        SELECT pg_cancel_backend(2147483647), pg_terminate_backend(NULL), pg_terminate_backend(2147483646) AS x;
        SELECT pg_cancel_backend(pg_backend_pid());
        BEGIN;
        SELECT pg_sleep(0);
        SELECT pg_cancel_backend(pg_backend_pid());
        SELECT 1;
        ROLLBACK;
        SELECT 1;

        """;

    [PostgresFact]
    public async Task Calls_OfOneSession_AreThoseOfPostgres()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }

    [PostgresFact]
    public async Task Calls_OfASessionOverAnother_EndItsStatementOrItself()
    {
        await using var twins = await Twins.StartAsync();
        DoorCluster?[] all = [null, .. twins.Doors];
        foreach (var door in all)
        {
            await using var one = await twins.ConnectAsync(door);
            await using var other = await twins.ConnectAsync(door);
            var process = (int)(await AskAsync(other, "SELECT pg_backend_pid()"))!;
            var began = Stopwatch.GetTimestamp();
            Assert.Equal("57014", await EndsAsync(other, one, $"SELECT pg_cancel_backend({process})"));
            Assert.Equal(1, await AskAsync(other, "SELECT 1"));
            Assert.Equal("57P01", await EndsAsync(other, one, $"SELECT pg_terminate_backend({process}) FROM generate_series(1, 1)"));
            await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(other, "SELECT 1"));
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(50));

            await using var idle = await twins.ConnectAsync(door);
            Assert.Equal(true, await AskAsync(one, $"SELECT pg_terminate_backend({await AskAsync(idle, "SELECT pg_backend_pid()")})"));
            await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(idle, "SELECT 1"));
            var self = await Assert.ThrowsAsync<PostgresException>(() => AskAsync(one, "SELECT pg_terminate_backend(pg_backend_pid())"));
            Assert.Equal("57P01", self.SqlState);
        }
    }

    [Fact]
    public async Task Sleep_OfManySessions_HoldsNoThreads()
    {
        await using var door = await DoorCluster.StartAsync(new Shards(StorageEngineType.Sqlite, 1));
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            await using var connection = new NpgsqlConnection(string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={door.Port};Database=main;Username=app;Pooling=false"));
            await connection.OpenAsync();
            await AskAsync(connection, "SELECT pg_sleep(1)");
        }));
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30));
    }

    private static async Task<object?> AskAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    // Asked again until the statement has been there: it may not have begun.
    private static async Task<string> EndsAsync(NpgsqlConnection sleeper, NpgsqlConnection caller, string call)
    {
        var sleeping = AskAsync(sleeper, "SELECT pg_sleep(60)");
        while (await Task.WhenAny(sleeping, Task.Delay(100)) != sleeping) await AskAsync(caller, call);
        return (await Assert.ThrowsAsync<PostgresException>(() => sleeping)).SqlState;
    }
}
