namespace Shale.Contracts;

/// <summary>STATUS (0x20); the answer is a <see cref="StatusResponse"/>.</summary>
/// <param name="Keyspace">The keyspace; null for the server's default.</param>
public sealed record StatusRequest(string? Keyspace = null) : Message(MessageType.Status);

/// <summary>HEALTH (0x21); the answer is a <see cref="HealthResponse"/>.</summary>
/// <param name="Shard">The shard, by its key range; null for all.</param>
public sealed record HealthRequest(string? Shard = null) : Message(MessageType.Health);

/// <summary>SCHEMA (0x22); the answer is a <see cref="SchemaResponse"/>.</summary>
/// <param name="Keyspace">The keyspace; null for the server's default.</param>
public sealed record SchemaRequest(string? Keyspace = null) : Message(MessageType.Schema);

/// <summary>VSCHEMA (0x23); the answer is a <see cref="VSchemaResponse"/>.</summary>
/// <param name="Keyspace">The keyspace; null for the server's default.</param>
public sealed record VSchemaRequest(string? Keyspace = null) : Message(MessageType.VSchema);
