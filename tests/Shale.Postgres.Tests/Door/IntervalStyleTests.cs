using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>IntervalStyle iso_8601, which ActiveRecord sets on every connection: intervals are sent as PostgreSQL sends them.</summary>
public sealed class IntervalStyleTests
{
    private const string Script = """
        SET intervalstyle = iso_8601;
        SHOW IntervalStyle;
        SELECT interval '1 year 2 months 3 days 04:05:06.789', interval '0', interval '-1 year -2 days -00:00:01.5', interval '1 day -00:30', interval '-14 months', interval '36:00:00.000001', NULL::interval;
        SELECT ARRAY[interval '1 mon', NULL, interval '02:00'], interval '2 years' AS i, 'P1Y' AS text;
        CREATE TABLE t (id int PRIMARY KEY, i interval, a interval[]);
        INSERT INTO t VALUES (1, 'P1Y2M3DT4H', '{P1D,NULL}'), (2, 'PT-5M', NULL), (3, NULL, '{}');
        SELECT * FROM t ORDER BY id;
        SELECT i FROM t WHERE id = 1;
        SELECT max(i), sum(i) FROM t;
        COPY (SELECT * FROM t ORDER BY id) TO STDOUT;
        COPY (SELECT * FROM t ORDER BY id) TO STDOUT (FORMAT csv);
        BEGIN;
        DECLARE c CURSOR FOR SELECT i FROM t ORDER BY id;
        FETCH 2 FROM c;
        SET LOCAL IntervalStyle = postgres;
        SELECT i FROM t ORDER BY id;
        COMMIT;
        SELECT i FROM t ORDER BY id;
        PREPARE p AS SELECT i, $1::interval FROM t ORDER BY id;
        EXECUTE p('1 day');
        RESET IntervalStyle;
        EXECUTE p('1 day');
        SELECT * FROM t ORDER BY id;

        """;

    [PostgresFact]
    public async Task Intervals_InTheStyleOfTheSession_AreThoseOfPostgres()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }
}
