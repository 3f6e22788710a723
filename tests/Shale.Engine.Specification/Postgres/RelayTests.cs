using Npgsql;
using Shale.Contracts;
using Shale.Postgres;
using Shale.Postgres.Relay;
using Shale.Vitess;

namespace Shale.Engine.Specification.Postgres;

/// <summary>Connections on our own codec: they give what those on Npgsql give, as values and as the server's own rows.</summary>
public sealed class RelayTests : EngineSpecification
{
    private const string Everything = """
        SELECT g AS i, (g % 7)::int2 AS s, (g * 1000000007::int8) AS l, g % 2 = 0 AS b, g / 3.0::float8 AS f, (g / 7.0)::float4 AS r, (g / 9.0)::numeric(20, 6) AS n, 'x' || g AS t, ('y' || g)::varchar(9) AS v,
            'z'::char(4) AS c, 'n'::name AS m, decode(lpad(to_hex(g), 8, '0'), 'hex') AS y, md5(g::text)::uuid AS u, date '2000-02-29' + g AS d, time '00:00' + g * interval '1.000001 s' AS ti,
            timestamp '2024-01-01' + g * interval '1 h' AS ts, timestamptz '2024-01-01' + g * interval '1 ms' AS tz, g * interval '1 month 1 s' AS iv, json_build_object('g', g) AS j, jsonb_build_object('g', g) AS jb,
            ARRAY[g, NULL] AS a, ARRAY['a b', 'c"' || g] AS ta, '10.0.0.1'::inet AS ip, ROW(g, 'x') AS rec, 'pg_class'::regclass AS reg, (g + 5)::text::oid AS o, CASE WHEN g % 3 = 0 THEN 'w' || g END AS nul, '12:30+02'::timetz AS ttz,
            '{{1,2},{3,4}}'::int[] AS deep, '' AS nothing
        FROM generate_series(-3, $1::int) g
        """;

    protected override IStorageEngine Create() => TestPostgres.EngineAsync().Result;

    public static TheoryData<bool[]> Formats { get; } = [[], [true], [.. Enumerable.Range(0, 30).Select(i => i % 2 == 0)]];

    [Fact]
    public async Task Connection_ToAServerWithinReach_IsARelay()
    {
        Assert.IsType<RelayConnection>(await OpenAsync(EngineAccess.Read));
        Assert.IsType<RelayConnection>(Writer);
        await using var other = await TestPostgres.NpgsqlEngineAsync();
        await using var reader = await other.OpenAsync(EngineAccess.Read, default);
        await using var writer = await other.OpenAsync(EngineAccess.Write, default);
        Assert.Equal((typeof(PostgresConnection), typeof(PostgresConnection)), (reader.GetType(), writer.GetType()));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Rows_EncodedByTheServer_DecodeToThoseOfNpgsql(bool[] binary)
    {
        var reader = await OpenAsync(EngineAccess.Read);
        await using var npgsql = await ((PostgresEngine)Engine).OpenNpgsqlAsync(default);
        var expected = (await ExecuteAsync(npgsql, Everything, SqlValue.Integer(20))).Rows;
        var values = (await reader.QueryAsync(Everything, [SqlValue.Integer(20)], null, default)).Rows;
        Assert.Null(values.Encoded);
        Assert.Equal(expected.Fields, values.Fields);
        Assert.Equal(Kinds(expected), Kinds(values));
        var encoded = (await reader.QueryAsync(Everything, [SqlValue.Integer(20)], new RowEncoding(binary), default)).Rows;
        Assert.Equal(24, encoded.Encoded!.RowCount);
        Assert.Equal(Kinds(expected), Kinds(encoded));
        var streamed = new RowSet(expected.Fields);
        var chunks = 0;
        await foreach (var chunk in reader.StreamAsync(Everything, [SqlValue.Integer(20)], 2_000, new RowEncoding(binary), default))
        {
            chunks++;
            streamed.AddAll(chunk);
        }

        Assert.InRange(chunks, 4, 24);
        Assert.Equal(Kinds(expected), Kinds(streamed));
    }

    [Fact]
    public async Task Rows_EncodedByTheServer_FitNoOtherTypes()
    {
        var rows = (await (await OpenAsync(EngineAccess.Read)).QueryAsync("SELECT 1, 'a'::text", [], RowEncoding.Text, default)).Rows;
        Assert.True(rows.Encoded!.Fit([new Field("a", "int4"), new Field("b", "text")]));
        Assert.False(rows.Encoded.Fit([new Field("a", "int8"), new Field("b", "text")]));
        Assert.False(rows.Encoded.Fit([new Field("a", "int4")]));
    }

    [Fact]
    public async Task Stream_LeftInTheMiddle_LeavesTheConnectionUsable()
    {
        var reader = await OpenAsync(EngineAccess.Read);
        for (var round = 0; round < 5; round++)
        {
            await foreach (var chunk in reader.StreamAsync("SELECT g, repeat('x', 1000) FROM generate_series(1, 1000000) g", [], 10_000, RowEncoding.Text, default))
            {
                Assert.True(chunk.RowCount < 1_000);
                break;
            }

            Assert.Equal(SqlValue.Integer(round), await OneAsync(reader, "SELECT $1::int", SqlValue.Integer(round)));
        }
    }

    [Fact]
    public async Task Row_LongerThanAnyBuffer_ComesWhole()
    {
        var reader = await OpenAsync(EngineAccess.Read);
        foreach (var length in new[] { 16_379, 16_384, 70_000, 5_000_000 })
        {
            Assert.Equal(length, (await OneAsync(reader, "SELECT repeat('x', $1)", SqlValue.Integer(length))).AsText().Length);
            var rows = (await reader.QueryAsync("SELECT repeat('y', $1) FROM generate_series(1, 3)", [SqlValue.Integer(length)], RowEncoding.Text, default)).Rows;
            Assert.Equal(3 * (length + 11), rows.SizeBytes);
            Assert.Equal(length, rows[2][0].AsText().Length);
        }
    }

    [Fact]
    [Trait("Rule", "S3.7")]
    public async Task Query_PreparedBeforeSomebodyElseChangedTheTable_IsPreparedAgain()
    {
        await RunAsync(Writer, "CREATE TABLE t(a int)", "INSERT INTO t VALUES (1)");
        var reader = await OpenAsync(EngineAccess.Read);
        Assert.Equal("1", Text((await ExecuteAsync(reader, "SELECT * FROM t")).Rows));
        await using (var elsewhere = await new NpgsqlDataSourceBuilder(((PostgresEngine)Engine).Options.ConnectionString).Build().OpenConnectionAsync())
        await using (var change = new NpgsqlCommand("ALTER TABLE t ADD COLUMN b text DEFAULT 'x'", elsewhere)) await change.ExecuteNonQueryAsync();
        Assert.Equal("1,x", Text((await ExecuteAsync(reader, "SELECT * FROM t")).Rows));
        await using (var elsewhere = await new NpgsqlDataSourceBuilder(((PostgresEngine)Engine).Options.ConnectionString).Build().OpenConnectionAsync())
        await using (var change = new NpgsqlCommand("ALTER TABLE t DROP COLUMN a", elsewhere)) await change.ExecuteNonQueryAsync();
        var streamed = new List<string>();
        await foreach (var chunk in reader.StreamAsync("SELECT * FROM t", [], 1_000, RowEncoding.Text, default)) streamed.Add(Text(chunk));
        Assert.Equal(["x"], streamed);
    }

    [Fact]
    public async Task Failure_OfAnyKind_LeavesTheConnectionUsable()
    {
        var reader = await OpenAsync(EngineAccess.Read);
        var failure = await FailsAsync("SYNTAX_ERROR", "42601", () => ExecuteAsync(reader, "SELECT 1 FRM x y"));
        Assert.Equal(14, failure.Position);
        await FailsAsync("NOT_FOUND", "42P01", () => ExecuteAsync(reader, "SELECT * FROM nowhere"));
        await FailsAsync("TYPE_ERROR", "22012", () => ExecuteAsync(reader, "SELECT 1 / (g - 900) FROM generate_series(1, 1000) g"));
        await FailsAsync("QUERY_ERROR", "08P01", () => ExecuteAsync(reader, "SELECT $1::int"));
        await FailsAsync("TYPE_ERROR", "22021", () => ExecuteAsync(reader, "SELECT $1::text", SqlValue.Text("\ud800")));
        await FailsAsync("READ_ONLY_TRANSACTION", "25006", () => ExecuteAsync(reader, "CREATE TABLE t(a int)"));
        Assert.Equal(SqlValue.Integer(7), await OneAsync(reader, "SELECT $1::int", SqlValue.Integer(7)));
    }

    [Fact]
    public async Task Cancel_OfAQuery_StopsItOnTheServer()
    {
        var reader = await OpenAsync(EngineAccess.Read);
        using var cancel = new CancellationTokenSource();
        var running = reader.QueryAsync("SELECT pg_sleep(600)", [], RowEncoding.Text, cancel.Token).AsTask();
        while ((await OneAsync(Writer, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep(600)%' AND state = 'active' AND pid <> pg_backend_pid()")).AsInteger() == 0) await Task.Yield();
        await cancel.CancelAsync();
        await FailsAsync("TIMEOUT", "57014", () => running);
        Assert.Equal(SqlValue.Integer(1), await OneAsync(reader, "SELECT 1"));
    }

    [Fact]
    public async Task Server_ThatEndsTheSession_IsToldTransiently()
    {
        var reader = await OpenAsync(EngineAccess.Read);
        var process = await OneAsync(reader, "SELECT pg_backend_pid()");
        Assert.True((await OneAsync(Writer, "SELECT pg_terminate_backend($1)", process)).AsBoolean());
        var failure = await Assert.ThrowsAsync<VitessException>(async () => await reader.ExecuteAsync("SELECT 1", [], default));
        Assert.Equal(("SHARD_ERROR", true), (failure.Code, failure.IsTransient));
        Assert.False(reader.IsUsable);
    }

    [Theory]
    [InlineData("Host=a;Username=u", true)]
    [InlineData("Host=/tmp;Username=u;Database=d;Pooling=false;SSL Mode=Require;Password=p", true)]
    [InlineData("Host=a,b;Username=u", false)]
    [InlineData("Host=a", false)]
    [InlineData("Host=a;Username=u;SSL Mode=VerifyFull", false)]
    [InlineData("Host=a;Username=u;Root Certificate=ca.pem", false)]
    [InlineData("Host=a;Username=u;Passfile=p", false)]
    public void Address_OfAConnectionString_IsForTheRelayWhereItKnowsAllOfIt(string text, bool isKnown) => Assert.Equal(isKnown, ServerAddress.Of(new NpgsqlConnectionStringBuilder(text)) is not null);

    private static string Kinds(RowSet rows) => string.Join('\n', Enumerable.Range(0, rows.RowCount).Select(row => string.Join('|', rows[row].ToArray().Select(value => $"{value.Kind} {value}"))));
}
