using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Clients;

/// <summary>PostgreSQL's JDBC driver, as it comes: what tools on it, DBeaver among them, ask of the catalog has the answers that PostgreSQL gives, and so have statements, batches, and rows that are changed in place.</summary>
public sealed class JdbcTests
{
    private const string Jar = "/usr/share/java/postgresql.jar";

    private static readonly string[] Definitions =
    [
        "CREATE TABLE author (id int PRIMARY KEY, name varchar(40) NOT NULL, born date DEFAULT '2000-01-01', rating numeric(5,2) DEFAULT 0, active bool DEFAULT true, CHECK (rating >= 0))",
        """
        CREATE TABLE book (id bigserial, author_id int NOT NULL REFERENCES author(id) ON DELETE CASCADE, title text, tags text[], made timestamptz DEFAULT now(), meta jsonb, size double precision, c char(3),
        b bytea, u uuid, at timestamp(3), t time, i interval, s smallint DEFAULT -1, note text DEFAULT 'it''s', PRIMARY KEY (author_id, id)) WITH (shard_key = 'author_id')
        """,
        "CREATE INDEX book_title ON book (title DESC, author_id)", "CREATE UNIQUE INDEX book_unique ON book (author_id, title)",
        "CREATE VIEW titles AS SELECT b.id, b.title, a.name FROM book b JOIN author a ON a.id = b.author_id", "CREATE SEQUENCE counter START 5 INCREMENT 2",
        "CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int UNIQUE, b int)", "CREATE TABLE bare (\"Odd Name\" text)",
    ];

    private static readonly Lazy<Task<string>> Theirs = new(AskPostgresAsync);

    [JdbcTheory]
    [OnSqlite(1)]
    [OnSqlite(3)]
    [OnPostgres(2)]
    public async Task Jdbc_MetadataAndStatements_AreThoseOfPostgres(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        await door.RunAsync(Definitions);
        Assert.Equal(await Theirs.Value, await AskAsync($"127.0.0.1:{door.Port}", "app"));
    }

    private static Task<string> AskPostgresAsync() =>
        LoopbackServer.AskAsync(Definitions.Select(sql => sql.Replace(" WITH (shard_key = 'author_id')", "", StringComparison.Ordinal)), (port, user) => AskAsync($"127.0.0.1:{port}", user));

    private static async Task<string> AskAsync(string address, string user)
    {
        var (code, output, errors) = await Tool.RunAsync("java", ["-Xshare:auto", "-cp", Jar, Path.Combine(AppContext.BaseDirectory, "Java", "Metadata.java"), $"jdbc:postgresql://{address}/main?user={user}"]);
        Assert.True(code == 0 && !output.Contains("FAILED", StringComparison.Ordinal), output + errors);
        return output;
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class JdbcTheoryAttribute : TheoryAttribute
    {
        public JdbcTheoryAttribute() => Skip = PrivateServer.Missing ?? (!File.Exists(Jar) ? "install libpostgresql-jdbc-java" : !File.Exists("/usr/bin/javac") ? "install a JDK, such as default-jdk-headless" : null);
    }
}
