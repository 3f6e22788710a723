using Npgsql;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Npgsql as it comes, which loads the types of the server: from the catalog, through the door.</summary>
public sealed class NpgsqlCatalogTests : IAsyncLifetime
{
    private DoorCluster _door = null!;

    public async Task InitializeAsync()
    {
        _door = await DoorCluster.StartAsync();
        await _door.RunAsync(
            "CREATE TABLE author (id int PRIMARY KEY, name varchar(40) NOT NULL, rating numeric(5, 2) DEFAULT 0)", "CREATE TABLE book (author_id int REFERENCES author (id), id int, tags text[], PRIMARY KEY (author_id, id)) WITH (shard_key = 'author_id')",
            "CREATE INDEX book_tags ON book (id DESC, author_id)", "INSERT INTO author VALUES (1, 'Ada', 1)", "INSERT INTO book VALUES (1, 2, '{a,b}')");
    }

    public Task DisposeAsync() => _door.DisposeAsync().AsTask();

    [Fact]
    public async Task Connection_ThatLoadsTypes_ReadsArraysAndVectors()
    {
        await using var connection = await OpenAsync();
        await connection.ReloadTypesAsync();
        Assert.Equal(["a", "b"], await OneAsync<string[]>(connection, "SELECT tags FROM book"));
        Assert.Equal([2, 1], await OneAsync<short[]>(connection, "SELECT indkey FROM pg_index WHERE indexrelid = 'book_tags'::regclass"));
        Assert.Equal([3, 0], await OneAsync<short[]>(connection, "SELECT indoption FROM pg_index WHERE indexrelid = 'book_tags'::regclass"));
        Assert.Equal([1], await OneAsync<short[]>(connection, "SELECT conkey FROM pg_constraint WHERE contype = 'f'"));
        Assert.Equal(1259u, await OneAsync<uint>(connection, "SELECT 'pg_class'::regclass::oid"));
        Assert.Equal("book", await OneAsync<string>(connection, "SELECT 'book'::regclass::text"));
        Assert.Equal("0A000", (await Assert.ThrowsAsync<PostgresException>(() => OneAsync<uint>(connection, "SELECT 'book'::regclass"))).SqlState);
    }

    [Fact]
    public async Task ArraysOfNames_AreSentAsSuch()
    {
        const string Sql = """
            SELECT array_agg(a.attname ORDER BY a.attnum), ARRAY(SELECT b.attname FROM pg_attribute b WHERE b.attrelid = 'author'::regclass AND b.attnum = 1), array_agg(a.attname::text ORDER BY a.attnum), q.n
            FROM pg_attribute a, (SELECT array_agg(c.relname) AS n FROM pg_class c WHERE c.relname = 'book') q WHERE a.attrelid = 'author'::regclass AND a.attnum > 0 GROUP BY q.n
            """;
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal(["name[]", "name[]", "text[]", "name[]"], Enumerable.Range(0, 4).Select(reader.GetDataTypeName));
        Assert.Equal(["id", "name", "rating"], reader.GetFieldValue<string[]>(0));
        Assert.Equal(["id"], reader.GetFieldValue<string[]>(1));
        Assert.Equal(["book"], reader.GetFieldValue<string[]>(3));
    }

    [Fact]
    public async Task Connection_GetSchema_ListsWhatThereIs()
    {
        await using var connection = await OpenAsync();
        Assert.Equal(["author", "book"], await NamesAsync("Tables", "table_name"));
        Assert.Equal(["author_pkey", "book_pkey", "book_tags"], await NamesAsync("Indexes", "index_name"));
        Assert.Equal(["author_id", "id", "id", "name", "rating", "tags"], await NamesAsync("Columns", "column_name"));
        Assert.Equal(["book_author_id_fkey"], await NamesAsync("ForeignKeys", "constraint_name"));

        async Task<IEnumerable<string>> NamesAsync(string collection, string column)
        {
            var rows = (await connection.GetSchemaAsync(collection)).Rows.Cast<System.Data.DataRow>();
            return rows.Where(row => row["table_schema"].Equals("public")).Select(row => (string)row[column]).Order(StringComparer.Ordinal);
        }
    }

    private static async Task<T> OneAsync<T>(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        return await reader.GetFieldValueAsync<T>(0);
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={_door.Port};Username=shale;Database=main;Pooling=false");
        await connection.OpenAsync();
        return connection;
    }
}
