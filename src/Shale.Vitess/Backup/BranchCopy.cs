using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>
/// What a topology says of a branch, as of a keyspace that is none and has its past: that of its parents up to where it began, and then its own. The keyspace has the name of the branch's root, and
/// counts the sequences that were shared with the parents on by itself.
/// </summary>
/// <param name="topology">The topology, which does not change meanwhile.</param>
/// <param name="branch">The branch.</param>
/// <param name="time">The moment of which it is copied.</param>
internal sealed class BranchCopy(MemoryTopology topology, string branch, HlcTimestamp time)
{
    private readonly string _root = BranchNames.RootOf(branch);

    /// <summary>Takes it. QUERY_ERROR (0A000) where a branch that it comes from has been dropped: nobody knows the tables of before any more.</summary>
    public TopologyCopy Take()
    {
        var own = topology.StateOf(branch);
        List<VKeyspace> line = [own.Schema.Get(branch)];
        while (line[^1].Origin is { } origin && BranchNames.IsBranch(line[^1].Name)) line.Add(SchemaTimes.ParentOf(topology, topology.Load(), line[^1]) ?? throw Lost(origin.Parent));
        var eras = new List<EraCopy>();
        HlcTimestamp? until = null;
        foreach (var keyspace in line)
        {
            eras.InsertRange(0, topology.Eras.Of(keyspace.Name).Where(era => until is null || era.Since <= until).Select(CopyOf));
            until = until is { } end && end < keyspace.Origin?.Time ? end : keyspace.Origin?.Time;
        }

        var former = Former([.. line.Select(keyspace => topology.StateOf(keyspace.Name))]);
        return new TopologyCopy(TopologyDocument.Write(StateOf(own, line[0], former)), eras);
    }

    private TopologyState StateOf(TopologyState own, VKeyspace keyspace, ImmutableSortedDictionary<(string Keyspace, string Sequence), FormerSequence> former)
    {
        var values = TopologyState.Empty.NextValues;
        foreach (var sequence in keyspace.Sequences.Values)
        {
            var owner = sequence.SharedWith ?? branch;
            if (topology.StateOf(owner).NextValues.TryGetValue((owner, sequence.Counter), out var next)) values = values.SetItem((_root, sequence.Counter), next);
        }

        var state = new TopologyState(VSchema.Empty.WithKeyspace(AsRoot(keyspace)) with { Version = own.Schema.Version }, VSchemaNames.Empty<string>(), values) { Former = former };
        if (own.Applied.TryGetValue(branch, out var hash)) state = state with { Applied = state.Applied.SetItem(_root, hash) };
        return own.Snapshots.TryGetValue(branch, out var snapshots) ? state with { Snapshots = state.Snapshots.SetItem(_root, snapshots) } : state;
    }

    /// <summary>How far sequences had come that a VSchema of the past may bring back: those that were shared then are as far as the parents' are.</summary>
    private ImmutableSortedDictionary<(string Keyspace, string Sequence), FormerSequence> Former(TopologyState[] line)
    {
        var former = TopologyState.Empty.Former;
        foreach (var state in line)
        {
            foreach (var (key, known) in state.Former)
            {
                former = former.SetItem((_root, key.Sequence), former.TryGetValue((_root, key.Sequence), out var other) ? known.Beside(other) : known);
            }
        }

        foreach (var state in line[1..])
        {
            foreach (var (key, next) in state.NextValues)
            {
                if (state.Schema.Get(key.Keyspace).FindCounter(key.Sequence) is not { } sequence) continue;
                former = former.SetItem((_root, key.Sequence), FormerSequence.Of(former.GetValueOrDefault((_root, key.Sequence)), sequence, next, state.Schema.Version));
            }
        }

        return former;
    }

    private EraCopy CopyOf(VSchemaEra era) => new(era.Version, era.Change.Value, era.Since?.Value, TopologyDocument.WriteEra(AsRoot(topology.Eras.Load(era))));

    private VKeyspace AsRoot(VKeyspace keyspace) => keyspace with
    {
        Name = _root,
        Origin = new BranchOrigin(branch, time),
        Sequences = keyspace.Sequences.SetItems(keyspace.Sequences.Select(each => KeyValuePair.Create(each.Key, each.Value with { SharedWith = null }))),
    };

    private VitessException Lost(string parent) => new(
        ErrorCodes.QueryError, $"\"{branch}\" comes from \"{parent}\", which has been dropped: nobody knows which tables were there before", sqlState: "0A000",
        hint: $"Take a backup of \"{_root}\", or make a branch of \"{_root}\" and copy the rows there.");
}
