using Npgsql;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>What a client is told of the constraint that a row breaks: applications tell by its name what to say to their users. PostgreSQL says the same.</summary>
public sealed class ConstraintNameTests
{
    private static readonly string[] Setup =
    [
        "CREATE TABLE authors (id int PRIMARY KEY, name text NOT NULL, gone bool NOT NULL DEFAULT false)",
        "CREATE UNIQUE INDEX \"IX_name\" ON authors (id, name) WHERE gone = false",
        "CREATE TABLE books (id int PRIMARY KEY, title text, CONSTRAINT \"FK_author\" FOREIGN KEY (id) REFERENCES authors (id))",
        "CREATE TABLE pages (id int PRIMARY KEY CONSTRAINT \"FK_book\" REFERENCES books (id), n int)",
        "INSERT INTO authors VALUES (1, 'a'), (2, 'b')",
        "INSERT INTO books VALUES (1, 'one')",
        "INSERT INTO pages VALUES (1, 1)",
    ];

    private static readonly string[] Broken =
    [
        "INSERT INTO books VALUES (7, 'none')",
        "INSERT INTO books VALUES (7, 'none'), (8, 'none') ON CONFLICT DO NOTHING",
        "INSERT INTO pages SELECT id + 5, 1 FROM pages",
        "COPY books FROM STDIN",
        "INSERT INTO authors VALUES (1, 'other')",
        "DELETE FROM authors WHERE id = 1",
    ];

    [PostgresFact]
    [Trait("Rule", "S4.1")]
    public async Task BrokenConstraints_AreNamedAsByPostgres()
    {
        await using var twins = await Twins.StartAsync();
        var theirs = await ToldAsync(twins, null);
        Assert.Contains("FK_author", theirs[0]);
        foreach (var door in twins.Doors) Assert.Equal(theirs, await ToldAsync(twins, door));
    }

    [Fact]
    [Trait("Rule", "S4.1")]
    public async Task UniqueIndexOfSomeRows_IsNamed()
    {
        await using var door = await DoorCluster.StartAsync(shards: options => options with { Shards = 1 });
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={door.Port};Database=main;Username=app;Pooling=false");
        await connection.OpenAsync();
        await RunAsync(connection, "CREATE TABLE t (id int PRIMARY KEY, a int, b int, gone bool)");
        await RunAsync(connection, "CREATE UNIQUE INDEX \"IX_t_a\" ON t (a) WHERE NOT gone");
        await RunAsync(connection, "CREATE UNIQUE INDEX first_b ON t (b) WHERE gone");
        await RunAsync(connection, "CREATE UNIQUE INDEX second_b ON t (b) WHERE NOT gone");
        await RunAsync(connection, "INSERT INTO t VALUES (1, 1, 1, false)");
        Assert.Equal("IX_t_a", (await FailsAsync(connection, "INSERT INTO t VALUES (2, 1, 2, false)")).ConstraintName);

        // Of two that have the same columns nobody knows which it is.
        Assert.Equal("t_b_key", (await FailsAsync(connection, "INSERT INTO t VALUES (2, 2, 1, false)")).ConstraintName);
    }

    private static async Task<List<string>> ToldAsync(Twins twins, DoorCluster? door)
    {
        await using var connection = await twins.ConnectAsync(door);
        foreach (var sql in Setup) await RunAsync(connection, sql);
        var told = new List<string>();
        foreach (var sql in Broken)
        {
            var failure = await FailsAsync(connection, sql);
            told.Add($"{failure.SqlState} {failure.TableName} {failure.ConstraintName}: {failure.MessageText}");
        }

        return told;
    }

    private static async Task<PostgresException> FailsAsync(NpgsqlConnection connection, string sql) => await Assert.ThrowsAsync<PostgresException>(async () =>
    {
        if (!sql.StartsWith("COPY", StringComparison.Ordinal))
        {
            await RunAsync(connection, sql);
            return;
        }

        await using var copy = await connection.BeginTextImportAsync(sql);
        await copy.WriteAsync("9\tnone\n");
    });

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
