namespace Shale.Vitess;

/// <summary>The names that Vitess gives to lookup vindexes, and what they mean here.</summary>
internal static class LookupTypes
{
    /// <summary>Whether it is one of the names of lookup vindexes, known or not.</summary>
    public static bool IsOne(string type) => type.Contains("lookup", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a type lets no two rows have equal values. The consistent ones are the same here: every lookup is kept by the writing statement's own transaction.</summary>
    /// <exception cref="VitessException">QUERY_ERROR (0A000) for kinds whose entries are other than ours; INVALID_VSCHEMA for unknown ones.</exception>
    public static bool IsUnique(string type) => type.Trim().ToLowerInvariant() switch
    {
        "lookup_unique" or "consistent_lookup_unique" => true,
        "lookup" or "lookup_nonunique" or "consistent_lookup" => false,
        "lookup_hash" or "lookup_hash_unique" or "lookup_unicodeloosemd5_hash" or "lookup_unicodeloosemd5_hash_unique" =>
            throw new VitessException(ErrorCodes.QueryError, $"the vindex type \"{type}\" is not built: its entries hold what the primary vindex was computed from", sqlState: "0A000",
                hint: "Use lookup or lookup_unique: their entries hold keyspace ids."),
        _ => throw new VitessException(ErrorCodes.InvalidVSchema, $"\"{type}\" is not a vindex type",
            hint: "Lookup vindexes are lookup, lookup_unique, consistent_lookup and consistent_lookup_unique."),
    };
}
