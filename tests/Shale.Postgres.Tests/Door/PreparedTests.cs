using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>PREPARE and EXECUTE as SQL: over shards on both engines as in PostgreSQL, also once the tables have changed.</summary>
public sealed class PreparedTests
{
    private const string Script = """
        PREPARE missing AS SELECT * FROM nothing;
        PREPARE shown AS SHOW ALL;
        PREPARE made AS CREATE TABLE u (id int);
        PREPARE one AS SELECT $1::int;
        PREPARE again AS EXECUTE one(1);
        EXECUTE one;
        EXECUTE one(1, 2);
        EXECUTE one('x');
        EXECUTE one(1.6);
        EXECUTE one(now());
        EXECUTE one(NULL);
        PREPARE two(int, int) AS SELECT $1;
        EXECUTE two(1);
        EXECUTE two(1, 2);
        PREPARE told AS SELECT pg_notify('a', $1);
        EXECUTE told('x');
        PREPARE listed AS VALUES ($1), (2);
        EXECUTE listed(3);
        CREATE TABLE t (id int PRIMARY KEY, v text, n numeric);
        PREPARE wrong AS SELECT v FROM t WHERE nothing = $1;
        PREPARE added AS INSERT INTO t (id, v) VALUES ($1, $2);
        PREPARE returned AS INSERT INTO t VALUES ($1, $2) RETURNING *;
        PREPARE every AS SELECT * FROM t ORDER BY id;
        PREPARE few AS SELECT id, n FROM t WHERE id = $1;
        PREPARE changed AS UPDATE t SET n = id WHERE id >= $1;
        PREPARE shown_once AS UPDATE t SET v = $1 WHERE id = $1 RETURNING $1;
        EXECUTE shown_once(1);
        EXECUTE added(1, 'a');
        EXECUTE returned(2, 'b');
        EXECUTE every;
        ALTER TABLE t ADD COLUMN w int DEFAULT 7;
        EXECUTE added(3, 'c');
        EXECUTE returned(4, 'd');
        EXECUTE every;
        EXECUTE few(1);
        EXECUTE changed(3);
        ALTER TABLE t DROP COLUMN w;
        EXECUTE every;
        EXECUTE returned(5, 'e');
        ALTER TABLE t ALTER COLUMN n TYPE numeric(10, 3);
        EXECUTE few(5);
        BEGIN;
        EXECUTE every;
        ROLLBACK;
        EXECUTE changed(4);
        DEALLOCATE every;
        PREPARE every AS SELECT * FROM t ORDER BY id;
        EXECUTE every;
        DROP TABLE t;
        EXECUTE changed(1);
        EXECUTE added(1, 'a');
        CREATE TABLE t (id int PRIMARY KEY, v text, n numeric(10, 3));
        EXECUTE added(1, 'a');
        EXECUTE every;
        DROP TABLE t;

        """;

    [PostgresFact]
    public async Task Execute_OfWhatWasPrepared_DoesAsPostgresDoes()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }

    [PostgresFact]
    public async Task Columns_WithoutNames_AreNamedAsPostgresNamesThem()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync("""
            PREPARE p AS SELECT $1::int, $2::text, $1 + 1, $3::numeric(5, 2), $2::name;
            EXECUTE p(1, 'a', 2);
            SELECT 'a'::name, 'b'::"char", 'c'::char(3), 'd'::bpchar, 1::"int4", '1'::oid, 1::float, 1::real, 1::decimal, '{1}'::int[], 1::bigint::text, true::boolean;
            SELECT date '2024-01-01', interval '1 day', timestamp with time zone '2024-01-01 00:00+00' IS NULL, time '10:00', CAST(1 AS smallint), (1)::int, -1::int, now()::date IS NULL;
            SELECT coalesce(1, 2), nullif(1, 2), greatest(1, 2), CASE WHEN true THEN 1 END, CASE WHEN false THEN 1 ELSE x.id END, x.id::text, (x.id), x.a[1], EXISTS (SELECT 1), (SELECT 1 AS foo), (SELECT 2) FROM (SELECT 2 AS id, ARRAY[3] AS a) x;
            SELECT current_date IS NULL, current_schema, current_catalog, extract(year FROM date '2020-01-01'), substring('abc' FROM 1 FOR 2), trim(' a '), position('a' IN 'ba'), overlay('abc' PLACING 'x' FROM 1), 'x' COLLATE "C", count(*);
            SELECT current_database() AS d, pg_catalog.current_database() WHERE current_catalog = 'main' AND current_user = session_user AND user = current_role;
            SELECT * FROM current_schema();
            SELECT d.d, length(s.name), n FROM current_database() AS d, LATERAL pg_catalog.current_schema() AS s (name), current_catalog AS n WHERE d = 'main';

            """);
    }
}
