using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Changes of the sharding key by parameters: over shards on both engines as in PostgreSQL.</summary>
public sealed class MovedRowTests
{
    private const string Script = """
        CREATE TABLE t (id int PRIMARY KEY, n int, v text, b bigint, m numeric(6, 2), d date);
        INSERT INTO t SELECT g, g * 10, 'v' || g, g * 100, g / 4.0, date '2024-01-01' + g FROM generate_series(1, 6) g;
        PREPARE one AS UPDATE t SET id = $1 WHERE n = $1 RETURNING *;
        EXECUTE one(10);
        EXECUTE one('20');
        EXECUTE one('x');
        PREPARE declared(int) AS UPDATE t SET id = $1 WHERE n > $1 + 29 AND n < $1 + 31 RETURNING id, n;
        EXECUTE declared(0);
        PREPARE wide(bigint) AS UPDATE t SET id = $1, b = $1 WHERE b = $1;
        EXECUTE wide(400);
        PREPARE several AS UPDATE t SET id = $1, v = $1, b = $2, d = d + $1 WHERE n > $1 AND m < $3;
        EXECUTE several(49, 7, 1.5);
        EXECUTE several(59, 7, 1.5);
        PREPARE texts AS UPDATE t SET id = length($1) + n, v = upper($1) WHERE v < $1 AND n = 20 RETURNING id, v;
        EXECUTE texts('w');
        PREPARE dates AS UPDATE t SET id = -id, d = $1 WHERE d < $1 AND n = 20 RETURNING id, d;
        EXECUTE dates('2024-01-04');
        PREPARE wrong AS UPDATE t SET id = id + $1 WHERE v = $1;
        PREPARE counted AS UPDATE t SET id = id + $1 WHERE n >= $1 AND n < 20 RETURNING id, n;
        EXECUTE counted(1000);
        EXECUTE counted(1);
        SELECT * FROM t ORDER BY id;
        CREATE TABLE k (name text PRIMARY KEY, n int);
        INSERT INTO k VALUES ('a', 1), ('b', 2);
        PREPARE named AS UPDATE k SET name = $1 WHERE n = $1;
        EXECUTE named(1);
        UPDATE k SET name = 2 WHERE n = 2;
        SELECT * FROM k ORDER BY n;

        """;

    [PostgresFact]
    [Trait("Rule", "S2.5")]
    public async Task Parameter_OfANewKeyAndOfACondition_IsWhatItIsInPostgres()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }
}
