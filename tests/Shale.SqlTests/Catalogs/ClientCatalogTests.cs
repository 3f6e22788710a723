using Npgsql;
using Shale.Sql.Tests.Translation;
using Xunit.Abstractions;

namespace Shale.SqlTests;

/// <summary>What Npgsql and pg_dump ask of the catalog, taken from a server's log while they ask it, is answered; what concerns things of users as PostgreSQL answers it.</summary>
public sealed class ClientCatalogTests(CatalogFixture fixture, ITestOutputHelper output) : IClassFixture<CatalogFixture>
{
    [PostgresFact]
    [Trait("Rule", "S2.7")]
    public async Task Npgsql_LoadsTypes_AreThoseThatPostgresHas()
    {
        var database = await fixture.Database;
        var queries = await database.QueriesOfAsync(async () =>
        {
            await using var connection = new NpgsqlConnection(database.ConnectionString);
            await connection.OpenAsync();
            await connection.ReloadTypesAsync();
        });
        var types = Assert.Single(queries, sql => sql.Contains("typreceive", StringComparison.Ordinal));
        var ours = (await database.OursAsync(types)).Split('\n');
        Assert.Superset(ours.ToHashSet(), database.Theirs(types).Split('\n').ToHashSet());
        Assert.Contains("pg_catalog|1007|_int4|a|f|23", ours);
        Assert.Contains("pg_catalog|25|text|b|f|\u2205", ours);
        foreach (var sql in queries) await database.OursAsync(sql);
    }

    [PostgresTheory]
    [InlineData("Tables")]
    [InlineData("Views")]
    [InlineData("Indexes")]
    [InlineData("IndexColumns")]
    [InlineData("Constraints")]
    [InlineData("PrimaryKey")]
    [InlineData("UniqueKeys")]
    [InlineData("ForeignKeys")]
    [InlineData("ConstraintColumns")]
    [InlineData("Columns")]
    public async Task Npgsql_GetSchema_ListsWhatPostgresLists(string collection)
    {
        var database = await fixture.Database;
        var asked = await database.QueriesOfAsync(async () =>
        {
            await using var connection = new NpgsqlConnection(database.ConnectionString);
            await connection.OpenAsync();
            _ = await connection.GetSchemaAsync(collection);
        });
        var sql = asked[^1];
        output.WriteLine(sql);
        Assert.Equal(OfUsers(database.Theirs(sql).Replace(database.Name, "main", StringComparison.Ordinal)), OfUsers(await database.OursAsync(sql)));
    }

    [PostgresFact]
    public async Task Npgsql_ColumnSchemaOfAResult_IsThatOfPostgres()
    {
        var database = await fixture.Database;
        var asked = await database.QueriesOfAsync(async () =>
        {
            await using var connection = new NpgsqlConnection(database.ConnectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("SELECT a.*, b.title FROM author a, book b", connection);
            await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.KeyInfo);
            _ = await reader.GetColumnSchemaAsync();
        });
        var sql = Assert.Single(asked, each => each.Contains("is_updatable", StringComparison.Ordinal));
        Assert.Equal(database.Theirs(sql), await database.OursAsync(sql));
    }

    [PostgresFact]
    public async Task Types_WithTheirSchemasInQuotes_AreFound()
    {
        const string Sql = """
            SELECT udt_name, ('"' || udt_schema || '"."' || udt_name || '"')::regtype::text FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position
            """;
        var database = await fixture.Database;
        Assert.Equal(database.Theirs(Sql), await database.OursAsync(Sql));
    }

    [PostgresFact]
    public async Task Keywords_AreThoseOfPostgres()
    {
        const string Sql = "SELECT word, catcode, barelabel, catdesc, baredesc FROM pg_get_keywords() ORDER BY word";
        var database = await fixture.Database;
        Assert.Equal(database.Theirs(Sql), await database.OursAsync(Sql));
    }

    [PostgresFact]
    public async Task PgDump_OfTheSchema_IsAnswered()
    {
        var database = await fixture.Database;
        var queries = await database.QueriesOfAsync(() =>
        {
            Assert.Contains("CREATE TABLE public.author", database.Dump(), StringComparison.Ordinal);
            return Task.CompletedTask;
        });
        var compared = 0;
        foreach (var sql in queries.Where(sql => !sql.Contains("set_config", StringComparison.Ordinal)))
        {
            output.WriteLine(sql);
            var ours = await database.OursAsync(sql);
            if (!sql.Contains("tbloid", StringComparison.Ordinal) && !sql.Contains("pg_sequence", StringComparison.Ordinal)) continue;
            Assert.Equal(Lines(database.Theirs(sql)), Lines(ours));
            compared++;
        }

        Assert.InRange(compared, 8, 100);
    }

    private static IEnumerable<string> Lines(string answer) => answer.Split('\n').Order(StringComparer.Ordinal);

    // PostgreSQL lists what its own relations have, too.
    private static IEnumerable<string> OfUsers(string answer) => Lines(answer).Where(line => !line.Contains("|pg_catalog|", StringComparison.Ordinal) && !line.Contains("|information_schema|", StringComparison.Ordinal));
}
