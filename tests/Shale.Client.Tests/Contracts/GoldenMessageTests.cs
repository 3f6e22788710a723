using System.Text;
using Shale.Contracts;

namespace Shale.Client.Tests.Contracts;

/// <summary>The exact JSON of every message: what other programs read must not change by accident.</summary>
public class GoldenMessageTests
{
    private static readonly ShardHealth Health = new("-80", true, StorageEngineType.Sqlite, 3, 1, 1700000000000, new ShardLatency(0.5, 1, 2.25));

    private static RowSet Rows()
    {
        var rows = new RowSet([new Field("id", "int8", "INTEGER"), new Field("name", "text")]);
        rows.Add([SqlValue.Integer(1), SqlValue.Text("Ann")]);
        return rows;
    }

    public static TheoryData<string, string> Requests() => new()
    {
        {
            Json(new QueryRequest("SELECT 1", RequestParams.From([1, "a", null, true, 1.5]), "main", "tx1",
                new RequestOptions { Dialect = "sqlite", RowMode = "array", IdempotencyKey = "k", Timeout = 5, Stream = true })),
            """{"type":1,"id":"i","timestamp":7,"sql":"SELECT 1","params":[1,"a",null,true,1.5],"keyspace":"main","txId":"tx1","options":{"dialect":"sqlite","rowMode":"array","idempotencyKey":"k","timeout":5,"stream":true}}"""
        },
        { Json(new QueryRequest("SELECT 1")), """{"type":1,"id":"i","timestamp":7,"sql":"SELECT 1"}""" },
        {
            Json(new ExecuteRequest("DELETE FROM t WHERE a = :a", RequestParams.From(new Dictionary<string, object?> { [":a"] = 2 }))),
            """{"type":2,"id":"i","timestamp":7,"sql":"DELETE FROM t WHERE a = :a","params":{"a":2}}"""
        },
        {
            Json(new BatchRequest([new BatchStatement("A", RequestParams.From([1])), new BatchStatement("B")], Options: new RequestOptions { Atomic = true })),
            """{"type":3,"id":"i","timestamp":7,"statements":[{"sql":"A","params":[1]},{"sql":"B"}],"options":{"atomic":true}}"""
        },
        {
            Json(new BeginRequest("main", new TransactionOptions(IsolationLevel.Serializable, true, 5000))),
            """{"type":16,"id":"i","timestamp":7,"keyspace":"main","options":{"isolation":"serializable","readOnly":true,"timeout":5000}}"""
        },
        { Json(new CommitRequest("tx1")), """{"type":17,"id":"i","timestamp":7,"txId":"tx1"}""" },
        { Json(new RollbackRequest("tx1")), """{"type":18,"id":"i","timestamp":7,"txId":"tx1"}""" },
        { Json(new StatusRequest("main")), """{"type":32,"id":"i","timestamp":7,"keyspace":"main"}""" },
        { Json(new HealthRequest("-80")), """{"type":33,"id":"i","timestamp":7,"shard":"-80"}""" },
        { Json(new SchemaRequest()), """{"type":34,"id":"i","timestamp":7}""" },
        { Json(new VSchemaRequest()), """{"type":35,"id":"i","timestamp":7}""" },
        {
            Json(new ShardQueryRequest("-80", "SELECT ?", [SqlValue.Integer(1)], "t")),
            """{"type":48,"id":"i","timestamp":7,"shard":"-80","sql":"SELECT ?","params":[1],"txId":"t"}"""
        },
        {
            Json(new ShardExecuteRequest("-80", "DELETE FROM t", [])),
            """{"type":49,"id":"i","timestamp":7,"shard":"-80","sql":"DELETE FROM t","params":[]}"""
        },
        {
            Json(new ShardBatchRequest("-80", [new ShardStatement("I", [[SqlValue.Integer(1)], [SqlValue.Null]])])),
            """{"type":50,"id":"i","timestamp":7,"shard":"-80","statements":[{"sql":"I","rows":[[1],[null]]}]}"""
        },
        {
            Json(new ShardBeginRequest("-80", new TransactionOptions(), true)),
            """{"type":16,"id":"i","timestamp":7,"shard":"-80","options":{},"write":true}"""
        },
    };

    public static TheoryData<string, string> Responses() => new()
    {
        {
            Json(new QueryResponse(new QueryResult(Rows()) { Duration = 1.5 })),
            """{"type":128,"id":"i","timestamp":7,"result":{"fields":[{"name":"id","type":"int8","nativeType":"INTEGER"},{"name":"name","type":"text"}],"rows":[{"id":1,"name":"Ann"}],"rowCount":1,"duration":1.5}}"""
        },
        {
            Json(new QueryResponse(new QueryResult(Rows()) { RowsAsArrays = true, Tier = "T0", Shards = ["-80"], MissingShards = ["80-"], Notices = ["n"] })),
            """{"type":128,"id":"i","timestamp":7,"result":{"fields":[{"name":"id","type":"int8","nativeType":"INTEGER"},{"name":"name","type":"text"}],"rows":[[1,"Ann"]],"rowCount":1,"tier":"T0","shards":["-80"],"missingShards":["80-"],"notices":["n"]}}"""
        },
        {
            Json(new ExecuteResponse(new ExecuteResult(2, 9007199254740993))),
            """{"type":128,"id":"i","timestamp":7,"result":{"affected":2,"lastInsertId":"9007199254740993"}}"""
        },
        {
            Json(new BatchResponse(new BatchResult(
                [new QueryResult(new RowSet([])) { Affected = 1, LastInsertId = 4 }], false, 1, "duplicate", new ErrorDetail("CONSTRAINT_VIOLATION", "-80", "23505", "h", false)))),
            """{"type":128,"id":"i","timestamp":7,"result":{"results":[{"fields":[],"rows":[],"rowCount":0,"affected":1,"lastInsertId":4}],"success":false,"failedAt":1,"error":"duplicate","errorDetail":{"code":"CONSTRAINT_VIOLATION","shard":"-80","sqlState":"23505","hint":"h","isTransient":false}}}"""
        },
        { Json(new BeginResponse("tx1", ["-80", "80-"])), """{"type":128,"id":"i","timestamp":7,"txId":"tx1","shards":["-80","80-"]}""" },
        {
            Json(new StatusResponse(new ClusterStatus("main", 1, StorageEngineType.Sqlite, [Health], 3, 1))),
            """{"type":128,"id":"i","timestamp":7,"status":{"keyspace":"main","shardCount":1,"engine":"sqlite","shards":[{"id":"-80","healthy":true,"engine":"sqlite","queryCount":3,"errorCount":1,"lastQuery":1700000000000,"latency":{"p50":0.5,"p95":1,"p99":2.25}}],"totalQueries":3,"totalErrors":1}}"""
        },
        {
            Json(Messages.CreateHealthResponse("i", Health with { Latency = null })),
            """{"type":128,"id":"i","timestamp":7,"health":{"id":"-80","healthy":true,"engine":"sqlite","queryCount":3,"errorCount":1,"lastQuery":1700000000000}}"""
        },
        {
            Json(new HealthResponse([Health with { Latency = null }])),
            """{"type":128,"id":"i","timestamp":7,"health":[{"id":"-80","healthy":true,"engine":"sqlite","queryCount":3,"errorCount":1,"lastQuery":1700000000000}]}"""
        },
        {
            Json(new SchemaResponse([new TableInfo("t", "table", [new ColumnInfo("a", "int4", false)])])),
            """{"type":128,"id":"i","timestamp":7,"tables":[{"name":"t","type":"table","columns":[{"name":"a","type":"int4","nullable":false}]}]}"""
        },
        {
            Json(new VSchemaResponse(new VSchemaInfo("main", true,
                new Dictionary<string, TableDef> { ["t"] = new(new VindexDef("hash", ["a"]), new AutoIncrementDef("a", "t_seq")) },
                new Dictionary<string, VindexDef> { ["l"] = new("lookup", ["b"], "t_lookup") }))),
            """{"type":128,"id":"i","timestamp":7,"vschema":{"keyspace":"main","sharded":true,"tables":{"t":{"vindex":{"type":"hash","columns":["a"]},"autoIncrement":{"column":"a","sequence":"t_seq"}}},"vindexes":{"l":{"type":"lookup","columns":["b"],"lookupTable":"t_lookup"}}}}"""
        },
        {
            Json(new ErrorResponse("QUERY_ERROR", "Table not found", "-80", "42P01", "look", true, 3)),
            """{"type":129,"id":"i","timestamp":7,"code":"QUERY_ERROR","message":"Table not found","shard":"-80","sqlState":"42P01","hint":"look","isTransient":true,"position":3}"""
        },
        {
            Json(new ErrorResponse("QUERY_ERROR", "twice") { Subject = new FailureSubject("t", Constraint: "t_pkey") { Detail = "Key (id)=(1) already exists." } }),
            """{"type":129,"id":"i","timestamp":7,"code":"QUERY_ERROR","message":"twice","subject":{"table":"t","constraint":"t_pkey","detail":"Key (id)=(1) already exists."}}"""
        },
        { Json(new AckResponse()), """{"type":130,"id":"i","timestamp":7}""" },
        {
            Json(new ShardResult(Rows(), 1, 2)),
            """{"rows":{"fields":[{"name":"id","type":"int8","nativeType":"INTEGER"},{"name":"name","type":"text"}],"count":1,"cells":[1,"Ann"]},"affected":1,"lastInsertId":2}"""
        },
        { Json(new ShardObject("index", "i", "t", null)), """{"type":"index","name":"i","table":"t"}""" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    [MemberData(nameof(Responses))]
    public void Serialize_EveryMessage_GivesItsGoldenJson(string actual, string golden) => Assert.Equal(golden, actual);

    private static string Json<T>(T value) => Encoding.UTF8.GetString(ContractsJson.Serialize(value is Message message
        ? (T)(object)(message with { Id = "i", Timestamp = 7 })
        : value));
}
