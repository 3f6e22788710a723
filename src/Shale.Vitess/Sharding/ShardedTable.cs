namespace Shale.Vitess;

/// <summary>Where the rows of one table live (seed 003).</summary>
public sealed record ShardedTable
{
    /// <summary>How rows are spread. Default: by a hash.</summary>
    public VindexType Vindex { get; init; }

    /// <summary>The column that decides; null only for <see cref="VindexType.Null"/> and reference tables, or where <see cref="Columns"/> says it.</summary>
    public string? Column { get; init; }

    /// <summary>The columns that decide together, where they are several.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>How many shards there are, the same for all tables of a router; null leaves that to the others, or 4.</summary>
    public int? Shards { get; init; }

    /// <summary>Whether every shard has all rows of the table.</summary>
    public bool Reference { get; init; }

    /// <summary>What the vindex needs to know, as JSON or text, by name: <c>ranges</c>, <c>regions</c>, <c>default</c>.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();
}
