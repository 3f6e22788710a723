using System.Security.Cryptography;

namespace Shale.Contracts;

/// <summary>Makes messages with a fresh id and the time of now (the factories of seed 001).</summary>
public static class Messages
{
    /// <summary>QUERY.</summary>
    public static QueryRequest CreateQueryRequest(
        string sql, IReadOnlyList<object?>? parameters = null, string? keyspace = null, string? txId = null, RequestOptions? options = null) =>
        Stamp(new QueryRequest(sql, RequestParams.From(parameters), keyspace, txId, options));

    /// <summary>EXECUTE.</summary>
    public static ExecuteRequest CreateExecuteRequest(
        string sql, IReadOnlyList<object?>? parameters = null, string? keyspace = null, string? txId = null, RequestOptions? options = null) =>
        Stamp(new ExecuteRequest(sql, RequestParams.From(parameters), keyspace, txId, options));

    /// <summary>BATCH.</summary>
    public static BatchRequest CreateBatchRequest(
        IReadOnlyList<BatchStatement> statements, string? keyspace = null, string? txId = null, RequestOptions? options = null) =>
        Stamp(new BatchRequest(statements, keyspace, txId, options));

    /// <summary>BEGIN.</summary>
    public static BeginRequest CreateBeginRequest(string? keyspace = null, TransactionOptions? options = null) =>
        Stamp(new BeginRequest(keyspace, options));

    /// <summary>COMMIT.</summary>
    public static CommitRequest CreateCommitRequest(string txId) => Stamp(new CommitRequest(txId));

    /// <summary>ROLLBACK.</summary>
    public static RollbackRequest CreateRollbackRequest(string txId) => Stamp(new RollbackRequest(txId));

    /// <summary>STATUS.</summary>
    public static StatusRequest CreateStatusRequest(string? keyspace = null) => Stamp(new StatusRequest(keyspace));

    /// <summary>HEALTH.</summary>
    public static HealthRequest CreateHealthRequest(string? shard = null) => Stamp(new HealthRequest(shard));

    /// <summary>SCHEMA.</summary>
    public static SchemaRequest CreateSchemaRequest(string? keyspace = null) => Stamp(new SchemaRequest(keyspace));

    /// <summary>VSCHEMA.</summary>
    public static VSchemaRequest CreateVSchemaRequest(string? keyspace = null) => Stamp(new VSchemaRequest(keyspace));

    /// <summary>SHARD_QUERY.</summary>
    public static ShardQueryRequest CreateShardQueryRequest(
        string shard, string sql, IReadOnlyList<SqlValue>? parameters = null, string? txId = null) =>
        Stamp(new ShardQueryRequest(shard, sql, parameters ?? [], txId));

    /// <summary>SHARD_EXECUTE.</summary>
    public static ShardExecuteRequest CreateShardExecuteRequest(
        string shard, string sql, IReadOnlyList<SqlValue>? parameters = null, string? txId = null) =>
        Stamp(new ShardExecuteRequest(shard, sql, parameters ?? [], txId));

    /// <summary>SHARD_BATCH.</summary>
    public static ShardBatchRequest CreateShardBatchRequest(
        string shard, IReadOnlyList<ShardStatement> statements, string? txId = null) =>
        Stamp(new ShardBatchRequest(shard, statements, txId));

    /// <summary>RESULT of QUERY.</summary>
    public static QueryResponse CreateQueryResponse(string requestId, QueryResult result) => Answer(new QueryResponse(result), requestId);

    /// <summary>RESULT of EXECUTE.</summary>
    public static ExecuteResponse CreateExecuteResponse(string requestId, ExecuteResult result) => Answer(new ExecuteResponse(result), requestId);

    /// <summary>RESULT of BATCH.</summary>
    public static BatchResponse CreateBatchResponse(string requestId, BatchResult result) => Answer(new BatchResponse(result), requestId);

    /// <summary>RESULT of BEGIN.</summary>
    public static BeginResponse CreateBeginResponse(string requestId, string txId, IReadOnlyList<string> shards) =>
        Answer(new BeginResponse(txId, shards), requestId);

    /// <summary>RESULT of STATUS.</summary>
    public static StatusResponse CreateStatusResponse(string requestId, ClusterStatus status) => Answer(new StatusResponse(status), requestId);

    /// <summary>RESULT of HEALTH for all shards: an array on the wire.</summary>
    public static HealthResponse CreateHealthResponse(string requestId, IReadOnlyList<ShardHealth> health) =>
        Answer(new HealthResponse(health), requestId);

    /// <summary>RESULT of HEALTH for the one shard that was asked for: an object on the wire.</summary>
    public static HealthResponse CreateHealthResponse(string requestId, ShardHealth health) =>
        Answer(new HealthResponse(new OneShardHealth(health)), requestId);

    /// <summary>RESULT of SCHEMA.</summary>
    public static SchemaResponse CreateSchemaResponse(string requestId, IReadOnlyList<TableInfo> tables) =>
        Answer(new SchemaResponse(tables), requestId);

    /// <summary>RESULT of VSCHEMA.</summary>
    public static VSchemaResponse CreateVSchemaResponse(string requestId, VSchemaInfo vschema) =>
        Answer(new VSchemaResponse(vschema), requestId);

    /// <summary>ERROR.</summary>
    public static ErrorResponse CreateErrorResponse(
        string requestId, string code, string message, string? shard = null, string? sqlState = null, string? hint = null) =>
        Answer(new ErrorResponse(code, message, shard, sqlState, hint), requestId);

    /// <summary>ACK.</summary>
    public static AckResponse CreateAckResponse(string requestId) => Answer(new AckResponse(), requestId);

    /// <summary>A fresh message id: milliseconds since 1970, a dash, nine random letters and digits.</summary>
    public static string NewId() => $"{Now()}-{RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 9)}";

    /// <summary>Milliseconds since 1970.</summary>
    internal static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static T Stamp<T>(T message)
        where T : Message => message with { Id = NewId(), Timestamp = Now() };

    private static T Answer<T>(T message, string requestId)
        where T : Message => message with { Id = requestId, Timestamp = Now() };
}
