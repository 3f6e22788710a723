using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Columns whose default is the next value of a sequence, as EF Core and others write it: psql prints the same of them here, on both engines, and of PostgreSQL.</summary>
public sealed class SequenceDefaultTests
{
    private const string Script = """
        CREATE SEQUENCE "Numbers" START WITH 100 INCREMENT BY 5 NO CYCLE;
        CREATE TABLE circles (id int NOT NULL DEFAULT (nextval('"Numbers"')), r float8, CONSTRAINT circles_pkey PRIMARY KEY (id));
        CREATE TABLE squares (id int PRIMARY KEY, n bigint NOT NULL DEFAULT nextval('"Numbers"'::regclass), t text DEFAULT 'n' || nextval('public."Numbers"'));
        INSERT INTO circles (r) VALUES (1.5) RETURNING id, r;
        INSERT INTO circles (r) VALUES (2.5) RETURNING *;
        INSERT INTO circles VALUES (DEFAULT, 3.5) RETURNING *;
        INSERT INTO squares (id) VALUES (1) RETURNING n > 110, t LIKE 'n1%';
        INSERT INTO squares VALUES (2, 7, 'given') RETURNING *;
        SELECT column_name, column_default, is_nullable FROM information_schema.columns WHERE table_name IN ('circles', 'squares') ORDER BY table_name, ordinal_position;
        COPY circles (r) FROM STDIN;
        4.5
        5.5
        \.
        SELECT count(*), count(DISTINCT id), min(id) FROM circles;
        ALTER TABLE squares ADD COLUMN m int NOT NULL DEFAULT nextval('"Numbers"');
        SELECT count(*), count(DISTINCT m), min(m) > 100 FROM squares;
        INSERT INTO squares (id, n) VALUES (3, 3) RETURNING m > 100;
        CREATE TABLE later (id int PRIMARY KEY, n int DEFAULT 5);
        INSERT INTO later VALUES (1);
        ALTER TABLE later ALTER COLUMN n SET DEFAULT nextval('"Numbers"');
        INSERT INTO later VALUES (2);
        ALTER TABLE later ALTER COLUMN n DROP DEFAULT;
        INSERT INTO later VALUES (3);
        SELECT id, n IS NULL, n > 100 FROM later ORDER BY id;
        BEGIN;
        CREATE SEQUENCE inside;
        CREATE TABLE made (id bigint PRIMARY KEY DEFAULT nextval('inside'), v text);
        INSERT INTO made (v) VALUES ('a') RETURNING *;
        COMMIT;
        SELECT * FROM made;
        CREATE TABLE none (id int PRIMARY KEY DEFAULT nextval('nothing'));
        CREATE TABLE none (id int PRIMARY KEY, u uuid DEFAULT no_such_function());
        CREATE TABLE none (id int PRIMARY KEY, u uuid NOT NULL DEFAULT (coalesce(makes_it(5), now())));
        ALTER TABLE later ADD COLUMN o int DEFAULT nextval('nothing');
        ALTER TABLE later ADD COLUMN o int DEFAULT no_such_function();
        ALTER TABLE later ALTER COLUMN n SET DEFAULT nextval('nothing'::regclass);
        ALTER TABLE later ALTER COLUMN n SET DEFAULT no_such_function(1);
        INSERT INTO later VALUES (4);
        SELECT * FROM none;
        CREATE TABLE unused (id int PRIMARY KEY, n int DEFAULT pg_backend_pid());
        INSERT INTO unused VALUES (1, 1);

        """;

    [PostgresFact]
    [Trait("Rule", "S2.6")]
    public async Task DefaultNextval_OfEveryStatement_NumbersAsInPostgres()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }
}
