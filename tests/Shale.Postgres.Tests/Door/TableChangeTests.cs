using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>What ALTER TABLE and its kin say that changes no rows: psql prints the same of it here, on both engines, and of PostgreSQL.</summary>
public sealed class TableChangeTests
{
    private const string Hints = """
        CREATE TABLE t (id int PRIMARY KEY, a text, b numeric, c int[]);
        INSERT INTO t SELECT g, 'x' || g, g FROM generate_series(1, 5) g;
        CREATE TABLE u (id int PRIMARY KEY REFERENCES t);
        INSERT INTO u VALUES (1), (2);
        ALTER TABLE t ALTER COLUMN a SET STATISTICS 500;
        ALTER TABLE t ALTER a SET STATISTICS -1, ALTER COLUMN b SET STATISTICS 0, ADD COLUMN d int DEFAULT 7;
        ALTER TABLE t ALTER COLUMN a SET STATISTICS -2;
        ALTER TABLE t ALTER COLUMN none SET STATISTICS 5;
        ALTER TABLE t ALTER COLUMN a SET STATISTICS 'x';
        ALTER TABLE t ALTER COLUMN a SET STORAGE EXTERNAL;
        ALTER TABLE t ALTER COLUMN a SET STORAGE plain, ALTER COLUMN c SET STORAGE MAIN, ALTER b SET STORAGE extended;
        ALTER TABLE t ALTER COLUMN id SET STORAGE plain;
        ALTER TABLE t ALTER COLUMN id SET STORAGE external;
        ALTER TABLE t ALTER COLUMN a SET STORAGE elsewhere;
        ALTER TABLE t ALTER COLUMN none SET STORAGE plain;
        ALTER TABLE t ALTER COLUMN a SET COMPRESSION pglz, ALTER COLUMN c SET COMPRESSION default;
        ALTER TABLE t ALTER COLUMN id SET COMPRESSION pglz;
        ALTER TABLE t ALTER COLUMN a SET COMPRESSION zip;
        ALTER TABLE t ALTER COLUMN a SET (n_distinct = 100);
        ALTER TABLE t ALTER COLUMN a SET (n_distinct = -0.5, n_distinct_inherited = 20);
        ALTER TABLE t ALTER COLUMN a SET (n_distinct = -2);
        ALTER TABLE t ALTER COLUMN a SET (n_distinct = many);
        ALTER TABLE t ALTER COLUMN a SET (something = 1);
        ALTER TABLE t ALTER COLUMN none SET (n_distinct = 1);
        ALTER TABLE t ALTER COLUMN a RESET (n_distinct, n_distinct_inherited);
        ALTER TABLE t ALTER COLUMN a RESET (n_distinct = 1);
        ALTER TABLE IF EXISTS nothing ALTER COLUMN a SET STATISTICS 5;
        ALTER TABLE nothing ALTER COLUMN a SET STATISTICS 5;
        ALTER TABLE t SET (fillfactor = 70);
        BEGIN;
        ALTER TABLE t ALTER COLUMN a SET STATISTICS 5, ALTER COLUMN a SET NOT NULL;
        UPDATE t SET a = a || '!' WHERE id < 3;
        COMMIT;
        SELECT * FROM t ORDER BY id;
        \d t

        """;

    private const string Kept = """
        SET client_min_messages = warning;
        CREATE TABLE p (id int PRIMARY KEY, n int);
        INSERT INTO p SELECT g, g FROM generate_series(1, 5) g;
        CREATE TABLE t (id int PRIMARY KEY, a int, b text);
        INSERT INTO t SELECT g, g * 10, 'x' || g FROM generate_series(1, 5) g;
        ALTER TABLE t ADD CONSTRAINT above CHECK (a > 0) NOT VALID;
        ALTER TABLE t ADD CHECK (t.b <> '') NOT VALID, ADD CONSTRAINT to_p FOREIGN KEY (id) REFERENCES p NOT VALID;
        SELECT conname, contype, convalidated, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't'::regclass ORDER BY 1;
        \d t
        INSERT INTO t VALUES (3, 0, 'x');
        INSERT INTO t VALUES (6, 0, 'x');
        INSERT INTO t VALUES (6, 1, '');
        INSERT INTO t VALUES (6, 1, 'x');
        UPDATE t SET a = -1 WHERE id = 2;
        UPDATE t SET a = 11 WHERE id = 2;
        ALTER TABLE t VALIDATE CONSTRAINT above;
        ALTER TABLE t VALIDATE CONSTRAINT above, VALIDATE CONSTRAINT t_b_check;
        ALTER TABLE t VALIDATE CONSTRAINT to_p;
        ALTER TABLE t VALIDATE CONSTRAINT t_pkey;
        ALTER TABLE t VALIDATE CONSTRAINT nothing;
        ALTER TABLE nothing VALIDATE CONSTRAINT nothing;
        SELECT conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't'::regclass ORDER BY 1;
        \d t
        INSERT INTO t VALUES (3, 0, 'x');
        INSERT INTO t VALUES (7, 1, 'x');
        ALTER TABLE t ADD CONSTRAINT above CHECK (a > 1) NOT VALID;
        ALTER TABLE t ADD UNIQUE (id, a) NOT VALID;
        ALTER TABLE t ADD CONSTRAINT below CHECK (c < 9) NOT VALID;
        ALTER TABLE t ADD CONSTRAINT gone FOREIGN KEY (id) REFERENCES nothing NOT VALID;
        ALTER TABLE t ADD COLUMN c int DEFAULT 5, ADD CONSTRAINT below CHECK (c < 9) NOT VALID;
        INSERT INTO t VALUES (4, 4, 'x', 9);
        ALTER TABLE t RENAME CONSTRAINT below TO under;
        ALTER TABLE t VALIDATE CONSTRAINT under;
        ALTER TABLE t DROP CONSTRAINT under, ADD CONSTRAINT other CHECK (c < 9) NOT VALID;
        \d t
        CREATE TABLE l (LIKE t INCLUDING ALL);
        SELECT conname, convalidated FROM pg_constraint WHERE conrelid = 'l'::regclass ORDER BY 1;
        CREATE TABLE made (id int PRIMARY KEY, a int, CONSTRAINT whole CHECK (a > 0) NOT VALID);
        SELECT conname, convalidated FROM pg_constraint WHERE conrelid = 'made'::regclass ORDER BY 1;
        BEGIN;
        ALTER TABLE p ADD CONSTRAINT few CHECK (n < 100) NOT VALID;
        INSERT INTO p VALUES (50, 50);
        SAVEPOINT s;
        ALTER TABLE p VALIDATE CONSTRAINT few;
        SELECT conname, convalidated FROM pg_constraint WHERE conrelid = 'p'::regclass ORDER BY 1;
        ROLLBACK TO s;
        SELECT conname, convalidated FROM pg_constraint WHERE conrelid = 'p'::regclass ORDER BY 1;
        INSERT INTO p VALUES (500, 500);
        ROLLBACK;
        SELECT conname, convalidated FROM pg_constraint WHERE conrelid = 'p'::regclass ORDER BY 1;

        """;

    private const string Broken = """
        CREATE TABLE p (id int PRIMARY KEY);
        INSERT INTO p SELECT g FROM generate_series(1, 5) g;
        CREATE TABLE t (id int PRIMARY KEY, a int);
        INSERT INTO t SELECT g, g FROM generate_series(1, 9) g;
        ALTER TABLE t ADD CONSTRAINT few CHECK (a < 7) NOT VALID;
        ALTER TABLE t ADD CONSTRAINT to_p FOREIGN KEY (id) REFERENCES p NOT VALID;
        SELECT conname, convalidated FROM pg_constraint WHERE conrelid = 't'::regclass ORDER BY 1;
        ALTER TABLE t VALIDATE CONSTRAINT few;
        ALTER TABLE t VALIDATE CONSTRAINT to_p;
        INSERT INTO t VALUES (10, 1);
        UPDATE t SET a = a WHERE id = 9;
        SELECT * FROM t ORDER BY id;
        DELETE FROM t WHERE id > 5;
        ALTER TABLE t VALIDATE CONSTRAINT few, VALIDATE CONSTRAINT to_p;
        SELECT conname, convalidated FROM pg_constraint WHERE conrelid = 't'::regclass ORDER BY 1;

        """;

    [PostgresFact]
    [Trait("Rule", "S2.8")]
    public Task ConstraintNotValid_OfRowsThatKeepIt_IsValidatedLater() => RequireSameAsync(Kept);

    [PostgresFact]
    [Trait("Rule", "S2.8")]
    public async Task ConstraintNotValid_OfRowsThatBreakIt_LeavesThemOnPostgresAndIsRefusedOnSqlite()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Broken, twins.Doors[1]);
        await using var connection = await twins.ConnectAsync(twins.Doors[0]);
        foreach (var sql in (string[])["CREATE TABLE p (id int PRIMARY KEY)", "INSERT INTO p VALUES (1), (2)", "CREATE TABLE t (id int PRIMARY KEY, a int)", "INSERT INTO t VALUES (1, 1), (2, 9), (3, 3)"])
            await ExecuteAsync(connection, sql);
        foreach (var constraint in (string[])["CHECK (a < 7)", "FOREIGN KEY (id) REFERENCES p"])
        {
            var failure = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => ExecuteAsync(connection, $"ALTER TABLE t ADD CONSTRAINT c {constraint} NOT VALID"));
            Assert.Equal("0A000", failure.SqlState);
            Assert.Contains("change those rows", failure.Hint, StringComparison.Ordinal);
        }

        await ExecuteAsync(connection, "DELETE FROM t WHERE id > 1");
        await ExecuteAsync(connection, "ALTER TABLE t ADD CONSTRAINT c CHECK (a < 7) NOT VALID, ADD CONSTRAINT d FOREIGN KEY (id) REFERENCES p NOT VALID");
    }

    private const string Empty = """
        SET client_min_messages = warning;
        CREATE TABLE t ();
        \d t
        SELECT count(*) FROM t;
        INSERT INTO t DEFAULT VALUES;
        INSERT INTO t DEFAULT VALUES;
        SELECT count(*) FROM t;
        SELECT 7 AS n FROM t;
        COMMENT ON TABLE t IS 'empty';
        ALTER TABLE t ADD COLUMN IF NOT EXISTS v text DEFAULT 'old';
        SELECT * FROM t;
        ALTER TABLE t ADD COLUMN id serial PRIMARY KEY;
        INSERT INTO t (v) VALUES ('new') RETURNING id;
        SELECT * FROM t ORDER BY id;
        \d t
        SELECT attname, attnum FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum;
        CREATE TABLE IF NOT EXISTS "res.user" ();
        ALTER TABLE "res.user" ADD COLUMN "id" SERIAL, ADD PRIMARY KEY (id);
        ALTER TABLE "res.user" ADD COLUMN "name" VARCHAR;
        INSERT INTO "res.user" (name) SELECT 'u' || g FROM generate_series(1, 5) g;
        SELECT * FROM "res.user" ORDER BY id;
        CREATE TABLE e (a int);
        INSERT INTO e VALUES (1), (2), (3);
        ALTER TABLE e DROP COLUMN a;
        SELECT count(*) FROM e;
        \d e
        ALTER TABLE e ADD COLUMN b int, ADD COLUMN c int DEFAULT 4 CHECK (c < 9);
        SELECT * FROM e;
        ALTER TABLE e RENAME TO f;
        CREATE TABLE g (LIKE f);
        CREATE TABLE h (CHECK (1 > 0));
        INSERT INTO h DEFAULT VALUES;
        DELETE FROM h;
        SELECT count(*) FROM h;
        SELECT nothing FROM h;
        SELECT "shale no column" FROM h;
        INSERT INTO h ("shale no column") VALUES (1);
        INSERT INTO h VALUES (1);
        BEGIN;
        CREATE TABLE k ();
        ALTER TABLE k ADD COLUMN a int PRIMARY KEY;
        INSERT INTO k VALUES (1), (2), (3);
        ROLLBACK;
        SELECT * FROM k;
        DROP TABLE h;

        """;

    [PostgresFact]
    public Task TableWithoutColumns_GetsThemLater() => RequireSameAsync(Empty);

    [PostgresFact]
    public async Task TableWithoutColumns_HasNoStar()
    {
        await using var twins = await Twins.StartAsync();
        foreach (var door in twins.Doors)
        {
            await using var connection = await twins.ConnectAsync(door);
            await ExecuteAsync(connection, "CREATE TABLE t ()");
            foreach (var sql in (string[])["SELECT * FROM t", "SELECT t.*, 1 FROM t", "SELECT 1 WHERE EXISTS (SELECT * FROM t)", "COPY t TO STDOUT", "TABLE t"])
            {
                var failure = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => ExecuteAsync(connection, sql));
                Assert.Equal("0A000", failure.SqlState);
                Assert.Contains("ADD COLUMN", failure.Hint, StringComparison.Ordinal);
            }

            var none = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => ExecuteAsync(connection, "SELECT *"));
            Assert.Equal("42601", none.SqlState);
        }
    }

    [PostgresFact]
    public Task AlterColumn_WithHints_ChangesNoAnswer() => RequireSameAsync(Hints);

    private static async Task RequireSameAsync(string script)
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(script);
    }

    private static async Task ExecuteAsync(Npgsql.NpgsqlConnection connection, string sql)
    {
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
