using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shale.Contracts;

/// <summary>Serialisation of every message, made at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(SqlValueConverter), typeof(FieldConverter), typeof(RowSetConverter), typeof(LsnConverter), typeof(HlcTimestampConverter)])]
[JsonSerializable(typeof(QueryRequest))]
[JsonSerializable(typeof(ExecuteRequest))]
[JsonSerializable(typeof(BatchRequest))]
[JsonSerializable(typeof(BeginRequest))]
[JsonSerializable(typeof(CommitRequest))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(StatusRequest))]
[JsonSerializable(typeof(HealthRequest))]
[JsonSerializable(typeof(SchemaRequest))]
[JsonSerializable(typeof(VSchemaRequest))]
[JsonSerializable(typeof(ShardQueryRequest))]
[JsonSerializable(typeof(ShardExecuteRequest))]
[JsonSerializable(typeof(ShardBatchRequest))]
[JsonSerializable(typeof(ShardBeginRequest))]
[JsonSerializable(typeof(ShardVersion))]
[JsonSerializable(typeof(ShardMoment))]
[JsonSerializable(typeof(ShardCommit))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, ShardMoment>))]
[JsonSerializable(typeof(HlcTimestamp))]
[JsonSerializable(typeof(Lsn))]
[JsonSerializable(typeof(QueryResponse))]
[JsonSerializable(typeof(ExecuteResponse))]
[JsonSerializable(typeof(BatchResponse))]
[JsonSerializable(typeof(BeginResponse))]
[JsonSerializable(typeof(StatusResponse))]
[JsonSerializable(typeof(HealthResponse))]
[JsonSerializable(typeof(SchemaResponse))]
[JsonSerializable(typeof(VSchemaResponse))]
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(AckResponse))]
[JsonSerializable(typeof(ErrorDetail))]
[JsonSerializable(typeof(ShardResult))]
[JsonSerializable(typeof(IReadOnlyList<ShardResult>))]
[JsonSerializable(typeof(IReadOnlyList<ShardHealth>))]
[JsonSerializable(typeof(IReadOnlyList<ShardObject>))]
[JsonSerializable(typeof(IReadOnlyList<Field>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(RowSet))]
[JsonSerializable(typeof(SqlValue))]
[JsonSerializable(typeof(string))]
internal sealed partial class ContractsJsonContext : JsonSerializerContext;
