using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>A view's names go on meaning what they meant when it was made, whatever columns its tables get and lose: on both engines as in PostgreSQL.</summary>
public sealed class ViewNameTests
{
    private const string Script = """
        CREATE TABLE a (id int PRIMARY KEY, k int, x int);
        CREATE TABLE b (id bigint PRIMARY KEY, k int, y int);
        CREATE SEQUENCE s START 7;
        INSERT INTO a VALUES (1, 1, 10), (2, 2, 20);
        INSERT INTO b VALUES (1, 1, 100), (2, 2, 200), (3, 3, 300);
        CREATE VIEW every AS SELECT *, pg_typeof(id) FROM a JOIN b USING (id, k);
        CREATE VIEW kept AS SELECT id, x, y, pg_typeof(id) FROM a RIGHT JOIN b USING (id);
        CREATE VIEW both_sides AS SELECT * FROM a FULL JOIN b USING (id);
        CREATE VIEW nat AS SELECT x, y FROM a NATURAL JOIN b;
        CREATE VIEW apart AS SELECT v.x, u.z FROM (SELECT x FROM a) v NATURAL JOIN (SELECT 1 AS z) u;
        CREATE VIEW listed AS SELECT x, y FROM a, b WHERE a.id = b.id AND x < y ORDER BY y;
        CREATE VIEW inside AS SELECT id FROM a WHERE EXISTS (SELECT 1 FROM b WHERE y = x * 10) ORDER BY id;
        CREATE VIEW beside AS SELECT x, (SELECT max(y) FROM b WHERE b.id <= x / 10) AS top FROM a;
        CREATE VIEW lateral_one AS SELECT x, twice FROM a, LATERAL (SELECT x * 2 AS twice) l, generate_series(1, x / 10) g;
        CREATE VIEW common AS WITH c AS (SELECT k AS n, count(*) FROM b GROUP BY k) SELECT x, n FROM a JOIN c ON n = a.k;
        CREATE VIEW numbered AS SELECT x, last_value FROM a, s;
        CREATE VIEW over AS SELECT nat.x, top FROM nat JOIN beside ON nat.x = beside.x;
        CREATE VIEW named (one, "Two") AS SELECT * FROM a;
        CREATE VIEW grouped AS SELECT x / 10 AS fresh, count(*) FROM a GROUP BY fresh, k;
        CREATE VIEW simple AS SELECT id, x FROM a WHERE k > 0;
        ALTER TABLE b ADD COLUMN x int DEFAULT 100, ADD COLUMN n int DEFAULT 5, ADD COLUMN twice int, ADD COLUMN last_value int;
        ALTER TABLE a ADD COLUMN y int DEFAULT 5, ADD COLUMN top int, ADD COLUMN n int DEFAULT 1, ADD COLUMN twice int, ADD COLUMN z int, ADD COLUMN last_value int, ADD COLUMN fresh int;
        SELECT * FROM grouped ORDER BY 1;
        SELECT * FROM every ORDER BY 1;
        SELECT * FROM kept ORDER BY 1;
        SELECT * FROM both_sides ORDER BY 1;
        SELECT * FROM nat ORDER BY 1;
        SELECT * FROM apart ORDER BY 1;
        SELECT * FROM listed ORDER BY 1;
        SELECT * FROM inside ORDER BY 1;
        SELECT * FROM beside ORDER BY 1;
        SELECT * FROM lateral_one ORDER BY 1;
        SELECT * FROM common ORDER BY 1;
        SELECT nextval('s');
        SELECT nextval('s');
        SELECT * FROM numbered ORDER BY 1;
        SELECT * FROM over ORDER BY 1;
        SELECT * FROM named ORDER BY 1;
        SELECT * FROM simple ORDER BY 1;
        ALTER TABLE b DROP COLUMN k;
        ALTER TABLE b DROP COLUMN y;
        ALTER TABLE a DROP COLUMN x;
        ALTER TABLE a DROP COLUMN y, DROP COLUMN n;
        DROP VIEW nat CASCADE;
        SELECT table_name FROM information_schema.views WHERE table_schema = 'public' ORDER BY 1;

        """;

    [PostgresFact]
    [Trait("Rule", "S2.7")]
    public async Task Views_OfTablesThatGetColumns_KeepWhatTheyMean()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }
}
