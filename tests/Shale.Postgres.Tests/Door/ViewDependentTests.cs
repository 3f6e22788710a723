using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>What views need is not dropped under them, but with them: on both engines as in PostgreSQL.</summary>
public sealed class ViewDependentTests
{
    private const string Script = """
        CREATE TABLE t (id int PRIMARY KEY, a int, b text, c text);
        CREATE TABLE u (id int PRIMARY KEY, d int);
        CREATE VIEW v AS SELECT id, a FROM t WHERE b <> '';
        CREATE VIEW w AS SELECT v.a, u.d FROM v JOIN u ON u.id = v.id;
        CREATE VIEW every AS SELECT * FROM u;
        INSERT INTO t VALUES (1, 2, 'x', 'y');
        INSERT INTO u VALUES (1, 3);
        ALTER TABLE t DROP COLUMN c;
        ALTER TABLE t DROP COLUMN b;
        ALTER TABLE t DROP COLUMN IF EXISTS a RESTRICT;
        ALTER TABLE u DROP COLUMN d;
        DROP TABLE t;
        DROP VIEW v;
        DROP VIEW IF EXISTS v, every;
        SELECT * FROM w;
        BEGIN;
        ALTER TABLE t DROP COLUMN b CASCADE;
        SELECT * FROM v;
        ROLLBACK;
        SELECT * FROM w;
        BEGIN;
        DROP VIEW w, v;
        ALTER TABLE t DROP COLUMN b;
        SELECT * FROM t;
        ROLLBACK;
        ALTER TABLE t DROP COLUMN b CASCADE;
        SELECT * FROM v;
        SELECT * FROM w;
        SELECT * FROM t;
        SELECT * FROM every;
        CREATE VIEW grouped AS SELECT id, d FROM u GROUP BY id;
        ALTER TABLE u DROP CONSTRAINT u_pkey;
        DROP TABLE u CASCADE;
        SELECT * FROM every;
        SELECT table_name FROM information_schema.views WHERE table_schema = 'public';

        """;

    [PostgresFact]
    public async Task Drops_OfWhatViewsNeed_AreThoseOfPostgres()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }

    [Theory]
    [OnSqlite(1)]
    [OnPostgres(2)]
    public async Task Drop_OfWhatViewsNeed_TellsWhich(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        await door.RunAsync("CREATE TABLE t (id int PRIMARY KEY, a int)", "CREATE VIEW v AS SELECT a FROM t", "CREATE VIEW w AS SELECT a + 1 AS b FROM v");
        var told = await Tool.PsqlAsync(door.Port, "ALTER TABLE t DROP COLUMN a");
        Assert.Contains("ERROR:  2BP01: cannot drop column a of table t because other objects depend on it\nDETAIL:  view v depends on column a of table t\nview w depends on view v\n", told, StringComparison.Ordinal);
        Assert.Contains("0A000: column \"a\" of table \"t\" cannot be renamed while view \"v\" uses it", await Tool.PsqlAsync(door.Port, "ALTER TABLE t RENAME COLUMN a TO c"), StringComparison.Ordinal);
        Assert.Contains("0A000: table \"t\" cannot be renamed while view \"v\" uses it", await Tool.PsqlAsync(door.Port, "ALTER TABLE t RENAME TO s"), StringComparison.Ordinal);
        Assert.Contains("drop cascades to 2 other objects", await Tool.PsqlAsync(door.Port, "ALTER TABLE t DROP COLUMN a CASCADE"), StringComparison.Ordinal);
        Assert.Equal("0", await Tool.PsqlAsync(door.Port, "SELECT count(*) FROM pg_views WHERE schemaname = 'public'"));
    }
}
