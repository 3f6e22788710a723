using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// CREATE, ALTER, DROP and COMMENT ON EXTENSION, which frameworks send by habit. There is plpgsql, as in every database of PostgreSQL's; others are not available, and the refusal says what stands for them.
/// </summary>
internal static partial class ExtensionStatements
{
    private const string Known = "plpgsql", Version = "1.0";

    private static readonly FrozenDictionary<string, string> Hints = new Dictionary<string, string>
    {
        ["uuid-ossp"] = "gen_random_uuid() makes what uuid_generate_v4() makes, and needs no extension; TypeORM uses it with uuidExtension: 'pgcrypto' and installExtensions: false.",
        ["pgcrypto"] = "gen_random_uuid(), md5(), sha256() and sha512() need no extension; encrypt, and hash passwords, in the application.",
        ["citext"] = "Use text, a unique index of lower(column), and compare lower(column).",
        ["hstore"] = "Use jsonb, which has the same operators.",
        ["pg_trgm"] = "LIKE, ILIKE and regular expressions need no extension; there is no similarity().",
        ["unaccent"] = "Keep the text without accents in a column of its own, which the application fills.",
        ["btree_gin"] = "Indexes are ordered ones: leave it out.",
        ["btree_gist"] = "Indexes are ordered ones: leave it out.",
        ["pg_stat_statements"] = "SHOW PROCESSLIST, VEXPLAIN and the server's metrics tell what runs; leave it out.",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The answer to such a statement; null for another one. Errors: QUERY_ERROR (0A000, 42710), NOT_FOUND (42704).</summary>
    public static GateResult? TryAnswer(string text)
    {
        if (Form().Match(text) is not { Success: true } match) return null;
        var verb = match.Groups["verb"].Value.ToUpperInvariant();
        var (tests, names) = (match.Groups["test"].Success, NamesOf(match.Groups["names"].Value));
        var notices = new List<string>();
        foreach (var name in names)
        {
            var isKnown = name.Equals(Known, StringComparison.Ordinal);
            if (verb == "CREATE") Create(name, isKnown, tests, notices);
            else if (verb == "DROP") Drop(name, isKnown, tests, notices);
            else if (!isKnown) throw Missing(name);
            else if (verb == "ALTER") Update(match.Groups["rest"].Value, notices);
        }

        return new GateResult(new RowSet([])) { Tier = "gate", Notices = notices };
    }

    private static void Create(string name, bool isKnown, bool tests, List<string> notices)
    {
        if (!isKnown)
        {
            throw new VitessException(ErrorCodes.QueryError, $"extension \"{name}\" is not available", sqlState: "0A000",
                hint: Hints.GetValueOrDefault(name, "There are no extensions; gen_random_uuid(), jsonb and regular expressions need none."));
        }

        if (!tests) throw new VitessException(ErrorCodes.QueryError, $"extension \"{name}\" already exists", sqlState: "42710", hint: "Nothing needs to be done.");
        notices.Add($"extension \"{name}\" already exists, skipping");
    }

    private static void Drop(string name, bool isKnown, bool tests, List<string> notices)
    {
        if (isKnown) throw new VitessException(ErrorCodes.QueryError, $"extension \"{name}\" cannot be dropped", sqlState: "0A000", hint: "It means nothing here: leave it.");
        if (!tests) throw Missing(name);
        notices.Add($"extension \"{name}\" does not exist, skipping");
    }

    private static void Update(string rest, List<string> notices)
    {
        if (!rest.TrimStart().StartsWith("UPDATE", StringComparison.OrdinalIgnoreCase))
            throw new VitessException(ErrorCodes.QueryError, "ALTER EXTENSION is not supported", sqlState: "0A000", hint: "There is nothing to change.");
        notices.Add($"version \"{Version}\" of extension \"{Known}\" is already installed");
    }

    private static VitessException Missing(string name) => new(ErrorCodes.NotFound, $"extension \"{name}\" does not exist", sqlState: "42704", hint: "pg_extension lists what there is.");

    private static IEnumerable<string> NamesOf(string written) => written.Split(',').Select(name => name.Trim()).Select(name => name[0] == '"' ? name[1..^1] : name.ToLowerInvariant());

    [GeneratedRegex("""
        \A\s*(?<verb>CREATE|ALTER|DROP|COMMENT\s+ON)\s+EXTENSION\s+(?<test>IF\s+(?:NOT\s+)?EXISTS\s+)?(?<names>(?:"[^"]+"|[^\s",;]+)(?:\s*,\s*(?:"[^"]+"|[^\s",;]+))*)(?<rest>[\s;].*)?\z
        """, RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Form();
}
