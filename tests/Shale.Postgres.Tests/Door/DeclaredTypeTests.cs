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

    private const string Expressions = """
        CREATE TABLE t (id int PRIMARY KEY, d date, v varchar(10), u uuid);
        INSERT INTO t VALUES (1, '2020-01-31', 'a', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'), (2, '2020-02-29', 'b', NULL);
        PREPARE day(date) AS SELECT $1 + 1, $1 - '2020-01-01'::date, pg_typeof($1);
        EXECUTE day('2020-01-31');
        PREPARE month(timestamp) AS SELECT date_trunc('month', $1), $1 + interval '1 day', pg_typeof(date_trunc('month', $1));
        EXECUTE month('2020-01-31 10:00');
        PREPARE large(bigint) AS SELECT $1 + 1, $1 / 2, pg_typeof($1);
        EXECUTE large(5000000000);
        PREPARE exact(numeric) AS SELECT id FROM t WHERE id = $1;
        EXECUTE exact(1.5);
        EXECUTE exact(1);
        PREPARE wide(bigint) AS SELECT id FROM t WHERE id = $1;
        EXECUTE wide(2);
        EXECUTE wide(5000000000);
        PREPARE narrow(smallint) AS SELECT id FROM t WHERE id IN ($1, 2) ORDER BY id;
        EXECUTE narrow(1);
        PREPARE moment(timestamp) AS SELECT id FROM t WHERE d = $1;
        EXECUTE moment('2020-01-31 10:00');
        EXECUTE moment('2020-01-31');
        PREPARE many(int[]) AS SELECT $1, cardinality($1), id FROM t WHERE id = ANY($1) ORDER BY id;
        EXECUTE many('{2,1,3}');
        PREPARE named(text) AS SELECT id, $1 || v FROM t WHERE v = $1;
        EXECUTE named('a');
        PREPARE alone(int, bool, uuid) AS SELECT $1, $2, $3, pg_typeof($1), pg_typeof($2), pg_typeof($3);
        EXECUTE alone(1, true, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11');
        PREPARE listed(int, text) AS SELECT * FROM (VALUES ($1, $2)) AS given (a, b);
        EXECUTE listed(1, 'x');
        PREPARE written(bigint, timestamp, text) AS INSERT INTO t VALUES ($1, $2, $3 || '!') RETURNING *;
        EXECUTE written(3, '2020-03-01 10:00', 'c');
        PREPARE cast_to(int, date, text) AS INSERT INTO t (id, d, v) VALUES ($1::int4, $2::date, $3::varchar) RETURNING *;
        EXECUTE cast_to(4, '2020-04-01', 'd');
        PREPARE found(int) AS SELECT id FROM t WHERE id = $1::int4 OR id = $1::int8 - 1 ORDER BY id;
        EXECUTE found(4);
        PREPARE changed(bigint, date) AS UPDATE t SET d = $2 + 1 WHERE id = $1 RETURNING id, d;
        EXECUTE changed(4, '2020-05-01');
        WITH up AS (UPDATE t SET v = 'upd' WHERE id = 1 RETURNING id) INSERT INTO t (id, v) SELECT id + 10, 'ins' FROM up;
        PREPARE merged(int, text) AS WITH given AS (SELECT $1 AS id, $2 AS v), up AS (UPDATE t SET v = given.v FROM given WHERE t.id = given.id RETURNING t.id)
            INSERT INTO t (id, v) SELECT id, v FROM given WHERE NOT EXISTS (SELECT 1 FROM up WHERE up.id = given.id);
        EXECUTE merged(2, 'two');
        EXECUTE merged(20, 'twenty');
        WITH gone AS (DELETE FROM t WHERE id = 20 RETURNING id, v) INSERT INTO t (id, v) SELECT id, v || '?' FROM gone;
        SELECT * FROM t ORDER BY id;
        DROP TABLE t;

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
    public async Task Values_InExpressions_AreOfTheirTypesOnTheShardsToo()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Expressions);
    }

    [PostgresFact]
    [Trait("Rule", "S2.1")]
    public async Task Keys_WithACastToTheirOwnType_FindTheirShard()
    {
        await using var twins = await Twins.StartAsync();
        foreach (var door in twins.Doors)
        {
            await using var connection = await twins.ConnectAsync(door);
            await using var make = new NpgsqlCommand("CREATE TABLE k (id int PRIMARY KEY, v text); CREATE TABLE n (name varchar PRIMARY KEY)", connection);
            await make.ExecuteNonQueryAsync();
            foreach (var one in new[] { "k WHERE id = 3::int4", "k WHERE id = 3::int8", "k WHERE id = '3'::int4", "k WHERE id IN (3::int4)", "n WHERE name = 'x'::varchar", "n WHERE name = 'x'::text" }) Assert.Equal((one, 1), (one, await ShardsAsync(connection, one)));
            foreach (var all in new[] { "k WHERE id = 2.6::int4", "k WHERE id::int8 = 3", "k WHERE id = 3::numeric", "n WHERE name = 'xyz'::varchar(2)" }) Assert.NotEqual((all, 1), (all, door == twins.Doors[0] ? 2 : await ShardsAsync(connection, all)));
        }
    }

    private static async Task<int> ShardsAsync(NpgsqlConnection connection, string from)
    {
        await using var explain = new NpgsqlCommand($"VEXPLAIN PLAN SELECT * FROM {from}", connection);
        await using var reader = await explain.ExecuteReaderAsync();
        var shards = new HashSet<string>();
        while (await reader.ReadAsync()) shards.Add(reader.GetString(1));
        return shards.Count;
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
