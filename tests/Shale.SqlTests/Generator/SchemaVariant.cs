using Shale.Sql;

namespace Shale.SqlTests;

/// <summary>How the tables of a schema are spread over the shards of one database.</summary>
/// <param name="Name">What failures call it.</param>
/// <param name="Shards">How many shards there are.</param>
/// <param name="Colocated">Whether tables go by the first column of their keys, all by one vindex; else each goes where chance puts it.</param>
/// <param name="Vindex">The vindex of tables with one sharding column; range is for integers only, others go by hash then.</param>
public sealed record SchemaVariant(string Name, int Shards, bool Colocated, string Vindex = "hash")
{
    /// <summary>The variants that the differential tests compare with one database.</summary>
    public static IReadOnlyList<SchemaVariant> Sharded { get; } =
    [
        new("by key on 2", 2, Colocated: true) { SemiJoinKeys = 0 },
        new("by ring on 3", 3, Colocated: true, "consistent_hash") { SemiJoinKeys = 3 },
        new("apart on 4", 4, Colocated: false, "xxhash"),
        new("by range on 2", 2, Colocated: true, "range"),
        new("by lookups on 3", 3, Colocated: false) { Lookups = true },
        new("by lookups on 4", 4, Colocated: false, "xxhash") { Lookups = true },
    ];

    /// <summary>The same tables, by key on three shards: what is assembled there could be computed by each shard.</summary>
    public static SchemaVariant Assembled { get; } = Sharded[1] with { Name = "assembled by ring on 3", SemiJoinKeys = 1_000 };

    /// <summary>Whether tables go by columns that are in no key where they can, so that lookup vindexes keep their keys.</summary>
    public bool Lookups { get; init; }

    /// <summary>How many values one table asks another for; 0: all rows are fetched.</summary>
    public int SemiJoinKeys { get; init; } = 1_000;

    /// <summary>What stands in each table's WITH (…).</summary>
    public IReadOnlyDictionary<string, string> Options(TestSchema schema, Random random) => ReferenceEquals(schema, TestSchema.Fixed)
        ? FixedOptions()
        : schema.Tables.ToDictionary(table => table.Name, table => Options(table, random));

    private Dictionary<string, string> FixedOptions() => new()
    {
        ["people"] = $"shard_key = 'id', vindex = '{Vindex}'",
        ["orders"] = Colocated ? $"shard_key = 'person', vindex = '{Vindex}'" : "shard_key = 'id'",
        ["words"] = "shard_key = 'w'",
        ["colors"] = "reference = true",
        ["loose"] = "",
    };

    private string Options(TestTable table, Random random)
    {
        var isReference = table.Name == "refs" ? random.Next(4) != 0 : random.Next(10) == 0;
        if (isReference) return "reference = true";
        var candidates = (table.Key.Length > 0 ? table.KeyColumns : table.Columns).Where(column => CanShard(column) && !column.Nullable).ToArray();
        if (table.Unique.Length > 0) candidates = [.. candidates.Where(column => table.Unique.Contains(column.Name))];
        if (Lookups && table.Key.Concat(table.Unique).All(name => CanShard(table.Column(name))))
        {
            TestColumn[] outside = [.. table.Columns.Where(column => CanShard(column) && !column.Nullable && !table.Key.Contains(column.Name) && !table.Unique.Contains(column.Name))];
            if (outside.Length > 0) return $"shard_key = '{outside[random.Next(outside.Length)].Name}'";
        }

        if (candidates.Length == 0) return "";
        var column = candidates[0];
        if (!Colocated)
        {
            column = candidates[random.Next(candidates.Length)];
            if (table.Unique.Length == 0 && random.Next(3) == 0) return "";
            if (candidates.Length > 1 && table.Key.Length > 0 && random.Next(3) == 0) return $"shard_key = '{string.Join(", ", candidates.Reverse().Select(each => each.Name))}'";
        }
        else if (table.Key.Length == 0 && random.Next(2) == 0)
        {
            return "";
        }

        return $"shard_key = '{column.Name}', vindex = '{(Vindex == "range" && column.Kind != ColumnKind.Int ? "hash" : Vindex)}'";
    }

    private static bool CanShard(TestColumn column) => column.Kind is not (ColumnKind.NoCase or ColumnKind.Real);
}
