using Npgsql;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>What transactions may do by what the session or they themselves have said.</summary>
public sealed class TransactionModeTests
{
    [PostgresFact]
    public async Task ReadOnly_ByDefault_HoldsForStatementsThatStandAlone()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync("""
            CREATE TABLE t (id int PRIMARY KEY);
            SET default_transaction_read_only = on;
            INSERT INTO t VALUES (1);
            CREATE TABLE u (id int PRIMARY KEY);
            TRUNCATE t;
            DELETE FROM t;
            SELECT count(*) FROM t;
            BEGIN;
            INSERT INTO t VALUES (1);
            ROLLBACK;
            BEGIN READ WRITE;
            INSERT INTO t VALUES (2);
            COMMIT;
            SET default_transaction_read_only = off;
            INSERT INTO t VALUES (4);
            SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
            INSERT INTO t VALUES (5);
            SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE;
            SELECT * FROM t ORDER BY id;

            """);
    }

    [PostgresFact]
    public async Task Chain_OfABlock_BeginsAnotherOfItsModes()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync("""
            CREATE TABLE t (id int PRIMARY KEY);
            COMMIT AND CHAIN;
            ROLLBACK AND CHAIN;
            BEGIN ISOLATION LEVEL REPEATABLE READ;
            INSERT INTO t VALUES (1);
            SAVEPOINT s;
            COMMIT AND CHAIN;
            SHOW transaction_isolation;
            ROLLBACK TO s;
            COMMIT AND CHAIN;
            INSERT INTO t VALUES (2);
            ROLLBACK WORK AND CHAIN;
            INSERT INTO t VALUES (3);
            INSERT INTO t VALUES (3);
            END AND CHAIN;
            INSERT INTO t VALUES (4);
            COMMIT AND NO CHAIN;
            SHOW transaction_isolation;
            BEGIN READ ONLY;
            ABORT AND CHAIN;
            INSERT INTO t VALUES (5);
            ROLLBACK;
            SELECT * FROM t ORDER BY id;

            """);
    }

    [PostgresFact]
    public async Task ForUpdate_InAReadOnlyTransaction_IsRefused()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync("""
            CREATE TABLE t (id int PRIMARY KEY);
            INSERT INTO t VALUES (1), (2);
            BEGIN READ ONLY;
            SELECT * FROM t WHERE id = 1 FOR UPDATE;
            ROLLBACK;
            BEGIN READ ONLY;
            SELECT * FROM t ORDER BY id FOR SHARE;
            ROLLBACK;
            BEGIN READ ONLY;
            SELECT * FROM t WHERE id = 1;
            COMMIT;

            """);
    }

    [PostgresFact]
    [Trait("Rule", "S4.1")]
    public async Task RollbackTo_BehindAReadThatFailed_GoesOn()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync("""
            CREATE TABLE t (id int PRIMARY KEY, v int);
            INSERT INTO t SELECT g, g FROM generate_series(1, 6) g;
            BEGIN;
            SELECT * FROM t WHERE id = 1;
            SAVEPOINT s;
            SELECT 1 / (id - 1) FROM t WHERE id = 1;
            ROLLBACK TO s;
            SELECT * FROM t WHERE id = 1;
            SELECT * FROM t ORDER BY id;
            SELECT sum(1 / (id - 1)) FROM t;
            ROLLBACK TO s;
            SELECT count(*) FROM t;
            UPDATE t SET v = 9 WHERE id = 1;
            SAVEPOINT s;
            SELECT 1 / (id - 2) FROM t WHERE id = 2;
            ROLLBACK TO s;
            RELEASE s;
            UPDATE t SET v = 8 WHERE id = 2;
            ROLLBACK TO s;
            COMMIT;
            SELECT * FROM t ORDER BY id;

            """);
    }

    [PostgresFact]
    public async Task SkipLocked_OnPostgresShards_SkipsRowsAndWaitsForNone()
    {
        await using var twins = await Twins.StartAsync();
        var door = twins.Doors[1];
        await using var first = await twins.ConnectAsync(door);
        await using var second = await twins.ConnectAsync(door);
        await RunAsync(first, "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t SELECT g, g FROM generate_series(1, 6) g");
        await RunAsync(first, "BEGIN");
        Assert.Equal("1", await RunAsync(first, "SELECT string_agg(id::text, ',') FROM (SELECT id FROM t WHERE id = 1 FOR UPDATE) x"));
        await RunAsync(second, "BEGIN; SET LOCAL lock_timeout = '300ms'");

        Assert.Equal("2", await RunAsync(second, "SELECT id FROM t ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"));
        Assert.Equal("55P03", (await Assert.ThrowsAsync<PostgresException>(() => RunAsync(second, "SELECT id FROM t WHERE id = 1 FOR UPDATE NOWAIT"))).SqlState);
        await RunAsync(second, "ROLLBACK");
        await RunAsync(second, "BEGIN; SET LOCAL lock_timeout = '300ms'; UPDATE t SET v = 0 WHERE id = 2; COMMIT");
        await RunAsync(second, "BEGIN; SET LOCAL lock_timeout = '300ms'");
        Assert.Equal("55P03", (await Assert.ThrowsAsync<PostgresException>(() => RunAsync(second, "UPDATE t SET v = 0 WHERE id = 1"))).SqlState);
        await RunAsync(second, "ROLLBACK");
        await RunAsync(first, "COMMIT");
    }

    private static async Task<string?> RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (await command.ExecuteScalarAsync())?.ToString();
    }
}
