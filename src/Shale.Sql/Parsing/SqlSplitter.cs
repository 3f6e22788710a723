using Shale.Sql.Lexing;
using Shale.Sql.Parsing;

namespace Shale.Sql;

/// <summary>Cuts a script into statements.</summary>
public static class SqlSplitter
{
    /// <summary>
    /// The statements' texts without their end marks, in order; empty ones are left out. Bodies of triggers stay whole.
    /// Throws SYNTAX_ERROR where the script cannot be cut into tokens, such as a string without an end.
    /// </summary>
    public static IReadOnlyList<string> Split(string script, SqlDialect dialect) => [.. Places(script, dialect).Select(place => script[place])];

    /// <summary>Where the statements of <see cref="Split"/> stand in the script.</summary>
    public static IReadOnlyList<Range> Places(string script, SqlDialect dialect)
    {
        using var tokens = TokenBuffer.Read(script, dialect);
        var statements = new List<Range>();
        var at = 0;
        while (tokens[at].Kind != TokenKind.End)
        {
            if (tokens[at].Kind == TokenKind.Semicolon)
            {
                at++;
                continue;
            }

            var end = StatementEnd.Find(tokens, at, script, dialect);
            statements.Add(tokens[at].Start..tokens[end - 1].End);
            at = end;
        }

        return statements;
    }

    /// <summary>
    /// The complete statements at the beginning of a text that is still being written, and what is left behind the last of their semicolons, with its comments. What
    /// is no token is left in its statement: whoever runs it says what is wrong.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="dialect">Whose rules it follows.</param>
    /// <param name="rest">What has begun and not ended; empty if nothing has.</param>
    public static IReadOnlyList<string> TakeComplete(string text, SqlDialect dialect, out string rest)
    {
        using var tokens = TokenBuffer.ReadAny(text, dialect);
        var statements = new List<string>();
        var at = 0;
        var behind = 0;
        while (tokens[at].Kind != TokenKind.End)
        {
            var end = StatementEnd.Find(tokens, at, text, dialect);
            if (tokens[end].Kind == TokenKind.End) break;
            if (end > at) statements.Add(text[tokens[at].Start..tokens[end - 1].End]);
            behind = tokens[end].End;
            at = end + 1;
        }

        rest = tokens[at].Kind == TokenKind.End && !tokens.IsOpen ? "" : text[behind..];
        return statements;
    }
}
