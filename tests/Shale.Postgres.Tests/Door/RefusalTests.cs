using Npgsql;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>What Shale has not is refused by its name, with what to do instead.</summary>
public sealed class RefusalTests
{
    private static readonly (string Statement, string Message, string Hint)[] Refused =
    [
        ("ALTER TABLE t DISABLE TRIGGER ALL", "ALTER TABLE … DISABLE TRIGGER is not supported", "SET CONSTRAINTS ALL DEFERRED"),
        ("ALTER TABLE t ENABLE  TRIGGER user", "ALTER TABLE … ENABLE TRIGGER is not supported", "delete children before parents"),
        ("ALTER TABLE t OWNER TO me", "ALTER TABLE … OWNER TO is not supported", "pg_dump --no-owner"),
        ("CREATE TYPE mood AS ENUM ('sad', 'ok')", "CREATE TYPE is not supported", "CHECK"),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE FUNCTION is not supported", "DO block"),
        ("CREATE SCHEMA app", "CREATE SCHEMA is not supported", "schema public"),
        ("CREATE EXTENSION \"uuid-ossp\"", "extension \"uuid-ossp\" is not available", "gen_random_uuid()"),
        ("CREATE DATABASE other", "CREATE DATABASE is not supported", "keyspace"),
        ("GRANT SELECT ON t TO me", "GRANT is not supported", "There are no roles"),
    ];

    [Theory]
    [OnSqlite(1)]
    [OnPostgres(2)]
    public async Task Statements_ThatAreNotTaken_SayWhatToDo(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={door.Port};Database=main;Username=app;Pooling=false");
        await connection.OpenAsync();
        await RunAsync(connection, "CREATE TABLE t (id int PRIMARY KEY)");
        foreach (var (statement, message, hint) in Refused)
        {
            var failure = await Assert.ThrowsAsync<PostgresException>(() => RunAsync(connection, statement));
            Assert.Equal(("0A000", message), (failure.SqlState, failure.MessageText));
            Assert.Contains(hint, failure.Hint, StringComparison.Ordinal);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
