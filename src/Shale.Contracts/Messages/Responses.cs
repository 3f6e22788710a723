using System.Text.Json.Serialization;

namespace Shale.Contracts;

/// <summary>RESULT (0x80) of QUERY.</summary>
/// <param name="Result">The rows.</param>
public sealed record QueryResponse(QueryResult Result) : Message(MessageType.Result);

/// <summary>RESULT (0x80) of EXECUTE.</summary>
/// <param name="Result">The count.</param>
public sealed record ExecuteResponse(ExecuteResult Result) : Message(MessageType.Result);

/// <summary>RESULT (0x80) of BATCH.</summary>
/// <param name="Result">What became of each statement.</param>
public sealed record BatchResponse(BatchResult Result) : Message(MessageType.Result);

/// <summary>RESULT (0x80) of BEGIN.</summary>
/// <param name="TxId">The transaction, to be named in later messages.</param>
/// <param name="Shards">The shards it may come to touch.</param>
public sealed record BeginResponse(string TxId, IReadOnlyList<string> Shards) : Message(MessageType.Result);

/// <summary>RESULT (0x80) of STATUS.</summary>
/// <param name="Status">The status.</param>
public sealed record StatusResponse(ClusterStatus Status) : Message(MessageType.Result);

/// <summary>RESULT (0x80) of HEALTH.</summary>
/// <param name="Health">Each shard; on the wire one object if one shard was asked for, else an array.</param>
public sealed record HealthResponse([property: JsonConverter(typeof(HealthListConverter))] IReadOnlyList<ShardHealth> Health) : Message(MessageType.Result);

/// <summary>RESULT (0x80) of SCHEMA.</summary>
/// <param name="Tables">Tables with their columns.</param>
public sealed record SchemaResponse(IReadOnlyList<TableInfo> Tables) : Message(MessageType.Result);

/// <summary>RESULT (0x80) of VSCHEMA.</summary>
/// <param name="VSchema">The VSchema.</param>
public sealed record VSchemaResponse([property: JsonPropertyName("vschema")] VSchemaInfo VSchema) : Message(MessageType.Result);

/// <summary>ACK (0x82): COMMIT or ROLLBACK is done; also the last line of a streamed QUERY.</summary>
public sealed record AckResponse() : Message(MessageType.Ack);
