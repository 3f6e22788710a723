namespace Shale.Vitess;

/// <summary>
/// What outlives the gates of a cluster: the VSchema and those before it, which VSchema file was applied last, and how far sequences have been handed out.
/// Thread-safe. What a method has done is durable when it returns; if it throws, nothing has changed.
/// </summary>
public interface ITopology : IDisposable
{
    /// <summary>The VSchema as it is now, columns of tables included; <see cref="VSchema.Empty"/> at first.</summary>
    VSchema Load();

    /// <summary>Replaces the VSchema if it is still the expected version.</summary>
    /// <param name="expectedVersion">The version the edit started from.</param>
    /// <param name="schema">The new VSchema; its version is higher.</param>
    /// <param name="applied">Hashes of VSchema files by keyspace to be remembered with it; null for none.</param>
    /// <param name="restore">The keyspace whose VSchema is one of the past, and what its shards are about to become; kept until <see cref="EndRestore"/>. Its sequences go on behind all that they have given. Null for none.</param>
    /// <exception cref="VitessException">SERIALIZATION_FAILURE if another edit came first; SHARD_ERROR if it cannot be stored.</exception>
    void Save(long expectedVersion, VSchema schema, IReadOnlyDictionary<string, string>? applied = null, KeyspaceRestore? restore = null);

    /// <summary>The restores that have begun and not ended: what a crash has left, one for a keyspace at most.</summary>
    IReadOnlyList<KeyspaceRestore> Restores { get; }

    /// <summary>All shards of a keyspace have become what they were to become.</summary>
    void EndRestore(string keyspace);

    /// <summary>The hash of the VSchema file that was applied last to a keyspace; null for none (SEMANTICS S2.4).</summary>
    string? AppliedHash(string keyspace);

    /// <summary>The VSchemas of the past.</summary>
    IVSchemaEras Eras { get; }

    /// <summary>The named snapshots of a keyspace that all its shards have, with their times.</summary>
    IReadOnlyDictionary<string, HlcTimestamp> Snapshots(string keyspace);

    /// <summary>All shards have a snapshot.</summary>
    void SaveSnapshot(string keyspace, string name, HlcTimestamp time);

    /// <summary>A snapshot is about to be dropped; nothing happens if there is none.</summary>
    void DropSnapshot(string keyspace, string name);

    /// <summary>Takes values of a sequence for ever: no other call gets them, whatever happens.</summary>
    /// <param name="keyspace">The sequence's keyspace.</param>
    /// <param name="sequence">The sequence; its start counts only the first time.</param>
    /// <param name="count">How many values are wanted; at least 1.</param>
    /// <param name="notBefore">The first value may not come before this one, in the sequence's direction; null for no matter.</param>
    /// <exception cref="VitessException">QUERY_ERROR (2200H) when there are no values left.</exception>
    SequenceBlock Reserve(string keyspace, VSequence sequence, long count, long? notBefore = null);

    /// <summary>The first value of a sequence, by its <see cref="VSequence.Counter"/>, that nobody has reserved; wider than a value so that the end is told; null if it was never used.</summary>
    Int128? NextValue(string keyspace, string sequence);

    /// <summary>Lets a sequence, by its <see cref="VSequence.Counter"/>, go on from a value, which may be lower: ALTER SEQUENCE … RESTART.</summary>
    void Restart(string keyspace, string sequence, long next);
}

/// <summary>Values of a sequence that belong to whoever reserved them.</summary>
/// <param name="First">The first value.</param>
/// <param name="Increment">The distance between two values.</param>
/// <param name="Count">How many there are; at least 1.</param>
public readonly record struct SequenceBlock(long First, long Increment, long Count);
