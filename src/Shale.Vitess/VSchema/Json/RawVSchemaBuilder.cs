using System.Collections.Immutable;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>Makes a VSchema of a checked document: fills in shards, resolves aliases, creates implicit sequences.</summary>
internal sealed class RawVSchemaBuilder(RawVSchema schema, IReadOnlyList<KeyRange> defaultShards, VindexRegistry registry, StorageEngineType defaultEngine)
{
    public VSchema Build()
    {
        var validation = new RawVSchemaValidator(schema, registry).Validate();
        if (!validation.Valid) throw Invalid(validation);
        var keyspaces = VSchemaNames.Empty<VKeyspace>();
        foreach (var raw in schema.Keyspaces)
        {
            if (keyspaces.ContainsKey(raw.Name)) throw Duplicate("keyspace", raw.Name);
            keyspaces = keyspaces.Add(raw.Name, Build(raw));
        }

        return new VSchema(keyspaces, 1);
    }

    private VKeyspace Build(RawKeyspace raw)
    {
        var keyspace = VKeyspace.Create(raw.Name, Shards(raw), raw.Sharded) with { Registry = registry, Origin = raw.Origin, Engine = raw.Engine ?? defaultEngine };
        foreach (var vindex in raw.Vindexes.Where(vindex => !vindex.IsLookup))
        {
            if (keyspace.Vindexes.ContainsKey(vindex.Name)) throw Duplicate("vindex", vindex.Name);
            keyspace = keyspace with { Vindexes = keyspace.Vindexes.Add(vindex.Name, Build(vindex, keyspace)) };
        }

        foreach (var sequence in raw.Sequences) keyspace = WithSequence(keyspace, sequence);
        foreach (var table in raw.Tables)
        {
            if (keyspace.HasRelation(table.Name)) throw Duplicate("table", table.Name);
            keyspace = keyspace with { Tables = keyspace.Tables.Add(table.Name, Build(table, keyspace)) };
            if (raw.ImplicitSequences && table.AutoIncrement is { } auto && keyspace.FindSequence(auto.Sequence) is null)
            {
                keyspace = WithSequence(keyspace, new VSequence(auto.Sequence));
            }
        }

        foreach (var view in raw.Views)
        {
            if (keyspace.HasRelation(view.Name)) throw Duplicate("view", view.Name);
            keyspace = keyspace with { Views = keyspace.Views.Add(view.Name, view) };
        }

        return keyspace with { Comments = VSchemaNames.Empty<string>().AddRange(raw.Comments) };
    }

    private IReadOnlyList<KeyRange> Shards(RawKeyspace raw)
    {
        if (!raw.Sharded) return [raw.Shards is [var only] ? KeyRange.Parse(only) : KeyRange.All];
        if (raw.ShardCount is { } count) return KeyRange.Split(count);
        if (raw.Shards is not { } names) return defaultShards;
        return names.Exists(name => ShardAlias.TryParse(name, out _)) ? FromAliases(raw.Name, names) : [.. names.Select(KeyRange.Parse)];
    }

    private static IReadOnlyList<KeyRange> FromAliases(string keyspace, List<string> names)
    {
        var seen = new SortedSet<int>();
        foreach (var name in names)
        {
            if (!ShardAlias.TryParse(name, out var index) || index >= names.Count || !seen.Add(index))
            {
                throw new VitessException(ErrorCodes.InvalidShardRange, $"keyspace \"{keyspace}\": its {names.Count} shards must be shard-0 to shard-{names.Count - 1}, or all key ranges");
            }
        }

        return KeyRange.Split(names.Count);
    }

    private static VindexDefinition Build(RawVindex raw, VKeyspace keyspace)
    {
        var parameters = raw.Params.ToImmutableSortedDictionary(VSchemaNames.Comparer);
        var definition = new VindexDefinition(raw.Name, keyspace.Registry.Normalize(raw.Type), ShardAlias.Resolve(parameters, keyspace.Shards));
        keyspace.CreateVindex(definition);
        return definition;
    }

    private VTable Build(RawTable raw, VKeyspace keyspace)
    {
        var primary = raw.ColumnVindexes.Count > 0 && keyspace.Sharded && !raw.Reference ? raw.ColumnVindexes[0] : null;
        var definition = primary is null ? null : Primary(raw, primary, keyspace);
        var kind = !keyspace.Sharded ? VTableKind.Unsharded
            : raw.Reference ? VTableKind.Reference
            : raw.Pinned || definition is null or { Type: "null" } ? VTableKind.Pinned
            : VTableKind.Sharded;
        var sharded = kind == VTableKind.Sharded;
        if (sharded && primary!.Columns.Count > keyspace.CreateVindex(definition!).MaxColumns)
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, $"table \"{raw.Name}\": vindex \"{definition!.Name}\" takes fewer than {primary.Columns.Count} columns");
        }

        return new VTable(raw.Name, kind, sharded ? [.. primary!.Columns] : [], sharded ? definition!.Name : null, Qualified(raw.AutoIncrement, keyspace), null, raw.CreateSql,
            raw.Dialect, [.. raw.Indexes])
        {
            AwaitsKey = raw.AwaitsKey && kind == VTableKind.Pinned,
            ExactNumerics = raw.ExactNumerics,
            Lookups = sharded ? [.. Lookups(raw, keyspace)] : [],
            Triggers = [.. raw.Triggers],
        };
    }

    private static VindexDefinition Primary(RawTable raw, RawColumnVindex primary, VKeyspace keyspace) => keyspace.Vindexes.GetValueOrDefault(primary.Vindex)
        ?? throw new VitessException(ErrorCodes.InvalidVSchema, $"table \"{raw.Name}\" has the lookup vindex \"{primary.Vindex}\" as its primary vindex",
            hint: "The first vindex of a table says where a row lives without asking: put hash, or another function, first.");

    private IEnumerable<VLookup> Lookups(RawTable raw, VKeyspace keyspace)
    {
        foreach (var entry in raw.ColumnVindexes.Skip(1))
        {
            if (schema.Find(keyspace.Name)!.FindVindex(entry.Vindex) is not { IsLookup: true } vindex) continue;
            RequireOwn(raw, entry, vindex, keyspace);
            yield return new VLookup(vindex.Name, [.. entry.Columns], vindex.LookupTable!, LookupTypes.IsUnique(vindex.Type))
            {
                WriteOnly = vindex.Params.GetValueOrDefault("write_only") is { } flag && VSchemaNames.Comparer.Equals(flag, "true"),
            };
        }
    }

    /// <summary>A lookup vindex has one owner here, whose columns are called alike in its entries, and which alone is found by it.</summary>
    private static void RequireOwn(RawTable table, RawColumnVindex entry, RawVindex vindex, VKeyspace keyspace)
    {
        var other = keyspace.Tables.Values.FirstOrDefault(known => known.Lookups.Any(each => VSchemaNames.Comparer.Equals(each.Name, vindex.Name) || VSchemaNames.Comparer.Equals(each.Table, vindex.LookupTable)));
        var why = other is not null ? $"belongs to table \"{other.Name}\", or shares its entries with one that does"
            : vindex.Owner is { } owner && !VSchemaNames.Comparer.Equals(owner, table.Name) ? $"is owned by \"{owner}\""
            : vindex.Params.GetValueOrDefault("from") is { } from && !Lists(from, entry.Columns) ? $"looks up ({from})"
            : vindex.Params.GetValueOrDefault("to") is { } to && !VSchemaNames.Comparer.Equals(to, VLookup.KeyspaceIdColumn) ? $"has entries with the column \"{to}\""
            : null;
        if (why is null) return;
        throw new VitessException(ErrorCodes.InvalidVSchema, $"table \"{table.Name}\" cannot have the lookup vindex \"{vindex.Name}\" on ({string.Join(", ", entry.Columns)}): it {why}",
            hint: $"A lookup vindex has one table, its owner; its entries have the looked-up columns under their own names, and {VLookup.KeyspaceIdColumn}.");
    }

    // A name may hold a comma itself.
    private static bool Lists(string from, IReadOnlyList<string> columns) =>
        VSchemaNames.Comparer.Equals(from, string.Join(',', columns)) || LookupRules.AreSame(from.Split(',').Select(name => name.Trim()), columns);

    /// <summary>Vitess finds a sequence in whatever keyspace has it; here its keyspace stands in front of its name.</summary>
    private AutoIncrement? Qualified(AutoIncrement? auto, VKeyspace keyspace)
    {
        if (auto is null || schema.Find(keyspace.Name)!.ImplicitSequences || keyspace.FindSequence(auto.Sequence) is not null) return auto;
        if (SequenceName.TrySplit(auto.Sequence, out _, out _)) return auto;
        return auto with { Sequence = $"{schema.Keyspaces.Find(other => other.HasSequence(auto.Sequence))!.Name}.{auto.Sequence}" };
    }

    private static VKeyspace WithSequence(VKeyspace keyspace, VSequence sequence)
    {
        if (keyspace.HasRelation(sequence.Name)) throw Duplicate("sequence", sequence.Name);
        return keyspace with { Sequences = keyspace.Sequences.Add(sequence.Name, sequence) };
    }

    private static VitessException Duplicate(string what, string name) =>
        new(ErrorCodes.InvalidVSchema, $"VSchema: the name of {what} \"{name}\" is used twice; names differ in more than case");

    private static VitessException Invalid(VSchemaValidation validation)
    {
        var first = validation.Errors[0];
        var code = first.Code == ErrorCodes.InvalidShardRange.Code ? ErrorCodes.InvalidShardRange : ErrorCodes.InvalidVSchema;
        return new VitessException(code, "VSchema: " + string.Join("; ", validation.Errors.Select(error => $"{error.Code}: {error.Message}")));
    }
}
