namespace Shale.Vitess;

/// <summary>The kinds of vindexes there are.</summary>
public static class VindexRegistry
{
    private const string Later = "Use hash, range or null; this kind comes later.";

    /// <summary>The kinds that can be used, by their own names.</summary>
    public static IReadOnlyList<string> Types { get; } = ["hash", "range", "null"];

    /// <summary>The kind that a name means, whatever its case; Vitess' <c>numeric</c> is range.</summary>
    /// <exception cref="VitessException">QUERY_ERROR (0A000) for kinds of Vitess and the seeds that are not built; INVALID_VSCHEMA for unknown ones.</exception>
    public static string Normalize(string type)
    {
        var name = type.Trim().ToLowerInvariant();
        switch (name)
        {
            case "hash" or "range" or "null":
                return name;
            case "numeric":
                return "range";
            case "consistent_hash" or "region" or "multicol" or "reverse_bits" or "xxhash" or "murmur3" or "binary" or "binary_md5"
                or "unicode_loose_md5" or "unicode_loose_xxhash" or "cfc" or "region_json" or "region_experimental" or "numeric_static_map":
            case var lookup when lookup.Contains("lookup", StringComparison.Ordinal):
                throw new VitessException(ErrorCodes.QueryError, $"the vindex type \"{type}\" is not built", sqlState: "0A000", hint: Later);
            default:
                throw new VitessException(ErrorCodes.InvalidVSchema, $"\"{type}\" is not a vindex type", hint: "The types are hash, range and null.");
        }
    }

    /// <summary>Makes a vindex work.</summary>
    /// <exception cref="VitessException">As <see cref="Normalize"/>; INVALID_VSCHEMA for parameters that contradict themselves.</exception>
    public static IVindex Create(VindexDefinition definition) => Normalize(definition.Type) switch
    {
        "range" => new RangeVindex(definition),
        "null" => new NullVindex(definition.Name),
        _ => new HashVindex(definition.Name),
    };
}
