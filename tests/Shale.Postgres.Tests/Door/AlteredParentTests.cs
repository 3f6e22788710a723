using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>
/// Tables are changed in a transaction while foreign keys with ON DELETE actions point at them, as EF Core's migrations do, whose required relations all cascade: psql prints the same here, on both engines,
/// and of PostgreSQL.
/// </summary>
public sealed class AlteredParentTests
{
    private const string Script = """
        SET client_min_messages = warning;
        CREATE TABLE blogs (id int PRIMARY KEY, name varchar(20), rank int DEFAULT 1, CONSTRAINT named CHECK (name <> ''));
        CREATE TABLE posts (id int PRIMARY KEY REFERENCES blogs (id) ON DELETE CASCADE, title text);
        CREATE TABLE notes (id int PRIMARY KEY REFERENCES blogs (id) ON DELETE CASCADE, body text);
        CREATE TABLE replies (id int PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE, body text);
        INSERT INTO blogs VALUES (1, 'one'), (2, 'two'), (3, 'three');
        INSERT INTO posts VALUES (1, 'p1'), (2, 'p2');
        INSERT INTO notes VALUES (3, 'n3');
        INSERT INTO replies VALUES (2, 'r2');
        BEGIN;
        INSERT INTO blogs VALUES (4, 'four');
        ALTER TABLE blogs ALTER COLUMN name TYPE text;
        ALTER TABLE blogs ALTER COLUMN name SET NOT NULL;
        ALTER TABLE blogs ADD COLUMN slug text GENERATED ALWAYS AS (lower(name)) STORED;
        ALTER TABLE blogs ALTER COLUMN rank SET DEFAULT 7;
        ALTER TABLE posts ADD CONSTRAINT titled CHECK (title <> '');
        COMMIT;
        SELECT * FROM blogs ORDER BY id;
        SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM notes), (SELECT count(*) FROM replies);
        INSERT INTO posts VALUES (9, 'none');
        DELETE FROM blogs WHERE id = 2;
        SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM notes), (SELECT count(*) FROM replies);
        INSERT INTO posts VALUES (3, '');
        BEGIN;
        UPDATE blogs SET rank = 5;
        SAVEPOINT s;
        ALTER TABLE blogs DROP CONSTRAINT named;
        ALTER TABLE blogs ALTER COLUMN rank TYPE text;
        SELECT id, rank FROM blogs ORDER BY id;
        ROLLBACK TO s;
        SELECT id, rank FROM blogs ORDER BY id;
        DELETE FROM blogs WHERE id = 3;
        SELECT count(*) FROM notes;
        INSERT INTO posts VALUES (3, 'none');
        ROLLBACK;
        BEGIN;
        UPDATE blogs SET rank = 6 WHERE id = 1;
        ALTER TABLE blogs ALTER COLUMN rank TYPE bigint;
        ALTER TABLE blogs ALTER COLUMN rank SET NOT NULL;
        COMMIT;
        SELECT id, name, rank FROM blogs ORDER BY id;
        SELECT id FROM posts ORDER BY id;
        BEGIN;
        DELETE FROM notes WHERE id = 77;
        ALTER TABLE blogs ADD CONSTRAINT ranked CHECK (rank > 6);
        ROLLBACK;
        BEGIN;
        INSERT INTO blogs VALUES (8, 'eight');
        ALTER TABLE blogs DROP CONSTRAINT named;
        INSERT INTO posts VALUES (8, 'p8');
        DELETE FROM blogs WHERE id = 1;
        COMMIT;
        SELECT id FROM blogs ORDER BY id;
        SELECT id FROM posts ORDER BY id;

        """;

    [PostgresFact]
    [Trait("Rule", "S4.1")]
    public async Task AlterTable_OfATableThatOthersCascadeFrom_LeavesTheirRows()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }
}
