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
    public static IReadOnlyList<string> Split(string script, SqlDialect dialect)
    {
        using var tokens = TokenBuffer.Read(script, dialect);
        var statements = new List<string>();
        var at = 0;
        while (tokens[at].Kind != TokenKind.End)
        {
            if (tokens[at].Kind == TokenKind.Semicolon)
            {
                at++;
                continue;
            }

            var end = StatementEnd.Find(tokens, at, script, dialect);
            statements.Add(script[tokens[at].Start..tokens[end - 1].End]);
            at = end;
        }

        return statements;
    }

    /// <summary>Whether the script ends with a complete statement, so that a prompt can run it: its last token is a semicolon outside any body.</summary>
    public static bool IsComplete(string script, SqlDialect dialect)
    {
        try
        {
            using var tokens = TokenBuffer.Read(script, dialect);
            var at = 0;
            while (tokens[at].Kind != TokenKind.End)
            {
                var end = StatementEnd.Find(tokens, at, script, dialect);
                if (tokens[end].Kind == TokenKind.End) return false;
                at = end + 1;
            }

            return true;
        }
        catch (VitessException)
        {
            // A string or comment that is still open.
            return false;
        }
    }
}
