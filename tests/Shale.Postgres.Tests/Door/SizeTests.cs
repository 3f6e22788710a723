using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>How much room tables take, as PostgreSQL's functions and psql tell it.</summary>
public sealed class SizeTests
{
    [PostgresFact]
    [Trait("Rule", "S2.7")]
    public async Task Sizes_OfTablesOnEitherEngine_AreThoseOfAllShards()
    {
        await using var twins = await Twins.StartAsync();
        foreach (var door in twins.Doors)
        {
            await door.RunAsync("CREATE TABLE t (id int PRIMARY KEY, v text)", "CREATE INDEX t_v ON t (v)", "CREATE VIEW w AS SELECT 1 AS one", "CREATE TABLE nothing (id int PRIMARY KEY)");
            await door.RunAsync("INSERT INTO t SELECT g, repeat('x', 100) || g FROM generate_series(1, 20000) g");
            Assert.Equal("t|t|t|t|t|t|t", await Tool.PsqlAsync(door.Port, """
                SELECT pg_relation_size('t') BETWEEN 2000000 AND 6000000, pg_table_size('t') >= pg_relation_size('t'), pg_relation_size('t_v') > 2000000, pg_indexes_size('t') >= pg_relation_size('t_v'),
                       pg_total_relation_size('t') = pg_table_size('t') + pg_indexes_size('t'), pg_database_size('main') >= pg_total_relation_size('t'), pg_relation_size('nothing') < 100000;
                """));
            Assert.Equal("0|0|", await Tool.PsqlAsync(door.Port, "SELECT pg_relation_size('w'), pg_relation_size('t', 'fsm'), pg_relation_size('pg_class');"));
            Assert.Matches("(?m)^public\\|t\\|table\\|.*\\d+ [kM]B\\|", await Tool.PsqlAsync(door.Port, "\\dt+"));
            Assert.Matches("(?m)^main\\|.*\\d+ [kM]B\\|", await Tool.PsqlAsync(door.Port, "\\l+"));
        }
    }
}
