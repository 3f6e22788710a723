using System.Text.RegularExpressions;

namespace Shale.Client;

/// <summary>
/// Whether a statement surely only reads, so that sending it twice does no harm (SEMANTICS S4.4). The client has no parser: any word that
/// could change something, even inside a string, makes the answer no.
/// </summary>
internal static partial class ReadOnlyText
{
    /// <summary>Whether the statement may be sent again without knowing what became of it.</summary>
    public static bool Reads(string sql) => First().IsMatch(sql) && !Changes().IsMatch(sql);

    /// <summary>Whether a statement may set a sequence back, which no transaction holds: the gate keeps no answer to it.</summary>
    public static bool SetsSequence(string sql) => sql.Contains("setval", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^(\s|--[^\n]*\n|/\*([^*]|\*(?!/))*\*/|\()*(SELECT|VALUES|WITH|SHOW|EXPLAIN|VEXPLAIN)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex First();

    [GeneratedRegex(@"\b(INSERT|UPDATE|DELETE|MERGE|REPLACE|INTO|CALL|TRUNCATE|CREATE|DROP|ALTER|SHARE|nextval|setval|set_config|\w*lock\w*)\b|;\s*\S",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Changes();
}
