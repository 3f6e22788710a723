using Shale.Engines;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;
using Shale.Vitess;

namespace Shale.Postgres.Tests.Door;

/// <summary>COMMENT, and what shows it.</summary>
public sealed class CommentTests
{
    private const string Script = """
        CREATE TABLE t (id int PRIMARY KEY, v text CONSTRAINT long CHECK (length(v) > 1), w int);
        CREATE INDEX t_w ON t (w);
        CREATE TABLE o (id int PRIMARY KEY, v text);
        CREATE VIEW s AS SELECT id, v FROM o;
        CREATE SEQUENCE q;
        COMMENT ON TABLE t IS 'a ''table''';
        COMMENT ON COLUMN t.v IS 'a column';
        COMMENT ON COLUMN public.t.w IS 'another';
        COMMENT ON INDEX t_w IS 'an index';
        COMMENT ON VIEW s IS E'a\nview';
        COMMENT ON COLUMN s.id IS 'a column of a view';
        COMMENT ON SEQUENCE q IS 'a sequence';
        COMMENT ON CONSTRAINT long ON t IS 'a constraint';
        COMMENT ON DATABASE main IS 'a database';
        \d+ t
        \dd
        SELECT obj_description('t'::regclass), obj_description('t'::regclass, 'pg_class'), col_description('t'::regclass, 2), col_description('t'::regclass, 1), col_description('s'::regclass, 1);
        SELECT obj_description('s'::regclass), obj_description('q'::regclass), obj_description('t_w'::regclass), shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'main';
        SELECT count(*) FROM pg_description d JOIN pg_class c ON c.oid = d.objoid WHERE c.relname IN ('t', 's', 'q', 't_w');
        ALTER TABLE t RENAME COLUMN v TO vv;
        ALTER TABLE t RENAME TO u;
        SELECT obj_description('u'::regclass), col_description('u'::regclass, 2);
        COMMENT ON TABLE u IS NULL;
        COMMENT ON COLUMN u.w IS '';
        SELECT obj_description('u'::regclass), col_description('u'::regclass, 3);
        ALTER TABLE u DROP COLUMN w;
        ALTER TABLE u ADD COLUMN w int;
        COMMENT ON COLUMN u.vv IS 'kept';
        CREATE OR REPLACE VIEW s AS SELECT id, v FROM o WHERE id > 0;
        SELECT obj_description('s'::regclass);
        BEGIN;
        COMMENT ON TABLE u IS 'gone';
        SELECT obj_description('u'::regclass);
        ROLLBACK;
        SELECT obj_description('u'::regclass);
        COMMENT ON TABLE nothing IS 'x';
        COMMENT ON COLUMN u.nothing IS 'x';
        COMMENT ON TABLE s IS 'x';
        COMMENT ON VIEW u IS 'x';
        COMMENT ON INDEX nothing IS 'x';
        COMMENT ON CONSTRAINT nothing ON u IS 'x';
        COMMENT ON SCHEMA nothing IS 'x';

        """;

    [PostgresFact]
    [Trait("Rule", "S2.7")]
    public async Task Comments_OfAScript_AreShownAsPostgresShowsThem()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }

    [Fact]
    public async Task Comments_OfAKeyspace_AreThereAfterAStart()
    {
        var directory = Directory.CreateTempSubdirectory("shale-comments-").FullName;
        try
        {
            await using (var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = directory, Durable = false, Shards = 2 }))
            {
                await cluster.Gate.ExecuteAsync(new GateRequest("CREATE TABLE \"a/b\" (id int PRIMARY KEY)", []));
                await cluster.Gate.ExecuteAsync(new GateRequest("COMMENT ON COLUMN \"a/b\".id IS 'kept'", []));
            }

            await using var again = await LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = directory, Durable = false });
            var rows = (await again.Gate.ExecuteAsync(new GateRequest("SELECT col_description('\"a/b\"'::regclass, 1)", []))).Rows;
            Assert.Equal("kept", rows[0][0].AsText());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
