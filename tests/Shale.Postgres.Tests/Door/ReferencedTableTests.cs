using Npgsql;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Tables that foreign keys point at are made anew in transactions, as migrations do: what refers to their rows stays, whatever the key does when rows are deleted.</summary>
public sealed class ReferencedTableTests
{
    private const string Tables = """
        CREATE TABLE parent (id int PRIMARY KEY, v varchar(5) NOT NULL, z int);
        CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE, other int REFERENCES parent ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE);
        INSERT INTO parent VALUES (1, 'a', 1), (2, 'b', 2);
        INSERT INTO child VALUES (10, 1, 2), (11, 2, 2)
        """;

    [Theory]
    [OnSqlite(1)]
    [OnPostgres(1)]
    public async Task Alter_InATransaction_LeavesWhatRefersToIt(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        await using var connection = await OpenAsync(door);
        await RunAsync(connection, Tables);
        await RunAsync(connection, "BEGIN; INSERT INTO parent VALUES (3, 'c', 3); ALTER TABLE parent ALTER COLUMN id TYPE bigint, ALTER COLUMN v TYPE text, DROP COLUMN z; ALTER TABLE parent ADD CHECK (length(v) < 9); UPDATE parent SET v = 'long enough' WHERE false; COMMIT");
        Assert.Equal("10:1:2 11:2:2", await ChildrenAsync(connection));
        Assert.Equal("23503", await StateAsync(connection, "INSERT INTO child VALUES (12, 99)"));
        await RunAsync(connection, "UPDATE parent SET id = 5 WHERE id = 2");
        Assert.Equal("10:1:5 11:5:5", await ChildrenAsync(connection));
        await RunAsync(connection, "DELETE FROM parent WHERE id = 5");
        Assert.Equal("10:1:", await ChildrenAsync(connection));
    }

    [Theory]
    [OnSqlite(1)]
    [OnPostgres(1)]
    public async Task Alter_ThatFailsOrIsUndone_LeavesTheKeysOn(Shards shards)
    {
        await using var door = await DoorCluster.StartAsync(shards);
        await using var connection = await OpenAsync(door);
        await RunAsync(connection, Tables);
        await RunAsync(connection, "BEGIN; UPDATE parent SET z = z + 1; SAVEPOINT s");
        Assert.Equal("22P02", await StateAsync(connection, "ALTER TABLE parent ALTER COLUMN v TYPE int USING v::int"));
        await RunAsync(connection, "ROLLBACK TO s");
        Assert.Equal("23503", await StateAsync(connection, "INSERT INTO child VALUES (12, 99)"));
        await RunAsync(connection, "ROLLBACK; BEGIN; SET CONSTRAINTS ALL DEFERRED; INSERT INTO child VALUES (12, 1, 99); ALTER TABLE parent ADD CONSTRAINT small CHECK (length(v) < 4)");
        await RunAsync(connection, "INSERT INTO parent VALUES (99, 'z', 0); COMMIT");
        Assert.Equal("10:1:2 11:2:2 12:1:99", await ChildrenAsync(connection));
        await RunAsync(connection, "BEGIN; SET CONSTRAINTS ALL DEFERRED; INSERT INTO child VALUES (13, 1, 98); ALTER TABLE parent DROP CONSTRAINT small");
        Assert.Equal("23503", await StateAsync(connection, "COMMIT"));
        Assert.Equal("10:1:2 11:2:2 12:1:99", await ChildrenAsync(connection));
    }

    private static async Task<NpgsqlConnection> OpenAsync(DoorCluster door)
    {
        var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={door.Port};Database=main;Username=app;Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<string> ChildrenAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT string_agg(id || ':' || coalesce(parent_id::text, '') || ':' || coalesce(other::text, ''), ' ' ORDER BY id) FROM child", connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<string?> StateAsync(NpgsqlConnection connection, string sql) => (await Assert.ThrowsAsync<PostgresException>(() => RunAsync(connection, sql))).SqlState;

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
