using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Shale.Vitess;

/// <summary>What a <see cref="ShardRouter"/> is made of (seed 003).</summary>
public sealed record ShardRouterConfig
{
    /// <summary>The tables, by name. One that is not named here is placed by its CREATE TABLE: by default, by a hash of its primary key.</summary>
    public IDictionary<string, ShardedTable> Tables { get; init; } = new Dictionary<string, ShardedTable>();

    /// <summary>The keyspace. Default main.</summary>
    public string Keyspace { get; init; } = ClusterStart.DefaultKeyspace;
}

/// <summary>Says where rows live (seed 003): the short form of a VSchema, which a <see cref="ShardExecutor"/> runs statements by. Immutable.</summary>
public sealed partial class ShardRouter
{
    private ShardRouter(string json, string keyspace)
    {
        Json = json;
        VSchema = VSchemaJson.Read(json, keyspace, KeyRange.Split(ClusterStart.DefaultShards));
        Keyspace = VSchema.Get(keyspace);
    }

    /// <summary>The VSchema.</summary>
    public VSchema VSchema { get; }

    /// <summary>The keyspace of all tables.</summary>
    public VKeyspace Keyspace { get; }

    /// <summary>How many shards there are.</summary>
    public int ShardCount => Keyspace.Shards.Length;

    /// <summary>The VSchema document that it was made of.</summary>
    internal string Json { get; }

    /// <summary>Makes one. Errors: INVALID_VSCHEMA, with the table that is wrong.</summary>
    public static ShardRouter Create(ShardRouterConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("keyspace", config.Keyspace);
            writer.WriteStartObject("tables");
            foreach (var (name, table) in config.Tables) Write(writer, name, table);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return new ShardRouter(Encoding.UTF8.GetString(buffer.ToArray()), config.Keyspace);
    }

    private static void Write(Utf8JsonWriter writer, string name, ShardedTable table)
    {
        writer.WriteStartObject(name);
        if (table.Reference) writer.WriteString("type", "reference");
        else writer.WriteString("vindex", Capitals().Replace(table.Vindex.ToString(), "_$1").ToLowerInvariant());
        if (table.Column is not null) writer.WriteString("column", table.Column);
        if (table.Columns.Count > 0)
        {
            writer.WriteStartArray("columns");
            foreach (var column in table.Columns) writer.WriteStringValue(column);
            writer.WriteEndArray();
        }

        if (table.Shards is { } shards) writer.WriteNumber("shards", shards);
        foreach (var (parameter, value) in table.Parameters) writer.WriteString(parameter, value);
        writer.WriteEndObject();
    }

    [GeneratedRegex("(?<=.)([A-Z])")]
    private static partial Regex Capitals();
}
