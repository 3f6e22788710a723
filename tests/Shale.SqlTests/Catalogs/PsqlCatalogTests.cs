using Shale.Sql.Tests.Translation;
using Xunit.Abstractions;

namespace Shale.SqlTests;

/// <summary>What psql asks of the catalog for its backslash commands, taken from psql itself, is answered as PostgreSQL answers it for the same schema.</summary>
public sealed class PsqlCatalogTests(CatalogFixture fixture, ITestOutputHelper output) : IClassFixture<CatalogFixture>
{
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
        var database = await fixture.Database;
        Assert.NotEmpty(database.StatementsOf(command));
        foreach (var sql in database.StatementsOf(command))
        {
            output.WriteLine(sql);
            Assert.Equal(database.Theirs(sql), await database.OursAsync(sql));
        }
    }

    [PostgresTheory]
    [InlineData("\\d")]
    [InlineData("\\d author")]
    [InlineData("\\d book")]
    [InlineData("\\d book_id_seq")]
    [InlineData("\\di")]
    [Trait("Rule", "S2.7")]
    public async Task Command_SchemaOverSeveralPostgresShards_IsAnsweredAsByPostgres(string command)
    {
        string[] schema =
        [
            "CREATE TABLE author (id int PRIMARY KEY, name varchar(40) NOT NULL, born date DEFAULT '2000-01-01', CHECK (id > 0))",
            "pg:CREATE TABLE book (id bigserial, author_id int NOT NULL REFERENCES author(id), title text, PRIMARY KEY (author_id, id))",
            "gate:CREATE TABLE book (id bigserial, author_id int NOT NULL REFERENCES author(id), title text, PRIMARY KEY (author_id, id)) WITH (shard_key = 'author_id')",
            "CREATE INDEX book_title ON book (title)",
        ];
        await using var database = await CatalogDatabase.OpenOnPostgresAsync(2, schema);
        foreach (var sql in database.StatementsOf(command)) Assert.Equal(database.Theirs(sql), await database.OursAsync(sql));
    }

    [PostgresFact]
    public async Task Statement_OverTheCatalogAndTablesOnPostgres_IsRefused()
    {
        await using var database = await CatalogDatabase.OpenOnPostgresAsync(1, "CREATE TABLE t (id int PRIMARY KEY)");
        Assert.Equal("author", await database.RunAsync("SELECT 'author'::text"));
        Assert.Equal("t|integer", await database.RunAsync("SELECT 't'::regclass, 'int'::regtype"));
        Assert.Equal("0A000", (await Assert.ThrowsAsync<VitessException>(() => database.RunAsync("SELECT t.id, c.oid FROM t, pg_class c"))).SqlState);
    }
}
