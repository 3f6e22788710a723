using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>Where a statement ends: at a semicolon, but not at one inside a body of CREATE TRIGGER or BEGIN ATOMIC.</summary>
internal static class StatementEnd
{
    /// <summary>The index of the semicolon or end token behind the statement that begins at a token.</summary>
    public static int Find(TokenBuffer tokens, int start, string text, SqlDialect dialect)
    {
        var body = BodyStart(tokens, start, text, dialect);
        var inBody = false;
        for (var i = start; ; i++)
        {
            switch (tokens[i].Kind)
            {
                case TokenKind.End:
                    return i;
                case TokenKind.Semicolon when !inBody:
                    return i;
                case TokenKind.Semicolon when tokens[i + 1].Keyword == Keyword.End && tokens[i + 2].Kind is TokenKind.Semicolon or TokenKind.End:
                    return i + 2;
            }

            if (i == body) inBody = true;
        }
    }

    /// <summary>The token that opens a body of several statements; -1 for a statement without one.</summary>
    private static int BodyStart(TokenBuffer tokens, int start, string text, SqlDialect dialect)
    {
        if (tokens[start].Keyword != Keyword.Create) return -1;
        var i = start + 1;
        while (tokens[i].Keyword is Keyword.Or or Keyword.Replace or Keyword.Temp or Keyword.Temporary) i++;
        var isTrigger = dialect == SqlDialect.Sqlite && tokens[i].Keyword == Keyword.Trigger;
        var isRoutine = dialect == SqlDialect.Postgres && tokens[i].Keyword is Keyword.Function or Keyword.Procedure;
        if (!isTrigger && !isRoutine) return -1;
        for (; tokens[i].Kind is not (TokenKind.End or TokenKind.Semicolon); i++)
        {
            if (tokens[i].Keyword == Keyword.Begin && (isTrigger || tokens[i + 1].Keyword == Keyword.Atomic)) return i;
        }

        return -1;
    }
}
