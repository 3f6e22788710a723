using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>Everything a topology keeps, at one moment. Immutable.</summary>
/// <param name="Schema">The VSchema.</param>
/// <param name="Applied">Hashes of VSchema files by keyspace.</param>
/// <param name="NextValues">The first value of each sequence that nobody has reserved, by keyspace and sequence; wider than a value, so that the end is told.</param>
internal sealed record TopologyState(
    VSchema Schema, ImmutableSortedDictionary<string, string> Applied, ImmutableSortedDictionary<(string Keyspace, string Sequence), Int128> NextValues)
{
    public static TopologyState Empty { get; } = new(VSchema.Empty, VSchemaNames.Empty<string>(),
        ImmutableSortedDictionary.Create<(string Keyspace, string Sequence), Int128>(new PairComparer()));

    /// <summary>With another VSchema; sequences that it does not have any more are forgotten.</summary>
    public TopologyState With(VSchema schema, IReadOnlyDictionary<string, string>? applied)
    {
        var values = NextValues;
        foreach (var (keyspace, sequence) in NextValues.Keys)
        {
            var known = Schema.Find(keyspace)?.FindSequence(sequence) is not null;
            if (known && schema.Find(keyspace)?.FindSequence(sequence) is null) values = values.Remove((keyspace, sequence));
        }

        return new TopologyState(schema, applied is null ? Applied : Applied.SetItems(applied), values);
    }

    /// <summary>Takes values from a sequence.</summary>
    public (TopologyState State, SequenceBlock Block) Reserve(string keyspace, VSequence sequence, long count, long? notBefore)
    {
        Int128 step = sequence.Increment;
        var next = NextValues.TryGetValue((keyspace, sequence.Name), out var known) ? known : sequence.Start;
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
        return (this with { NextValues = NextValues.SetItem((keyspace, sequence.Name), next + (step * taken)) }, block);
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
