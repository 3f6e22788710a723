using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Writes the full shape, indented for people, in the order of names so that it can be compared.</summary>
internal static class VSchemaWriter
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(VSchema schema)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteStartObject();
            Write(json, schema);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Writes the member <c>keyspaces</c> into an open object.</summary>
    public static void Write(Utf8JsonWriter json, VSchema schema)
    {
        json.WriteStartObject("keyspaces");
        foreach (var keyspace in schema.Keyspaces.Values) Write(json, keyspace);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, VKeyspace keyspace)
    {
        json.WriteStartObject(keyspace.Name);
        json.WriteBoolean("sharded", keyspace.Sharded);
        json.WriteStartArray("shards");
        foreach (var shard in keyspace.Shards) json.WriteStringValue(shard.ToString());
        json.WriteEndArray();
        if (keyspace.Engine != StorageEngineType.Sqlite) json.WriteString("engine", "postgres");
        if (keyspace.Origin is { } origin)
        {
            json.WriteStartObject("branch");
            json.WriteString("parent", origin.Parent);
            json.WriteNumber("time", origin.Time.Value);
            json.WriteEndObject();
        }

        WriteVindexes(json, keyspace);
        json.WriteStartObject("tables");
        foreach (var table in keyspace.Tables.Values) Write(json, table);
        json.WriteEndObject();
        WriteSequences(json, keyspace);
        WriteViews(json, keyspace);
        WriteComments(json, keyspace);
        json.WriteEndObject();
    }

    private static void WriteVindexes(Utf8JsonWriter json, VKeyspace keyspace)
    {
        json.WriteStartObject("vindexes");
        foreach (var vindex in keyspace.Vindexes.Values)
        {
            json.WriteStartObject(vindex.Name);
            json.WriteString("type", vindex.Type);
            if (!vindex.Params.IsEmpty)
            {
                json.WriteStartObject("params");
                foreach (var (name, value) in vindex.Params) json.WriteString(name, value);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        foreach (var table in keyspace.Tables.Values)
        {
            foreach (var lookup in table.Lookups) Write(json, lookup, table);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, VLookup lookup, VTable owner)
    {
        json.WriteStartObject(lookup.Name);
        json.WriteString("type", lookup.Type);
        json.WriteStartObject("params");
        json.WriteString("table", lookup.Table);
        json.WriteString("from", string.Join(',', lookup.Columns));
        json.WriteString("to", VLookup.KeyspaceIdColumn);
        if (lookup.WriteOnly) json.WriteString("write_only", "true");
        json.WriteEndObject();
        json.WriteString("owner", owner.Name);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, VTable table)
    {
        json.WriteStartObject(table.Name);
        if (table.Kind == VTableKind.Reference) json.WriteString("type", "reference");
        if (table.Kind == VTableKind.Pinned) json.WriteBoolean("pinned", true);
        if (table.AwaitsKey) json.WriteBoolean("awaits_key", true);
        if (table.Vindex is { } vindex)
        {
            json.WriteStartArray("column_vindexes");
            json.WriteStartObject();
            WriteNames(json, "columns", table.ShardColumns);
            json.WriteString("name", vindex);
            json.WriteEndObject();
            foreach (var lookup in table.Lookups)
            {
                json.WriteStartObject();
                WriteNames(json, "columns", lookup.Columns);
                json.WriteString("name", lookup.Name);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (table.AutoIncrement is { } auto)
        {
            json.WriteStartObject("auto_increment");
            json.WriteString("column", auto.Column);
            json.WriteString("sequence", auto.Sequence);
            if (auto.IsOwned is { } owned) json.WriteBoolean("owned", owned);
            json.WriteEndObject();
        }

        if (table.CreateSql is { } sql)
        {
            json.WriteString("dialect", Word(table.Dialect));
            json.WriteString("create_sql", sql);
            if (table.ExactNumerics) json.WriteBoolean("exact_numerics", true);
        }

        WriteIndexes(json, table);
        WriteTriggers(json, table);
        json.WriteEndObject();
    }

    private static void WriteTriggers(Utf8JsonWriter json, VTable table)
    {
        if (table.Triggers.IsDefaultOrEmpty) return;
        json.WriteStartArray("triggers");
        foreach (var trigger in table.Triggers)
        {
            json.WriteStartObject();
            json.WriteString("name", trigger.Name);
            json.WriteString("create_sql", trigger.CreateSql);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteIndexes(Utf8JsonWriter json, VTable table)
    {
        if (table.Indexes.IsDefaultOrEmpty) return;
        json.WriteStartArray("indexes");
        foreach (var index in table.Indexes)
        {
            json.WriteStartObject();
            json.WriteString("name", index.Name);
            json.WriteBoolean("unique", index.Unique);
            WriteNames(json, "columns", index.Columns);
            json.WriteString("create_sql", index.CreateSql);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSequences(Utf8JsonWriter json, VKeyspace keyspace)
    {
        if (keyspace.Sequences.IsEmpty) return;
        json.WriteStartObject("sequences");
        foreach (var sequence in keyspace.Sequences.Values)
        {
            json.WriteStartObject(sequence.Name);
            json.WriteNumber("start", sequence.Start);
            json.WriteNumber("increment", sequence.Increment);
            json.WriteNumber("cache", sequence.Cache);
            if (sequence.SharedWith is { } shared) json.WriteString("shared_with", shared);
            if (sequence.Counter != sequence.Name) json.WriteString("counter", sequence.Counter);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteViews(Utf8JsonWriter json, VKeyspace keyspace)
    {
        if (keyspace.Views.IsEmpty) return;
        json.WriteStartObject("views");
        foreach (var view in keyspace.Views.Values)
        {
            json.WriteStartObject(view.Name);
            json.WriteString("dialect", Word(view.Dialect));
            json.WriteString("create_sql", view.CreateSql);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteComments(Utf8JsonWriter json, VKeyspace keyspace)
    {
        if (keyspace.Comments.IsEmpty) return;
        json.WriteStartObject("comments");
        foreach (var (path, text) in keyspace.Comments) json.WriteString(path, text);
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string property, IEnumerable<string> names)
    {
        json.WriteStartArray(property);
        foreach (var name in names) json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private static string Word(SqlDialect dialect) => dialect == SqlDialect.Sqlite ? "sqlite" : "postgres";
}
