using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>INSERT … SELECT that leaves columns out: its texts become what their columns are, whatever the defaults of the others. psql prints the same of it here and of PostgreSQL.</summary>
public sealed class InsertedQueryTests
{
    private const string Script = """
        CREATE TABLE s (id int PRIMARY KEY, "now" int, name text);
        INSERT INTO s VALUES (1, 30, 'a'), (2, 20, 'b'), (3, 10, 'b');
        CREATE TABLE t (n int PRIMARY KEY, day date, at timestamptz DEFAULT now(), tag uuid DEFAULT gen_random_uuid(), word text DEFAULT 'x', amount numeric(6,2) DEFAULT 1.5, price numeric DEFAULT random());
        INSERT INTO t (n, day) SELECT 1, '2024-02-29';
        INSERT INTO t (day, n) SELECT '2024-03-01', id + 10 FROM s ORDER BY now LIMIT 2;
        INSERT INTO t (n, day) SELECT DISTINCT now, '2024-03-02'::date FROM s;
        INSERT INTO t (n, day) SELECT max(id) + 100, '2024-03-03' FROM s GROUP BY name;
        INSERT INTO t (n, day) SELECT DISTINCT ON (name) id + 200, '2024-03-04' FROM s ORDER BY name, id DESC;
        INSERT INTO t (n, day) SELECT 300, date '2024-03-05' UNION ALL SELECT 301, date '2024-03-06';
        INSERT INTO t (n, day) SELECT 302, '2024-03-05' UNION ALL SELECT 303, '2024-03-06';
        INSERT INTO t (n, amount) WITH w AS (SELECT id FROM s) SELECT id + 400, '12.345' FROM w;
        INSERT INTO t (n, tag) SELECT 500, NULL;
        INSERT INTO t (n, day) SELECT row_number() OVER (ORDER BY id) + 600, 'epoch' FROM s;
        INSERT INTO t (n, day) SELECT unnest(ARRAY[700, 701]), '2024-03-07';
        INSERT INTO t SELECT 800, '2024-03-08';
        INSERT INTO t SELECT 801;
        INSERT INTO t (n, day) SELECT 900;
        INSERT INTO t (n, day) SELECT 900, '2024-03-09', 3;
        INSERT INTO t (n, day) SELECT 900, 'no day';
        INSERT INTO t (n, day) SELECT 900, name FROM s;
        INSERT INTO t (n, day) (SELECT 901, '2024-03-10');
        INSERT INTO t (n, day) VALUES (902, '2024-03-11'), (903, DEFAULT);
        PREPARE p AS INSERT INTO t (n, day) SELECT $1, $2;
        EXECUTE p (950, '2024-03-12');
        SELECT n, day, at = (SELECT max(at) FROM t AS all_of WHERE all_of.n = t.n) AS has_moment, at > '2024-01-01' AS is_now, tag IS NOT NULL AS has_tag, word, amount, price BETWEEN 0 AND 1 AS has_price FROM t ORDER BY n;
        SELECT count(*) = count(DISTINCT tag) + 1 AS tags_differ FROM t;
        CREATE TABLE g (id serial PRIMARY KEY, day date, v int GENERATED ALWAYS AS (id * 2) STORED);
        INSERT INTO g (day) SELECT '2024-04-01' FROM s;
        INSERT INTO g (id, day) SELECT nextval('g_id_seq'), '2024-04-02' RETURNING *;
        SELECT id, day, v FROM g ORDER BY id;
        INSERT INTO g (day) SELECT DISTINCT date '2024-04-03' FROM s RETURNING id, day;

        """;

    [PostgresFact]
    [Trait("Rule", "S2.6")]
    public async Task InsertSelect_ThatLeavesColumnsOut_IsPostgres()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }
}
