namespace Shale.Vitess;

/// <summary>
/// Where a statement's tables live, decided when values are bound (SEMANTICS S3.1). Every use of a table that is not on every shard is listed, with
/// what the statement says of its key. All of one keyspace.
/// </summary>
internal sealed class Routing(VKeyspace keyspace, IReadOnlyList<Routing.Use> uses)
{
    private readonly KeyNarrowing.Equal? _single = uses is [{ Constraint: KeyNarrowing.Equal only, Place.IsSharded: true }] ? only : null;
    private readonly KeyNarrowing.ByLookup? _byLookup = OneLookup(uses);

    private readonly bool _allEqual = uses.All(use => !use.Place.IsSharded || use.Constraint is KeyNarrowing.Equal);

    /// <summary>The keyspace whose shards are meant.</summary>
    public VKeyspace Keyspace => keyspace;

    /// <summary>The uses; empty if only reference tables, or none, are read.</summary>
    public IReadOnlyList<Use> Uses => uses;

    /// <summary>The entries that have to be read before the shards can be told.</summary>
    public IReadOnlyList<LookupRead> Lookups { get; } = [.. uses.Select(use => use.Constraint).OfType<KeyNarrowing.ByLookup>().Select(each => each.Read).Distinct()];

    /// <summary>Whether one entry at most tells the shard of everything.</summary>
    public bool IsByOneEntry => _byLookup is { Read.IsPoint: true };

    /// <summary>One use of a table.</summary>
    /// <param name="Place">Where the table lives.</param>
    /// <param name="Constraint">What is said of its key; null for nothing.</param>
    internal sealed record Use(TablePlace Place, KeyNarrowing? Constraint)
    {
        /// <summary>Adds the shards that can hold rows of this use.</summary>
        public void AddShards(ReadOnlySpan<SqlValue> values, ShardSet into)
        {
            if (!Place.IsSharded) into.Add(0);
            else if (Constraint is null || !Constraint.AddShards(Place, values, into)) into.AddAll();
        }
    }

    /// <summary>The one shard that holds all rows which can matter; -1 if there are several.</summary>
    public int SingleShard(ReadOnlySpan<SqlValue> values)
    {
        if (_single is not null) return _single.ShardOf(uses[0].Place, values);
        if (_byLookup is not null && _byLookup.Read.IsRead(values) && keyspace.Shards.Length > 1) return _byLookup.SingleShard(uses[0].Place, values);
        if (keyspace.Shards.Length == 1 || uses.Count == 0) return 0;
        if (_allEqual) return ShardOfEquals(values);
        var set = ShardsOf(values);
        return set.Count == 1 ? set.First() : -1;
    }

    /// <summary>The one shard where every use has one; -1 if they differ. Without a set.</summary>
    private int ShardOfEquals(ReadOnlySpan<SqlValue> values)
    {
        var shard = ShardOfEqual(uses[0], values);
        for (var i = 1; i < uses.Count; i++)
        {
            if (ShardOfEqual(uses[i], values) != shard) return -1;
        }

        return shard;
    }

    private static int ShardOfEqual(Use use, ReadOnlySpan<SqlValue> values) => use.Place.IsSharded ? ((KeyNarrowing.Equal)use.Constraint!).ShardOf(use.Place, values) : 0;

    /// <summary>All shards that can hold rows which matter.</summary>
    public ShardSet ShardsOf(ReadOnlySpan<SqlValue> values)
    {
        var set = new ShardSet(keyspace.Shards.Length);
        foreach (var use in uses) use.AddShards(values, set);
        if (set.Count == 0) set.Add(0);
        return set;
    }

    /// <summary>What all uses are narrowed by, if that is one and the same lookup.</summary>
    private static KeyNarrowing.ByLookup? OneLookup(IReadOnlyList<Use> uses) =>
        uses.Count > 0 && uses[0].Constraint is KeyNarrowing.ByLookup first && uses.All(use => use.Constraint is KeyNarrowing.ByLookup each && ReferenceEquals(each.Read, first.Read)) ? first : null;
}
