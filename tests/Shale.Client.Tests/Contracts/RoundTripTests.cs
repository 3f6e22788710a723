using System.Text;
using System.Text.Json;
using Shale.Contracts;

namespace Shale.Client.Tests.Contracts;

public class RoundTripTests
{
    public static TheoryData<SqlValue> Values() =>
    [
        SqlValue.Null, SqlValue.Boolean(true), SqlValue.Boolean(false),
        SqlValue.Integer(0), SqlValue.Integer(long.MinValue), SqlValue.Integer(long.MaxValue), SqlValue.Integer(SqlValueJson.MaxSafeInteger + 2),
        SqlValue.Real(0), SqlValue.Real(-0.0), SqlValue.Real(1), SqlValue.Real(0.1), SqlValue.Real(1e300), SqlValue.Real(1e16), SqlValue.Real(5e-324),
        SqlValue.Real(double.MaxValue), SqlValue.Real(double.NaN), SqlValue.Real(double.PositiveInfinity), SqlValue.Real(double.NegativeInfinity),
        SqlValue.Text(""), SqlValue.Text("NaN"), SqlValue.Text("12"), SqlValue.Text("ä\0\"\\\n😀</script>"),
        SqlValue.Blob([]), SqlValue.Blob([0, 255, 7]),
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void ShardMessages_EveryValue_KeepKindAndBits(SqlValue value)
    {
        var request = new ShardQueryRequest("-80", "SELECT ?", [value, value], "t") { Id = "i", Timestamp = 3 };
        var back = ContractsJson.Deserialize<ShardQueryRequest>(ContractsJson.Serialize(request));
        Assert.Equal([value, value], back.Params);
        Assert.Equal(("-80", "SELECT ?", "t", "i", 3L), (back.Shard, back.Sql, back.TxId, back.Id, back.Timestamp));

        // The column's type must not change what the gate gets from a tablet.
        foreach (var type in new[] { "int8", "numeric", "float8", "bool", "text", "unknown" })
        {
            var rows = new RowSet([new Field("a", type, "X"), new Field("a", type)]);
            rows.Add([value, SqlValue.Null]);
            var result = ContractsJson.Deserialize<ShardResult>(ContractsJson.Serialize(new ShardResult(rows, long.MaxValue, long.MinValue)));
            Assert.Equal(rows.Fields, result.Rows.Fields);
            Assert.Equal(1, result.Rows.RowCount);
            Assert.Equal([value, SqlValue.Null], result.Rows[0].ToArray());
            Assert.Equal((long.MaxValue, long.MinValue), (result.Affected, result.LastInsertId));
        }
    }

    [Fact]
    public void ShardResult_RowsWithoutFields_KeepTheirCount()
    {
        var rows = new RowSet([]);
        rows.AddRow();
        rows.AddRow();
        var back = ContractsJson.Deserialize<ShardResult>(ContractsJson.Serialize(new ShardResult(rows)));
        Assert.Equal((2, 0), (back.Rows.RowCount, back.Rows.Fields.Count));
    }

    [Fact]
    public void ShardRequests_AllOthers_ComeBackWhole()
    {
        var batch = new ShardBatchRequest("80-", [new ShardStatement("a", [[SqlValue.Integer(1)], []]), new ShardStatement("b", [])], "t");
        var batchBack = ContractsJson.Deserialize<ShardBatchRequest>(ContractsJson.Serialize(batch));
        Assert.Equal(["a", "b"], batchBack.Statements.Select(statement => statement.Sql));
        Assert.Equal([SqlValue.Integer(1)], batchBack.Statements[0].Rows[0]);
        Assert.Empty(batchBack.Statements[0].Rows[1]);
        Assert.Empty(batchBack.Statements[1].Rows);

        var execute = new ShardExecuteRequest("80-", "x", [SqlValue.Blob([1])]);
        Assert.Equal(execute.Params, ContractsJson.Deserialize<ShardExecuteRequest>(ContractsJson.Serialize(execute)).Params);

        var begin = new ShardBeginRequest("80-", new TransactionOptions(IsolationLevel.RepeatableRead, true, 9) { Dialect = "sqlite" }, true);
        Assert.Equal(begin, ContractsJson.Deserialize<ShardBeginRequest>(ContractsJson.Serialize(begin)));

        IReadOnlyList<ShardObject> objects = [new("table", "t", "t", "CREATE TABLE t(a)"), new("index", "i", "t", null)];
        Assert.Equal(objects, ContractsJson.Deserialize<IReadOnlyList<ShardObject>>(ContractsJson.Serialize(objects)));

        var health = new ShardHealth("-80", false, StorageEngineType.Sqlite, 1, 2, 3);
        Assert.Equal(health, ContractsJson.Deserialize<ShardHealth>(ContractsJson.Serialize(health)));

        IReadOnlyList<ShardResult> results = [new(new RowSet([]), 1, 2)];
        Assert.Equal(2, ContractsJson.Deserialize<IReadOnlyList<ShardResult>>(ContractsJson.Serialize(results))[0].LastInsertId);
    }

    [Theory]
    [Trait("Rule", "S6.3")]
    [InlineData("int8", 9007199254740991, "9007199254740991")]
    [InlineData("int8", 9007199254740992, "\"9007199254740992\"")]
    [InlineData("int8", -9007199254740992, "\"-9007199254740992\"")]
    [InlineData("int4", 5, "5")]
    [InlineData("numeric", 5, "\"5\"")]
    [InlineData("numeric", 1.5, "\"1.5\"")]
    [InlineData("numeric", "1.50", "\"1.50\"")]
    [InlineData("float8", 1.0, "1.0")]
    [InlineData("float8", double.NaN, "\"NaN\"")]
    [InlineData("float8", double.NegativeInfinity, "\"-Infinity\"")]
    [InlineData("bool", 1, "true")]
    [InlineData("bool", false, "false")]
    [InlineData("timestamp", "2024-01-02 03:04:05", "\"2024-01-02 03:04:05\"")]
    [InlineData("text", null, "null")]
    public void QueryResult_ACell_IsWrittenByItsFieldsType(string type, object? value, string json)
    {
        var sql = SqlConvert.ToSqlValue(value);
        var rows = new RowSet([new Field("a", type)]);
        rows.Add([sql]);
        var text = Encoding.UTF8.GetString(ContractsJson.Serialize(new QueryResponse(new QueryResult(rows))));
        Assert.Contains($"\"rows\":[{{\"a\":{json}}}]", text, StringComparison.Ordinal);
        var back = ((QueryResponse)ContractsJson.ReadResponse<QueryResponse>(Encoding.UTF8.GetBytes(text))).Result.Rows[0][0];
        if (type == "numeric") Assert.Equal(SqlValue.Text(json.Trim('"')), back);
        else if (type == "bool") Assert.Equal(json == "true", back.AsBoolean());
        else Assert.Equal(sql, back);
    }

    [Fact]
    [Trait("Rule", "S6.3")]
    public void QueryResult_EqualColumnNames_TheLastWinsInObjectsAndAllStayInArrays()
    {
        var rows = new RowSet([new Field("a", "int4"), new Field("b", "bytea"), new Field("a", "int4")]);
        rows.Add([SqlValue.Integer(1), SqlValue.Blob([1, 2]), SqlValue.Integer(3)]);
        var objects = Encoding.UTF8.GetString(ContractsJson.Serialize(new QueryResponse(new QueryResult(rows))));
        var arrays = Encoding.UTF8.GetString(ContractsJson.Serialize(new QueryResponse(new QueryResult(rows) { RowsAsArrays = true })));
        Assert.Contains("""[{"b":{"__type":"Uint8Array","data":"AQI="},"a":3}]""", objects, StringComparison.Ordinal);
        Assert.Contains("""[[1,{"__type":"Uint8Array","data":"AQI="},3]]""", arrays, StringComparison.Ordinal);
    }

    [Fact]
    public void QueryResult_RowsBeforeFields_AreReadWithTheirTypes()
    {
        var json = """{"type":128,"id":"x","result":{"rows":[{"a":"9007199254740993","zz":1},{"a":null}],"rowCount":2,"more":[{}],"fields":[{"name":"a","type":"int8","nativeType":20}]}}"""u8;
        var result = ((QueryResponse)ContractsJson.ReadResponse<QueryResponse>(json)).Result;
        Assert.Equal(SqlValue.Integer(9007199254740993), result.Rows[0][0]);
        Assert.True(result.Rows[1][0].IsNull);
        Assert.Equal("20", result.Fields[0].NativeType);
    }

    [Fact]
    public void QueryResult_WithoutFields_TakesThemFromTheFirstRow()
    {
        var result = ((QueryResponse)ContractsJson.ReadResponse<QueryResponse>("""{"type":128,"result":{"rows":[{"a":1,"b":"x"}],"rowCount":1}}"""u8)).Result;
        Assert.Equal(["a", "b"], result.Fields.Select(field => field.Name));
        Assert.Equal([SqlValue.Integer(1), SqlValue.Text("x")], result.Rows[0].ToArray());
    }

    [Theory]
    [InlineData("""{"type":128,"result":{"rows":[],"rowCount":-1}}""", "QueryResult rowCount must be non-negative")]
    [InlineData("""{"type":128,"result":{"rowCount":1}}""", "missing rows")]
    [InlineData("""{"type":128,"result":{"fields":[{"name":"a","type":"int4"}],"rows":[[1,2]]}}""", "more values")]
    [InlineData("""{"type":128,"result":{"fields":[{"name":"a","type":"int4"}],"rows":[[]]}}""", "fewer values")]
    [InlineData("""{"type":1,"sql":"x"}""", "no answer")]
    public void ReadResponse_NoAnswer_IsRefused(string json, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<JsonException>(() => ContractsJson.ReadResponse<QueryResponse>(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);
}
