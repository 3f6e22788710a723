using Npgsql;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Advisory locks, by which migrations keep one another out: as PostgreSQL has them, for the sessions of one door.</summary>
public sealed class AdvisoryLockTests
{
    private const string Alone = """
        SELECT pg_advisory_lock(1), pg_try_advisory_lock(1), pg_try_advisory_lock(1, 2) AS two;
        SELECT pg_advisory_unlock(1), pg_advisory_unlock(1), pg_advisory_unlock(1), pg_advisory_unlock_shared(1, 2);
        SELECT pg_advisory_unlock_all();
        SELECT pg_advisory_unlock(1, 2);
        SELECT pg_try_advisory_lock(NULL);
        SELECT g, pg_try_advisory_xact_lock(g) FROM generate_series(1, 3) g ORDER BY g;
        SELECT pg_advisory_unlock(2);
        SELECT pg_advisory_lock(1, 2, 3);
        BEGIN;
        SELECT pg_advisory_xact_lock(5), pg_advisory_lock(6);
        SELECT 1/0;
        ROLLBACK;
        SELECT pg_advisory_unlock(5), pg_advisory_unlock(6);
        """;

    [PostgresFact]
    public async Task Locks_OfOneSession_AreThoseOfPostgres()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Alone);
    }

    [PostgresFact]
    public async Task Locks_OfTwoSessions_KeepEachOtherOutAsInPostgres()
    {
        await using var twins = await Twins.StartAsync();
        DoorCluster?[] all = [null, .. twins.Doors];
        foreach (var door in all)
        {
            await using var one = await twins.ConnectAsync(door);
            await using var other = await twins.ConnectAsync(door);
            Assert.True(await TryAsync(one, "pg_try_advisory_lock", 1));
            Assert.False(await TryAsync(other, "pg_try_advisory_lock", 1));
            Assert.False(await TryAsync(other, "pg_try_advisory_xact_lock_shared", 1));
            Assert.True(await TryAsync(other, "pg_try_advisory_lock", 2));
            await RunAsync(one, "SELECT pg_advisory_unlock(1)");
            Assert.True(await TryAsync(other, "pg_try_advisory_lock_shared", 1));
            Assert.True(await TryAsync(one, "pg_try_advisory_lock_shared", 1));
            Assert.False(await TryAsync(one, "pg_try_advisory_lock", 1));

            // What a savepoint has taken is given back with it, what the transaction has with that.
            await RunAsync(one, "BEGIN; SELECT pg_advisory_xact_lock(3); SAVEPOINT s; SELECT pg_advisory_xact_lock(4); ROLLBACK TO s");
            Assert.False(await TryAsync(other, "pg_try_advisory_xact_lock", 3));
            Assert.True(await TryAsync(other, "pg_try_advisory_xact_lock", 4));
            await RunAsync(one, "COMMIT");
            Assert.True(await TryAsync(other, "pg_try_advisory_xact_lock", 3));
            await one.CloseAsync();
            await UntilAsync(() => TryAsync(other, "pg_try_advisory_lock", 1));
        }
    }

    [PostgresFact]
    public async Task Wait_ForALock_EndsWhenItIsFreeOrInACircleOrTooLong()
    {
        await using var twins = await Twins.StartAsync();
        DoorCluster?[] all = [null, .. twins.Doors];
        foreach (var door in all)
        {
            await using var one = await twins.ConnectAsync(door);
            await using var other = await twins.ConnectAsync(door);
            await RunAsync(one, "SELECT pg_advisory_lock(1)");
            await RunAsync(other, "SET lock_timeout = 50");
            Assert.Equal("55P03", await FailureAsync(other, "SELECT pg_advisory_lock(1)"));
            await RunAsync(other, "SET lock_timeout = 0; SET statement_timeout = 50");
            Assert.Equal("57014", await FailureAsync(other, "SELECT pg_advisory_lock(1)"));
            await RunAsync(other, "SET statement_timeout = 0; SELECT pg_advisory_lock(2)");
            var waits = RunAsync(other, "SELECT pg_advisory_lock(1)");
            Assert.NotEqual(waits, await Task.WhenAny(waits, Task.Delay(100)));

            // Whichever of the two is told of the circle, the other goes on.
            var circle = FailureAsync(one, "SELECT pg_advisory_lock(2)");
            if (await Task.WhenAny(waits, circle) == circle)
            {
                Assert.Equal("40P01", await circle);
                await RunAsync(one, "SELECT pg_advisory_unlock(1)");
                await waits;
            }
            else
            {
                Assert.Equal("40P01", (await Assert.ThrowsAsync<PostgresException>(() => waits)).SqlState);
                await RunAsync(other, "SELECT pg_advisory_unlock_all()");
                Assert.Null(await circle);
            }
        }
    }

    [Fact]
    public async Task Wait_ThatIsCancelled_HoldsNothing()
    {
        await using var door = await DoorCluster.StartAsync();
        await using var one = await ConnectAsync(door);
        await using var other = await ConnectAsync(door);
        await RunAsync(one, "SELECT pg_advisory_lock(1)");
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock(1)", other);
        var waits = command.ExecuteNonQueryAsync();
        await Task.WhenAny(waits, Task.Delay(100));
        command.Cancel();
        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        Assert.Equal("57014", Assert.IsType<PostgresException>(failure.InnerException).SqlState);
        await RunAsync(one, "SELECT pg_advisory_unlock(1)");
        Assert.True(await TryAsync(one, "pg_try_advisory_lock", 1));
        await RunAsync(one, "DISCARD ALL");
        Assert.True(await TryAsync(other, "pg_try_advisory_lock", 1));
    }

    [Fact]
    public async Task Locks_ElsewhereThanInTheResult_AreRefused()
    {
        await using var door = await DoorCluster.StartAsync();
        await using var one = await ConnectAsync(door);
        Assert.Equal("0A000", await FailureAsync(one, "SELECT 1 WHERE pg_try_advisory_lock(1)"));
        Assert.Equal("0A000", await FailureAsync(one, "SELECT pg_try_advisory_lock(1) AND true"));
    }

    private static async Task<NpgsqlConnection> ConnectAsync(DoorCluster door)
    {
        var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={door.Port};Database=main;Username=app;Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<bool> TryAsync(NpgsqlConnection connection, string function, long key)
    {
        await using var command = new NpgsqlCommand($"SELECT {function}($1) AS taken", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = key });
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string?> FailureAsync(NpgsqlConnection connection, string sql)
    {
        try
        {
            await RunAsync(connection, sql);
            return null;
        }
        catch (PostgresException failure)
        {
            return failure.SqlState;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 200; i++)
        {
            if (await condition()) return;
            await Task.Delay(25);
        }

        Assert.Fail("not within five seconds");
    }
}
