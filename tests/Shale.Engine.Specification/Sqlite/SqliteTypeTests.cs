using Shale.Engines;
using Shale.Vitess;

namespace Shale.Engine.Specification.Sqlite;

/// <summary>What is peculiar to SQLite: types that are declared or only seen.</summary>
public sealed class SqliteTypeTests : EngineSpecification
{
    protected override IStorageEngine Create() => SqliteEngine.InMemory();

    [Theory]
    [InlineData("SMALLINT", "int2")]
    [InlineData("int2", "int2")]
    [InlineData("INTEGER", "int4")]
    [InlineData("int", "int4")]
    [InlineData("MEDIUMINT", "int4")]
    [InlineData("BIGINT", "int8")]
    [InlineData("int8", "int8")]
    [InlineData("BOOLEAN", "bool")]
    [InlineData("REAL", "float4")]
    [InlineData("DOUBLE PRECISION", "float8")]
    [InlineData("float", "float8")]
    [InlineData("NUMERIC(10, 2)", "numeric")]
    [InlineData("decimal", "numeric")]
    [InlineData("TEXT", "text")]
    [InlineData("VARCHAR(20)", "varchar")]
    [InlineData("character varying(20)", "varchar")]
    [InlineData("CHARACTER (3)", "char")]
    [InlineData("BLOB", "bytea")]
    [InlineData("BYTEA BLOB", "bytea")]
    [InlineData("UUID TEXT", "uuid")]
    [InlineData("JSONB TEXT", "jsonb")]
    [InlineData("DURATION TEXT", "interval")]
    [InlineData("TIMESTAMP", "timestamp")]
    [InlineData("timestamp with time zone", "timestamptz")]
    [InlineData("\"timestamp(3) with time zone\"", "timestamptz")]
    [InlineData("TIMESTAMP WITHOUT TIME ZONE", "timestamp")]
    [InlineData("timestamptz text", "timestamptz")]
    [InlineData("TIME WITH TIME ZONE", "timetz")]
    [InlineData("DATE", "date")]
    [InlineData("\"TEXT[]\"", "text[]")]
    [InlineData("GEOMETRY", "unknown")]
    public async Task Field_OfAColumn_HasItsDeclaredTypeNormalised(string declared, string expected)
    {
        await RunAsync(Writer, $"CREATE TABLE t(c {declared})");
        var field = (await ExecuteAsync(Writer, "SELECT c FROM t")).Rows.Fields[0];
        Assert.Equal(expected, field.Type);
        Assert.Equal(declared.Trim('"'), field.NativeType?.Trim('"'), ignoreCase: true, ignoreAllWhiteSpace: true);
    }

    [Theory]
    [InlineData("id INTEGER PRIMARY KEY", "int8")]
    [InlineData("id INT PRIMARY KEY", "int4")]
    [InlineData("id INTEGER, b INTEGER, PRIMARY KEY (id, b)", "int4")]
    [InlineData("b INTEGER, id INTEGER PRIMARY KEY", "int8")]
    [InlineData("id INTEGER UNIQUE", "int4")]
    public async Task Field_OfARowId_IsInt8(string columns, string expected)
    {
        await RunAsync(Writer, $"CREATE TABLE t({columns})", "CREATE VIEW v AS SELECT id AS other FROM t");
        Assert.Equal($"id:{expected}", Types((await ExecuteAsync(Writer, "SELECT id FROM t")).Rows));
        Assert.Equal($"other:{expected}", Types((await ExecuteAsync(Writer, "SELECT * FROM v")).Rows));
    }

    [Theory]
    [InlineData("1", "int8")]
    [InlineData("1.5", "float8")]
    [InlineData("'a'", "text")]
    [InlineData("x'00'", "bytea")]
    [InlineData("NULL", "unknown")]
    public async Task Field_OfAnExpression_HasTheTypeOfItsFirstValue(string expression, string expected)
    {
        var rows = (await ExecuteAsync(Writer, $"SELECT NULL AS e UNION ALL SELECT {expression} UNION ALL SELECT 'later'")).Rows;
        Assert.Equal(expected == "unknown" ? "e:text" : $"e:{expected}", Types(rows));
        Assert.Equal($"e:{expected}", Types((await ExecuteAsync(Writer, $"SELECT {expression} AS e")).Rows));
    }

    [Fact]
    public async Task Field_OfARepeatedStatement_DoesNotRememberTheLastRun()
    {
        const string Sql = "SELECT CASE WHEN $1 = 0 THEN 1 WHEN $1 = 1 THEN 'a' END AS e LIMIT $2";
        async Task<string> TypesAsync(long which, long limit) =>
            Types((await ExecuteAsync(Writer, Sql, SqlValue.Integer(which), SqlValue.Integer(limit))).Rows);
        Assert.Equal("e:int8", await TypesAsync(0, 1));
        Assert.Equal("e:text", await TypesAsync(1, 1));
        Assert.Equal("e:unknown", await TypesAsync(2, 1));
        Assert.Equal("e:unknown", await TypesAsync(0, 0));
        Assert.Equal("e:int8", await TypesAsync(0, 1));
    }

    [Fact]
    public async Task Value_OfABooleanColumn_IsABooleanIfItCanBe()
    {
        await RunAsync(Writer, "CREATE TABLE t(b BOOLEAN)", "INSERT INTO t VALUES (TRUE), (0), (NULL), (7), ('yes')");
        Assert.Equal("true false NULL 7 yes", Text((await ExecuteAsync(Writer, "SELECT b FROM t ORDER BY rowid")).Rows));
    }

    [Fact]
    public async Task LastInsertId_OfAnInsert_IsTheRowId()
    {
        await RunAsync(Writer, "CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
        Assert.Equal(2, (await ExecuteAsync(Writer, "INSERT INTO t(a) VALUES (1), (2)")).LastInsertId);
        Assert.Null((await ExecuteAsync(Writer, "UPDATE t SET a = 3")).LastInsertId);
        Assert.Null((await ExecuteAsync(Writer, "INSERT INTO t VALUES (1, 1) ON CONFLICT DO NOTHING")).LastInsertId);
        Assert.Null((await ExecuteAsync(Writer, "SELECT 1")).LastInsertId);
    }

    [Fact]
    public async Task Errors_OfValues_AreTypeErrors()
    {
        await RunAsync(Writer, "CREATE TABLE t(id INTEGER PRIMARY KEY)", "CREATE TABLE s(a INTEGER) STRICT");
        await FailsAsync("TYPE_ERROR", "42804", () => ExecuteAsync(Writer, "INSERT INTO t VALUES ('x')"));
        await FailsAsync("TYPE_ERROR", "42804", () => ExecuteAsync(Writer, "INSERT INTO s VALUES ('x')"));
        await FailsAsync("TYPE_ERROR", "22003", () => ExecuteAsync(Writer, "SELECT sum(a) FROM (SELECT 9223372036854775807 AS a UNION ALL SELECT 1)"));
        await FailsAsync("TYPE_ERROR", "22P02", () => ExecuteAsync(Writer, "SELECT json('{')"));
        await FailsAsync("QUERY_ERROR", "54000", () => ExecuteAsync(Writer, "SELECT length(zeroblob(2000000000))"));
        await FailsAsync("QUERY_ERROR", "54001", () => ExecuteAsync(Writer, "SELECT " + string.Concat(Enumerable.Repeat("1+", 2000)) + "1"));
        await FailsAsync("QUERY_ERROR", "54001", () => ExecuteAsync(Writer, "SELECT " + new string('(', 100_000)));
    }
}
