using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Values that statements give to columns of other types, and locks of statements that stand alone: over shards on both engines as in PostgreSQL.</summary>
public sealed class AssignmentTests
{
    private const string Script = """
        CREATE TABLE a (id int PRIMARY KEY, i int, s smallint, b bigint, t text, ar int[], n numeric(6, 2), f double precision, d date);
        INSERT INTO a (id, i) VALUES (1, 1.5);
        INSERT INTO a (id, i) VALUES (2, 2.5), (3, '7'), (4, -1.5);
        INSERT INTO a (id, i, s, b) SELECT x, x / 2.0, x / 4.0, x * 1.5 FROM generate_series(10, 13) x;
        INSERT INTO a (id, s) SELECT 20, 40000.4;
        INSERT INTO a (id, ar) SELECT 21, ARRAY[1.5, 2.4];
        INSERT INTO a (id, t) SELECT 22, 1.50;
        INSERT INTO a (id, i) SELECT 23, '8';
        INSERT INTO a (id, n, f) SELECT 24, 12.345, 1.25;
        INSERT INTO a (id) SELECT 25.6;
        INSERT INTO a (id, t) VALUES ('30', 'x'), (31.4, 'y');
        INSERT INTO a (id, i) SELECT 32, avg(i) FROM a WHERE id < 5;
        INSERT INTO a (id, b) SELECT 33, sum(b) FROM a;
        SELECT * FROM a ORDER BY id;
        SELECT id, i FROM a WHERE id = 2 FOR UPDATE;
        SELECT id, i FROM a WHERE id < 5 ORDER BY id FOR SHARE;
        COPY a (id, t) FROM STDIN (FORMAT csv, QUOTE '''', ESCAPE '\', DELIMITER ';');
        41;'it\'s'
        42;'a;b'
        \.
        SELECT id, t FROM a WHERE id > 40 ORDER BY id;

        """;

    [PostgresFact]
    public async Task Values_ForColumnsOfOtherTypes_AreThoseOfPostgres()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }
}
