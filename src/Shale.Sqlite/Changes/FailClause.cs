using System.Text.RegularExpressions;

namespace Shale.Sqlite;

/// <summary>Whether SQL says FAIL where that lets a failed statement keep what it has done. A text or comment that looks like it counts, too.</summary>
internal static partial class FailClause
{
    private const string Gap = @"(?:\s|/\*.*?\*/|--[^\n]*\n)";

    /// <summary>INSERT OR FAIL, UPDATE OR FAIL, ON CONFLICT FAIL.</summary>
    public static bool IsInConflict(string sql) => Conflict().IsMatch(sql);

    /// <summary>RAISE(FAIL, …).</summary>
    public static bool IsRaised(string sql) => Raise().IsMatch(sql);

    [GeneratedRegex($@"\b(?:OR|CONFLICT){Gap}+FAIL\b", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Conflict();

    [GeneratedRegex($@"\bRAISE{Gap}*\({Gap}*FAIL\b", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Raise();
}
