using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>What ALTER TABLE and its kin say that changes no rows: psql prints the same of it here, on both engines, and of PostgreSQL.</summary>
public sealed class TableChangeTests
{
    private const string Hints = """
        CREATE TABLE t (id int PRIMARY KEY, a text, b numeric, c int[]);
        INSERT INTO t SELECT g, 'x' || g, g FROM generate_series(1, 5) g;
        CREATE TABLE u (id int PRIMARY KEY REFERENCES t);
        INSERT INTO u VALUES (1), (2);
        ALTER TABLE t ALTER COLUMN a SET STATISTICS 500;
        ALTER TABLE t ALTER a SET STATISTICS -1, ALTER COLUMN b SET STATISTICS 0, ADD COLUMN d int DEFAULT 7;
        ALTER TABLE t ALTER COLUMN a SET STATISTICS -2;
        ALTER TABLE t ALTER COLUMN none SET STATISTICS 5;
        ALTER TABLE t ALTER COLUMN a SET STATISTICS 'x';
        ALTER TABLE t ALTER COLUMN a SET STORAGE EXTERNAL;
        ALTER TABLE t ALTER COLUMN a SET STORAGE plain, ALTER COLUMN c SET STORAGE MAIN, ALTER b SET STORAGE extended;
        ALTER TABLE t ALTER COLUMN id SET STORAGE plain;
        ALTER TABLE t ALTER COLUMN id SET STORAGE external;
        ALTER TABLE t ALTER COLUMN a SET STORAGE elsewhere;
        ALTER TABLE t ALTER COLUMN none SET STORAGE plain;
        ALTER TABLE t ALTER COLUMN a SET COMPRESSION pglz, ALTER COLUMN c SET COMPRESSION default;
        ALTER TABLE t ALTER COLUMN id SET COMPRESSION pglz;
        ALTER TABLE t ALTER COLUMN a SET COMPRESSION zip;
        ALTER TABLE t ALTER COLUMN a SET (n_distinct = 100);
        ALTER TABLE t ALTER COLUMN a SET (n_distinct = -0.5, n_distinct_inherited = 20);
        ALTER TABLE t ALTER COLUMN a SET (n_distinct = -2);
        ALTER TABLE t ALTER COLUMN a SET (n_distinct = many);
        ALTER TABLE t ALTER COLUMN a SET (something = 1);
        ALTER TABLE t ALTER COLUMN none SET (n_distinct = 1);
        ALTER TABLE t ALTER COLUMN a RESET (n_distinct, n_distinct_inherited);
        ALTER TABLE t ALTER COLUMN a RESET (n_distinct = 1);
        ALTER TABLE IF EXISTS nothing ALTER COLUMN a SET STATISTICS 5;
        ALTER TABLE nothing ALTER COLUMN a SET STATISTICS 5;
        ALTER TABLE t SET (fillfactor = 70);
        BEGIN;
        ALTER TABLE t ALTER COLUMN a SET STATISTICS 5, ALTER COLUMN a SET NOT NULL;
        UPDATE t SET a = a || '!' WHERE id < 3;
        COMMIT;
        SELECT * FROM t ORDER BY id;
        \d t

        """;

    [PostgresFact]
    public Task AlterColumn_WithHints_ChangesNoAnswer() => RequireSameAsync(Hints);

    private static async Task RequireSameAsync(string script)
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(script);
    }
}
