using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>currval and lastval speak of what the connection has taken, within transactions and without: psql prints the same of them here and of PostgreSQL.</summary>
public sealed class LastvalTests
{
    private const string Script = """
        CREATE TABLE t (id serial PRIMARY KEY, v text);
        CREATE TABLE u (id bigint GENERATED ALWAYS AS IDENTITY (START 500) PRIMARY KEY, t_id int);
        CREATE SEQUENCE s START 40;
        SELECT lastval();
        SELECT currval('t_id_seq');
        INSERT INTO t (v) VALUES ('a'), ('b');
        SELECT lastval(), currval('t_id_seq');
        SELECT currval('s');
        INSERT INTO u (t_id) SELECT id FROM t ORDER BY id;
        SELECT lastval(), currval('t_id_seq'), currval(pg_get_serial_sequence('u', 'id'));
        INSERT INTO u (t_id) VALUES (currval('t_id_seq'));
        SELECT id, t_id FROM u ORDER BY id;
        BEGIN;
        SELECT lastval();
        SELECT nextval('s');
        INSERT INTO t (v) VALUES ('undone');
        ROLLBACK;
        SELECT lastval(), currval('s'), currval('t_id_seq');
        INSERT INTO t (id, v) VALUES (70, 'brought along');
        SELECT lastval();
        SELECT setval('s', 90);
        SELECT lastval(), currval('s');
        INSERT INTO t (v) SELECT 'c' WHERE false;
        SELECT lastval();
        INSERT INTO t (id) VALUES (70);
        SELECT lastval();
        WITH one AS (INSERT INTO t (v) VALUES ('d') RETURNING id) SELECT id FROM one;
        SELECT lastval();
        PREPARE last AS SELECT lastval();
        EXECUTE last;
        SELECT nextval('s');
        EXECUTE last;
        COPY t (v) FROM STDIN;
        x
        y
        \.
        SELECT lastval(), currval('t_id_seq');
        DISCARD SEQUENCES;
        SELECT lastval();
        SELECT currval('t_id_seq');
        SELECT nextval('s');
        SELECT lastval();
        DISCARD ALL;
        SELECT lastval();
        SELECT nextval('s') \; SELECT lastval();

        """;

    [PostgresFact]
    [Trait("Rule", "S2.6")]
    public async Task CurrvalAndLastval_OfAConnection_ArePostgres()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }
}
