using System.Text.RegularExpressions;
using Shale.Sql;

namespace Shale.Server;

/// <summary>A prepared statement that is to run.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Arguments">The expressions of its values, as they were written; empty for none.</param>
internal readonly record struct PreparedCall(string Text, string Arguments);

/// <summary>What one session has prepared by SQL: PREPARE and EXECUTE. Not thread-safe.</summary>
internal sealed partial class SessionPrepared
{
    /// <summary>How many there may be at once.</summary>
    private const int Most = 1_000;

    private const string Identifier = """("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)""";

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>PREPARE name [(types)] AS statement; 42P05 for a name that is taken, 42601 for what is none.</summary>
    public string Prepare(string text)
    {
        var match = Prepared().Match(text);
        if (!match.Success) throw new VitessException(ErrorCodes.SyntaxError, "PREPARE is followed by a name, types in parentheses, AS, and a statement");
        var name = NameOf(match.Groups[1].Value);
        if (_texts.ContainsKey(name)) throw new VitessException(ErrorCodes.QueryError, $"prepared statement \"{name}\" already exists", sqlState: "42P05", hint: "DEALLOCATE it first, or choose another name.");
        if (_texts.Count >= Most) throw new VitessException(ErrorCodes.ResourceExhausted.Code, $"a session has no more than {Most} prepared statements", null, "53400", isTransient: false, "DEALLOCATE those that are not needed.");
        _texts[name] = Typed(match.Groups[3].Value, match.Groups[2].Value);
        return "PREPARE";
    }

    /// <summary>EXECUTE name [(values)]; 26000 for a name that nothing has.</summary>
    public PreparedCall Find(string text)
    {
        var match = Executed().Match(text);
        if (!match.Success) throw new VitessException(ErrorCodes.SyntaxError, "EXECUTE is followed by a name, and values in parentheses");
        var name = NameOf(match.Groups[1].Value);
        return _texts.TryGetValue(name, out var prepared) ? new PreparedCall(prepared, match.Groups[2].Value.Trim()) : throw Missing(name);
    }

    /// <summary>Forgets one, or with null all; false if it was asked for more than it has: for another, or for all that the session has.</summary>
    public bool Forget(string? name)
    {
        if (name is not null) return _texts.Remove(name);
        _texts.Clear();
        return false;
    }

    // A type that was said of a value decides what the value is read as.
    private static string Typed(string statement, string types)
    {
        var parsed = SqlParser.ParseWithParameters(statement, SqlDialect.Postgres);
        if (types.Length == 0) return statement;
        var named = types.Split(',').Select(type => ((Cast)SqlParser.ParseExpression($"NULL::{type.Trim()}", SqlDialect.Postgres)).Type).ToList();
        var typed = SqlTree.Rewrite(parsed.Statement, node => node is Parameter parameter && parameter.Index <= named.Count ? new Cast(parameter, named[parameter.Index - 1]) : null);
        return SqlPrinter.Print(typed, SqlDialect.Postgres);
    }

    private static string NameOf(string written) => written[0] == '"' ? written[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : written.ToLowerInvariant();

    private static VitessException Missing(string name) => new(ErrorCodes.NotFound, $"prepared statement \"{name}\" does not exist", sqlState: "26000");

    [GeneratedRegex(@"\A\s*PREPARE\s+" + Identifier + @"\s*(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\))?\s+AS\s+(.+)\z", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Prepared();

    [GeneratedRegex(@"\A\s*EXECUTE\s+" + Identifier + @"\s*(?:\((.*)\))?\s*\z", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Executed();
}
