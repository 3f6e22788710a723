using Shale.Sql.Tests.Translation;
using Xunit.Abstractions;

namespace Shale.SqlTests;

/// <summary>What psql asks of the catalog for its backslash commands, taken from psql itself, is answered as PostgreSQL answers it for the same schema.</summary>
public sealed class PsqlCatalogTests(ITestOutputHelper output)
{
    private static readonly string[] Schema =
    [
        "CREATE TABLE author (id int PRIMARY KEY, name varchar(40) NOT NULL, born date DEFAULT '2000-01-01', rating numeric(5,2) DEFAULT 0, active bool DEFAULT true, CHECK (rating >= 0), CONSTRAINT named CHECK (name <> 'x' AND rating < 10 OR active))",
        "pg:CREATE TABLE book (id bigserial PRIMARY KEY, author_id int NOT NULL REFERENCES author(id) ON DELETE CASCADE, title text, tags text[], made timestamptz DEFAULT now(), meta jsonb, size double precision, c char(3), b bytea, u uuid, at timestamp(3), t time, i interval, s smallint DEFAULT -1, note text DEFAULT 'it''s')",
        "gate:CREATE TABLE book (id bigserial PRIMARY KEY, author_id int NOT NULL REFERENCES author(id) ON DELETE CASCADE, title text, tags text[], made timestamptz DEFAULT now(), meta jsonb, size double precision, c char(3), b bytea, u uuid, at timestamp(3), t time, i interval, s smallint DEFAULT -1, note text DEFAULT 'it''s')",
        "CREATE INDEX book_title ON book (title DESC, author_id)",
        "CREATE UNIQUE INDEX book_unique ON book (author_id, title)",
        "CREATE INDEX book_lower ON book (lower(title)) WHERE author_id > 5",
        "CREATE VIEW titles AS SELECT b.id, b.title, a.name FROM book b JOIN author a ON a.id = b.author_id",
        "CREATE SEQUENCE counter START 5 INCREMENT 2",
        "CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int UNIQUE, b int, UNIQUE (a, b))",
        "CREATE TABLE bare (\"Odd Name\" text)",
    ];

    [PostgresTheory]
    [InlineData("\\d")]
    [InlineData("\\dt")]
    [InlineData("\\d author")]
    [InlineData("\\d book")]
    [InlineData("\\d titles")]
    [InlineData("\\d counter")]
    [InlineData("\\d book_id_seq")]
    [InlineData("\\d book_title")]
    [InlineData("\\d book_lower")]
    [InlineData("\\d numbered")]
    [InlineData("\\d bare")]
    [InlineData("\\di")]
    [InlineData("\\dv")]
    [InlineData("\\ds")]
    [InlineData("\\df")]
    [InlineData("\\dn")]
    [InlineData("\\dT")]
    [InlineData("\\dD")]
    [InlineData("\\dp")]
    [InlineData("\\dE")]
    [InlineData("\\dm")]
    [InlineData("\\dy")]
    [InlineData("\\det")]
    [InlineData("\\des")]
    [InlineData("\\dew")]
    [InlineData("\\dRp")]
    [InlineData("\\dRs")]
    [InlineData("\\dX")]
    [InlineData("\\dP")]
    [InlineData("\\dO")]
    [InlineData("\\dc")]
    [InlineData("\\db")]
    [InlineData("\\ddp")]
    [InlineData("\\dl")]
    [InlineData("\\drds")]
    [InlineData("\\dd")]
    [InlineData("\\di book*")]
    [InlineData("\\dt public.*")]
    [InlineData("\\d book_*")]
    [InlineData("\\z author")]
    [Trait("Rule", "S2.7")]
    public async Task Command_SchemaInAKeyspace_IsAnsweredAsByPostgres(string command)
    {
        await using var database = await CatalogDatabase.OpenAsync(1, Schema);
        Assert.NotEmpty(database.StatementsOf(command));
        foreach (var sql in database.StatementsOf(command))
        {
            output.WriteLine(sql);
            Assert.Equal(database.Theirs(sql), await database.OursAsync(sql));
        }
    }
}
