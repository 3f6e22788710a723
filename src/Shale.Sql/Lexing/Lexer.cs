using System.Buffers;
using Shale.Sql.Parsing;

namespace Shale.Sql.Lexing;

/// <summary>
/// Cuts a text into tokens by the rules of its dialect. Allocates nothing; values are read later by <see cref="TokenText"/>.
/// Throws SYNTAX_ERROR for what is no token.
/// </summary>
internal ref partial struct Lexer(ReadOnlySpan<char> text, SqlDialect dialect)
{
    private static readonly SearchValues<char> WordCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$");

    private readonly ReadOnlySpan<char> _text = text;
    private readonly bool _postgres = dialect == SqlDialect.Postgres;
    private int _at;

    /// <summary>Whether the text ends inside a string, quoted name or comment.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The next token; at the end again and again <see cref="TokenKind.End"/>.</summary>
    public Token Next()
    {
        SkipBlanks();
        if (_at >= _text.Length) return new Token(TokenKind.End, Keyword.NoKeyword, _text.Length, 0);
        var start = _at;
        var first = _text[start];
        if (IsWordStart(first)) return WordOrPrefixedString(start, first);
        switch (first)
        {
            case >= '0' and <= '9':
                return NumberToken(start);
            case '\'':
                return PlainString(start, start);
            case '"':
                return Quoted(start, start, '"');
            case '(':
                return Single(TokenKind.LeftParen);
            case ')':
                return Single(TokenKind.RightParen);
            case ',':
                return Single(TokenKind.Comma);
            case ';':
                return Single(TokenKind.Semicolon);
            case '.':
                return Peek(1) is >= '0' and <= '9' ? NumberToken(start) : Single(TokenKind.Dot);
            case '$':
                return Dollar(start);
            default:
                return _postgres ? PostgresSign(start, first) : SqliteSign(start, first);
        }
    }

    /// <summary>What was thrown for, as if it were a token. The next one is behind it; nothing is behind what leaves the text open.</summary>
    public readonly Token BadToken(VitessException bad) => new(TokenKind.Operator, Keyword.NoKeyword, bad.Position!.Value - 1, _at - bad.Position.Value + 1);

    /// <summary>Behind USE: all up to the end of the statement as one token, unless it is quoted or nothing.</summary>
    public bool TryTarget(out Token target)
    {
        SkipBlanks();
        target = default;
        if (_at >= _text.Length || _text[_at] is ';' or '"' or '\'' or '`' or '[') return false;
        var length = _text[_at..].IndexOf(';');
        var end = length < 0 ? _text.Length : _at + length;
        target = Finish(TokenKind.Target, _at, _at + _text[_at..end].TrimEnd().Length);
        return true;
    }

    /// <summary>Whether a name may begin with the character.</summary>
    public static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= '\u0080';

    /// <summary>Whether a name may go on with the character.</summary>
    public static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' || c >= '\u0080';

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v';

    private readonly char Peek(int ahead) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private Token Single(TokenKind kind) => Finish(kind, _at, _at + 1);

    private Token Finish(TokenKind kind, int start, int end, Keyword keyword = Keyword.NoKeyword)
    {
        _at = end;
        return new Token(kind, keyword, start, end - start);
    }

    private VitessException Bad(int start, int end, string what)
    {
        _at = Math.Min(end, _text.Length);
        return SyntaxErrors.BadToken(_text, new SourceSpan(start, _at - start), what);
    }

    private VitessException Open(int start, int end, string what)
    {
        IsOpen = true;
        var bad = Bad(start, end, what);
        _at = _text.Length;
        return bad;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (IsBlank(c))
            {
                _at++;
            }
            else if (c == '-' && Peek(1) == '-')
            {
                var length = _text[_at..].IndexOfAny('\n', '\r');
                _at = length < 0 ? _text.Length : _at + length;
            }
            else if (c == '/' && Peek(1) == '*')
            {
                SkipComment();
            }
            else if (c == '\uFEFF' && _at == 0)
            {
                _at++;
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>PostgreSQL nests comments and needs their end; SQLite does neither.</summary>
    private void SkipComment()
    {
        var start = _at;
        var depth = 1;
        _at += 2;
        while (depth > 0)
        {
            var length = _text[_at..].IndexOfAny('*', '/');
            if (length < 0)
            {
                if (_postgres) throw Open(start, start + 2, "unterminated comment");
                IsOpen = true;
                _at = _text.Length;
                return;
            }

            _at += length;
            if (_text[_at] == '*' && Peek(1) == '/')
            {
                depth--;
                _at += 2;
            }
            else if (_postgres && _text[_at] == '/' && Peek(1) == '*')
            {
                depth++;
                _at += 2;
            }
            else
            {
                _at++;
            }
        }
    }

    private Token WordOrPrefixedString(int start, char first)
    {
        var next = Peek(1);
        if (next == '\'')
        {
            if (first is 'x' or 'X') return Digits(start, TokenKind.HexString);
            if (_postgres && first is 'b' or 'B') return Digits(start, TokenKind.BitString);
            if (_postgres && first is 'e' or 'E') return EscapeString(start);
            if (_postgres && first is 'n' or 'N') return PlainString(start, start + 1);
        }
        else if (next == '&' && _postgres && first is 'u' or 'U')
        {
            if (Peek(2) == '\'') return WithUescape(PlainString(start, start + 2));
            if (Peek(2) == '"') return WithUescape(Quoted(start, start + 2, '"'));
        }

        var end = WordEnd(start);
        return Finish(TokenKind.Word, start, end, Keywords.Find(_text[start..end]));
    }

    private readonly int WordEnd(int from)
    {
        var end = from;
        while (end < _text.Length)
        {
            var length = _text[end..].IndexOfAnyExcept(WordCharacters);
            if (length < 0) return _text.Length;
            end += length;
            if (_text[end] < '\u0080') return end;
            end++;
        }

        return end;
    }

    private Token NumberToken(int start)
    {
        var kind = TokenKind.Integer;
        var end = start;
        if (!_postgres && _text[start] == '0' && Peek(1) is 'x' or 'X' && char.IsAsciiHexDigit(Peek(2)))
        {
            end += 2;
            while (end < _text.Length && char.IsAsciiHexDigit(_text[end])) end++;
        }
        else
        {
            end = DigitsEnd(end);
            // 1..2 is a range, not a number with a point.
            if (end < _text.Length && _text[end] == '.' && !(end + 1 < _text.Length && _text[end + 1] == '.'))
            {
                kind = TokenKind.Number;
                end = DigitsEnd(end + 1);
            }

            var exponent = ExponentEnd(end);
            if (exponent > end) kind = TokenKind.Number;
            end = exponent;
        }

        if (end < _text.Length && IsWordPart(_text[end])) throw Bad(start, WordEnd(end), "trailing junk after number");
        return Finish(kind, start, end);
    }

    private readonly int DigitsEnd(int from)
    {
        while (from < _text.Length && char.IsAsciiDigit(_text[from])) from++;
        return from;
    }

    private readonly int ExponentEnd(int from)
    {
        if (from >= _text.Length || _text[from] is not ('e' or 'E')) return from;
        var digits = from + 1;
        if (digits < _text.Length && _text[digits] is '+' or '-') digits++;
        var end = DigitsEnd(digits);
        return end > digits ? end : from;
    }
}
