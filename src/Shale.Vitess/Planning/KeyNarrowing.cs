namespace Shale.Vitess;

/// <summary>What a statement says of the sharding key of one table it uses; with values bound it tells which shards can hold such rows.</summary>
internal abstract class KeyNarrowing
{
    /// <summary>Adds the shards that can hold rows of the key; returns false if nothing can be told (all shards).</summary>
    public abstract bool AddShards(TablePlace place, ReadOnlySpan<SqlValue> values, ShardSet into);

    /// <summary>Each sharding column equals a value.</summary>
    internal sealed class Equal(ValueSource[] key) : KeyNarrowing
    {
        public bool SameAs(Equal other) => key.Length == other.Key.Length && Enumerable.Range(0, key.Length).All(i => key[i].SameAs(other.Key[i]));

        public ValueSource[] Key => key;

        public override bool AddShards(TablePlace place, ReadOnlySpan<SqlValue> values, ShardSet into)
        {
            into.Add(ShardOf(place, values));
            return true;
        }

        /// <summary>The one shard, without a set.</summary>
        public int ShardOf(TablePlace place, ReadOnlySpan<SqlValue> values)
        {
            if (key.Length == 1) return place.ShardOfCompared(key[0].Of(values));
            var bound = new SqlValue[key.Length];
            for (var i = 0; i < key.Length; i++) bound[i] = key[i].Of(values);
            return place.ShardOfCompared(bound);
        }
    }

    /// <summary>The first of several sharding columns equal values.</summary>
    internal sealed class Prefix(ValueSource[] first) : KeyNarrowing
    {
        public override bool AddShards(TablePlace place, ReadOnlySpan<SqlValue> values, ShardSet into)
        {
            var bound = new SqlValue[first.Length];
            for (var i = 0; i < first.Length; i++) bound[i] = first[i].Of(values);
            return place.AddShardsOfPrefix(bound, into);
        }
    }

    /// <summary>The one sharding column is in a list.</summary>
    internal sealed class In(ValueSource[] items) : KeyNarrowing
    {
        public override bool AddShards(TablePlace place, ReadOnlySpan<SqlValue> values, ShardSet into)
        {
            foreach (var item in items) into.Add(place.ShardOfCompared(item.Of(values)));
            if (items.Length == 0) into.Add(0);
            return true;
        }
    }

    /// <summary>The one sharding column lies between two values, both inside; a missing bound is open.</summary>
    internal sealed class Range(ValueSource? low, ValueSource? high) : KeyNarrowing
    {
        public override bool AddShards(TablePlace place, ReadOnlySpan<SqlValue> values, ShardSet into) =>
            place.AddShardsOfRange(low?.Of(values), high?.Of(values), into);
    }

    /// <summary>The keyspace ids are those that entries of a lookup vindex name, of the table itself or of one whose sharding key is equal.</summary>
    /// <param name="read">The entries; read before the shards are decided.</param>
    /// <param name="otherwise">What is said of the key itself, for when the entries tell nothing; null for nothing.</param>
    internal sealed class ByLookup(LookupRead read, KeyNarrowing? otherwise) : KeyNarrowing
    {
        public LookupRead Read => read;

        public override bool AddShards(TablePlace place, ReadOnlySpan<SqlValue> values, ShardSet into)
        {
            if (!read.TryGetIds(values, out var ids)) return otherwise is not null && otherwise.AddShards(place, values, into);
            if (ids.IsEmpty) into.Add(ShardKey.FallbackShard);
            for (; !ids.IsEmpty; ids = ids[LookupRead.IdBytes..]) into.Add(place.ShardOf(LookupRead.FirstOf(ids)));
            return true;
        }

        /// <summary>The one shard, without a set; -1 if there are several.</summary>
        public int SingleShard(TablePlace place, ReadOnlySpan<SqlValue> values)
        {
            if (!read.TryGetIds(values, out var ids)) return -1;
            if (ids.IsEmpty) return ShardKey.FallbackShard;
            var shard = place.ShardOf(LookupRead.FirstOf(ids));
            while (!(ids = ids[LookupRead.IdBytes..]).IsEmpty)
            {
                if (place.ShardOf(LookupRead.FirstOf(ids)) != shard) return -1;
            }

            return shard;
        }
    }
}
