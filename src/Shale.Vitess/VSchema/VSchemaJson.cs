using System.Text.Json;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>VSchemas as JSON: reads the shapes of seed 001, of Vitess, and of seed 003; writes Vitess' shape with all that Shale knows.</summary>
public static class VSchemaJson
{
    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64,
    };

    /// <summary>Reads a VSchema of any shape. Columns of its tables are not known yet.</summary>
    /// <param name="json">The document.</param>
    /// <param name="defaultKeyspace">The keyspace that is meant where the document names none.</param>
    /// <param name="defaultShards">The shards of sharded keyspaces where the document names none.</param>
    /// <param name="registry">The kinds of vindexes; null for those that Shale has.</param>
    /// <param name="defaultEngine">The engine of keyspaces where the document names none.</param>
    /// <returns>The VSchema, as version 1.</returns>
    /// <exception cref="VitessException">INVALID_VSCHEMA naming the entry; INVALID_SHARD_RANGE; QUERY_ERROR (0A000) for vindexes that are not built.</exception>
    public static VSchema Read(string json, string defaultKeyspace, IReadOnlyList<KeyRange> defaultShards, VindexRegistry? registry = null,
        StorageEngineType defaultEngine = StorageEngineType.Sqlite) =>
        new RawVSchemaBuilder(Parse(json, defaultKeyspace), defaultShards, registry ?? VindexRegistry.BuiltIn, defaultEngine).Build();

    /// <summary>Finds everything that is wrong at once. Throws INVALID_VSCHEMA only for what is no VSchema of any shape.</summary>
    public static VSchemaValidation Validate(string json, string defaultKeyspace = ClusterStart.DefaultKeyspace, VindexRegistry? registry = null) =>
        new RawVSchemaValidator(Parse(json, defaultKeyspace), registry ?? VindexRegistry.BuiltIn).Validate();

    /// <summary>Writes everything, in Vitess' shape with more members; <see cref="Read"/> reads it back.</summary>
    public static string Write(VSchema schema) => VSchemaWriter.Write(schema);

    /// <summary>One keyspace in the shape of seed 001; reference, pinned and unsharded tables have the vindex type null.</summary>
    public static VSchemaInfo ToInfo(VKeyspace keyspace)
    {
        var tables = new SortedDictionary<string, TableDef>(StringComparer.Ordinal);
        foreach (var table in keyspace.Tables.Values)
        {
            var vindex = new VindexDef(keyspace.VindexOf(table)?.Type ?? "null", table.ShardColumns);
            tables.Add(table.Name, new TableDef(vindex, table.AutoIncrement is { } auto ? new AutoIncrementDef(auto.Column, auto.Sequence) : null));
        }

        var vindexes = new SortedDictionary<string, VindexDef>(StringComparer.Ordinal);
        foreach (var definition in keyspace.Vindexes.Values) vindexes.Add(definition.Name, new VindexDef(definition.Type, ColumnsOf(definition, keyspace)));
        foreach (var lookup in keyspace.Tables.Values.SelectMany(table => table.Lookups)) vindexes[lookup.Name] = new VindexDef(lookup.Type, lookup.Columns, lookup.Table);
        return new VSchemaInfo(keyspace.Name, keyspace.Sharded, tables, vindexes);
    }

    /// <summary>In the wire shape a vindex has columns; ours belong to tables. The first table that uses it speaks for all.</summary>
    private static IReadOnlyList<string> ColumnsOf(VindexDefinition definition, VKeyspace keyspace)
    {
        foreach (var table in keyspace.Tables.Values)
        {
            if (table.Vindex is { } name && VSchemaNames.Comparer.Equals(name, definition.Name)) return table.ShardColumns;
        }

        return [];
    }

    private static RawVSchema Parse(string json, string defaultKeyspace)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var root = new JsonEntry(document.RootElement, "");
            if (!root.IsObject) throw root.Invalid("is not an object");
            if (root.Find("keyspaces") is not null) return ServerShapeReader.Read(root, defaultKeyspace);
            if (root.Find("tables") is not { } tables) throw root.Invalid("has neither keyspaces nor tables");
            var entries = tables.Properties().Select(table => table.Value).ToList();
            if (entries.Exists(table => !table.IsObject)) throw entries.Find(table => !table.IsObject).Invalid("is not an object");
            if (entries.Exists(table => table.Find("vindex") is { IsString: true })) return RouterShapeReader.Read(root, defaultKeyspace);
            return entries.Exists(table => table.Find("column_vindexes") is not null) || entries.TrueForAll(table => table.Find("vindex") is null)
                ? ServerShapeReader.Read(root, defaultKeyspace)
                : FlatShapeReader.Read(root, defaultKeyspace);
        }
        catch (JsonException broken)
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, $"VSchema: Invalid JSON: {broken.Message}", inner: broken);
        }
    }
}
