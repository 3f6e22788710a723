namespace Shale.Vitess;

/// <summary>A target <c>keyspace[:shard][/branch][@tablet_type]</c> (SEMANTICS S1.1).</summary>
/// <param name="Keyspace">Null for the default one.</param>
/// <param name="Shard">Null for all.</param>
public readonly record struct Target(string? Keyspace, string? Shard)
{
    /// <summary>The branch; null where it is part of <see cref="Keyspace"/>, and for the keyspace itself.</summary>
    public string? Branch { get; init; }

    /// <summary>Reads a target; null and empty mean the default keyspace. QUERY_ERROR (0A000) for tablet types that there are not.</summary>
    public static Target Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return default;
        var rest = Cut(text, '@', out var tabletType);
        if (tabletType is not (null or "" or "primary" or "master"))
        {
            throw new VitessException(ErrorCodes.QueryError, $"there are no tablets of type \"{tabletType}\"", sqlState: "0A000",
                hint: "Leave out the tablet type, or say @primary: replicas are not built yet.");
        }

        rest = Cut(rest, '/', out var branch);
        var keyspace = Cut(rest, ':', out var shard);
        return new Target(keyspace.Length == 0 ? null : keyspace, string.IsNullOrEmpty(shard) ? null : shard) { Branch = branch is null or "" or BranchNames.Main ? null : branch };
    }

    private static string Cut(string text, char mark, out string? behind)
    {
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        behind = at < 0 ? null : text[(at + 1)..];
        return at < 0 ? text : text[..at];
    }
}
