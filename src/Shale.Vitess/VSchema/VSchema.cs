using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>The VSchema of the whole cluster: which keyspaces there are, and where each table's rows live. Immutable; edits make a new one.</summary>
/// <param name="Keyspaces">Keyspaces by name, whatever the case.</param>
/// <param name="Version">Rises by one with every edit; part of every plan's key.</param>
public sealed record VSchema(ImmutableSortedDictionary<string, VKeyspace> Keyspaces, long Version)
{
    /// <summary>No keyspaces, version 0.</summary>
    public static VSchema Empty { get; } = new(VSchemaNames.Empty<VKeyspace>(), 0);

    /// <summary>The keyspace of that name, or null.</summary>
    public VKeyspace? Find(string keyspace) => Keyspaces.GetValueOrDefault(keyspace);

    /// <summary>The same without branches: the keyspaces that have shards of their own.</summary>
    public VSchema WithoutBranches() => this with { Keyspaces = Keyspaces.RemoveRange(Keyspaces.Keys.Where(BranchNames.IsBranch)) };

    /// <summary>The keyspace of that name; NOT_FOUND (3D000) if there is none.</summary>
    public VKeyspace Get(string keyspace) => Find(keyspace)
        ?? throw (BranchNames.IsBranch(keyspace)
            ? new VitessException(ErrorCodes.NotFound, $"there is no branch \"{BranchNames.NameOf(keyspace)}\" of keyspace \"{BranchNames.RootOf(keyspace)}\"", sqlState: "3D000", hint: "SELECT * FROM dosql_branches lists the branches.")
            : new VitessException(ErrorCodes.NotFound, $"keyspace \"{keyspace}\" not found", sqlState: "3D000", hint: "SHOW KEYSPACES lists the keyspaces."));

    /// <summary>The sequence that a table's auto_increment names, and its keyspace: the table's own, or the one in front of the name. Null if there is none.</summary>
    public (VKeyspace Keyspace, VSequence Sequence)? FindSequence(VKeyspace keyspace, string name)
    {
        if (keyspace.FindSequence(name) is { } own) return (keyspace, own);
        return SequenceName.TrySplit(name, out var other, out var rest) && Find(other) is { } owner && owner.FindSequence(rest) is { } sequence
            ? (owner, sequence) : null;
    }
}
