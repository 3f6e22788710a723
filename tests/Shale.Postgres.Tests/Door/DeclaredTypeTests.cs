using Npgsql;
using NpgsqlTypes;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>Values in types that the client has declared, in binary, for columns of other types: they are what they were declared as, and become what the column takes, as in PostgreSQL.</summary>
public sealed class DeclaredTypeTests
{
    private const string Script = """
        CREATE TABLE t (id int PRIMARY KEY, n numeric, v text);
        PREPARE added(int, int, int) AS INSERT INTO t VALUES ($1, $2, $3);
        EXECUTE added(1, 1.6, '05');
        EXECUTE added('2', '7', 'x');
        EXECUTE added(3, NULL, NULL);
        PREPARE changed(numeric) AS UPDATE t SET v = $1 WHERE id = 3;
        EXECUTE changed('1.50');
        SELECT * FROM t ORDER BY id;

        """;

    private static readonly string[] Columns = ["int2", "int4", "int8", "float4", "float8", "numeric", "numeric(5,1)", "text", "varchar(4)"];

    private static readonly (NpgsqlDbType Type, object Value)[] Values =
    [
        (NpgsqlDbType.Smallint, (short)-5), (NpgsqlDbType.Integer, 12), (NpgsqlDbType.Integer, 70_000), (NpgsqlDbType.Bigint, 7L), (NpgsqlDbType.Bigint, 5_000_000_000L), (NpgsqlDbType.Numeric, 12.5m), (NpgsqlDbType.Double, 1.25d),
        (NpgsqlDbType.Text, "9"), (NpgsqlDbType.Varchar, "abcdef"),
    ];

    [PostgresFact]
    public async Task Values_ForColumnsOfOtherTypes_AreThoseOfPostgres()
    {
        await using var twins = await Twins.StartAsync();
        var theirs = await AskAsync(twins, null);
        foreach (var door in twins.Doors) Assert.Equal(theirs, await AskAsync(twins, door));
    }

    [PostgresFact]
    public async Task Values_OfPreparedStatements_AreThoseOfPostgres()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }

    private static async Task<List<string>> AskAsync(Twins twins, DoorCluster? door)
    {
        await using var connection = await twins.ConnectAsync(door);
        await RunAsync(connection, $"CREATE TABLE t (id int8 PRIMARY KEY, {string.Join(", ", Columns.Select((type, i) => $"c{i} {type}"))})");
        var answers = new List<string>();
        var id = 0;
        foreach (var (type, value) in Values)
        {
            for (var i = 0; i < Columns.Length; i++)
            {
                // The key, too, comes in a type of its own.
                var key = (NpgsqlDbType.Integer, (object)++id);
                var inserted = await RunAsync(connection, $"INSERT INTO t (id, c{i}) VALUES ($1, $2) RETURNING c{i}::text", key, (type, value));
                var updated = inserted.StartsWith('!') ? "" : await RunAsync(connection, $"UPDATE t SET c{i} = $2 WHERE id = $1 RETURNING c{i}::text", key, (type, value));
                answers.Add($"{type} {value} to {Columns[i]}: {inserted} {updated}");
            }
        }

        return answers;
    }

    private static async Task<string> RunAsync(NpgsqlConnection connection, string sql, params (NpgsqlDbType Type, object Value)[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (type, value) in values) command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value });
        try
        {
            return $"{await command.ExecuteScalarAsync()}";
        }
        catch (PostgresException failure)
        {
            return "!" + failure.SqlState;
        }
    }
}
