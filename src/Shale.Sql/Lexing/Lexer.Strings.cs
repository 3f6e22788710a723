namespace Shale.Sql.Lexing;

/// <summary>Strings, quoted names and what begins with a dollar sign.</summary>
internal ref partial struct Lexer
{
    /// <summary>A string without escapes, in PostgreSQL with continuation on later lines.</summary>
    private Token PlainString(int start, int quote)
    {
        var end = QuotedEnd(start, quote, '\'', "unterminated quoted string");
        if (_postgres)
        {
            for (var next = ContinuationQuote(end); next >= 0; next = ContinuationQuote(end))
                end = QuotedEnd(start, next, '\'', "unterminated quoted string");
        }

        return Finish(TokenKind.String, start, end);
    }

    private Token Quoted(int start, int quote, char close)
    {
        var end = close == ']' ? BracketEnd(start) : QuotedEnd(start, quote, close, "unterminated quoted identifier");
        if (end == quote + 2 && _postgres) throw Bad(start, end, "zero-length delimited identifier");
        return Finish(TokenKind.QuotedName, start, end);
    }

    private int BracketEnd(int start)
    {
        var length = _text[start..].IndexOf(']');
        return length < 0 ? throw Open(start, start + 1, "unterminated quoted identifier") : start + length + 1;
    }

    private int QuotedEnd(int start, int quote, char close, string complaint)
    {
        var at = quote + 1;
        while (true)
        {
            var length = at <= _text.Length ? _text[at..].IndexOf(close) : -1;
            if (length < 0) throw Open(start, start + 20, complaint);
            at += length + 1;
            if (at >= _text.Length || _text[at] != close) return at;
            at++;
        }
    }

    /// <summary>Where the next piece of a string begins: behind blanks with a line end among them (SQL standard); -1 if there is none.</summary>
    private readonly int ContinuationQuote(int from)
    {
        var lineEnd = false;
        while (from < _text.Length && IsBlank(_text[from])) lineEnd |= _text[from++] is '\n' or '\r';
        return lineEnd && from < _text.Length && _text[from] == '\'' ? from : -1;
    }

    private Token Digits(int start, TokenKind kind)
    {
        var end = QuotedEnd(start, start + 1, '\'', "unterminated hexadecimal or bit string");
        var digits = _text[(start + 2)..(end - 1)];
        foreach (var digit in digits)
        {
            if (kind == TokenKind.BitString ? digit is not ('0' or '1') : !char.IsAsciiHexDigit(digit))
                throw Bad(start, end, $"\"{digit}\" is not a valid {(kind == TokenKind.BitString ? "binary" : "hexadecimal")} digit");
        }

        if (!_postgres && digits.Length % 2 != 0) throw Bad(start, end, "odd number of hexadecimal digits");
        return Finish(kind, start, end);
    }

    private Token EscapeString(int start)
    {
        var end = EscapeStringEnd(start, start + 1);
        for (var next = ContinuationQuote(end); next >= 0; next = ContinuationQuote(end)) end = EscapeStringEnd(start, next);
        return Finish(TokenKind.String, start, end);
    }

    private int EscapeStringEnd(int start, int quote)
    {
        var at = quote + 1;
        while (true)
        {
            var length = at <= _text.Length ? _text[at..].IndexOfAny('\'', '\\') : -1;
            if (length < 0) throw Open(start, start + 20, "unterminated quoted string");
            at += length;
            if (_text[at] == '\\')
            {
                at += 2;
                continue;
            }

            at++;
            if (at >= _text.Length || _text[at] != '\'') return at;
            at++;
        }
    }

    /// <summary>Takes UESCAPE and its string into the token before.</summary>
    private Token WithUescape(Token token)
    {
        var back = _at;
        SkipBlanks();
        if (_at < _text.Length && IsWordStart(_text[_at]) && Keywords.Find(_text[_at..WordEnd(_at)]) == Keyword.Uescape)
        {
            _at = WordEnd(_at);
            SkipBlanks();
            if (Peek(0) == '\'' && Peek(2) == '\'') return Finish(token.Kind, token.Start, _at + 3);
            throw Bad(token.Start, _at, "invalid UESCAPE");
        }

        _at = back;
        return token;
    }

    /// <summary><c>$1</c>, <c>$name</c>, or PostgreSQL's <c>$tag$ … $tag$</c>.</summary>
    private Token Dollar(int start)
    {
        var next = Peek(1);
        if (char.IsAsciiDigit(next))
        {
            var end = DigitsEnd(start + 1);
            if (end < _text.Length && IsWordPart(_text[end])) throw Bad(start, WordEnd(end), "trailing junk after parameter");
            return Finish(TokenKind.Parameter, start, end);
        }

        if (_postgres)
        {
            var tagEnd = start + 1;
            if (IsWordStart(next))
            {
                while (tagEnd < _text.Length && _text[tagEnd] != '$' && IsWordPart(_text[tagEnd])) tagEnd++;
            }

            if (tagEnd < _text.Length && _text[tagEnd] == '$')
            {
                var tag = _text[start..(tagEnd + 1)];
                var length = _text[(tagEnd + 1)..].IndexOf(tag);
                if (length < 0) throw Open(start, tagEnd + 1, "unterminated dollar-quoted string");
                return Finish(TokenKind.String, start, tagEnd + 1 + length + tag.Length);
            }
        }

        if (IsWordStart(next)) return Finish(TokenKind.Parameter, start, WordEnd(start + 1));
        throw Bad(start, start + 1, "syntax error");
    }
}
