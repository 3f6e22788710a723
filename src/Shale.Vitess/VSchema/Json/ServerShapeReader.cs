using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Vitess' shape: keyspaces, each table with its column_vindexes, the first of which is the primary one. Our own full shape is the same
/// with more members: create_sql, dialect and indexes of a table; views and sequences of a keyspace.
/// </summary>
internal static class ServerShapeReader
{
    public static RawVSchema Read(JsonEntry root, string defaultKeyspace)
    {
        var schema = new RawVSchema();
        if (root.Find("keyspaces") is not { } keyspaces)
        {
            schema.Keyspaces.Add(ReadKeyspace(root.Find("keyspace")?.Text() ?? defaultKeyspace, root));
            return schema;
        }

        foreach (var (name, entry) in keyspaces.Properties()) schema.Keyspaces.Add(ReadKeyspace(name, entry));
        return schema;
    }

    private static RawKeyspace ReadKeyspace(string name, JsonEntry entry)
    {
        if (!entry.IsObject) throw entry.Invalid("is not an object");
        var keyspace = new RawKeyspace(name, entry.Find("sharded")?.Flag() ?? false) { Shards = entry.Find("shards")?.Names() };
        if (entry.Find("branch") is { } branch) keyspace.Origin = new BranchOrigin(branch.Find("parent")!.Value.Text(), new HlcTimestamp(branch.Find("time")!.Value.Number()));
        if (entry.Find("engine") is { } engine) keyspace.Engine = ReadEngine(engine);
        if (entry.Find("vindexes") is { } vindexes)
        {
            foreach (var (vindex, value) in vindexes.Properties()) keyspace.Vindexes.Add(VindexEntries.Read(vindex, value));
        }

        if (entry.Find("tables") is { } tables)
        {
            foreach (var (table, value) in tables.Properties()) ReadTable(table, value, keyspace);
        }

        if (entry.Find("sequences") is { } sequences)
        {
            foreach (var (sequence, value) in sequences.Properties()) keyspace.Sequences.Add(ReadSequence(sequence, value));
        }

        if (entry.Find("views") is { } views)
        {
            foreach (var (view, value) in views.Properties())
            {
                keyspace.Views.Add(new VView(view, value.Find("create_sql")?.Text() ?? throw value.Invalid("has no create_sql"), ReadDialect(value)));
            }
        }

        if (entry.Find("comments") is { } comments)
        {
            foreach (var (path, value) in comments.Properties()) keyspace.Comments[path] = value.Text();
        }

        return keyspace;
    }

    private static void ReadTable(string name, JsonEntry entry, RawKeyspace keyspace)
    {
        var type = entry.Find("type") is { IsString: true } value ? value.Value.GetString()! : "";
        if (type == "sequence")
        {
            keyspace.Sequences.Add(ReadSequence(name, entry));
            return;
        }

        if (type is not ("" or "reference")) throw entry.Invalid($"has the type \"{type}\"; known are sequence and reference");
        keyspace.Tables.Add(new RawTable(name)
        {
            Reference = type == "reference",
            Pinned = entry.Find("pinned") is { } pinned && IsPinned(pinned),
            AwaitsKey = entry.Find("awaits_key")?.Flag() ?? false,
            ColumnVindexes = entry.Find("column_vindexes")?.Items().Select(ReadColumnVindex).ToList() ?? [],
            AutoIncrement = VindexEntries.ReadAutoIncrement(entry),
            CreateSql = entry.Find("create_sql")?.Text(),
            ExactNumerics = entry.Find("exact_numerics")?.Flag() ?? false,
            Dialect = ReadDialect(entry),
            Indexes = entry.Find("indexes")?.Items().Select(ReadIndex).ToList() ?? [],
            Triggers = entry.Find("triggers")?.Items().Select(ReadTrigger).ToList() ?? [],
        });
    }

    private static RawColumnVindex ReadColumnVindex(JsonEntry entry)
    {
        var columns = entry.Find("columns")?.Names() ?? [entry.Find("column")?.Text() ?? throw entry.Invalid("has no column")];
        return new RawColumnVindex(columns, entry.Find("name")?.Text() ?? throw entry.Invalid("has no name"));
    }

    private static VIndex ReadIndex(JsonEntry entry) => new(
        entry.Find("name")?.Text() ?? throw entry.Invalid("has no name"),
        entry.Find("create_sql")?.Text() ?? throw entry.Invalid("has no create_sql"),
        entry.Find("unique")?.Flag() ?? false,
        entry.Find("columns")?.Items().Select(column => column.Text()).ToImmutableArray() ?? []);

    private static VTrigger ReadTrigger(JsonEntry entry) => new(
        entry.Find("name")?.Text() ?? throw entry.Invalid("has no name"),
        entry.Find("create_sql")?.Text() ?? throw entry.Invalid("has no create_sql"));

    private static VSequence ReadSequence(string name, JsonEntry entry)
    {
        var increment = entry.Find("increment")?.Number() ?? 1;
        if (increment == 0) throw entry.Invalid("has the increment 0");
        return new VSequence(name, entry.Find("start")?.Number() ?? 1, increment, entry.Find("cache")?.Number() ?? 0)
        {
            SharedWith = entry.Find("shared_with")?.Text(), Counter = entry.Find("counter")?.Text() ?? name,
        };
    }

    private static SqlDialect ReadDialect(JsonEntry entry) => entry.Find("dialect") is not { } dialect ? SqlDialect.Postgres : dialect.Text() switch
    {
        "postgres" => SqlDialect.Postgres,
        "sqlite" => SqlDialect.Sqlite,
        var other => throw dialect.Invalid($"is \"{other}\"; known are postgres and sqlite"),
    };

    private static StorageEngineType ReadEngine(JsonEntry entry) => entry.Text() switch
    {
        "sqlite" => StorageEngineType.Sqlite,
        "postgres" => StorageEngineType.Postgres,
        var other => throw entry.Invalid($"is \"{other}\"; known are sqlite and postgres"),
    };

    /// <summary>Vitess pins by keyspace id in hex; only the first shard can be meant here.</summary>
    private static bool IsPinned(JsonEntry entry)
    {
        if (entry.Value.ValueKind is JsonValueKind.True or JsonValueKind.False) return entry.Flag();
        var text = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
        if (!ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)) throw entry.Invalid("is neither true nor a keyspace id in hex");
        return id == 0 ? true : throw entry.Invalid("names another shard than the first: use \"00\" or true");
    }
}
