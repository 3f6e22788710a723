namespace Shale.Vitess;

/// <summary>How a table of a <see cref="ShardRouterConfig"/> is spread over the shards (seed 003). docs/vschema.md tells what each does.</summary>
public enum VindexType
{
    /// <summary>Evenly, by a hash of the column.</summary>
    Hash,

    /// <summary>Evenly, on a ring: a shard more takes its share of keys and moves no other.</summary>
    ConsistentHash,

    /// <summary>By intervals of the column; see <see cref="ShardedTable.Parameters"/>, <c>ranges</c>.</summary>
    Range,

    /// <summary>By a table that says where each value is.</summary>
    Lookup,

    /// <summary>By regions, each of which has shards of its own; see <see cref="ShardedTable.Parameters"/>, <c>regions</c> and <c>default</c>.</summary>
    Region,

    /// <summary>Not at all: the table is kept whole on the first shard.</summary>
    Null,
}
