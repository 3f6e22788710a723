using System.Globalization;
using Shale.Sql;
using Shale.Sql.Lexing;

namespace Shale.Postgres;

/// <summary>
/// What a text says before the server has seen it: whether it is one statement, how many parameters it takes, and that it leaves nothing behind on a connection that others use next (SEMANTICS S7).
/// Made once for each text that a connection prepares.
/// </summary>
/// <param name="Parameters">The highest number of a parameter.</param>
/// <param name="IsPreparable">Whether it may be run often; else it is a definition or a command.</param>
/// <param name="MayLeaveSettings">Whether it runs code that may change the session.</param>
/// <param name="HasBody">Whether it holds statements: the body of a function in SQL.</param>
/// <param name="MayDefine">Whether it may change tables, so that what was prepared before is out of date.</param>
internal readonly record struct StatementCheck(int Parameters, bool IsPreparable, bool MayLeaveSettings, bool HasBody, bool MayDefine)
{
    private static readonly HashSet<string> SessionCommands = new(StringComparer.OrdinalIgnoreCase)
    {
        "begin", "start", "commit", "end", "abort", "reset", "discard", "listen", "unlisten", "prepare", "execute", "deallocate", "declare", "fetch", "move", "close", "load", "copy",
    };

    // What gives all advisory locks back may run: drivers call it when a pool takes a connection back, and there are none.
    private static readonly HashSet<string> SessionFunctions = new(StringComparer.OrdinalIgnoreCase)
    {
        "set_config", "pg_advisory_lock", "pg_advisory_lock_shared", "pg_try_advisory_lock", "pg_try_advisory_lock_shared", "pg_advisory_unlock", "pg_advisory_unlock_shared",
    };

    private static readonly HashSet<string> Preparable = new(StringComparer.OrdinalIgnoreCase) { "select", "insert", "update", "delete", "merge", "with", "values", "table", "(", "explain", "show", "call" };

    /// <summary>Reads a text. Errors: SYNTAX_ERROR for none, several, or what is no SQL; QUERY_ERROR (0A000) for what would outlive the statement.</summary>
    /// <param name="sql">The text.</param>
    /// <param name="isPrivate">Whether the connection's temporary tables are its own: a scratch database.</param>
    public static StatementCheck Of(string sql, bool isPrivate)
    {
        using var tokens = TokenBuffer.Read(sql, SqlDialect.Postgres);
        var last = tokens.Count - 2;
        while (last >= 0 && tokens[last].Kind == TokenKind.Semicolon) last--;
        if (last < 0) throw new VitessException(ErrorCodes.SyntaxError, "there is no statement");
        var first = tokens[0].Of(sql).ToString();
        RequireNoSession(first, Word(tokens, 1, last), Word(tokens, 2, last));
        var hasBody = IsBody(tokens, last);
        var parameters = 0;
        for (var i = 0; i <= last; i++)
        {
            var text = tokens[i].Of(sql);
            switch (tokens[i].Kind)
            {
                case TokenKind.Semicolon when !hasBody:
                    throw new VitessException(ErrorCodes.SyntaxError, "cannot insert multiple commands into a prepared statement", hint: "Send one statement at a time.", position: tokens[i].Start + 1);
                case TokenKind.Parameter when int.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                    parameters = Math.Max(parameters, number);
                    break;
                case TokenKind.Word when SessionFunctions.Contains(text.ToString()) && tokens[i + 1].Kind == TokenKind.LeftParen:
                    throw PostgresErrors.NotHere(text.ToString());
                case TokenKind.Word when !isPrivate && IsTemporary(tokens, i):
                    throw PostgresErrors.NotHere("a temporary table");
            }
        }

        var word = first.ToLowerInvariant();
        return new StatementCheck(parameters, Preparable.Contains(first), word is "do" or "call", hasBody, word is "create" or "alter" or "drop" or "do");
    }

    private static void RequireNoSession(string first, string second, string third)
    {
        var endsWithTransaction = second.Equals("constraints", StringComparison.OrdinalIgnoreCase) || (second.Equals("local", StringComparison.OrdinalIgnoreCase) && third.Equals("lock_timeout", StringComparison.OrdinalIgnoreCase));
        if (first.Equals("set", StringComparison.OrdinalIgnoreCase) && !endsWithTransaction) throw PostgresErrors.NotHere("SET");
        var isSavepoint = second.Equals("to", StringComparison.OrdinalIgnoreCase) || third.Equals("to", StringComparison.OrdinalIgnoreCase);
        if (SessionCommands.Contains(first) || (first.Equals("rollback", StringComparison.OrdinalIgnoreCase) && !isSavepoint)) throw PostgresErrors.NotHere(first.ToUpperInvariant());
    }

    // CREATE TEMP …, CREATE OR REPLACE TEMP …, CREATE LOCAL TEMP …, INTO TEMP …, and the schema itself.
    private static bool IsTemporary(TokenBuffer tokens, int i)
    {
        if (tokens[i].Of(tokens.Text).StartsWith("pg_temp", StringComparison.OrdinalIgnoreCase)) return true;
        if (i == 0 || tokens[i].Keyword is not (Keyword.Temp or Keyword.Temporary)) return false;
        return tokens[i - 1].Keyword is Keyword.Create or Keyword.Into or Keyword.Local or Keyword.Global || (tokens[i - 1].Keyword == Keyword.Replace && tokens[0].Keyword == Keyword.Create);
    }

    // The body of a function in SQL holds statements, and semicolons behind them.
    private static bool IsBody(TokenBuffer tokens, int last)
    {
        for (var i = 0; i < last; i++)
        {
            if (tokens[i].Keyword == Keyword.Begin && tokens[i + 1].Of(tokens.Text).Equals("atomic", StringComparison.OrdinalIgnoreCase)) return tokens[0].Keyword == Keyword.Create;
        }

        return false;
    }

    private static string Word(TokenBuffer tokens, int i, int last) => i <= last ? tokens[i].Of(tokens.Text).ToString() : "";
}
