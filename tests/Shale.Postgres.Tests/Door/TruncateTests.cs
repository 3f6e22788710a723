using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>TRUNCATE of tables that foreign keys point at: with all that refer to them, or not at all. psql prints the same here and of PostgreSQL.</summary>
public sealed class TruncateTests
{
    [PostgresFact]
    [Trait("Rule", "S2.8")]
    public async Task Truncate_OfReferencedTables_TakesAllThatReferOrNone()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync("""
            SET client_min_messages = warning;
            CREATE TABLE top (id int PRIMARY KEY, v text);
            CREATE TABLE one (id int PRIMARY KEY REFERENCES top ON DELETE CASCADE);
            CREATE TABLE two (id int PRIMARY KEY REFERENCES top);
            CREATE TABLE leaf (id int PRIMARY KEY REFERENCES one ON DELETE CASCADE);
            CREATE TABLE other (id int PRIMARY KEY);
            INSERT INTO top VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO one VALUES (1), (2); INSERT INTO two VALUES (3); INSERT INTO leaf VALUES (2); INSERT INTO other VALUES (9);
            TRUNCATE top;
            TRUNCATE top, one, leaf;
            TRUNCATE top, two;
            TRUNCATE one;
            SELECT (SELECT count(*) FROM top), (SELECT count(*) FROM one), (SELECT count(*) FROM two), (SELECT count(*) FROM leaf);
            TRUNCATE leaf;
            TRUNCATE one CASCADE;
            SELECT (SELECT count(*) FROM top), (SELECT count(*) FROM one), (SELECT count(*) FROM two), (SELECT count(*) FROM leaf);
            INSERT INTO one VALUES (1), (2); INSERT INTO leaf VALUES (2);
            TRUNCATE top, one, two, leaf;
            SELECT (SELECT count(*) FROM top), (SELECT count(*) FROM one), (SELECT count(*) FROM two), (SELECT count(*) FROM leaf);
            INSERT INTO top VALUES (1, 'a'); INSERT INTO one VALUES (1); INSERT INTO two VALUES (1); INSERT INTO leaf VALUES (1);
            BEGIN; TRUNCATE top CASCADE; SELECT count(*) FROM leaf; ROLLBACK;
            SELECT (SELECT count(*) FROM top), (SELECT count(*) FROM one), (SELECT count(*) FROM two), (SELECT count(*) FROM leaf);
            TRUNCATE TABLE top RESTART IDENTITY CASCADE;
            SELECT (SELECT count(*) FROM top), (SELECT count(*) FROM one), (SELECT count(*) FROM two), (SELECT count(*) FROM leaf), (SELECT count(*) FROM other);
            CREATE TABLE egg (id int PRIMARY KEY); CREATE TABLE hen (id int PRIMARY KEY REFERENCES egg); INSERT INTO egg VALUES (1); INSERT INTO hen VALUES (1);
            ALTER TABLE egg ADD FOREIGN KEY (id) REFERENCES hen;
            TRUNCATE egg;
            TRUNCATE egg, hen;
            SELECT (SELECT count(*) FROM egg), (SELECT count(*) FROM hen);
            INSERT INTO hen VALUES (7);
            DROP TABLE egg, hen;
            DROP TABLE leaf, one, two, top, other;

            """);
    }
}
