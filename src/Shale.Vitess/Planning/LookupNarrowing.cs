using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Finds the lookup vindex that tells where rows of a table are which a statement can use: one of its own, all of whose columns are compared with values (SEMANTICS S3.2), or one
/// of a table whose sharding key is equal, since then the rows are on its shard.
/// </summary>
internal sealed class LookupNarrowing(StatementScope scope, LookupReads reads)
{
    /// <summary>What narrows a relation best: its sharding key where that is equal to values, else a lookup vindex, else what was known.</summary>
    /// <param name="relation">A use of a sharded table.</param>
    /// <param name="block">The block it stands in.</param>
    /// <param name="known">What is said of its sharding key; null for nothing.</param>
    public KeyNarrowing? Of(Relation relation, QueryBlock block, KeyNarrowing? known)
    {
        if (known is KeyNarrowing.Equal or KeyNarrowing.In || scope.PlaceOf(relation)!.Keyspace.Shards.Length == 1) return known;
        var classes = scope.ClassesOf(block);
        Candidate? best = null;
        for (var around = block; around is not null; around = around.Parent)
        {
            foreach (var other in around.Relations)
            {
                if (!ReferenceEquals(other, relation) && !scope.HaveEqualKeys(relation, other, classes)) continue;
                if (CandidateOf(other, classes) is { } candidate && (best is null || candidate.IsBetterThan(best))) best = candidate;
            }
        }

        if (best is null) return known ?? OfQuery(relation, block);
        return new KeyNarrowing.ByLookup(reads.Of(best.Lookup, best.Entries, best.Values, best.MayBeNull), known);
    }

    /// <summary>What is known of the keys that a query gives which the table's sharding key is compared with by IN: rows that matter have such a key, so that they are on its shard.</summary>
    private KeyNarrowing? OfQuery(Relation relation, QueryBlock block)
    {
        var place = scope.PlaceOf(relation)!;
        var conjuncts = new List<Expr>();
        KeyClasses.CollectFiltering(block.Node, conjuncts);
        foreach (var test in conjuncts.OfType<InQuery>())
        {
            if (test is not { Not: false, Operand: ColumnRef operand, Query.Body: SelectCore { Items: [{ Value: ColumnRef output }] } core }) continue;
            if (scope.Binding.ColumnOf(operand) is not { } key || !ReferenceEquals(key.Relation, relation) || place.ShardColumns is not [var column] || key.Index != column) continue;
            var inner = scope.Binding.BlockOf(core);
            if (scope.Binding.ColumnOf(output) is not { } found || !inner.Relations.Contains(found.Relation) || scope.PlaceOf(found.Relation) is not { IsSharded: true } other) continue;
            if (other.ShardColumns is not [var otherColumn] || found.Index != otherColumn || !place.IsColocatedWith(other)) continue;
            if (Of(found.Relation, inner, scope.ClassesOf(inner).ConstraintOf(found.Relation, other)) is { } narrowing) return narrowing;
        }

        return null;
    }

    private Candidate? CandidateOf(Relation relation, KeyClasses classes)
    {
        if (scope.PlaceOf(relation) is not { IsSharded: true } place) return null;
        Candidate? best = null;
        foreach (var lookup in place.Table.Lookups)
        {
            if (lookup.WriteOnly || scope.Catalog.EntriesOf(place.Keyspace, lookup) is not { } entries) continue;
            if (CandidateOf(relation, place, lookup, entries, classes) is { } candidate && (best is null || candidate.IsBetterThan(best))) best = candidate;
        }

        return best;
    }

    private static Candidate? CandidateOf(Relation relation, TablePlace place, VLookup lookup, TablePlace entries, KeyClasses classes)
    {
        var values = new ValueSource[lookup.Columns.Length][];
        var mayBeNull = new bool[values.Length];
        long keys = 1;
        for (var i = 0; i < values.Length; i++)
        {
            var column = place.ColumnIndex(lookup.Columns[i]);
            if (column < 0 || classes.ValuesOf(relation, column, out mayBeNull[i]) is not { } found) return null;
            values[i] = found;
            keys *= found.Length;
            if (keys is 0 or > LookupRead.MaxEntries) return null;
        }

        return new Candidate(lookup, entries, values, mayBeNull, keys);
    }

    private sealed record Candidate(VLookup Lookup, TablePlace Entries, ValueSource[][] Values, bool[] MayBeNull, long Keys)
    {
        // The fewest entries: one, one for each value, any number.
        public bool IsBetterThan(Candidate other) => Lookup.Unique != other.Lookup.Unique ? Lookup.Unique : Keys < other.Keys;
    }
}
