using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>Everything a topology keeps, at one moment. Immutable.</summary>
/// <param name="Schema">The VSchema.</param>
/// <param name="Applied">Hashes of VSchema files by keyspace.</param>
/// <param name="NextValues">The first value of each sequence that nobody has reserved, by keyspace and <see cref="VSequence.Counter"/>; wider than a value, so that the end is told.</param>
internal sealed record TopologyState(
    VSchema Schema, ImmutableSortedDictionary<string, string> Applied, ImmutableSortedDictionary<(string Keyspace, string Sequence), Int128> NextValues)
{
    private static readonly PairComparer Pairs = new();

    public static TopologyState Empty { get; } = new(VSchema.Empty, VSchemaNames.Empty<string>(), ImmutableSortedDictionary.Create<(string Keyspace, string Sequence), Int128>(Pairs));

    /// <summary>How far sequences had come that a VSchema of the past may bring back.</summary>
    public ImmutableSortedDictionary<(string Keyspace, string Sequence), FormerSequence> Former { get; init; } = ImmutableSortedDictionary.Create<(string Keyspace, string Sequence), FormerSequence>(Pairs);

    /// <summary>Restores that have begun, by keyspace.</summary>
    public ImmutableSortedDictionary<string, KeyspaceRestore> Restores { get; init; } = VSchemaNames.Empty<KeyspaceRestore>();

    /// <summary>No snapshots; their names differ by case.</summary>
    public static ImmutableSortedDictionary<string, HlcTimestamp> NoSnapshots { get; } = ImmutableSortedDictionary.Create<string, HlcTimestamp>(StringComparer.Ordinal);

    /// <summary>The named snapshots that are whole, with their times, by keyspace.</summary>
    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, HlcTimestamp>> Snapshots { get; init; } = VSchemaNames.Empty<ImmutableSortedDictionary<string, HlcTimestamp>>();

    /// <summary>With another VSchema. Sequences that it does not have any more go on where they were only if a restore brings them back.</summary>
    /// <param name="schema">The VSchema.</param>
    /// <param name="applied">Hashes of files.</param>
    /// <param name="restore">The keyspace whose VSchema is one of the past.</param>
    /// <param name="oldest">The oldest VSchema of a keyspace that is kept, by its version; null if none is.</param>
    public TopologyState With(VSchema schema, IReadOnlyDictionary<string, string>? applied, KeyspaceRestore? restore, Func<string, long?> oldest)
    {
        var (values, former) = (NextValues, Former);
        foreach (var (branch, counter) in BranchSequences.LeftAlone(Schema, schema))
        {
            // It goes on by itself behind all that both have given.
            if (NextValues.TryGetValue((Schema.Get(branch).FindCounter(counter)!.SharedWith!, counter), out var shared)) values = values.SetItem((branch, counter), shared);
        }

        foreach (var (key, next) in NextValues)
        {
            if (Schema.Find(key.Keyspace)?.FindCounter(key.Sequence) is not { } known) continue;
            var after = schema.Find(key.Keyspace)?.FindCounter(key.Sequence);
            if (after is null) values = values.Remove(key);
            if (after is null || Math.Sign(after.Increment) != Math.Sign(known.Increment)) former = former.SetItem(key, FormerSequence.Of(former.GetValueOrDefault(key), known, next, schema.Version));
        }

        foreach (var sequence in restore is null ? [] : schema.Get(restore.Keyspace).Sequences.Values)
        {
            var key = (restore!.Keyspace, sequence.Counter);
            Int128? next = values.TryGetValue(key, out var known) ? known : null;
            if (former.GetValueOrDefault(key)?.Next(sequence, next) is { } further) values = values.SetItem(key, further);
        }

        foreach (var (key, each) in former)
        {
            // Where no VSchemas of the past are kept, only a change that could not be committed brings one back, and that at once.
            if (each.Version <= (oldest(key.Keyspace) ?? schema.Version - 1)) former = former.Remove(key);
        }

        return this with
        {
            Schema = schema, Applied = applied is null ? Applied : Applied.SetItems(applied), NextValues = values, Former = former,
            Restores = restore is null ? Restores : restore.Shards.IsEmpty ? Restores.Remove(restore.Keyspace) : Restores.SetItem(restore.Keyspace, restore),
        };
    }

    /// <summary>With a sequence that goes on from a value, which may be lower.</summary>
    public TopologyState Restart(string keyspace, string sequence, long next)
    {
        var key = (keyspace, sequence);
        var former = Former;
        if (NextValues.TryGetValue(key, out var left) && Schema.Find(keyspace)?.FindCounter(sequence) is { } known) former = former.SetItem(key, FormerSequence.Of(former.GetValueOrDefault(key), known, left, Schema.Version + 1));
        return this with { NextValues = NextValues.SetItem(key, next), Former = former };
    }

    /// <summary>Takes values from a sequence.</summary>
    public (TopologyState State, SequenceBlock Block) Reserve(string keyspace, VSequence sequence, long count, long? notBefore)
    {
        Int128 step = sequence.Increment;
        var next = NextValues.TryGetValue((keyspace, sequence.Counter), out var known) ? known : sequence.Start;
        if (notBefore is { } bound && (step > 0 ? bound > next : bound < next))
        {
            var distance = Int128.Abs(bound - next);
            next += (distance + Int128.Abs(step) - 1) / Int128.Abs(step) * step;
        }

        var left = step > 0 ? (long.MaxValue - next) / step : (long.MinValue - next) / step;
        if (next > long.MaxValue || next < long.MinValue || left < 0)
        {
            throw new VitessException(ErrorCodes.QueryError, $"sequence \"{sequence.Name}\" of keyspace \"{keyspace}\" has no values left", sqlState: "2200H",
                hint: "Restart it at a lower value if the ids are free.");
        }

        var taken = left + 1 < count ? (long)(left + 1) : count;
        var block = new SequenceBlock((long)next, sequence.Increment, taken);
        return (this with { NextValues = NextValues.SetItem((keyspace, sequence.Counter), next + (step * taken)) }, block);
    }

    private sealed class PairComparer : IComparer<(string Keyspace, string Sequence)>
    {
        public int Compare((string Keyspace, string Sequence) x, (string Keyspace, string Sequence) y)
        {
            var first = VSchemaNames.Comparer.Compare(x.Keyspace, y.Keyspace);
            return first != 0 ? first : VSchemaNames.Comparer.Compare(x.Sequence, y.Sequence);
        }
    }
}
