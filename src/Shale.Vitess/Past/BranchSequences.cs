namespace Shale.Vitess;

/// <summary>The sequences of branches: they are those of the parent, so that ids made on the one are not made on the other, as long as the parent has them.</summary>
internal static class BranchSequences
{
    /// <summary>The sequences of a new branch.</summary>
    /// <param name="branch">The branch, a copy of its parent.</param>
    /// <param name="parent">The parent.</param>
    public static VKeyspace Share(VKeyspace branch, string parent) =>
        branch with { Sequences = branch.Sequences.SetItems(branch.Sequences.Select(each => KeyValuePair.Create(each.Key, each.Value with { SharedWith = each.Value.SharedWith ?? parent }))) };

    /// <summary>A changed VSchema, in which a branch's sequences are as the parent's have become, but for their names; where the parent has dropped one, the branch's counts by itself from now on.</summary>
    /// <param name="before">The VSchema so far.</param>
    /// <param name="changed">The one that is about to be saved.</param>
    public static VSchema Settle(VSchema before, VSchema changed)
    {
        foreach (var keyspace in changed.Keyspaces.Values.Where(keyspace => keyspace.Origin is not null))
        {
            var sequences = keyspace.Sequences;
            foreach (var sequence in keyspace.Sequences.Values.Where(sequence => sequence.SharedWith is not null))
            {
                // A restore of the branch brings back what was shared then: numbers that it has made by itself since are behind it.
                var isOwn = before.Find(keyspace.Name)?.FindCounter(sequence.Counter) is { SharedWith: null };
                var shared = isOwn ? null : changed.Find(sequence.SharedWith!)?.FindCounter(sequence.Counter);
                var settled = shared is null ? sequence with { SharedWith = null } : shared with { Name = sequence.Name, Counter = shared.Counter, SharedWith = sequence.SharedWith };
                if (settled != sequence) sequences = sequences.SetItem(sequence.Name, settled);
            }

            if (!ReferenceEquals(sequences, keyspace.Sequences)) changed = changed with { Keyspaces = changed.Keyspaces.SetItem(keyspace.Name, keyspace with { Sequences = sequences }) };
        }

        return changed;
    }

    /// <summary>Those that were shared, and are not any more, by their counters.</summary>
    public static IEnumerable<(string Branch, string Counter)> LeftAlone(VSchema before, VSchema after) =>
        from keyspace in after.Keyspaces.Values
        where keyspace.Origin is not null
        from sequence in keyspace.Sequences.Values
        where sequence.SharedWith is null && before.Find(keyspace.Name)?.FindCounter(sequence.Counter) is { SharedWith: not null }
        select (keyspace.Name, sequence.Counter);
}
