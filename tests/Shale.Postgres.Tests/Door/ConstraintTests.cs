using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>When foreign keys are checked, as SET CONSTRAINTS says; and locks that are not waited for.</summary>
public sealed class ConstraintTests
{
    private const string Script = """
        CREATE TABLE p (id int PRIMARY KEY);
        CREATE TABLE c (id int PRIMARY KEY CONSTRAINT c_fk REFERENCES p DEFERRABLE);
        CREATE TABLE d (id int PRIMARY KEY CONSTRAINT d_fk REFERENCES p DEFERRABLE INITIALLY DEFERRED);
        BEGIN;
        INSERT INTO c VALUES (1);
        ROLLBACK;
        BEGIN;
        SET CONSTRAINTS ALL DEFERRED;
        INSERT INTO c VALUES (1), (2), (3);
        INSERT INTO p VALUES (1), (2), (3);
        COMMIT;
        BEGIN;
        SET CONSTRAINTS ALL DEFERRED;
        INSERT INTO c VALUES (4), (5);
        COMMIT;
        BEGIN;
        INSERT INTO d VALUES (6), (7);
        SET CONSTRAINTS ALL IMMEDIATE;
        ROLLBACK;
        BEGIN;
        SET CONSTRAINTS ALL IMMEDIATE;
        INSERT INTO d VALUES (1);
        INSERT INTO d VALUES (8);
        ROLLBACK;
        BEGIN;
        SET CONSTRAINTS d_fk IMMEDIATE;
        INSERT INTO d VALUES (9);
        ROLLBACK;
        BEGIN;
        SET CONSTRAINTS c_fk, d_fk DEFERRED;
        INSERT INTO c VALUES (10);
        INSERT INTO p VALUES (10);
        SET CONSTRAINTS ALL IMMEDIATE;
        INSERT INTO c VALUES (11);
        ROLLBACK;
        BEGIN;
        SAVEPOINT s;
        SET CONSTRAINTS ALL DEFERRED;
        INSERT INTO c VALUES (12);
        ROLLBACK TO s;
        INSERT INTO c VALUES (12);
        ROLLBACK;
        BEGIN;
        SET CONSTRAINTS nothing DEFERRED;
        ROLLBACK;
        SET CONSTRAINTS ALL DEFERRED;
        BEGIN;
        SET CONSTRAINTS ALL DEFERRED;
        SAVEPOINT s;
        INSERT INTO c VALUES (15), (16), (17), (18);
        ROLLBACK TO s;
        INSERT INTO c VALUES (15), (16), (17), (18);
        INSERT INTO p VALUES (15), (16), (17), (18);
        COMMIT;
        BEGIN;
        SAVEPOINT s;
        SET CONSTRAINTS ALL DEFERRED;
        SAVEPOINT t;
        INSERT INTO c VALUES (21), (22), (23), (24);
        ROLLBACK TO t;
        INSERT INTO c VALUES (21), (22), (23), (24);
        ROLLBACK TO s;
        INSERT INTO c VALUES (21), (22), (23), (24);
        ROLLBACK;
        BEGIN;
        SET CONSTRAINTS ALL IMMEDIATE;
        SET CONSTRAINTS ALL DEFERRED;
        INSERT INTO c VALUES (31), (32), (33), (34);
        SET CONSTRAINTS ALL DEFERRED;
        INSERT INTO p VALUES (31), (32), (33), (34);
        COMMIT;
        BEGIN;
        DECLARE h CURSOR WITH HOLD FOR SELECT 1;
        INSERT INTO d VALUES (99);
        COMMIT;
        FETCH 1 FROM h;
        BEGIN;
        DECLARE h CURSOR WITH HOLD FOR SELECT 2;
        COMMIT;
        FETCH 1 FROM h;
        CLOSE h;
        CREATE TABLE e (id int PRIMARY KEY CONSTRAINT e_fk REFERENCES p);
        BEGIN;
        SET CONSTRAINTS e_fk DEFERRED;
        ROLLBACK;
        BEGIN;
        SET CONSTRAINTS d_fk DEFERRED;
        INSERT INTO d VALUES (13);
        INSERT INTO e VALUES (14);
        ROLLBACK;
        SELECT id FROM c ORDER BY id;
        BEGIN;
        LOCK TABLE p IN EXCLUSIVE MODE NOWAIT;
        INSERT INTO p VALUES (20);
        COMMIT;

        """;

    [PostgresFact]
    [Trait("Rule", "S2.8")]
    public async Task SetConstraints_OverShards_DoesAsPostgresDoes()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }

    [PostgresFact]
    [Trait("Rule", "S2.8")]
    public async Task SetConstraintsImmediate_OfWhatIsImmediateByItself_ChecksWhatWasDeferred()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync("""
            CREATE TABLE p (id int PRIMARY KEY, n int);
            CREATE TABLE c (id int PRIMARY KEY CONSTRAINT c_fk REFERENCES p DEFERRABLE);
            INSERT INTO p SELECT g, g FROM generate_series(1, 9) g;
            BEGIN;
            SET CONSTRAINTS ALL DEFERRED;
            INSERT INTO c VALUES (18), (19);
            SET CONSTRAINTS ALL IMMEDIATE;
            COMMIT;
            BEGIN;
            SET CONSTRAINTS ALL DEFERRED;
            SAVEPOINT s;
            ALTER TABLE p ADD CONSTRAINT few CHECK (id < 50);
            INSERT INTO c VALUES (18), (19);
            SET CONSTRAINTS c_fk IMMEDIATE;
            ROLLBACK TO s;
            INSERT INTO c VALUES (18), (19);
            INSERT INTO p VALUES (18, 1), (19, 1);
            SET CONSTRAINTS c_fk IMMEDIATE;
            INSERT INTO c VALUES (28), (29);
            ROLLBACK TO s;
            SET CONSTRAINTS ALL DEFERRED;
            DELETE FROM p;
            INSERT INTO c VALUES (1), (2), (3), (4);
            SAVEPOINT s;
            ROLLBACK TO s;
            COMMIT;
            BEGIN;
            SET CONSTRAINTS ALL DEFERRED;
            INSERT INTO c VALUES (1), (2), (3), (4);
            ALTER TABLE p ADD COLUMN m int NOT NULL DEFAULT 4;
            SET CONSTRAINTS ALL IMMEDIATE;
            COMMIT;
            SELECT * FROM c ORDER BY id;

            """);
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task AddForeignKey_InATransaction_ToATableThatIsReferenced_ChecksItsRows()
    {
        await using var door = await DoorCluster.StartAsync();
        await using var connection = new Npgsql.NpgsqlConnection($"Host=127.0.0.1;Port={door.Port};Database=main;Username=app;Pooling=false");
        await connection.OpenAsync();
        await RunAsync("CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY); CREATE TABLE g (id int PRIMARY KEY REFERENCES c DEFERRABLE INITIALLY DEFERRED); INSERT INTO p VALUES (1), (2), (3); INSERT INTO c VALUES (1), (2), (3), (4), (5)");
        const string Add = "ALTER TABLE c ADD CONSTRAINT c_fk FOREIGN KEY (id) REFERENCES p";

        Assert.Equal("23503", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => RunAsync($"BEGIN; {Add}; COMMIT"))).SqlState);
        Assert.Equal("23503", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => RunAsync($"ROLLBACK; BEGIN; INSERT INTO g VALUES (7); {Add}; COMMIT"))).SqlState);
        await RunAsync($"ROLLBACK; DELETE FROM c WHERE id > 3; BEGIN; INSERT INTO g VALUES (3); {Add}; COMMIT");
        Assert.Equal("23503", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => RunAsync("INSERT INTO c VALUES (4)"))).SqlState);

        async Task RunAsync(string sql)
        {
            await using var command = new Npgsql.NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    [PostgresFact]
    [Trait("Rule", "S2.8")]
    public async Task SetConstraints_OfSomeKeys_ChecksThoseAndLetsOthersWait()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync("""
            CREATE TABLE p (id int PRIMARY KEY);
            CREATE TABLE c (id int PRIMARY KEY CONSTRAINT c_fk REFERENCES p DEFERRABLE);
            CREATE TABLE d (id int PRIMARY KEY CONSTRAINT d_fk REFERENCES p DEFERRABLE INITIALLY DEFERRED);
            CREATE TABLE f (id int PRIMARY KEY CONSTRAINT "F other" REFERENCES p DEFERRABLE INITIALLY DEFERRED);
            CREATE TABLE e (id int PRIMARY KEY CONSTRAINT e_fk REFERENCES p);
            BEGIN;
            SET CONSTRAINTS ALL DEFERRED;
            INSERT INTO c VALUES (1), (2), (3), (4);
            SET CONSTRAINTS c_fk IMMEDIATE;
            ROLLBACK;
            BEGIN;
            SET CONSTRAINTS ALL DEFERRED;
            INSERT INTO c VALUES (1), (2), (3), (4);
            INSERT INTO e VALUES (1), (2), (3), (4);
            ROLLBACK;
            BEGIN;
            INSERT INTO d VALUES (1), (2), (3), (4);
            SET CONSTRAINTS "F other" IMMEDIATE;
            INSERT INTO d VALUES (5), (6), (7), (8);
            SAVEPOINT s;
            INSERT INTO f VALUES (9), (10), (11), (12);
            ROLLBACK TO s;
            SET CONSTRAINTS d_fk IMMEDIATE;
            ROLLBACK;
            BEGIN;
            SET CONSTRAINTS c_fk DEFERRED;
            INSERT INTO d VALUES (1), (2), (3), (4), (5), (6), (7), (8);
            INSERT INTO c VALUES (1), (2), (3), (4);
            INSERT INTO p SELECT g FROM generate_series(1, 8) g;
            INSERT INTO f VALUES (1), (2), (3);
            COMMIT;
            DELETE FROM f WHERE id > 1;
            BEGIN;
            INSERT INTO f VALUES (9), (10), (11), (12);
            ROLLBACK;
            BEGIN;
            INSERT INTO p SELECT g FROM generate_series(1, 8) g;
            INSERT INTO d SELECT g FROM generate_series(1, 8) g;
            INSERT INTO c SELECT g FROM generate_series(1, 8) g;
            SET CONSTRAINTS d_fk IMMEDIATE;
            ALTER TABLE d DROP CONSTRAINT d_fk;
            INSERT INTO d VALUES (20), (21), (22);
            DELETE FROM p WHERE id > 4;
            ROLLBACK;
            BEGIN;
            INSERT INTO p SELECT g FROM generate_series(1, 8) g;
            INSERT INTO d SELECT g FROM generate_series(1, 8) g;
            SET CONSTRAINTS d_fk IMMEDIATE;
            ALTER TABLE d DROP CONSTRAINT d_fk;
            INSERT INTO d VALUES (20), (21), (22);
            COMMIT;
            SELECT * FROM d ORDER BY id;
            SELECT * FROM f ORDER BY id;

            """);
    }

    [Fact]
    [Trait("Rule", "S2.8")]
    public async Task SetConstraints_ThatDefersMore_OnSqlite_IsRefusedWhereRowsViolateSome()
    {
        await using var door = await DoorCluster.StartAsync();
        await door.RunAsync("CREATE TABLE p (id int PRIMARY KEY)", "CREATE TABLE c (id int PRIMARY KEY REFERENCES p DEFERRABLE)", "CREATE TABLE d (id int PRIMARY KEY REFERENCES p DEFERRABLE INITIALLY DEFERRED)");
        using var client = await RawClient.OpenAsync(door.Port);
        await client.SendAsync(RawClient.Query("BEGIN; INSERT INTO d VALUES (1); SET CONSTRAINTS ALL DEFERRED"));
        Assert.Equal("C(BEGIN) C(INSERT 0 1) E(0A000) Z(E)", await client.ReadWordsAsync());
        await client.SendAsync(RawClient.Query("ROLLBACK; BEGIN; SET CONSTRAINTS ALL DEFERRED; INSERT INTO d VALUES (1); INSERT INTO c VALUES (1); INSERT INTO p VALUES (1); COMMIT"));
        Assert.Equal("C(ROLLBACK) C(BEGIN) C(SET CONSTRAINTS) C(INSERT 0 1) C(INSERT 0 1) C(INSERT 0 1) C(COMMIT) Z(I)", await client.ReadWordsAsync());
    }

    [PostgresFact]
    public async Task LockNowait_OfWhatAnotherHolds_FailsAtOnce()
    {
        await using var twins = await Twins.StartAsync();
        foreach (var door in twins.Doors)
        {
            using var one = await RawClient.OpenAsync(door.Port);
            using var other = await RawClient.OpenAsync(door.Port);
            await one.SendAsync(RawClient.Query("CREATE TABLE t (id int PRIMARY KEY)"));
            await one.ReadWordsAsync();
            await one.SendAsync(RawClient.Query("BEGIN; LOCK TABLE t NOWAIT"));
            Assert.Equal("C(BEGIN) C(LOCK TABLE) Z(T)", await one.ReadWordsAsync());
            await other.SendAsync(RawClient.Query("BEGIN; LOCK TABLE t NOWAIT"));
            Assert.Equal("C(BEGIN) E(55P03) Z(E)", await other.ReadWordsAsync());
        }
    }
}
