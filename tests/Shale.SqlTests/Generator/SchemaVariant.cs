namespace Shale.SqlTests;

/// <summary>One way to spread the same tables: how many shards, and what stands in each table's WITH (…).</summary>
public sealed record SchemaVariant(string Name, int Shards, IReadOnlyDictionary<string, string> With)
{
    public static SchemaVariant Unsharded { get; } = new("unsharded", 1, new Dictionary<string, string>());

    /// <summary>The variants that the differential tests compare with one database.</summary>
    public static IReadOnlyList<SchemaVariant> Sharded { get; } =
    [
        new("by key on 2", 2, Options("hash", colocated: true)),
        new("by key on 3", 3, Options("hash", colocated: true)),
        new("apart on 4", 4, Options("hash", colocated: false)),
        new("by range on 2", 2, Options("range", colocated: true)),
    ];

    private static Dictionary<string, string> Options(string vindex, bool colocated) => new()
    {
        ["people"] = $"shard_key = 'id', vindex = '{vindex}'",
        ["orders"] = colocated ? $"shard_key = 'person', vindex = '{vindex}'" : "shard_key = 'id'",
        ["words"] = "shard_key = 'w'",
        ["colors"] = "reference = true",
        ["loose"] = "",
    };
}
