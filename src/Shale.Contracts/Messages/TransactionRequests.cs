namespace Shale.Contracts;

/// <summary>BEGIN (0x10): opens a transaction; the answer is a <see cref="BeginResponse"/>.</summary>
/// <param name="Keyspace">The target <c>keyspace[:shard][/branch][@tablet_type]</c>.</param>
/// <param name="Options">See <see cref="TransactionOptions"/>.</param>
public sealed record BeginRequest(string? Keyspace = null, TransactionOptions? Options = null) : Message(MessageType.Begin);

/// <summary>COMMIT (0x11); the answer is an <see cref="AckResponse"/>.</summary>
/// <param name="TxId">The transaction.</param>
public sealed record CommitRequest(string TxId) : Message(MessageType.Commit);

/// <summary>ROLLBACK (0x12); the answer is an <see cref="AckResponse"/>.</summary>
/// <param name="TxId">The transaction.</param>
public sealed record RollbackRequest(string TxId) : Message(MessageType.Rollback);
