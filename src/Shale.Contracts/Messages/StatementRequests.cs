namespace Shale.Contracts;

/// <summary>QUERY (0x01): one statement of any kind; the answer is a <see cref="QueryResponse"/>.</summary>
/// <param name="Sql">One statement.</param>
/// <param name="Params">Its parameters.</param>
/// <param name="Keyspace">The target <c>keyspace[:shard][/branch][@tablet_type]</c>.</param>
/// <param name="TxId">The transaction it belongs to.</param>
/// <param name="Options">See <see cref="RequestOptions"/>.</param>
public sealed record QueryRequest(
    string Sql, RequestParams? Params = null, string? Keyspace = null, string? TxId = null, RequestOptions? Options = null) : Message(MessageType.Query);

/// <summary>EXECUTE (0x02): one statement of any kind; the answer is an <see cref="ExecuteResponse"/>.</summary>
/// <param name="Sql">One statement.</param>
/// <param name="Params">Its parameters.</param>
/// <param name="Keyspace">The target <c>keyspace[:shard][/branch][@tablet_type]</c>.</param>
/// <param name="TxId">The transaction it belongs to.</param>
/// <param name="Options">See <see cref="RequestOptions"/>.</param>
public sealed record ExecuteRequest(
    string Sql, RequestParams? Params = null, string? Keyspace = null, string? TxId = null, RequestOptions? Options = null) : Message(MessageType.Execute);

/// <summary>One statement of a <see cref="BatchRequest"/>.</summary>
/// <param name="Sql">One statement.</param>
/// <param name="Params">Its parameters.</param>
[method: System.Text.Json.Serialization.JsonConstructor]
public sealed record BatchStatement(string Sql, RequestParams? Params = null)
{
    /// <summary>A statement with parameters by position. Errors: TYPE_ERROR for a type that has no SQL value.</summary>
    public BatchStatement(string sql, IReadOnlyList<object?> parameters)
        : this(sql, RequestParams.From(parameters))
    {
    }
}

/// <summary>BATCH (0x03): statements in order, up to the first failure; the answer is a <see cref="BatchResponse"/>.</summary>
/// <param name="Statements">The statements; may be none.</param>
/// <param name="Keyspace">The target <c>keyspace[:shard][/branch][@tablet_type]</c>.</param>
/// <param name="TxId">The transaction they belong to.</param>
/// <param name="Options">See <see cref="RequestOptions"/>.</param>
public sealed record BatchRequest(
    IReadOnlyList<BatchStatement> Statements, string? Keyspace = null, string? TxId = null, RequestOptions? Options = null) : Message(MessageType.Batch);
