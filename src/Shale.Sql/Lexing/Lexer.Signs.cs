using System.Buffers;

namespace Shale.Sql.Lexing;

/// <summary>Operators and punctuation.</summary>
internal ref partial struct Lexer
{
    private static readonly SearchValues<char> OperatorCharacters = SearchValues.Create("~!@#^&|`?+-*/%<>=");

    /// <summary>An operator may end in + or - only if it holds one of these.</summary>
    private static readonly SearchValues<char> SpecialCharacters = SearchValues.Create("~!@#^&|`?%");

    private Token PostgresSign(int start, char first)
    {
        switch (first)
        {
            case '[':
                return Single(TokenKind.LeftBracket);
            case ']':
                return Single(TokenKind.RightBracket);
            case ':':
                if (Peek(1) == ':') return Finish(TokenKind.DoubleColon, start, start + 2);
                return Peek(1) == '=' ? Finish(TokenKind.ColonEquals, start, start + 2) : Single(TokenKind.Colon);
        }

        if (!OperatorCharacters.Contains(first)) throw Bad(start, start + 1, "syntax error");
        var length = _text[start..].IndexOfAnyExcept(OperatorCharacters);
        var run = _text.Slice(start, length < 0 ? _text.Length - start : length);
        return Finish(TokenKind.Operator, start, start + OperatorLength(run));
    }

    /// <summary>
    /// How much of a run of operator characters is one operator: PostgreSQL's rule (manual, 4.1.3), but a <c>?</c> or <c>@</c> that makes no
    /// operator of PostgreSQL begins a placeholder: <c>a=?</c>.
    /// </summary>
    private static int OperatorLength(ReadOnlySpan<char> run)
    {
        for (var i = 0; i + 1 < run.Length; i++)
        {
            if ((run[i] == '-' && run[i + 1] == '-') || (run[i] == '/' && run[i + 1] == '*')) run = run[..i];
        }

        if (run.Length > 1 && run[^1] is '+' or '-' && !run.ContainsAny(SpecialCharacters))
        {
            while (run.Length > 1 && run[^1] is '+' or '-') run = run[..^1];
        }

        var sign = run.IndexOfAny('?', '@');
        if (sign < 0 || IsOperatorWithSign(run)) return run.Length;
        if (sign > 0) return OperatorLengthBefore(run, sign);
        for (var length = Math.Min(3, run.Length); length > 1; length--)
        {
            if (IsOperatorWithSign(run[..length])) return length;
        }

        return 1;
    }

    private static int OperatorLengthBefore(ReadOnlySpan<char> run, int sign)
    {
        for (var length = run.Length - 1; length > sign; length--)
        {
            if (IsOperatorWithSign(run[..length])) return length;
        }

        return OperatorLength(run[..sign]);
    }

    private static bool IsOperatorWithSign(ReadOnlySpan<char> run) =>
        run is "@" or "@>" or "<@" or "^@" or "@@" or "@@@" or "@?" or "@-@" or "?" or "?|" or "?&" or "?#" or "?-" or "?-|" or "?||";

    private Token SqliteSign(int start, char first)
    {
        switch (first)
        {
            case '`':
                return Quoted(start, start, '`');
            case '[':
                return Quoted(start, start, ']');
            case '?':
                return QuestionMark(start);
            case ':' or '@' when IsWordPart(Peek(1)):
                return Finish(TokenKind.Parameter, start, WordEnd(start + 1));
        }

        var length = (first, Peek(1)) switch
        {
            ('-', '>') => Peek(2) == '>' ? 3 : 2,
            ('|', '|') or ('<', '<') or ('>', '>') or ('<', '=') or ('>', '=') or ('=', '=') or ('!', '=') or ('<', '>') => 2,
            ('+' or '-' or '*' or '/' or '%' or '&' or '|' or '~' or '<' or '>' or '=', _) => 1,
            _ => throw Bad(start, start + 1, "unrecognized token"),
        };
        return Finish(TokenKind.Operator, start, start + length);
    }

    private Token QuestionMark(int start)
    {
        var end = DigitsEnd(start + 1);
        return Finish(TokenKind.Parameter, start, end);
    }
}
