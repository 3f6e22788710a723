using System.Text.RegularExpressions;
using Shale.Sql;

namespace Shale.Server;

/// <summary>A NOTIFY, or a SELECT of <c>pg_notify</c>: which channels and words its rows are.</summary>
internal static partial class NotifyCall
{
    /// <summary>Reads LISTEN, UNLISTEN or NOTIFY: the channel, null for all; and what is told. Errors: SYNTAX_ERROR.</summary>
    public static (string? Channel, string Payload) Read(string text)
    {
        var match = Written().Match(text);
        if (!match.Success) throw new VitessException(ErrorCodes.SyntaxError, "LISTEN, UNLISTEN and NOTIFY are followed by the name of a channel");
        var channel = match.Groups["all"].Success ? null : CursorDeclaration.NameOf(match.Groups["name"].Value);
        var payload = match.Groups["payload"].Success && SqlParser.ParseExpression(match.Groups["payload"].Value, SqlDialect.Postgres) is Literal { Kind: LiteralKind.String } said ? said.Text : "";
        return (channel, payload);
    }

    /// <summary>The query that gives the channels and words of a SELECT of nothing but pg_notify; null for a statement that does not call it. QUERY_ERROR (0A000) where it is called elsewhere.</summary>
    public static string? TryRead(string text)
    {
        if (!text.Contains("pg_notify", StringComparison.OrdinalIgnoreCase)) return null;
        var statement = SqlParser.Parse(text, SqlDialect.Postgres);
        var calls = SqlTree.All<FunctionCall>(statement).Count(Is);
        if (calls == 0) return null;
        if (calls > 1 || statement is not SelectStatement { Body: SelectCore { Items: [{ Value: FunctionCall { Args.Count: 2 } call } item] } core } select || !Is(call))
            throw new VitessException(ErrorCodes.QueryError, "pg_notify is supported as the only thing that a SELECT gives", sqlState: "0A000", hint: "SELECT pg_notify(channel, payload) FROM …, in a statement of its own.");
        var asked = core with { Items = [.. call.Args.Select(argument => item with { Value = new Cast(argument, ((Cast)SqlParser.ParseExpression("NULL::text", SqlDialect.Postgres)).Type), Alias = null })] };
        return SqlPrinter.Print(select with { Body = asked }, SqlDialect.Postgres);
    }

    private static bool Is(FunctionCall call) => call.Name is { Name.Name: "pg_notify", Schema: null or { Name: "pg_catalog" } };

    [GeneratedRegex("""\A\s*(?:LISTEN|UNLISTEN|NOTIFY)\s+(?:(?<all>\*)|(?<name>"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?:\s*,\s*(?<payload>.+))?)\s*\z""", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Written();
}
