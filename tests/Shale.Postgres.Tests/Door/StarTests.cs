using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>What a star stands for: over shards on both engines as in PostgreSQL, columns, names and rows.</summary>
public sealed class StarTests
{
    private const string Tables = """
        CREATE TABLE a (id int PRIMARY KEY, "Mixed Case" text, "sel""ect" int, k bigint);
        CREATE TABLE b (id int PRIMARY KEY, k int, "order" text);
        CREATE TABLE "T x" (id int PRIMARY KEY, "a.b" int);
        INSERT INTO a VALUES (1, 'x', 10, 100), (2, 'y', 20, 200), (3, NULL, 30, 300);
        INSERT INTO b VALUES (1, 100, 'p'), (2, 200, 'q'), (4, 400, 'r');
        INSERT INTO "T x" VALUES (1, 5);

        """;

    private const string Script = """
        SELECT * FROM a ORDER BY id;
        SELECT *, 1 + 1, id AS again, upper("Mixed Case") FROM a ORDER BY 1;
        SELECT a.*, x.* FROM a, b AS x WHERE a.id = x.id ORDER BY a.id;
        SELECT * FROM a JOIN b USING (id) ORDER BY id;
        SELECT * FROM a JOIN b USING (k) ORDER BY k;
        SELECT * FROM a LEFT JOIN b USING (k, id) ORDER BY id;
        SELECT * FROM a RIGHT JOIN b USING (id) ORDER BY id;
        SELECT * FROM a FULL JOIN b USING (id) ORDER BY id;
        SELECT * FROM a NATURAL JOIN b ORDER BY id;
        SELECT * FROM a NATURAL FULL JOIN b ORDER BY k;
        SELECT * FROM a NATURAL JOIN "T x";
        SELECT * FROM "T x", generate_series(1, 2) AS g ORDER BY g;
        SELECT * FROM generate_series(1, 2);
        SELECT * FROM (SELECT * FROM a) s (one, two) WHERE one = 1;
        WITH c AS (SELECT * FROM b WHERE k > 100) SELECT *, c.* FROM c ORDER BY c.id;
        WITH RECURSIVE n AS (SELECT * FROM (VALUES (1)) v (i) UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT * FROM n ORDER BY 1;
        SELECT * FROM b UNION SELECT id, k::int, "Mixed Case" FROM a ORDER BY 1, 2, 3;
        SELECT DISTINCT * FROM b ORDER BY id DESC;
        SELECT DISTINCT ON (k) * FROM b ORDER BY k, id;
        SELECT * FROM b GROUP BY id ORDER BY id;
        SELECT *, count(*) OVER () FROM b ORDER BY id LIMIT 2;
        SELECT * FROM a, LATERAL (SELECT b.*, a.k AS outside FROM b WHERE b.id = a.id) l ORDER BY a.id;
        SELECT (SELECT count(*) FROM (SELECT * FROM b WHERE b.id <= a.id) s) FROM a ORDER BY id;
        SELECT * FROM b WHERE id IN (SELECT * FROM (SELECT id FROM a) s) ORDER BY id;
        SELECT *;
        SELECT x.* FROM a;
        SELECT * FROM a, a;
        INSERT INTO b SELECT id + 10, k, "Mixed Case" FROM a WHERE id = 1 RETURNING *;
        INSERT INTO b SELECT * FROM b WHERE id = 1 ON CONFLICT (id) DO UPDATE SET k = 7, "order" = excluded."order" || '!' RETURNING *, k + 1;
        INSERT INTO b AS c (id) VALUES (50) RETURNING c.*;
        UPDATE b SET k = 8 WHERE id = 1 RETURNING b.*, "order" || '?' AS asked;
        UPDATE b AS c SET id = 60 WHERE id = 50 RETURNING *;
        DELETE FROM b USING a WHERE a.id = b.id AND a.id = 2 RETURNING *;
        DELETE FROM b WHERE id = 60 RETURNING *;
        WITH gone AS (DELETE FROM b WHERE id = 1 RETURNING *) SELECT gone.*, * FROM gone;
        SELECT * FROM b ORDER BY id;

        """;

    // What SQLite's shards refuse.
    private const string OnPostgres = """
        SELECT s.* FROM (SELECT a.id, b.id FROM a JOIN b ON a.id = b.id) s ORDER BY 1;
        SELECT * FROM (SELECT * FROM a JOIN b USING (id)) s WHERE id = 2;
        SELECT j.* FROM (a JOIN b USING (id)) AS j ORDER BY 1;
        SELECT b.* FROM a FULL JOIN b USING (k) ORDER BY k;
        SELECT DISTINCT * FROM b ORDER BY k + 1;
        SELECT count(*), count(b.*) FROM b;
        SELECT b FROM b ORDER BY id LIMIT 1;
        SELECT * FROM generate_series(1, 2) WITH ORDINALITY AS g (x, y) WHERE EXISTS (SELECT * FROM a WHERE a.id = x) ORDER BY x;

        """;

    [PostgresFact]
    public async Task Star_InWhateverStatement_IsWhatItIsInPostgres()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Tables + Script);
        await twins.RequireSameAsync(OnPostgres, twins.Doors[1]);
        foreach (var door in twins.Doors)
        {
            using var client = await RawClient.OpenAsync(door.Port);
            await client.SendAsync(RawClient.Query("SELECT (b).* FROM b"));
            Assert.Equal("E(0A000) Z(I)", await client.ReadWordsAsync());
        }
    }
}
