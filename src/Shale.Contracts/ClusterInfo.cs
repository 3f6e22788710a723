namespace Shale.Contracts;

/// <summary>How a keyspace is doing.</summary>
/// <param name="Keyspace">Its name.</param>
/// <param name="ShardCount">How many shards it has.</param>
/// <param name="Engine">What its shards store their rows in.</param>
/// <param name="Shards">Each shard, in order of the ring.</param>
/// <param name="TotalQueries">Statements on all shards since the start.</param>
/// <param name="TotalErrors">Statements that failed on all shards since the start.</param>
public sealed record ClusterStatus(
    string Keyspace, int ShardCount, StorageEngineType Engine, IReadOnlyList<ShardHealth> Shards, long TotalQueries, long TotalErrors);

/// <summary>A table of a keyspace.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">table or view.</param>
/// <param name="Columns">Its columns, in order.</param>
public sealed record TableInfo(string Name, string Type, IReadOnlyList<ColumnInfo> Columns);

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The normalised type name.</param>
/// <param name="Nullable">Whether it takes NULL.</param>
public sealed record ColumnInfo(string Name, string Type, bool Nullable);

/// <summary>The VSchema of one keyspace, in the shape of seed 001.</summary>
/// <param name="Keyspace">Its name.</param>
/// <param name="Sharded">Whether its tables are spread over shards.</param>
/// <param name="Tables">Tables by name.</param>
/// <param name="Vindexes">Vindexes by name.</param>
public sealed record VSchemaInfo(
    string Keyspace, bool Sharded, IReadOnlyDictionary<string, TableDef> Tables, IReadOnlyDictionary<string, VindexDef> Vindexes);

/// <summary>A table of the VSchema.</summary>
/// <param name="Vindex">Its primary vindex; type null for reference and unsharded tables.</param>
/// <param name="AutoIncrement">The column that a sequence fills; null for none.</param>
public sealed record TableDef(VindexDef Vindex, AutoIncrementDef? AutoIncrement = null);

/// <summary>A column that a sequence fills.</summary>
public sealed record AutoIncrementDef(string Column, string Sequence);

/// <summary>A vindex: how a value becomes a place.</summary>
/// <param name="Type">hash, range, null, ….</param>
/// <param name="Columns">The columns it is computed from.</param>
/// <param name="LookupTable">The table of a lookup vindex; null for others.</param>
public sealed record VindexDef(string Type, IReadOnlyList<string> Columns, string? LookupTable = null);
