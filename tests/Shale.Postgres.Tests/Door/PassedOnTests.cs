using Npgsql;
using NpgsqlTypes;
using Shale.Postgres.Tests.Support;
using Shale.Vitess;

namespace Shale.Postgres.Tests.Door;

/// <summary>Rows that are passed on as a shard sent them are those that the client was told of: of the types of its description, whatever the shard calls them.</summary>
public sealed class PassedOnTests
{
    [Theory]
    [OnSqlite(2)]
    [OnPostgres(2)]
    public async Task Parameters_InTheSelectList_ComeBackAsTheirDeclaredTypes(Shards shards)
    {
        await using var cluster = await DoorCluster.StartAsync(shards);
        await cluster.RunAsync("CREATE TABLE t (id bigint PRIMARY KEY, s smallint, v numeric(10, 2))", "INSERT INTO t VALUES (1, 2, 3.50), (2, 3, 4)");
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={cluster.Port};Database=main;Username=app;Pooling=false");
        await connection.OpenAsync();
        foreach (var (type, value) in new (NpgsqlDbType, object)[]
        {
            (NpgsqlDbType.Bigint, 5L), (NpgsqlDbType.Integer, 5), (NpgsqlDbType.Smallint, (short)5), (NpgsqlDbType.Numeric, 1.50m), (NpgsqlDbType.Double, 1.5), (NpgsqlDbType.Real, 1.5f), (NpgsqlDbType.Text, "x"),
            (NpgsqlDbType.Varchar, "x"), (NpgsqlDbType.Boolean, true), (NpgsqlDbType.Bytea, new byte[] { 1, 2 }), (NpgsqlDbType.Uuid, new Guid("00010203-0405-0607-0809-0a0b0c0d0e0f")), (NpgsqlDbType.Date, new DateOnly(2024, 2, 29)),
            (NpgsqlDbType.TimestampTz, new DateTime(2024, 2, 29, 1, 2, 3, DateTimeKind.Utc)), (NpgsqlDbType.Timestamp, new DateTime(2024, 2, 29, 1, 2, 3)), (NpgsqlDbType.Jsonb, "{\"a\": 1}"), (NpgsqlDbType.Interval, TimeSpan.FromHours(25)),
        })
        {
            foreach (var sql in new[] { "SELECT id, $1 FROM t WHERE id = 1", "SELECT id, $1 FROM t WHERE id > 0 ORDER BY id LIMIT 1", "SELECT 1::bigint, coalesce($1, $1)", "SELECT id, CASE WHEN s = 2 THEN $1 END FROM t WHERE id = 1" })
            {
                await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter { NpgsqlDbType = type, Value = value } } };
                object? got;
                try
                {
                    await using var reader = await command.ExecuteReaderAsync();
                    Assert.True(await reader.ReadAsync());
                    Assert.Equal(1L, reader.GetInt64(0));
                    got = reader.GetValue(1);
                }
                catch (Exception failure) when (failure is not Xunit.Sdk.XunitException)
                {
                    got = $"{type} in {sql}: {failure.Message}";
                }

                Assert.Equal(value, got);
            }
        }
    }

    [Theory]
    [OnPostgres(1)]
    public async Task Rows_UnderALimit_AreThoseOfEachChunk(Shards shards)
    {
        await using var databases = await SharedServer.DatabasesAsync(shards.Count);
        await using var cluster = await DoorCluster.StartAsync(shards: options => options with { Shards = 1, Engine = shards.Engine, Engines = [databases.Source], Limits = new StatementLimits { MaxBytes = 100 << 20 } });
        await cluster.RunAsync("CREATE TABLE t (id bigint PRIMARY KEY, w text)", "INSERT INTO t SELECT g, repeat(g::text, 300000) FROM generate_series(1, 4) g");
        foreach (var streams in new[] { false, true })
        {
            var result = await cluster.Cluster.Gate.ExecuteAsync(new GateRequest("SELECT w FROM t WHERE id IN (1, 2, 3, 4)", []) { Encoding = RowEncoding.Text, Streams = streams });
            var letters = new List<char>();
            await using (result.Rest)
            {
                for (var rows = result.Rows; rows is not null; rows = result.Rest is { } rest && await rest.MoveNextAsync() ? rest.Current : null)
                {
                    for (var i = 0; i < rows.RowCount; i++) letters.AddRange(rows[i][0].AsText().Distinct());
                }
            }

            Assert.Equal("1234", string.Concat(letters.Order()));
        }
    }

    [Theory]
    [OnPostgres(2)]
    public async Task Rows_WithoutColumns_AreCounted(Shards shards)
    {
        await using var cluster = await DoorCluster.StartAsync(shards);
        await cluster.RunAsync("CREATE TABLE t (id bigint PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)");
        var (_, output, errors) = await Tool.RunAsync("psql", ["-X", "-A", "-h", "127.0.0.1", "-p", $"{cluster.Port}", "-U", "app", "-d", "main"], "SELECT FROM t; SELECT FROM t WHERE id = 2;", new Dictionary<string, string>());
        Assert.Equal("\n(3 rows)\n\n(1 row)\n", output + errors);
    }
}
