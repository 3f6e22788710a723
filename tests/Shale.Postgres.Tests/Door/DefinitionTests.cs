using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Definitions mean over shards what they mean in PostgreSQL, also where they are taken back in part, and for what hangs on the thing defined.</summary>
public sealed class DefinitionTests
{
    [PostgresFact]
    [Trait("Rule", "S4.1")]
    public Task RollbackTo_BehindDefinitions_TakesThemBack() => RequireSameAsync("""
        CREATE TABLE t (id int PRIMARY KEY, v text);
        INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c');
        BEGIN;
        SAVEPOINT a;
        ALTER TABLE t ADD COLUMN w int DEFAULT 5;
        SAVEPOINT b;
        ALTER TABLE t RENAME COLUMN v TO z;
        SELECT * FROM t ORDER BY id;
        ROLLBACK TO b;
        SELECT * FROM t ORDER BY id;
        UPDATE t SET v = v || '!', w = 6 WHERE id < 3;
        ROLLBACK TO a;
        SELECT * FROM t ORDER BY id;
        DROP TABLE t;
        CREATE TABLE t (x text PRIMARY KEY);
        INSERT INTO t VALUES ('p'), ('q');
        SELECT * FROM t ORDER BY x;
        ROLLBACK TO a;
        CREATE VIEW s AS SELECT v FROM t;
        SAVEPOINT c;
        DROP VIEW s;
        RELEASE c;
        SELECT * FROM s;
        ROLLBACK TO a;
        INSERT INTO t VALUES (4, 'd');
        CREATE TABLE u (id int PRIMARY KEY);
        RELEASE a;
        COMMIT;
        SELECT * FROM t ORDER BY id;
        SELECT * FROM u;
        BEGIN;
        CREATE TABLE made (id int PRIMARY KEY);
        SAVEPOINT a;
        DROP TABLE made;
        SELECT * FROM made;
        ROLLBACK TO a;
        INSERT INTO made VALUES (1), (2);
        COMMIT;
        SELECT count(*) FROM made;

        """);

    [PostgresFact]
    [Trait("Rule", "S2.7")]
    public Task View_OfWhatIsDropped_IsLookedAfter() => RequireSameAsync("""
        CREATE TABLE t (id int PRIMARY KEY, a int, b text, c int);
        INSERT INTO t VALUES (1, 10, 'x', 5), (2, 20, 'y', 6);
        CREATE TABLE u (id int PRIMARY KEY, a int);
        INSERT INTO u VALUES (1, 7);
        CREATE VIEW every AS SELECT * FROM t;
        CREATE VIEW joined AS SELECT x.*, u.a AS ua FROM t x LEFT JOIN u USING (id);
        CREATE VIEW one AS SELECT id, a FROM t WHERE c > 0;
        CREATE VIEW over AS SELECT id FROM one;
        ALTER TABLE t ADD COLUMN d int DEFAULT 3;
        SELECT * FROM every ORDER BY id;
        SELECT * FROM joined ORDER BY id;
        ALTER TABLE t DROP COLUMN d;
        ALTER TABLE t DROP COLUMN c;
        ALTER TABLE t ALTER COLUMN a TYPE bigint;
        DROP TABLE u;
        DROP TABLE t;
        DROP VIEW one;
        DROP VIEW one, over;
        CREATE VIEW one AS SELECT id, a FROM t WHERE c > 0;
        CREATE VIEW over AS SELECT id FROM one;
        DROP TABLE one;
        CREATE OR REPLACE VIEW one AS SELECT id FROM t;
        CREATE OR REPLACE VIEW one AS SELECT id, b AS a FROM t;
        CREATE OR REPLACE VIEW one AS SELECT id, c FROM t;
        CREATE OR REPLACE VIEW one AS SELECT id, a, b FROM t;
        SELECT * FROM one ORDER BY id;
        ALTER TABLE t DROP COLUMN b CASCADE;
        SELECT * FROM every;
        SELECT * FROM over;
        DROP TABLE u CASCADE;
        CREATE VIEW left_over AS SELECT id FROM t;
        BEGIN;
        DROP TABLE t CASCADE;
        SELECT * FROM left_over;
        ROLLBACK;
        SELECT * FROM left_over ORDER BY id;
        DROP TABLE t CASCADE;
        SELECT * FROM left_over;

        """);

    [PostgresFact]
    public Task DropColumn_WithWhatUsesIt_DoesAsPostgresDoes() => RequireSameAsync("""
        CREATE TABLE t (id int PRIMARY KEY, a int, b int CHECK (b > a), g int GENERATED ALWAYS AS (a * 2) STORED, CHECK (a < 100), UNIQUE (id, a));
        CREATE INDEX i ON t (a, b);
        CREATE INDEX j ON t (g);
        INSERT INTO t VALUES (1, 2, 3), (2, 3, 4);
        ALTER TABLE t DROP COLUMN a;
        ALTER TABLE t ALTER COLUMN a TYPE bigint;
        ALTER TABLE t ALTER COLUMN g TYPE numeric USING g::numeric;
        ALTER TABLE t ALTER COLUMN g TYPE bigint;
        ALTER TABLE t ALTER COLUMN g SET DEFAULT 5;
        SELECT * FROM t ORDER BY id;
        ALTER TABLE t DROP COLUMN a CASCADE;
        SELECT * FROM t ORDER BY id;
        INSERT INTO t VALUES (3, -500);
        SELECT conname::text FROM pg_constraint WHERE conrelid = 't'::regclass ORDER BY 1;
        SELECT indexname::text FROM pg_indexes WHERE tablename = 't' ORDER BY 1;
        CREATE TABLE n (id int PRIMARY KEY, a int, s serial);
        INSERT INTO n (id, a) VALUES (1, 1);
        ALTER TABLE n DROP COLUMN s;
        INSERT INTO n VALUES (2, 1) RETURNING *;
        ALTER TABLE n ADD COLUMN s serial;
        SELECT count(DISTINCT s), max(s) FROM n;
        INSERT INTO n (id) VALUES (3) RETURNING *;

        """);

    [PostgresFact]
    public Task AddColumn_WithADefaultThatIsNoConstant_FillsIt() => RequireSameAsync("""
        CREATE SEQUENCE q START 5;
        CREATE TABLE t (id int PRIMARY KEY, a int);
        INSERT INTO t SELECT g, g FROM generate_series(1, 9) g;
        ALTER TABLE t ADD COLUMN n serial;
        ALTER TABLE t ADD COLUMN u uuid DEFAULT gen_random_uuid() NOT NULL;
        ALTER TABLE t ADD COLUMN r float8 DEFAULT random();
        ALTER TABLE t ADD COLUMN w timestamptz NOT NULL DEFAULT now();
        ALTER TABLE t ADD COLUMN d date DEFAULT current_date + 1;
        ALTER TABLE t ADD COLUMN x text DEFAULT upper('a') || 'b';
        ALTER TABLE t ADD COLUMN m numeric(6, 2) DEFAULT 1.5 * 2;
        ALTER TABLE t ADD COLUMN k int CHECK (k > 0) DEFAULT -1;
        ALTER TABLE t ADD COLUMN v varchar(2) DEFAULT lower('A') || 'bc';
        ALTER TABLE t ADD COLUMN v varchar(2) DEFAULT lower('A') || 'b', ADD COLUMN c char(3) DEFAULT lower('AB');
        SELECT DISTINCT v || '|', '[' || c::text || ']', octet_length(c), c = 'ab' FROM t;
        SELECT min(n), max(n), count(DISTINCT n), count(DISTINCT u), count(DISTINCT r), count(DISTINCT w), min(d) = current_date + 1, count(d), min(x), max(m) FROM t;
        INSERT INTO t (id) VALUES (10) RETURNING n, x, m, w = now();

        """);

    [PostgresFact]
    public Task Names_ThatAreTaken_AreRefused() => RequireSameAsync("""
        CREATE TABLE t (id int PRIMARY KEY, a int);
        ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0);
        ALTER TABLE t ADD CONSTRAINT k CHECK (a > 1);
        ALTER TABLE t ADD CONSTRAINT t_pkey CHECK (a > 1);
        ALTER TABLE t ADD COLUMN b int CONSTRAINT k CHECK (b > 0);
        ALTER TABLE t RENAME TO t;
        ALTER TABLE t RENAME COLUMN a TO a;
        CREATE TABLE u (id int PRIMARY KEY, a int, CONSTRAINT k CHECK (a > 0), CONSTRAINT k CHECK (a > 1));
        SELECT * FROM u;

        """);

    [PostgresFact]
    public Task DropConstraint_ByTheNameThatPostgresGives_DropsIt() => RequireSameAsync("""
        CREATE TABLE p (id int PRIMARY KEY);
        CREATE TABLE c (id int PRIMARY KEY REFERENCES p, a int CHECK (a > 0), b int, CHECK (a < b), CHECK (b < 9));
        INSERT INTO p VALUES (1), (2), (3);
        INSERT INTO c VALUES (1, 0, 1);
        INSERT INTO c VALUES (4, 1, 2);
        ALTER TABLE c DROP CONSTRAINT c_a_check;
        INSERT INTO c VALUES (1, 0, 1);
        ALTER TABLE c DROP CONSTRAINT c_check;
        INSERT INTO c VALUES (2, 5, 1);
        ALTER TABLE c DROP CONSTRAINT IF EXISTS c_b_check;
        INSERT INTO c VALUES (3, 5, 10);
        ALTER TABLE c DROP CONSTRAINT c_b_check;
        ALTER TABLE c DROP CONSTRAINT c_id_fkey;
        INSERT INTO c VALUES (4, 1, 2);
        SELECT * FROM c ORDER BY id;
        DELETE FROM c WHERE id = 4;
        ALTER TABLE c ADD FOREIGN KEY (id) REFERENCES p;
        DROP TABLE p;
        DROP TABLE p, c;
        SELECT * FROM c;

        """);

    [PostgresFact]
    public Task Drop_OfAKeyThatForeignKeysNeed_IsRefused() => RequireSameAsync("""
        CREATE TABLE p (id int PRIMARY KEY, u int, v int);
        CREATE TABLE c (id int PRIMARY KEY REFERENCES p, a int);
        ALTER TABLE p DROP CONSTRAINT p_pkey;
        INSERT INTO c VALUES (1, 1);
        CREATE UNIQUE INDEX i ON p (id, v);
        DROP INDEX i;
        ALTER TABLE p DROP CONSTRAINT IF EXISTS nothing;
        ALTER TABLE c DROP CONSTRAINT c_id_fkey;
        ALTER TABLE p DROP CONSTRAINT p_pkey;
        INSERT INTO c VALUES (1, 1);

        """);

    [PostgresFact]
    public Task DropCascade_OfAKeyThatForeignKeysNeed_LeavesThemOnTheShards() => RequireDoorsAsync(async connection =>
    {
        await RunAsync(connection, "CREATE TABLE p (id int PRIMARY KEY, a int); CREATE TABLE c (id int PRIMARY KEY REFERENCES p)");

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => RunAsync(connection, "ALTER TABLE p DROP CONSTRAINT p_pkey CASCADE"));
        Assert.Equal(("0A000", "ALTER TABLE c DROP CONSTRAINT c_id_fkey first."), (refused.SqlState, refused.Hint));
        Assert.Equal("23503", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => RunAsync(connection, "INSERT INTO c VALUES (1)"))).SqlState);
    });

    [PostgresFact]
    public Task AddColumn_ThatNumbersItselfBesideAnother_IsRefused() => RequireDoorsAsync(async connection =>
    {
        await RunAsync(connection, "CREATE TABLE t (id int PRIMARY KEY, n serial); INSERT INTO t SELECT g FROM generate_series(1, 9) g");

        Assert.Equal("0A000", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => RunAsync(connection, "ALTER TABLE t ADD COLUMN m serial"))).SqlState);
        Assert.Equal("0A000", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => RunAsync(connection, "ALTER TABLE t ADD COLUMN m int GENERATED ALWAYS AS IDENTITY"))).SqlState);
        await RunAsync(connection, "ALTER TABLE t ADD COLUMN w int");
    });

    [PostgresFact]
    public Task Drop_OfWhatIsElsewhereOrOfAnotherKind_LeavesWhatHasTheName() => RequireSameAsync("""
        CREATE TABLE t (id int PRIMARY KEY, a int);
        CREATE INDEX i ON t (a);
        CREATE SEQUENCE s;
        CREATE VIEW v AS SELECT a FROM t;
        SET client_min_messages = warning;
        DROP TABLE IF EXISTS nowhere.t;
        DROP TABLE IF EXISTS nowhere.t CASCADE;
        DROP VIEW IF EXISTS nowhere.v CASCADE;
        DROP INDEX IF EXISTS nowhere.i;
        DROP SEQUENCE IF EXISTS nowhere.s;
        DROP VIEW t;
        DROP VIEW IF EXISTS t;
        DROP TABLE v;
        SELECT * FROM v;
        SELECT nextval('s');
        SELECT indexname FROM pg_indexes WHERE tablename = 't' ORDER BY 1;

        """);

    [PostgresFact]
    public Task InsertSelect_OfFewerColumns_GivesTheOthersTheirDefaults() => RequireSameAsync("""
        CREATE SEQUENCE q START 3;
        CREATE TABLE t (id int PRIMARY KEY, a int, w timestamptz DEFAULT now(), u uuid DEFAULT gen_random_uuid(), n int DEFAULT 5, g int GENERATED ALWAYS AS (id * 2) STORED);
        INSERT INTO t SELECT 1, 2;
        INSERT INTO t (id, a) SELECT 2, 3;
        INSERT INTO t (id, a) SELECT g + 30, g + 1 FROM generate_series(1, 3) g;
        INSERT INTO t (id, a) SELECT 1, 2, 3;
        INSERT INTO t (id, a) SELECT 1;
        INSERT INTO t (id, a) SELECT x.a, x.a FROM (SELECT 80 AS a) x;
        INSERT INTO t SELECT g, 2 FROM generate_series(11, 15) g;
        INSERT INTO t SELECT x.* FROM (SELECT id + 20, a FROM t) x;
        INSERT INTO t TABLE t;
        WITH w AS (SELECT 50, 6) INSERT INTO t SELECT * FROM w;
        INSERT INTO t SELECT 60 UNION ALL SELECT 61;
        INSERT INTO t (id) SELECT 70;
        SELECT id, a, w IS NULL, u IS NULL, n, g FROM t ORDER BY id;

        """);

    [PostgresFact]
    [Trait("Rule", "S2.6")]
    public Task TruncateRestartIdentity_LetsNumbersBeginAnew() => RequireSameAsync("""
        CREATE TABLE t (id serial PRIMARY KEY, v int);
        CREATE TABLE u (id int GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 5) PRIMARY KEY, v int);
        INSERT INTO t (v) VALUES (1), (2), (3);
        INSERT INTO u (v) VALUES (1), (2), (3);
        TRUNCATE t;
        INSERT INTO t (v) VALUES (1) RETURNING id;
        TRUNCATE t, u RESTART IDENTITY;
        INSERT INTO t (v) VALUES (1), (2) RETURNING id;
        INSERT INTO u (v) VALUES (1), (2) RETURNING id;
        TRUNCATE u CONTINUE IDENTITY;
        INSERT INTO u (v) VALUES (1) RETURNING id;

        """);

    [PostgresFact]
    [Trait("Rule", "S2.6")]
    public Task IdentityAlways_TakesTheNumbersOfTheGate() => RequireSameAsync("""
        CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v int);
        INSERT INTO t (v) VALUES (1), (2), (3);
        INSERT INTO t (v) SELECT v FROM t ORDER BY v;
        INSERT INTO t VALUES (50, 1);
        INSERT INTO t OVERRIDING SYSTEM VALUE VALUES (50, 1);
        INSERT INTO t OVERRIDING USER VALUE VALUES (60, 1) RETURNING *;
        UPDATE t SET id = 70 WHERE id = 50;
        COPY t FROM STDIN;
        80	9
        81	10
        \.
        INSERT INTO t (v) VALUES (5) ON CONFLICT (id) DO UPDATE SET v = 0 RETURNING id;
        SELECT * FROM t ORDER BY id;
        CREATE TABLE u (id int PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY, v int);
        INSERT INTO u (id, v) SELECT g, g FROM generate_series(1, 6) g;
        UPDATE u SET id = id + 10 WHERE id > 3;
        ALTER TABLE u ADD COLUMN w int;
        SELECT count(DISTINCT n), count(*) FROM u;

        """);

    [PostgresFact]
    public Task Copy_OfATableWithGeneratedColumns_LeavesThemOut() => RequireSameAsync("""
        CREATE TABLE "T" (id int PRIMARY KEY, a int, g int GENERATED ALWAYS AS (a * 2) STORED, "B c" text);
        COPY "T" FROM STDIN;
        1	10	x
        2	20	y
        \.
        COPY public."T" FROM STDIN (FORMAT csv, FORCE_NULL ("B c"));
        3,30,""
        \.
        COPY "T" ("B c", id) FROM STDIN;
        z	4
        \.
        SELECT * FROM "T" ORDER BY id;
        DELETE FROM "T" WHERE id > 1;
        COPY "T" TO STDOUT (FORMAT csv, HEADER);
        BEGIN;
        COPY public."T" TO STDOUT;
        COMMIT;

        """);

    [PostgresFact]
    public Task SetToDefault_OfAnyColumn_GivesItItsDefault() => RequireSameAsync("""
        CREATE TABLE t (id int PRIMARY KEY, a int DEFAULT 7, b text, w timestamptz DEFAULT now(), g int GENERATED ALWAYS AS (a * 2) STORED);
        SET client_min_messages = warning;
        CREATE UNIQUE INDEX i ON t (b);
        INSERT INTO t VALUES (1, 1, 'x', NULL), (2, 2, 'y', NULL), (3, 3, 'z', NULL);
        UPDATE t SET g = DEFAULT;
        UPDATE t SET g = DEFAULT WHERE id = 1 RETURNING id, a, g;
        UPDATE t SET a = DEFAULT, g = DEFAULT WHERE id = 2 RETURNING id, a, g;
        UPDATE t SET b = DEFAULT, w = DEFAULT WHERE true;
        UPDATE t SET (a, b) = (DEFAULT, 'q'), g = DEFAULT WHERE id = 3;
        UPDATE t SET (a, g) = (9, DEFAULT) WHERE id = 1;
        INSERT INTO t VALUES (3, 5) ON CONFLICT (id) DO UPDATE SET a = DEFAULT, b = DEFAULT, w = NULL RETURNING id, a, b, w;
        INSERT INTO t VALUES (1, 5) ON CONFLICT (id) DO UPDATE SET (a, b) = (excluded.a, DEFAULT) RETURNING id, a, b;
        INSERT INTO t VALUES (1, 8) ON CONFLICT (id) DO UPDATE SET g = DEFAULT RETURNING id, a, g;
        INSERT INTO t AS z VALUES (1, 8), (2, 9) ON CONFLICT (id) DO UPDATE SET g = DEFAULT WHERE z.id = 2;
        SELECT id, a, b, w IS NULL, g FROM t ORDER BY id;

        """);

    [PostgresFact]
    public Task Rename_OfWhatAViewUses_IsRefusedBeforeAnythingIsDone() => RequireDoorsAsync(async connection =>
    {
        await RunAsync(connection, "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE VIEW v AS SELECT id, a FROM t; INSERT INTO t VALUES (1, 2)");

        Assert.Equal("0A000", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => RunAsync(connection, "ALTER TABLE t RENAME COLUMN a TO b"))).SqlState);
        Assert.Equal("0A000", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => RunAsync(connection, "ALTER TABLE t RENAME TO u"))).SqlState);
        await using var command = new Npgsql.NpgsqlCommand("SELECT a FROM v", connection);
        Assert.Equal(2, await command.ExecuteScalarAsync());
    });

    [PostgresFact]
    [Trait("Rule", "S2.6")]
    public Task TruncateRestartIdentity_InATransaction_SaysThatNumbersGoOn() => RequireDoorsAsync(async connection =>
    {
        var notices = new List<string>();
        connection.Notice += (_, told) => notices.Add(told.Notice.MessageText);
        await RunAsync(connection, "CREATE TABLE t (id serial PRIMARY KEY, v int); INSERT INTO t (v) VALUES (1)");
        await RunAsync(connection, "BEGIN; TRUNCATE t RESTART IDENTITY; INSERT INTO t (v) VALUES (1); COMMIT");

        Assert.Contains(notices, notice => notice.StartsWith("RESTART IDENTITY is left out in a transaction", StringComparison.Ordinal));
        await using var command = new Npgsql.NpgsqlCommand("SELECT id FROM t", connection);
        Assert.Equal(2, await command.ExecuteScalarAsync());
    });

    private static async Task RunAsync(Npgsql.NpgsqlConnection connection, string sql)
    {
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task RequireSameAsync(string script)
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(script);
    }

    private static async Task RequireDoorsAsync(Func<Npgsql.NpgsqlConnection, Task> check)
    {
        await using var twins = await Twins.StartAsync();
        foreach (var door in twins.Doors)
        {
            await using var connection = await twins.ConnectAsync(door);
            await check(connection);
        }
    }
}
