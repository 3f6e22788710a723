using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>The kinds of vindexes there are: those of Shale, and those that an application adds. Immutable and thread-safe.</summary>
public sealed class VindexRegistry
{
    private static readonly FrozenSet<string> NotBuilt = new[]
    {
        "murmur3", "cfc", "region_json",
    }.ToFrozenSet();

    private readonly FrozenDictionary<string, IVindexFactory> _factories;

    private VindexRegistry(IEnumerable<IVindexFactory> factories)
    {
        var all = new Dictionary<string, IVindexFactory>(StringComparer.Ordinal);
        foreach (var factory in factories)
        {
            var name = Lower(factory.Type);
            if (name.Length == 0 || name == "numeric" || name.Contains("lookup", StringComparison.Ordinal) || NotBuilt.Contains(name) || !all.TryAdd(name, factory))
            {
                throw new VitessException(ErrorCodes.InvalidVSchema, $"a vindex type cannot be called \"{factory.Type}\": the name is taken", hint: "Give it a name of its own.");
            }
        }

        _factories = all.ToFrozenDictionary();
        Types = [.. all.Keys];
    }

    /// <summary>The kinds that Shale has.</summary>
    public static VindexRegistry BuiltIn { get; } = new(VindexFactories.All);

    /// <summary>The kinds that can be used, by their own names.</summary>
    public IReadOnlyList<string> Types { get; }

    /// <summary>These kinds and more; INVALID_VSCHEMA if a name is taken.</summary>
    public VindexRegistry With(IEnumerable<IVindexFactory> factories)
    {
        var own = factories.ToList();
        return own.Count == 0 ? this : new VindexRegistry([.. _factories.Values, .. own]);
    }

    /// <summary>The kind that a name means, whatever its case; Vitess' <c>numeric</c> is range.</summary>
    /// <exception cref="VitessException">QUERY_ERROR (0A000) for kinds of Vitess and the seeds that are not built; INVALID_VSCHEMA for unknown ones.</exception>
    public string Normalize(string type)
    {
        var name = Lower(type);
        if (_factories.ContainsKey(name)) return name;
        if (name == "numeric") return "range";
        if (NotBuilt.Contains(name) || name.Contains("lookup", StringComparison.Ordinal))
        {
            throw new VitessException(ErrorCodes.QueryError, $"the vindex type \"{type}\" is not built", sqlState: "0A000",
                hint: "This kind may come later; hash takes several columns, and IVindexFactory adds kinds of your own.");
        }

        throw new VitessException(ErrorCodes.InvalidVSchema, $"\"{type}\" is not a vindex type", hint: $"The types are {string.Join(", ", Types)}; others are added by IVindexFactory.");
    }

    /// <summary>Makes a vindex work.</summary>
    /// <param name="definition">The vindex.</param>
    /// <param name="shards">The keyspace's shards; none to check only the definition.</param>
    /// <exception cref="VitessException">As <see cref="Normalize"/>; INVALID_VSCHEMA for parameters that contradict themselves.</exception>
    public IVindex Create(VindexDefinition definition, ImmutableArray<KeyRange> shards = default) =>
        _factories[Normalize(definition.Type)].Create(definition, shards.IsDefault ? [] : shards);

    /// <summary>
    /// Refuses a new definition that would mean something else than it says: INVALID_VSCHEMA for parameters that its kind does not know, and for key ranges that are not whole shards.
    /// Kinds that an application adds check theirs themselves.
    /// </summary>
    internal void CheckNew(VindexDefinition definition, ImmutableArray<KeyRange> shards)
    {
        var factory = _factories[Normalize(definition.Type)];
        var vindex = factory.Create(definition, shards);
        if (factory is VindexFactories.Factory own && definition.Params.Keys.FirstOrDefault(name => !own.Parameters.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new VitessException(ErrorCodes.InvalidVSchema, $"vindex \"{definition.Name}\": {own.Type} has no parameter \"{unknown}\"",
                hint: own.Parameters.Count == 0 ? "It has none." : $"It has {string.Join(", ", own.Parameters)}.");
        }

        foreach (var range in (vindex as INamesShards)?.Named ?? [])
        {
            if (shards.Any(shard => shard.Start == range.Start) && shards.Any(shard => shard.End == range.End)) continue;
            throw new VitessException(ErrorCodes.InvalidVSchema, $"vindex \"{definition.Name}\": {range} is no shard of the keyspace, nor several", hint: $"The shards are {string.Join(", ", shards)}.");
        }
    }

    private static string Lower(string type) => type.Trim().ToLowerInvariant();
}
