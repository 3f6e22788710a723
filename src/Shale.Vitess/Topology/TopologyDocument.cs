using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>topology.json, and the VSchemas of the past beside it: the full VSchema shape, with version, hashes of applied files, and next values of sequences (docs/formats/topology.md).</summary>
internal static class TopologyDocument
{
    public const int FormatVersion = 1;
    private const string Format = "shale-topology";
    private const string EraFormat = "shale-vschema";
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(TopologyState state)
    {
        return Write(Format, json =>
        {
            json.WriteNumber("version", state.Schema.Version);
            json.WriteStartObject("applied");
            foreach (var (keyspace, hash) in state.Applied) json.WriteString(keyspace, hash);
            json.WriteEndObject();
            json.WriteStartArray("sequence_values");
            foreach (var ((keyspace, sequence), next) in state.NextValues)
            {
                json.WriteStartObject();
                json.WriteString("keyspace", keyspace);
                json.WriteString("sequence", sequence);
                json.WriteString("next", next.ToString(CultureInfo.InvariantCulture));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteFormer(json, state);
            WriteRestores(json, state);
            WriteSnapshots(json, state);
            VSchemaWriter.Write(json, state.Schema);
        });
    }

    /// <summary>The VSchema of one keyspace at a time in the past.</summary>
    public static string WriteEra(VKeyspace keyspace) => Write(EraFormat, json => VSchemaWriter.Write(json, VSchema.Empty.WithKeyspace(keyspace)));

    /// <summary>Reads a document; INVALID_VSCHEMA for a damaged one or one of a newer version.</summary>
    /// <param name="text">The document.</param>
    /// <param name="restore">Gives a table its columns, from its CREATE TABLE.</param>
    /// <param name="registry">The kinds of vindexes; null for those that Shale has.</param>
    public static TopologyState Read(string text, Func<VTable, TableSchema> restore, VindexRegistry? registry = null)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = new JsonEntry(document.RootElement, "");
            RequireFormat(root, Format);
            var schema = VSchemaJson.Read(text, ClusterStart.DefaultKeyspace, [KeyRange.All], registry);
            var state = TopologyState.Empty with { Schema = Restore(schema, restore) with { Version = root.Find("version")!.Value.Number() } };
            foreach (var (keyspace, hash) in root.Find("applied")!.Value.Properties()) state = state with { Applied = state.Applied.SetItem(keyspace, hash.Text()) };
            foreach (var entry in root.Find("sequence_values")!.Value.Items())
            {
                var next = Int128.Parse(entry.Find("next")!.Value.Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                state = state with { NextValues = state.NextValues.SetItem((entry.Find("keyspace")!.Value.Text(), entry.Find("sequence")!.Value.Text()), next) };
            }

            return state with { Former = ReadFormer(root), Restores = ReadRestores(root), Snapshots = ReadSnapshots(root) };
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, $"{TopologyFile.Name} is damaged: {damage.Message}", hint: "Put a good copy of the file back from a backup.", inner: damage);
        }
    }

    /// <summary>Reads what <see cref="WriteEra"/> has written. Errors: INVALID_VSCHEMA; what JSON throws.</summary>
    public static VSchema ReadEra(string text, Func<VTable, TableSchema> restore, VindexRegistry? registry)
    {
        using var document = JsonDocument.Parse(text);
        RequireFormat(new JsonEntry(document.RootElement, ""), EraFormat);
        return Restore(VSchemaJson.Read(text, ClusterStart.DefaultKeyspace, [KeyRange.All], registry), restore);
    }

    private static void WriteFormer(Utf8JsonWriter json, TopologyState state)
    {
        if (state.Former.IsEmpty) return;
        json.WriteStartArray("former_sequences");
        foreach (var ((keyspace, sequence), former) in state.Former)
        {
            json.WriteStartObject();
            json.WriteString("keyspace", keyspace);
            json.WriteString("sequence", sequence);
            if (former.Highest is { } highest) json.WriteString("highest", highest.ToString(CultureInfo.InvariantCulture));
            if (former.Lowest is { } lowest) json.WriteString("lowest", lowest.ToString(CultureInfo.InvariantCulture));
            json.WriteNumber("version", former.Version);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static ImmutableSortedDictionary<(string Keyspace, string Sequence), FormerSequence> ReadFormer(JsonEntry root)
    {
        var former = TopologyState.Empty.Former;
        foreach (var entry in root.Find("former_sequences")?.Items() ?? [])
        {
            var read = new FormerSequence(Wide(entry.Find("highest")), Wide(entry.Find("lowest")), entry.Find("version")!.Value.Number());
            former = former.SetItem((entry.Find("keyspace")!.Value.Text(), entry.Find("sequence")!.Value.Text()), read);
        }

        return former;
    }

    private static Int128? Wide(JsonEntry? entry) => entry is { } value ? Int128.Parse(value.Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : null;

    private static void WriteRestores(Utf8JsonWriter json, TopologyState state)
    {
        if (state.Restores.IsEmpty) return;
        json.WriteStartArray("restores");
        foreach (var restore in state.Restores.Values)
        {
            json.WriteStartObject();
            json.WriteString("keyspace", restore.Keyspace);
            json.WriteStartArray("shards");
            foreach (var shard in restore.Shards)
            {
                json.WriteStartObject();
                json.WriteString("shard", shard.Shard);
                json.WriteNumber("head", shard.Head.Value);
                json.WriteNumber("target", shard.Target.Value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static ImmutableSortedDictionary<string, KeyspaceRestore> ReadRestores(JsonEntry root)
    {
        var restores = TopologyState.Empty.Restores;
        foreach (var entry in root.Find("restores")?.Items() ?? [])
        {
            var shards = entry.Find("shards")!.Value.Items().Select(shard => new ShardRestore(shard.Find("shard")!.Value.Text(), LsnOf(shard, "head"), LsnOf(shard, "target")));
            var restore = new KeyspaceRestore(entry.Find("keyspace")!.Value.Text(), [.. shards]);
            restores = restores.SetItem(restore.Keyspace, restore);
        }

        return restores;
    }

    private static void WriteSnapshots(Utf8JsonWriter json, TopologyState state)
    {
        if (state.Snapshots.IsEmpty) return;
        json.WriteStartArray("snapshots");
        foreach (var (keyspace, snapshots) in state.Snapshots)
        {
            foreach (var (name, time) in snapshots)
            {
                json.WriteStartObject();
                json.WriteString("keyspace", keyspace);
                json.WriteString("name", name);
                json.WriteNumber("time", time.Value);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, HlcTimestamp>> ReadSnapshots(JsonEntry root)
    {
        var snapshots = TopologyState.Empty.Snapshots;
        foreach (var entry in root.Find("snapshots")?.Items() ?? [])
        {
            var keyspace = entry.Find("keyspace")!.Value.Text();
            var known = snapshots.GetValueOrDefault(keyspace, TopologyState.NoSnapshots);
            snapshots = snapshots.SetItem(keyspace, known.SetItem(entry.Find("name")!.Value.Text(), new HlcTimestamp(entry.Find("time")!.Value.Number())));
        }

        return snapshots;
    }

    private static Lsn LsnOf(JsonEntry entry, string member) => new(entry.Find(member)!.Value.Number());

    private static string Write(string format, Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteStartObject();
            json.WriteString("format", format);
            json.WriteNumber("format_version", FormatVersion);
            members(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static void RequireFormat(JsonEntry root, string format)
    {
        if (root.Find("format")?.Text() != format) throw root.Invalid(format == Format ? "is not a topology" : "is not a VSchema of a topology");
        var version = root.Find("format_version")?.Number() ?? 0;
        if (version <= FormatVersion) return;
        throw new VitessException(ErrorCodes.InvalidVSchema, $"{(format == Format ? TopologyFile.Name : "the file")} has the format version {version}; this Shale reads up to {FormatVersion}",
            hint: "Start the data directory with the newer Shale that wrote it.");
    }

    private static VSchema Restore(VSchema schema, Func<VTable, TableSchema> restore)
    {
        foreach (var keyspace in schema.Keyspaces.Values)
        {
            var tables = keyspace.Tables;
            foreach (var table in keyspace.Tables.Values)
            {
                if (table.CreateSql is not null) tables = tables.SetItem(table.Name, Restore(table, restore));
            }

            schema = schema with { Keyspaces = schema.Keyspaces.SetItem(keyspace.Name, keyspace with { Tables = tables }) };
        }

        return schema;
    }

    private static VTable Restore(VTable table, Func<VTable, TableSchema> restore)
    {
        try
        {
            return table with { Schema = restore(table) };
        }
        catch (VitessException unreadable)
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, $"{TopologyFile.Name}: create_sql of table \"{table.Name}\" cannot be read: {unreadable.Message}",
                hint: "Put a good copy of the file back from a backup.", inner: unreadable);
        }
    }
}
