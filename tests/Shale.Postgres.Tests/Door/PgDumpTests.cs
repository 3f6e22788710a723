using Npgsql;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>pg_dump takes the schema of a keyspace through the door, and a PostgreSQL takes the dump.</summary>
public sealed class PgDumpTests
{
    private static readonly string[] Schema =
    [
        "CREATE TABLE author (id int PRIMARY KEY, name varchar(40) NOT NULL, born date DEFAULT '2000-01-01', rating numeric(5,2) DEFAULT 0, CHECK (rating >= 0))",
        "CREATE TABLE book (id bigserial PRIMARY KEY, author_id int NOT NULL REFERENCES author(id) ON DELETE CASCADE, title text, tags text[], made timestamptz DEFAULT now(), meta jsonb, UNIQUE (author_id, title))",
        "CREATE INDEX book_title ON book (lower(title), author_id DESC) WHERE author_id > 5",
        "CREATE VIEW titles AS SELECT b.id, b.title, author.name FROM book b JOIN author ON author.id = b.author_id",
        "CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, \"Odd name\" text)",
        "CREATE SEQUENCE counter START 5 INCREMENT 2",
    ];

    [PostgresFact]
    [Trait("Rule", "S2.7")]
    public async Task PgDump_OfASchema_WritesWhatItWritesOfPostgresAndIsTakenByOne()
    {
        await using var server = await PrivateServer.StartAsync(new PrivateServerOptions { Durable = false });
        foreach (var database in (string[])["main", "again"]) await server.CreateDatabaseAsync(database);
        await using var door = await DoorCluster.StartAsync(shards: options => options with { Shards = 1 });
        await door.RunAsync(Schema);
        var socket = new NpgsqlConnectionStringBuilder(server.ConnectionString("main"));
        string[] own = ["-h", socket.Host!, "-p", $"{socket.Port}", "-U", socket.Username!];
        var (_, _, problems) = await Tool.RunAsync("psql", ["-X", "-q", .. own, "-d", "main", "-v", "ON_ERROR_STOP=1", .. Schema.SelectMany(sql => (string[])["-c", sql])]);
        Assert.Equal("", problems);

        var (code, dump, errors) = await Tool.RunAsync("pg_dump", ["--schema-only", "-h", "127.0.0.1", "-p", $"{door.Port}", "-U", "shale", "main"]);
        Assert.Equal("", errors);
        Assert.Equal(0, code);
        var (_, theirs, _) = await Tool.RunAsync("pg_dump", ["--schema-only", .. own, "main"]);
        Assert.Equal(Statements(theirs), Statements(dump));

        var (restored, _, refused) = await Tool.RunAsync("psql", ["-X", "-q", .. own, "-d", "again", "-v", "ON_ERROR_STOP=1"], dump);
        Assert.Equal((0, ""), (restored, refused));
        var (_, view, _) = await Tool.RunAsync("psql", ["-X", "-A", "-t", .. own, "-d", "again", "-c", "SELECT count(*) FROM titles"]);
        Assert.Equal("0\n", view);
    }

    [Theory]
    [InlineData("SELECT set_config('search_path', '', false); SELECT 't'::regclass", "ERROR:  42P01")]
    [InlineData("SELECT set_config('search_path', '', false); SELECT 'public.t'::regclass", "public.t")]
    [InlineData("SELECT 'public.t'::regclass", "t")]
    [InlineData("SELECT pg_catalog.set_config('nothing', '1', false)", "ERROR:  42704")]
    [InlineData("PREPARE p(int, text) AS SELECT $1 + 1, upper($2); EXECUTE p(41, 'a' || 'b'); DEALLOCATE p; EXECUTE p(1, 'c')", "42|AB\nDEALLOCATE\nERROR:  26000")]
    [InlineData("PREPARE p AS SELECT 1; PREPARE p AS SELECT 2", "PREPARE\nERROR:  42P05")]
    [InlineData("PREPARE q AS INSERT INTO t VALUES ($1) RETURNING id; EXECUTE q(7); EXECUTE q(8); SELECT count(*) FROM t", "7\nINSERT 0 1\n8\nINSERT 0 1\n2")]
    [InlineData("BEGIN; LOCK TABLE t IN ACCESS SHARE MODE; COMMIT", "BEGIN\nLOCK TABLE\nCOMMIT")]
    [InlineData("LOCK TABLE t IN ACCESS SHARE MODE", "ERROR:  25P01")]
    [InlineData("BEGIN; LOCK TABLE t; COMMIT", "BEGIN\nLOCK TABLE\nCOMMIT")]
    [InlineData("BEGIN; LOCK ONLY public.t, t * IN SHARE ROW EXCLUSIVE MODE; COMMIT", "BEGIN\nLOCK TABLE\nCOMMIT")]
    [InlineData("BEGIN; LOCK TABLE nothing IN ACCESS SHARE MODE", "ERROR:  42P01")]
    [InlineData("BEGIN READ ONLY; LOCK TABLE t IN SHARE MODE", "ERROR:  25006")]
    [InlineData("BEGIN; LOCK TABLE t IN SHARED MODE", "ERROR:  42601")]
    public async Task Session_OfADump_TakesWhatItSends(string sql, string expected)
    {
        await using var door = await DoorCluster.StartAsync(shards: options => options with { Shards = 1 });
        await door.RunAsync("CREATE TABLE t (id int PRIMARY KEY)");

        // Each by itself, as psql sends what a file holds.
        var answer = await Tool.PsqlAsync(door.Port, string.Join(";\n", sql.Split("; ")) + ";\n");
        Assert.Contains(expected, answer.Replace("\n\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    // A view's query is written another way, and the encoding's name is the server's own.
    private static string Statements(string dump)
    {
        var lines = dump.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal) && line[0] != '\\');
        var all = string.Join('\n', lines).Split(";\n");
        return string.Join(";\n", all.Where(each => !each.StartsWith("CREATE VIEW", StringComparison.Ordinal)));
    }
}
