using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>CREATE TABLE (LIKE …): psql prints the same of it here, on both engines, and of PostgreSQL.</summary>
public sealed class LikeTableTests
{
    private const string Parts = """
        SET client_min_messages = warning;
        CREATE TABLE t (id int PRIMARY KEY, a varchar(5) DEFAULT 'x' CHECK (a <> 'q'), b numeric(8,2) NOT NULL DEFAULT 1.5 CONSTRAINT positive CHECK (t.b > 0),
          c int GENERATED ALWAYS AS (id * 2) STORED, d int[], UNIQUE (a, id));
        CREATE INDEX i ON t (b);
        CREATE INDEX ON t (lower(a), (id + 1) DESC) WHERE b > 2;
        CREATE INDEX ON t (b, b);
        CREATE INDEX ON t (coalesce(b, 0), (b::int)) INCLUDE (d);
        CREATE UNIQUE INDEX ON t (id, b);
        COMMENT ON COLUMN t.a IS 'of a';
        COMMENT ON CONSTRAINT positive ON t IS 'above';
        COMMENT ON INDEX i IS 'by b';
        COMMENT ON INDEX t_pkey IS 'by id';
        COMMENT ON TABLE t IS 'whole';
        INSERT INTO t (id, a) VALUES (1, 'one');
        CREATE TABLE bare (LIKE t);
        \d bare
        INSERT INTO bare (id, a, b) VALUES (1, 'q', -1), (1, 'q', -1);
        INSERT INTO bare (id) VALUES (1);
        INSERT INTO bare (b) VALUES (1);
        INSERT INTO bare VALUES (2, 'toolong', 1);
        SELECT * FROM bare ORDER BY id;
        CREATE TABLE whole (LIKE t INCLUDING ALL, e text DEFAULT 'end', CHECK (e <> ''));
        \d whole
        INSERT INTO whole (id) VALUES (1), (2), (3) RETURNING *;
        INSERT INTO whole (id) VALUES (3);
        INSERT INTO whole (id, b) VALUES (4, 0);
        INSERT INTO whole (id, a) VALUES (4, 'q');
        SELECT conname, contype, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conrelid = 'whole'::regclass ORDER BY 1;
        SELECT indexname, indexdef, obj_description(indexname::regclass, 'pg_class') FROM pg_indexes WHERE tablename = 'whole' ORDER BY 1;
        SELECT col_description('whole'::regclass, 2), obj_description('whole'::regclass);
        CREATE TABLE again (LIKE t INCLUDING ALL EXCLUDING INDEXES EXCLUDING COMMENTS, PRIMARY KEY (id, a));
        \d again
        SELECT col_description('again'::regclass, 2);
        CREATE TABLE mixed (first text, LIKE t INCLUDING INDEXES INCLUDING GENERATED, last text, UNIQUE (id, a));
        \d mixed
        INSERT INTO mixed VALUES ('f', 5, 'a', 2, DEFAULT, '{1,2}', 'l') RETURNING *;
        CREATE TABLE twice (LIKE t, LIKE t);
        CREATE TABLE doubled (LIKE t INCLUDING INDEXES, PRIMARY KEY (a));
        CREATE TABLE none (LIKE nothing);
        CREATE TABLE i2 (LIKE i);
        CREATE TABLE t (LIKE t);
        CREATE TABLE IF NOT EXISTS t (LIKE nothing);
        CREATE TABLE self (LIKE self);
        CREATE TABLE x (LIKE t INCLUDING EVERYTHING);
        CREATE TABLE x (LIKE t) AS SELECT 1;
        ALTER TABLE whole ADD COLUMN f int;
        ALTER TABLE whole DROP COLUMN b;
        \d whole
        DROP TABLE t;
        INSERT INTO whole (id) VALUES (9) RETURNING a, c;

        """;

    private const string Numbers = """
        SET client_min_messages = warning;
        CREATE TABLE s (id serial PRIMARY KEY, v text);
        INSERT INTO s (v) VALUES ('a'), ('b');
        CREATE TABLE n (id bigint GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5) PRIMARY KEY, v text);
        INSERT INTO n (v) VALUES ('a'), ('b') RETURNING id;
        CREATE TABLE s1 (LIKE s);
        \d s1
        INSERT INTO s1 (v) VALUES ('c');
        CREATE TABLE s2 (LIKE s INCLUDING DEFAULTS INCLUDING INDEXES);
        \d s2
        INSERT INTO s2 (v) VALUES ('c') RETURNING id;
        INSERT INTO s2 (v) SELECT v FROM s;
        INSERT INTO s (v) VALUES ('d') RETURNING id;
        SELECT count(*), count(DISTINCT id) FROM s2;
        CREATE TABLE n1 (LIKE n INCLUDING DEFAULTS INCLUDING INDEXES);
        \d n1
        INSERT INTO n1 (v) VALUES ('c');
        CREATE TABLE n2 (LIKE n INCLUDING IDENTITY INCLUDING INDEXES);
        \d n2
        INSERT INTO n2 (v) VALUES ('c'), ('d') RETURNING id;
        INSERT INTO n2 VALUES (1, 'c');
        INSERT INTO n (v) VALUES ('e') RETURNING id;

        """;

    private const string Sources = """
        SET client_min_messages = warning;
        CREATE TABLE t (id int PRIMARY KEY, a varchar(5) NOT NULL, b numeric(8,2), c char(3), d text[], e timestamptz);
        CREATE VIEW v AS SELECT id, a, b, c, d, e, a || 'x' AS f, id + 1.5 AS g FROM t;
        COMMENT ON COLUMN v.f IS 'longer';
        CREATE TABLE w (LIKE v INCLUDING ALL);
        \d w
        SELECT col_description('w'::regclass, 7);
        CREATE SEQUENCE q;
        CREATE TABLE x (LIKE q INCLUDING INDEXES, LIKE public.t);
        CREATE TABLE x (LIKE elsewhere.t);
        CREATE TABLE "Odd Name" ("Key" int PRIMARY KEY, "a b" text UNIQUE CHECK ("a b" <> ''));
        CREATE TABLE "Copy" (LIKE public."Odd Name" INCLUDING ALL);
        \d "Copy"
        INSERT INTO "Copy" VALUES (1, 'x'), (2, 'y');
        INSERT INTO "Copy" VALUES (3, 'y');
        BEGIN;
        CREATE TABLE c (LIKE t INCLUDING ALL);
        INSERT INTO c (id, a) VALUES (1, 'x'), (2, 'y'), (3, 'z');
        SELECT count(*) FROM c;
        CREATE TABLE d (LIKE c INCLUDING ALL);
        INSERT INTO d SELECT * FROM c;
        COMMIT;
        SELECT id, a FROM d ORDER BY id;
        CREATE TABLE p (id int PRIMARY KEY, a int UNIQUE);
        CREATE UNIQUE INDEX ON p (a);
        CREATE TABLE p1 (LIKE p INCLUDING ALL);
        INSERT INTO p1 SELECT g, g FROM generate_series(1, 20) g;
        INSERT INTO p1 VALUES (21, 3);
        UPDATE p1 SET a = 100 WHERE a = 7;
        INSERT INTO p1 VALUES (22, 7);
        SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'p1' ORDER BY 1;
        DROP INDEX p1_a_idx;
        INSERT INTO p1 VALUES (23, 8);

        """;

    [PostgresFact]
    public Task CreateTableLike_OfATable_TakesItsParts() => RequireSameAsync(Parts);

    [PostgresFact]
    [Trait("Rule", "S2.6")]
    public Task CreateTableLike_OfANumberedTable_NumbersAsPostgres() => RequireSameAsync(Numbers);

    [PostgresFact]
    [Trait("Rule", "S2.3")]
    public Task CreateTableLike_OfOtherRelations_AndKeysOverShards() => RequireSameAsync(Sources);

    [PostgresFact]
    [Trait("Rule", "S2.3")]
    public async Task CreateTableLike_WithAKeyOfItsOwn_IsShardedByIt()
    {
        await using var twins = await Twins.StartAsync();
        foreach (var door in twins.Doors)
        {
            await using var connection = await twins.ConnectAsync(door);
            await ExecuteAsync(connection, "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b int UNIQUE)");
            await ExecuteAsync(connection, "CREATE TABLE l (LIKE t INCLUDING ALL) WITH (shard_key = 'a')");
            await ExecuteAsync(connection, "INSERT INTO l SELECT g, 50 - g, g * 2 FROM generate_series(1, 40) g");
            foreach (var taken in (string[])["(7, 1000, 1001)", "(1000, 1001, 14)"])
            {
                var failure = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => ExecuteAsync(connection, $"INSERT INTO l VALUES {taken}"));
                Assert.Equal("23505", failure.SqlState);
            }

            Assert.Contains("hash|hash||l|a|", await RowsAsync(connection, "SHOW VSCHEMA VINDEXES ON l"));
        }
    }

    private static async Task<List<string>> RowsAsync(Npgsql.NpgsqlConnection connection, string sql)
    {
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => $"{reader.GetValue(i)}")));
        return rows;
    }

    private static async Task ExecuteAsync(Npgsql.NpgsqlConnection connection, string sql)
    {
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task RequireSameAsync(string script)
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(script);
    }
}
