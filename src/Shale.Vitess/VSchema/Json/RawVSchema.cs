using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>A VSchema as a document or a builder says it, before anything is checked or filled in.</summary>
internal sealed class RawVSchema
{
    public List<RawKeyspace> Keyspaces { get; } = [];

    public RawKeyspace? Find(string name) => Keyspaces.Find(keyspace => VSchemaNames.Comparer.Equals(keyspace.Name, name));
}

internal sealed class RawKeyspace(string name, bool sharded)
{
    public string Name => name;

    public bool Sharded => sharded;

    /// <summary>Names of shards; null where the document does not say.</summary>
    public List<string>? Shards { get; set; }

    /// <summary>Where a branch comes from; null for other keyspaces.</summary>
    public BranchOrigin? Origin { get; set; }

    /// <summary>What its shards store their rows in; null where the document does not say.</summary>
    public StorageEngineType? Engine { get; set; }

    /// <summary>How many equal shards; null where the document does not say.</summary>
    public int? ShardCount { get; set; }

    /// <summary>Whether sequences exist by being named: seed 001's shape has no place to declare them.</summary>
    public bool ImplicitSequences { get; init; }

    public List<RawVindex> Vindexes { get; } = [];

    public List<RawTable> Tables { get; } = [];

    public List<VView> Views { get; } = [];

    /// <summary>What COMMENT has said, by path.</summary>
    public Dictionary<string, string> Comments { get; } = [];

    public List<VSequence> Sequences { get; } = [];

    public RawVindex? FindVindex(string name) => Vindexes.Find(vindex => VSchemaNames.Comparer.Equals(vindex.Name, name));

    public bool HasSequence(string name) => Sequences.Exists(sequence => VSchemaNames.Comparer.Equals(sequence.Name, name));
}

internal sealed record RawVindex(string Name, string Type)
{
    /// <summary>Whether it is no function of its own but a table's lookup.</summary>
    public bool IsLookup => VindexEntries.IsLookup(Type);

    /// <summary>The table that owns a lookup vindex; null where the document does not say.</summary>
    public string? Owner { get; init; }

    /// <summary>The table of a lookup vindex.</summary>
    public string? LookupTable { get; init; }

    /// <summary>Parameters as text; lists and objects as JSON.</summary>
    public Dictionary<string, string> Params { get; init; } = [];
}

internal sealed record RawColumnVindex(IReadOnlyList<string> Columns, string Vindex);

internal sealed record RawTable(string Name)
{
    public bool Reference { get; init; }

    public bool Pinned { get; init; }

    public bool AwaitsKey { get; init; }

    public IReadOnlyList<RawColumnVindex> ColumnVindexes { get; init; } = [];

    public AutoIncrement? AutoIncrement { get; init; }

    public string? CreateSql { get; init; }

    public bool ExactNumerics { get; init; }

    public SqlDialect Dialect { get; init; }

    public IReadOnlyList<VIndex> Indexes { get; init; } = [];

    public IReadOnlyList<VTrigger> Triggers { get; init; } = [];
}
