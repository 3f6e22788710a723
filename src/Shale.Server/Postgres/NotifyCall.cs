using System.Text.RegularExpressions;
using Shale.Sql;

namespace Shale.Server;

/// <summary>What LISTEN, UNLISTEN and NOTIFY name.</summary>
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

    [GeneratedRegex("""\A\s*(?:LISTEN|UNLISTEN|NOTIFY)\s+(?:(?<all>\*)|(?<name>"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?:\s*,\s*(?<payload>.+))?)\s*\z""", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Written();
}
