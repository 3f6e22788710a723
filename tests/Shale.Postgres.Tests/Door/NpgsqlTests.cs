using Npgsql;
using NpgsqlTypes;
using Shale.Contracts;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>.NET's driver, as it comes.</summary>
public abstract class NpgsqlTests(StorageEngineType engine) : DoorSuite(engine), IAsyncLifetime
{
    private DoorCluster _cluster = null!;
    private NpgsqlDataSource _source = null!;

    public async Task InitializeAsync()
    {
        _cluster = await StartAsync();
        await _cluster.RunAsync("CREATE TABLE t (id bigint PRIMARY KEY, name text, n int)", "INSERT INTO t SELECT g, 'n' || g, g % 3 FROM generate_series(1, 1000) g");
        _source = Source("");
    }

    public async Task DisposeAsync()
    {
        await _source.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    public static TheoryData<string, object, NpgsqlDbType> Values => new()
    {
        { "bool", true, NpgsqlDbType.Boolean },
        { "int2", (short)-3, NpgsqlDbType.Smallint },
        { "int4", 70_000, NpgsqlDbType.Integer },
        { "int8", long.MinValue, NpgsqlDbType.Bigint },
        { "float4", 1.25f, NpgsqlDbType.Real },
        { "float8", -0.1, NpgsqlDbType.Double },
        { "numeric", 12345.67m, NpgsqlDbType.Numeric },
        { "text", "grün 😀", NpgsqlDbType.Text },
        { "varchar", "v", NpgsqlDbType.Varchar },
        { "bytea", new byte[] { 0, 1, 255 }, NpgsqlDbType.Bytea },
        { "uuid", Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), NpgsqlDbType.Uuid },
        { "date", new DateOnly(2024, 2, 29), NpgsqlDbType.Date },
        { "time", new TimeOnly(12, 34, 56, 789), NpgsqlDbType.Time },
        { "timestamp", new DateTime(2024, 2, 29, 12, 34, 56, 789), NpgsqlDbType.Timestamp },
        { "timestamptz", new DateTime(1999, 12, 31, 23, 59, 59, DateTimeKind.Utc), NpgsqlDbType.TimestampTz },
        { "interval", new TimeSpan(3, 4, 5, 6, 700), NpgsqlDbType.Interval },
        { "json", """{"a":1}""", NpgsqlDbType.Json },
        { "jsonb", """{"a": 1}""", NpgsqlDbType.Jsonb },
        { "int4[]", new[] { 1, 2, 3 }, NpgsqlDbType.Array | NpgsqlDbType.Integer },
        { "text[]", new[] { "a", "b c", "" }, NpgsqlDbType.Array | NpgsqlDbType.Text },
    };

    [Theory, MemberData(nameof(Values))]
    public async Task Parameter_OfEveryType_ComesBackAsItWas(string type, object value, NpgsqlDbType dbType)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"SELECT $1::{type} AS value, $2::{type} IS NULL", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = dbType });
        command.Parameters.Add(new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = dbType });
        for (var round = 0; round < 2; round++)
        {
            await using (var reader = await command.ExecuteReaderAsync())
            {
                Assert.True(await reader.ReadAsync());
                Assert.Equal(value, reader.GetValue(0));
                Assert.True(reader.GetBoolean(1));
            }

            await command.PrepareAsync();
        }
    }

    [Fact]
    public async Task Rows_Written_AreReadInOrder()
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var insert = new NpgsqlCommand("INSERT INTO t (id, name, n) VALUES (@id, @name, @n)", connection) { Parameters = { new("id", 5000L), new("name", DBNull.Value), new("n", 7) } };
        Assert.Equal(1, await insert.ExecuteNonQueryAsync());
        await using var select = new NpgsqlCommand("SELECT id, name, n FROM t WHERE n > @n OR id <= 3 ORDER BY id", connection) { Parameters = { new("n", 6) } };
        await using var reader = await select.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add($"{reader.GetInt64(0)} {(await reader.IsDBNullAsync(1) ? "null" : reader.GetString(1))} {reader.GetInt32(2)}");
        Assert.Equal(["1 n1 1", "2 n2 2", "3 n3 0", "5000 null 7"], rows);
    }

    [Fact]
    public async Task Transaction_WithSavepoint_IsWhatItSays()
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead))
        {
            await RunAsync(connection, "DELETE FROM t WHERE id = 1");
            await transaction.SaveAsync("here");
            var failure = await Assert.ThrowsAsync<PostgresException>(() => RunAsync(connection, "INSERT INTO t (id) VALUES (2)"));
            Assert.Equal("23505", failure.SqlState);
            await transaction.RollbackAsync("here");
            await transaction.CommitAsync();
        }

        Assert.Equal(999L, await ScalarAsync(connection, "SELECT count(*) FROM t"));
        await using (await connection.BeginTransactionAsync()) await RunAsync(connection, "DELETE FROM t");
        Assert.Equal(999L, await ScalarAsync(connection, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Batch_IsOneTransaction()
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new("INSERT INTO t (id) VALUES (2001)"), new("INSERT INTO t (id) VALUES (1)"), new("INSERT INTO t (id) VALUES (2002)") } };
        Assert.Equal("23505", (await Assert.ThrowsAsync<PostgresException>(() => batch.ExecuteNonQueryAsync())).SqlState);
        Assert.Equal(1000L, await ScalarAsync(connection, "SELECT count(*) FROM t"));
        batch.BatchCommands[1] = new("SELECT name FROM t WHERE id = $1") { Parameters = { new() { Value = 5L } } };
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            Assert.True(await reader.ReadAsync());
            Assert.Equal("n5", reader.GetString(0));
        }

        Assert.Equal(1002L, await ScalarAsync(connection, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Pool_GivesAConnectionBackAsItWas()
    {
        await using var one = Source("Maximum Pool Size=1");
        await using (var connection = await one.OpenConnectionAsync())
        {
            await RunAsync(connection, "SET application_name = 'left behind'");
            await using var prepared = new NpgsqlCommand("SELECT 1", connection);
            await prepared.PrepareAsync();
            await prepared.ExecuteNonQueryAsync();
        }

        await using var again = await one.OpenConnectionAsync();
        Assert.Equal("", await ScalarAsync(again, "SHOW application_name"));
    }

    [Fact]
    public async Task Multiplexing_ManyAtOnce_AllAreAnswered()
    {
        await using var many = Source("Multiplexing=true;Maximum Pool Size=4");
        var names = await Task.WhenAll(Enumerable.Range(1, 400).Select(async id =>
        {
            await using var command = many.CreateCommand("SELECT name FROM t WHERE id = $1");
            command.Parameters.Add(new NpgsqlParameter { Value = (long)id });
            return (string?)await command.ExecuteScalarAsync();
        }));
        Assert.Equal(Enumerable.Range(1, 400).Select(id => "n" + id), names);
    }

    [Fact]
    public async Task Cancel_EndsTheCommand_AndTheConnectionGoesOn()
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM generate_series(1, 100000000000) AS g", connection);
        using var cancel = new CancellationTokenSource();
        var running = command.ExecuteScalarAsync(cancel.Token);
        while ((await _cluster.Cluster.Gate.ExecuteAsync(new Vitess.GateRequest("SHOW PROCESSLIST", []))).Rows.RowCount < 2) await Task.Yield();
        await cancel.CancelAsync();
        var failure = await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        Assert.Equal("57014", Assert.IsType<PostgresException>(failure.InnerException).SqlState);
        Assert.Equal(1000L, await ScalarAsync(connection, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Error_HasWhatAProgramNeeds()
    {
        await using var connection = await _source.OpenConnectionAsync();
        var failure = await Assert.ThrowsAsync<PostgresException>(() => RunAsync(connection, "SELECT nope FROM t"));
        Assert.Equal(("42703", 8, false), (failure.SqlState, failure.Position, failure.IsTransient));
        Assert.NotNull(failure.Hint);
    }

    private NpgsqlDataSource Source(string more) => NpgsqlDataSource.Create($"Host=127.0.0.1;Port={_cluster.Port};Username=app;Database=main;Timeout=30;{more}");

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
