using System.Security.Cryptography;
using System.Text;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>What a server is told about its keyspace when it starts.</summary>
/// <param name="Keyspace">The keyspace of the command line.</param>
/// <param name="Shards">How many shards; null if not said.</param>
/// <param name="VSchemaJson">A VSchema document; null if not said.</param>
/// <param name="Registry">The kinds of vindexes; null for those that Shale has.</param>
/// <param name="Engine">What the shards store their rows in; null if not said.</param>
public sealed record ClusterStartOptions(string Keyspace, int? Shards = null, string? VSchemaJson = null, VindexRegistry? Registry = null, StorageEngineType? Engine = null)
{
    /// <summary>The kinds of vindexes.</summary>
    internal VindexRegistry Kinds => Registry ?? VindexRegistry.BuiltIn;
}

/// <summary>Brings what is stored and what a start says together: the stored VSchema is the truth (SEMANTICS S2.4).</summary>
public static class ClusterStart
{
    /// <summary>The keyspace when nobody names one.</summary>
    public const string DefaultKeyspace = "main";

    /// <summary>How many shards a new keyspace gets when nobody says.</summary>
    public const int DefaultShards = 4;

    /// <summary>Applies the options to an empty topology, or holds them against what is stored.</summary>
    /// <returns>The VSchema to start with.</returns>
    /// <exception cref="VitessException">INVALID_VSCHEMA for another number of shards than the stored one, another document than the one applied,
    /// and documents that contradict themselves.</exception>
    public static VSchema Apply(ITopology topology, ClusterStartOptions options)
    {
        var stored = topology.Load();
        if (options.Shards is { } count) RequireCount(stored, options.Keyspace, count);
        if (options.Engine is { } engine) RequireEngine(stored, options.Keyspace, engine);
        var wanted = options.VSchemaJson is { } json ? ReadDocument(json, options) : stored.Find(options.Keyspace) is null ? Plain(options) : null;
        if (wanted is null) return stored;
        var hash = options.VSchemaJson is null ? null : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(options.VSchemaJson)));
        var applied = new Dictionary<string, string>();
        var schema = stored;
        foreach (var keyspace in wanted.Keyspaces.Values)
        {
            RequireName(keyspace.Name);
            if (hash is not null && topology.AppliedHash(keyspace.Name) == hash) continue;
            if (stored.Find(keyspace.Name) is { } known) RequireReplaceable(known, keyspace);
            schema = schema.WithKeyspace(keyspace);
            if (hash is not null) applied[keyspace.Name] = hash;
        }

        if (ReferenceEquals(schema, stored)) return stored;
        topology.Save(stored.Version, schema, applied);
        return schema;
    }

    private static VSchema Plain(ClusterStartOptions options)
    {
        var keyspace = VKeyspace.Create(options.Keyspace, KeyRange.Split(Count(options))) with { Registry = options.Kinds, Engine = options.Engine ?? StorageEngineType.Sqlite };
        return VSchema.Empty.WithKeyspace(keyspace);
    }

    private static VSchema ReadDocument(string json, ClusterStartOptions options)
    {
        var schema = VSchemaJson.Read(json, options.Keyspace, KeyRange.Split(Count(options)), options.Kinds, options.Engine ?? StorageEngineType.Sqlite);
        if (options.Shards is { } count) RequireCount(schema, options.Keyspace, count);
        if (options.Engine is { } engine) RequireEngine(schema, options.Keyspace, engine);
        foreach (var keyspace in schema.Keyspaces.Values)
        {
            _ = new ShardMap(keyspace.Shards);
            foreach (var vindex in keyspace.Vindexes.Values) options.Kinds.CheckNew(vindex, keyspace.Shards);
        }

        return schema.Find(options.Keyspace) is not null ? schema : throw new VitessException(ErrorCodes.InvalidVSchema,
            $"the VSchema does not speak of keyspace \"{options.Keyspace}\"", hint: $"Start with --keyspace {schema.Keyspaces.Keys.FirstOrDefault() ?? "NAME"}.");
    }

    private static int Count(ClusterStartOptions options)
    {
        var count = options.Shards ?? DefaultShards;
        return count is >= 1 and <= KeyRange.MostShards ? count : throw new VitessException(ErrorCodes.InvalidShardRange, $"{count} shards are not possible: 1 to {KeyRange.MostShards} are",
            hint: "Write --shards 4, or leave it away.");
    }

    // The name is a directory of the data directory, and stands before : / and @ in a target.
    private static void RequireName(string name)
    {
        if (name.Length is >= 1 and <= 63 && name[0] != '-' && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-')) return;
        throw new VitessException(ErrorCodes.InvalidVSchema, $"\"{name}\" cannot be the name of a keyspace",
            hint: "Use 1 to 63 letters, digits, _ and -.");
    }

    private static void RequireCount(VSchema schema, string name, int count)
    {
        if (schema.Find(name) is not { } keyspace || keyspace.Shards.Length == count) return;
        throw new VitessException(ErrorCodes.InvalidVSchema, $"keyspace \"{name}\" has {keyspace.Shards.Length} shards, not {count}",
            hint: "Leave --shards away: the stored number counts. For another number start with an empty data directory and load the rows again.");
    }

    private static void RequireEngine(VSchema schema, string name, StorageEngineType engine)
    {
        if (schema.Find(name) is not { } keyspace || keyspace.Engine == engine) return;
        throw new VitessException(ErrorCodes.InvalidVSchema, $"keyspace \"{name}\" is on {Word(keyspace.Engine)}, not on {Word(engine)}",
            hint: $"Leave --engine away: the stored engine counts. ALTER KEYSPACE {keyspace.Name} SET ENGINE brings it to the other one.");
    }

    // As --engine has it.
    private static string Word(StorageEngineType engine) => engine == StorageEngineType.Sqlite ? "sqlite" : "postgres";

    private static void RequireReplaceable(VKeyspace known, VKeyspace wanted)
    {
        foreach (var table in known.Tables.Values)
        {
            if (table.Schema is null) continue;
            throw new VitessException(ErrorCodes.InvalidVSchema, $"keyspace \"{known.Name}\" has tables, and this VSchema is not the one that was applied to it",
                hint: "Leave --vschema away: the stored VSchema counts. Change it by ALTER VSCHEMA.");
        }

        if (known.Engine != wanted.Engine) throw new VitessException(ErrorCodes.InvalidVSchema, $"keyspace \"{known.Name}\" is on {Word(known.Engine)}, not on {Word(wanted.Engine)}", hint: "Start with an empty data directory.");
        if (!known.Shards.SequenceEqual(wanted.Shards))
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, $"keyspace \"{known.Name}\" has other shards than this VSchema says",
                hint: "Start with an empty data directory.");
        }
    }
}
