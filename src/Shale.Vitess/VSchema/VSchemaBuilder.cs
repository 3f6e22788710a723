namespace Shale.Vitess;

/// <summary>Builds a VSchema in code, as the seeds' server does. Not thread-safe.</summary>
/// <param name="registry">The kinds of vindexes; null for those that Shale has.</param>
public sealed class VSchemaBuilder(VindexRegistry? registry = null)
{
    private readonly RawVSchema _schema = new();
    private readonly VindexRegistry _registry = registry ?? VindexRegistry.BuiltIn;

    /// <summary>Adds a keyspace.</summary>
    public VSchemaBuilder AddKeyspace(string name, bool sharded = false)
    {
        _schema.Keyspaces.Add(new RawKeyspace(name, sharded));
        return this;
    }

    /// <summary>Adds a vindex; NOT_FOUND for an unknown keyspace, as for the other members.</summary>
    public VSchemaBuilder AddVindex(string keyspace, string name, string type, IReadOnlyDictionary<string, string>? parameters = null)
    {
        Keyspace(keyspace).Vindexes.Add(new RawVindex(name, type) { Params = new Dictionary<string, string>(parameters ?? new Dictionary<string, string>(), VSchemaNames.Comparer) });
        return this;
    }

    /// <summary>Adds a table: sharded by a vindex, or without one a table of an unsharded keyspace.</summary>
    public VSchemaBuilder AddTable(string keyspace, string name, string? vindex = null, params IReadOnlyList<string> columns)
    {
        Keyspace(keyspace).Tables.Add(new RawTable(name) { ColumnVindexes = vindex is null ? [] : [new RawColumnVindex(columns, vindex)] });
        return this;
    }

    /// <summary>Adds a reference table: all rows on all shards.</summary>
    public VSchemaBuilder AddReferenceTable(string keyspace, string name)
    {
        Keyspace(keyspace).Tables.Add(new RawTable(name) { Reference = true });
        return this;
    }

    /// <summary>Adds a table whose rows are all on the first shard.</summary>
    public VSchemaBuilder AddPinnedTable(string keyspace, string name)
    {
        Keyspace(keyspace).Tables.Add(new RawTable(name) { Pinned = true });
        return this;
    }

    /// <summary>Adds a sequence.</summary>
    public VSchemaBuilder AddSequence(string keyspace, string name, long start = 1)
    {
        Keyspace(keyspace).Sequences.Add(new VSequence(name, start));
        return this;
    }

    /// <summary>Lets a sequence number a column of a table added before.</summary>
    public VSchemaBuilder SetAutoIncrement(string keyspace, string table, string column, string sequence)
    {
        var tables = Keyspace(keyspace).Tables;
        var index = tables.FindIndex(other => VSchemaNames.Comparer.Equals(other.Name, table));
        if (index < 0) throw new VitessException(ErrorCodes.NotFound, $"table \"{table}\" not found in keyspace \"{keyspace}\"");
        tables[index] = tables[index] with { AutoIncrement = new AutoIncrement(column, sequence) };
        return this;
    }

    /// <summary>Says which shards a keyspace has.</summary>
    public VSchemaBuilder SetShards(string keyspace, params IReadOnlyList<string> shards)
    {
        Keyspace(keyspace).Shards = [.. shards];
        return this;
    }

    /// <summary>Checks and builds. Errors as <see cref="VSchemaJson.Read"/>. A sharded keyspace without shards gets one that holds everything.</summary>
    public VSchema Build() => new RawVSchemaBuilder(_schema, [KeyRange.All], _registry, Contracts.StorageEngineType.Sqlite).Build();

    /// <summary>Checks without building.</summary>
    public VSchemaValidation Validate() => new RawVSchemaValidator(_schema, _registry).Validate();

    private RawKeyspace Keyspace(string name) =>
        _schema.Find(name) ?? throw new VitessException(ErrorCodes.NotFound, $"keyspace \"{name}\" not found", sqlState: "3D000", hint: "Add it first.");
}
