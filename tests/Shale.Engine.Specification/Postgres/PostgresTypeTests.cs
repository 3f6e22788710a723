using Shale.Vitess;

namespace Shale.Engine.Specification.Postgres;

/// <summary>Values of PostgreSQL's types, and what parameters mean.</summary>
public sealed class PostgresTypeTests : EngineSpecification
{
    protected override IStorageEngine Create() => TestPostgres.EngineAsync().Result;

    [Theory]
    [InlineData("12345678901234567890.1200::numeric", "Text 12345678901234567890.1200", "numeric")]
    [InlineData("'NaN'::numeric", "Text NaN", "numeric")]
    [InlineData("0.1::float4", "Real 0.1", "float4")]
    [InlineData("'-Infinity'::float8", "Real -Infinity", "float8")]
    [InlineData("7::smallint", "Integer 7", "int2")]
    [InlineData("7", "Integer 7", "int4")]
    [InlineData("date '2024-02-29'", "Text 2024-02-29", "date")]
    [InlineData("timestamptz '2024-02-29 12:00:00.5+02'", "Text 2024-02-29 10:00:00.5+00", "timestamptz")]
    [InlineData("timestamp '2024-02-29 12:00'", "Text 2024-02-29 12:00:00", "timestamp")]
    [InlineData("interval '1 year 2 days 3:04'", "Text 1 year 2 days 03:04:00", "interval")]
    [InlineData("time '12:30'", "Text 12:30:00", "time")]
    [InlineData("timetz '12:30+02'", "Text 12:30:00+02", "timetz")]
    [InlineData("'{\"a\": 1}'::jsonb", "Text {\"a\": 1}", "jsonb")]
    [InlineData("'{\"a\":1}'::json", "Text {\"a\":1}", "json")]
    [InlineData("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", "Text a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "uuid")]
    [InlineData("'\\x00ff'::bytea", "Blob x'00FF'", "bytea")]
    [InlineData("'a'::char(3)", "Text a  ", "char")]
    [InlineData("'a'::varchar(3)", "Text a", "varchar")]
    [InlineData("'a'", "Text a", "text")]
    [InlineData("'a'::name", "Text a", "text")]
    [InlineData("ARRAY[1,NULL,3]", "Text {1,NULL,3}", "int4[]")]
    [InlineData("ARRAY['a b','c\"']", "Text {\"a b\",\"c\\\"\"}", "text[]")]
    [InlineData("'10.0.0.1/8'::inet", "Text 10.0.0.1/8", "inet")]
    [InlineData("'10.0.0.0/8'::cidr", "Text 10.0.0.0/8", "cidr")]
    [InlineData("'8:0:2b:1:2:3'::macaddr", "Text 08:00:2b:01:02:03", "macaddr")]
    [InlineData("'(1,2)'::point", "Text (1,2)", "unknown")]
    [InlineData("int4range(1, 5)", "Text [1,5)", "unknown")]
    [InlineData("(SELECT oid FROM pg_type WHERE typname = 'int4')", "Integer 23", "oid")]
    [InlineData("ROW(1, 'x')", "Text (1,x)", "record")]
    [InlineData("NULL", "Null NULL", "text")]
    public async Task Value_OfAType_IsItsOwnTextOrNumber(string sql, string value, string type)
    {
        var rows = (await ExecuteAsync(Writer, $"SELECT {sql} AS v")).Rows;
        Assert.Equal((value, type), ($"{rows[0][0].Kind} {rows[0][0]}", rows.Fields[0].Type));
        var streamed = new List<string>();
        await foreach (var chunk in Writer.StreamAsync($"SELECT {sql} AS v", [], 1, default)) streamed.Add($"{chunk[0][0].Kind} {chunk[0][0]}");
        Assert.Equal([value], streamed);
    }

    [Fact]
    public async Task NativeType_OfAnyColumn_CanDeclareAScratchTable()
    {
        await RunAsync(Writer, "CREATE TYPE mood AS ENUM ('sad', 'ok')", "CREATE DOMAIN small AS int CHECK (VALUE < 10)",
            "CREATE TABLE t(a int2, b numeric(10, 2), c varchar(5), d char(3), e mood, f mood[], g inet, h timestamptz(3), i int[], j small, k jsonb, l bytea, m bool, n float8)",
            """INSERT INTO t VALUES (1, 1.10, 'v', 'c', 'ok', '{sad,ok}', '::1', '2024-01-01', '{{1,2},{3,4}}', 5, '{"a":[1]}', '\x00', true, 'NaN')""",
            """INSERT INTO t(c, e, l, m, n) VALUES (E'\t\n\\', 'sad', '\xff', false, -0.0)""");
        var rows = (await ExecuteAsync(Writer, "SELECT * FROM t")).Rows;
        await using var scratch = await Engine.OpenScratchAsync(default);
        await RunAsync(scratch, $"CREATE TABLE t({string.Join(", ", rows.Fields.Select(field => $"\"{field.Name}\" {field.NativeType}"))})");
        await scratch.InsertRowsAsync("t", rows, default);
        Assert.Equal(Text(rows), Text((await ExecuteAsync(scratch, "SELECT * FROM t")).Rows));
        Assert.Equal("ok", (await OneAsync(scratch, "SELECT max(e) FROM t")).AsText());
    }

    [Fact]
    public async Task Parameter_OfAnyKind_MeansWhatTheLiteralWouldMean()
    {
        await RunAsync(Writer, "CREATE TABLE t(i int2, n numeric, d date, u uuid, j jsonb, a int[], x text, b bool)",
            "INSERT INTO t VALUES (1, 1.50, '2024-02-29', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{}', '{1,2}', '5', true)");
        SqlValue[] texts = [.. new[] { "1", "1.5", "2024-02-29", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "{}", "{1,2}" }.Select(SqlValue.Text)];
        Assert.Equal(SqlValue.Integer(1), await OneAsync(Writer, "SELECT count(*) FROM t WHERE i = $1 AND n = $2 AND d = $3 AND u = $4 AND j = $5 AND a = $6", texts));
        Assert.Equal(SqlValue.Integer(1), await OneAsync(Writer, "SELECT count(*) FROM t WHERE i = $1 AND n = $2 AND b = $3", SqlValue.Integer(1), SqlValue.Real(1.5), SqlValue.Boolean(true)));
        Assert.Equal("b", (await OneAsync(Writer, "SELECT substr('abc', $1, $2)", SqlValue.Integer(2), SqlValue.Integer(1))).AsText());
        Assert.Equal("bigint", (await OneAsync(Writer, "SELECT pg_typeof($1)::text", SqlValue.Integer(1L << 40))).AsText());
        await FailsAsync("NOT_FOUND", "42883", () => ExecuteAsync(Writer, "SELECT * FROM t WHERE x = $1", SqlValue.Integer(5)));
        await FailsAsync("TYPE_ERROR", "22P02", () => ExecuteAsync(Writer, "SELECT * FROM t WHERE i = $1", SqlValue.Text("x")));
        await FailsAsync("TYPE_ERROR", "22003", () => ExecuteAsync(Writer, "INSERT INTO t(i) VALUES ($1)", SqlValue.Integer(70000)));
        await FailsAsync("TYPE_ERROR", "22021", () => ExecuteAsync(Writer, "SELECT $1", SqlValue.Text("a\0")));
    }

    [Fact]
    public async Task ExecuteMany_NullsAndWidths_GoWithTheirColumns()
    {
        await RunAsync(Writer, "CREATE TYPE mood AS ENUM ('sad', 'ok')", "CREATE TABLE t(id bigint, name text, m mood)");
        var rows = Enumerable.Range(0, 1234).Select(IReadOnlyList<SqlValue> (i) =>
            [i == 7 ? SqlValue.Integer(1L << 50) : SqlValue.Integer(i), i % 2 == 0 ? SqlValue.Null : SqlValue.Text("n" + i), i % 3 == 0 ? SqlValue.Null : SqlValue.Text("ok")]).ToList();
        Assert.Equal(1234, (await Writer.ExecuteManyAsync("INSERT INTO t VALUES ($1, $2, $3)", rows, default)).Affected);
        Assert.Equal("1234,617,822", Text((await ExecuteAsync(Writer, "SELECT count(*), count(name), count(m) FROM t")).Rows));
        Assert.Equal("ok sad", Text((await Writer.ExecuteManyAsync("INSERT INTO t(m) VALUES ($1) RETURNING m", [[SqlValue.Text("ok")], [SqlValue.Text("sad")]], default)).Rows));
        Assert.Equal("1 x", Text((await Writer.ExecuteManyAsync("SELECT $1::text", [[SqlValue.Integer(1)], [SqlValue.Text("x")]], default)).Rows));
    }
}
