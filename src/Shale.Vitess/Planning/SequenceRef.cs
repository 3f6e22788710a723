namespace Shale.Vitess;

/// <summary>A sequence and the keyspace it belongs to.</summary>
internal sealed record SequenceRef(string Keyspace, VSequence Sequence)
{
    /// <summary>The sequence of that name: of the keyspace, or of the one in front of the name; null if there is none.</summary>
    public static SequenceRef? Find(VSchema vschema, VKeyspace keyspace, string name) =>
        vschema.FindSequence(keyspace, name) is { } found ? new SequenceRef(found.Keyspace.Name, found.Sequence) : null;
}
