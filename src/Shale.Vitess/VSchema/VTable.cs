using System.Collections.Immutable;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Where the rows of a table live.</summary>
public enum VTableKind
{
    /// <summary>Each row on the shard that its key is mapped to.</summary>
    Sharded,

    /// <summary>Every row on every shard.</summary>
    Reference,

    /// <summary>The whole table on the first shard of a sharded keyspace.</summary>
    Pinned,

    /// <summary>A table of an unsharded keyspace.</summary>
    Unsharded,
}

/// <summary>A table of the VSchema. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Where its rows live.</param>
/// <param name="ShardColumns">The columns of its primary vindex, in order; empty unless it is sharded.</param>
/// <param name="Vindex">The name of its primary vindex among those of the keyspace; null unless it is sharded.</param>
/// <param name="AutoIncrement">The column that a sequence fills; null for none.</param>
/// <param name="Schema">Its columns; null until CREATE TABLE has told them.</param>
/// <param name="CreateSql">CREATE TABLE as the user wrote it; null before.</param>
/// <param name="Dialect">The dialect of <paramref name="CreateSql"/>.</param>
/// <param name="Indexes">Indexes that were made by statements of their own.</param>
public sealed record VTable(
    string Name,
    VTableKind Kind,
    ImmutableArray<string> ShardColumns,
    string? Vindex,
    AutoIncrement? AutoIncrement,
    TableSchema? Schema,
    string? CreateSql,
    SqlDialect Dialect,
    ImmutableArray<VIndex> Indexes)
{
    /// <summary>Whether it is pinned only because it has no key to shard by: a primary key that is added later shards it (SEMANTICS S2.3).</summary>
    public bool AwaitsKey { get; init; }

    /// <summary>Its lookup vindexes.</summary>
    public ImmutableArray<VLookup> Lookups { get; init; } = [];

    /// <summary>Its triggers.</summary>
    public ImmutableArray<VTrigger> Triggers { get; init; } = [];

    /// <summary>See <see cref="TableSchema.ExactNumerics"/>; kept beside <see cref="Schema"/>, which is made from it.</summary>
    public bool ExactNumerics
    {
        get => Schema?.ExactNumerics ?? _exactNumerics;
        init => _exactNumerics = value;
    }

    private readonly bool _exactNumerics;

    /// <summary>Whether its rows are spread over the shards by key.</summary>
    public bool IsSharded => Kind == VTableKind.Sharded;

    /// <summary>Whether the column is one of the sharding key.</summary>
    public bool IsShardColumn(string column)
    {
        foreach (var name in ShardColumns)
        {
            if (VSchemaNames.Comparer.Equals(name, column)) return true;
        }

        return false;
    }

    /// <summary>The table after RENAME COLUMN, but for Schema, CreateSql and the text of indexes, which are the caller's to change.</summary>
    public VTable WithRenamedColumn(string column, string newName)
    {
        string Renamed(string name) => VSchemaNames.Comparer.Equals(name, column) ? newName : name;
        return this with
        {
            ShardColumns = [.. ShardColumns.Select(Renamed)],
            AutoIncrement = AutoIncrement is { } auto ? auto with { Column = Renamed(auto.Column) } : null,
            Indexes = [.. Indexes.Select(index => index with { Columns = [.. index.Columns.Select(Renamed)] })],
            Lookups = [.. Lookups.Select(lookup => lookup with { Columns = [.. lookup.Columns.Select(Renamed)] })],
        };
    }
}
