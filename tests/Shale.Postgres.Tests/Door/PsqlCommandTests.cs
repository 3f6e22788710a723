using Npgsql;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>psql shows of a schema behind the door what it shows of the same schema in PostgreSQL, letter by letter.</summary>
public sealed class PsqlCommandTests
{
    private static readonly string[] Schema =
    [
        "CREATE TABLE author (id int PRIMARY KEY, name varchar(40) NOT NULL, born date DEFAULT '2000-01-01', rating numeric(5,2) DEFAULT 0, CHECK (rating >= 0))",
        "CREATE TABLE book (id bigserial PRIMARY KEY, author_id int NOT NULL REFERENCES author(id) ON DELETE CASCADE, title text, tags text[], made timestamptz DEFAULT now(), meta jsonb)",
        "CREATE INDEX book_title ON book (title DESC, author_id)",
        "CREATE UNIQUE INDEX book_unique ON book (author_id, title)",
        "CREATE VIEW titles AS SELECT b.id, b.title, a.name FROM book b JOIN author a ON a.id = b.author_id",
        "CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, b int)",
    ];

    private static readonly string[] Commands =
    [
        "\\d", "\\dt", "\\dv", "\\ds", "\\di", "\\d author", "\\d book", "\\d titles", "\\d book_id_seq", "\\d book_title", "\\d numbered", "\\d b*", "\\dt nothing", "\\dn", "\\df", "\\dT", "\\dp author", "\\dx+ nothing", "\\d+ author",
    ];

    [PostgresFact]
    [Trait("Rule", "S2.7")]
    public async Task Psql_CommandsOverASchema_ShowWhatTheyShowOfPostgres()
    {
        await using var server = await PrivateServer.StartAsync(new PrivateServerOptions { Durable = false });
        await server.CreateDatabaseAsync("main");
        await using var door = await DoorCluster.StartAsync(shards: options => options with { Shards = 1 });
        await door.RunAsync(Schema);
        await using (var connection = new NpgsqlConnection(server.ConnectionString("main")))
        {
            await connection.OpenAsync();
            foreach (var sql in Schema) await new NpgsqlCommand(sql, connection).ExecuteNonQueryAsync();
        }

        var socket = new NpgsqlConnectionStringBuilder(server.ConnectionString("main"));
        foreach (var command in Commands)
        {
            var theirs = await RunAsync(socket.Host!, socket.Port, socket.Username!, socket.Password, command);
            var ours = await RunAsync("127.0.0.1", door.Port, "shale", null, command);
            Assert.Equal($"{command}\n{theirs}", $"{command}\n{ours}");
        }
    }

    [PostgresFact]
    [Trait("Rule", "S1.1")]
    public async Task Psql_ListOfDatabases_IsThatOfTargets()
    {
        await using var door = await DoorCluster.StartAsync();
        Assert.StartsWith("main|shale|UTF8|C|C|", await Tool.PsqlAsync(door.Port, "\\l"), StringComparison.Ordinal);
        Assert.Contains("shale|Superuser", await Tool.PsqlAsync(door.Port, "\\du"), StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(string host, int port, string user, string? password, string command)
    {
        var (_, output, errors) = await Tool.RunAsync("psql", ["-X", "-h", host, "-p", $"{port}", "-U", user, "-d", "main", "-c", command], environment: new Dictionary<string, string> { ["PGPASSWORD"] = password ?? "" });
        return output + errors;
    }
}
