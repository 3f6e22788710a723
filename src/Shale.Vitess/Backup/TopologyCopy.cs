namespace Shale.Vitess;

/// <summary>What a topology says of one keyspace: the VSchema as it is and as it was, the hash of its file, and how far its sequences are.</summary>
/// <param name="Topology">A topology.json that has this keyspace alone.</param>
/// <param name="Eras">The VSchemas of the past.</param>
internal sealed record TopologyCopy(string Topology, IReadOnlyList<EraCopy> Eras)
{
    /// <summary>Takes one, of a branch as <see cref="BranchCopy"/> says. The VSchema must not change meanwhile. Errors: QUERY_ERROR (0A000).</summary>
    public static TopologyCopy Of(ITopology topology, string keyspace, HlcTimestamp time)
    {
        if (topology is not MemoryTopology memory) throw new VitessException(ErrorCodes.QueryError, "this topology cannot be copied", sqlState: "0A000");
        if (BranchNames.IsBranch(keyspace)) return new BranchCopy(memory, keyspace, time).Take();
        var eras = topology.Eras.Of(keyspace).Select(era => new EraCopy(era.Version, era.Change.Value, era.Since?.Value, TopologyDocument.WriteEra(topology.Eras.Load(era))));
        return new TopologyCopy(TopologyDocument.Write(memory.StateOf(keyspace)), [.. eras]);
    }

    /// <summary>The keyspace, as it was at a time. Errors: INVALID_VSCHEMA; TT_LSN_NOT_AVAILABLE, TT_POINT_NOT_FOUND for a time of which the tables are not known.</summary>
    /// <param name="keyspace">Its name.</param>
    /// <param name="time">The time; null for the end.</param>
    /// <param name="registry">The kinds of vindexes; null for those that Shale has.</param>
    public VKeyspace Read(string keyspace, HlcTimestamp? time, VindexRegistry? registry = null) => StateAt(keyspace, time, registry).Schema.Get(keyspace);

    /// <summary>Makes it the topology of a data directory that has none, durably. It is the last that a restore writes: without it no server takes the directory. Errors: as <see cref="Read"/>; SHARD_ERROR (58030).</summary>
    public void Write(string directory, string keyspace, HlcTimestamp? time, VindexRegistry? registry = null)
    {
        var state = StateAt(keyspace, time, registry);
        var files = new EraFiles(directory, TableRestorer.Restore, registry);
        foreach (var era in Eras)
        {
            files.Write(era.Of(keyspace), TopologyDocument.ReadEra(era.Text, TableRestorer.Restore, registry).Get(keyspace));
        }

        DataFiles.Do(directory, "cannot write", () =>
        {
            DataFiles.Replace(Path.Combine(directory, TopologyFile.Name), TopologyDocument.Write(state));
            return true;
        });
    }

    private TopologyState StateAt(string keyspace, HlcTimestamp? time, VindexRegistry? registry)
    {
        var state = TopologyDocument.Read(Topology, TableRestorer.Restore, registry);
        if (time is not { } at || EraAt(keyspace, at) is not { } era || era == Eras[^1]) return state;
        var then = TopologyDocument.ReadEra(era.Text, TableRestorer.Restore, registry).Get(keyspace);
        RequireSequences(state, keyspace, then);

        // A sequence goes on from where it is now, or was when it was dropped: ids that were given out since are not given out again.
        var schema = VSchema.Empty.WithKeyspace(then) with { Version = Math.Max(state.Schema.Version, Eras[^1].Version) + 1 };
        return state.With(schema, null, new KeyspaceRestore(keyspace, []), _ => Eras[0].Version) with { Restores = state.Restores };
    }

    private EraCopy? EraAt(string keyspace, HlcTimestamp time)
    {
        if (Eras.Count == 0) return null;
        var found = VSchemaEra.InForce(Eras.Select(era => era.Of(keyspace)), time, out var changing);
        if (changing is not null)
        {
            throw new VitessException(ErrorCodes.PointNotFound, $"the tables of keyspace \"{keyspace}\" were changing at that time: some shards had changed, and some had not",
                hint: $"Name a time before {TimestampText.Write(changing.Change.ToMoment())}{(changing.Since is { } since ? $", or from {TimestampText.Write(since.ToMoment())} on" : "")}.");
        }

        return Eras.FirstOrDefault(era => era.Version == found?.Version) ?? throw new VitessException(ErrorCodes.LsnNotAvailable, $"the backup does not know the tables of keyspace \"{keyspace}\" of that time",
            hint: Eras[0].Since is { } first ? $"Name a time from {TimestampText.Write(new HlcTimestamp(first).ToMoment())} on." : "Restore all of it.");
    }

    private static void RequireSequences(TopologyState now, string keyspace, VKeyspace then)
    {
        if (then.Sequences.Values.FirstOrDefault(sequence => now.Schema.Get(keyspace).FindCounter(sequence.Counter) is null && !now.Former.ContainsKey((keyspace, sequence.Counter))) is not { Name: var dropped }) return;
        throw new VitessException(ErrorCodes.QueryError, $"the sequence \"{dropped}\" was dropped after that time: how far it was is no longer known", sqlState: "0A000",
            hint: "Restore all of the backup, and read that time with AS OF; or restore to a time after the sequence was dropped.");
    }
}

/// <summary>A VSchema of the past.</summary>
/// <param name="Version">The version that began it.</param>
/// <param name="Change">When the change to it began.</param>
/// <param name="Since">When all shards had changed; null if nobody knows.</param>
/// <param name="Text">The document (docs/formats/topology.md).</param>
internal sealed record EraCopy(long Version, long Change, long? Since, string Text)
{
    /// <summary>The era of a keyspace.</summary>
    public VSchemaEra Of(string keyspace) => new(keyspace, Version, new HlcTimestamp(Change), Since is { } since ? new HlcTimestamp(since) : null);
}
