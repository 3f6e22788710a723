using System.Globalization;
using System.Text;
using Shale.Sql.Parsing;

namespace Shale.Sql.Lexing;

/// <summary>Reads the values of tokens: names folded and unquoted, strings with their escapes resolved.</summary>
internal static class TokenText
{
    /// <summary>The name that a word or quoted name stands for.</summary>
    public static string Name(ReadOnlySpan<char> text, in Token token, SqlDialect dialect)
    {
        var raw = token.Of(text);
        if (token.Kind == TokenKind.Word) return dialect == SqlDialect.Postgres ? Fold(raw) : new string(raw);
        if (token.Kind == TokenKind.String) return String(text, token);
        if (raw[0] is 'u' or 'U') return Unicode(text, token);
        return raw[0] == '[' ? new string(raw[1..^1]) : Undouble(raw[1..^1], raw[0]);
    }

    /// <summary>Letters A to Z in lower case, all else as it is: what PostgreSQL does to unquoted names.</summary>
    public static string Fold(ReadOnlySpan<char> raw)
    {
        if (!raw.ContainsAnyInRange('A', 'Z')) return new string(raw);
        return string.Create(raw.Length, raw, static (folded, source) =>
        {
            for (var i = 0; i < source.Length; i++) folded[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
        });
    }

    /// <summary>The value of a string token of any form.</summary>
    public static string String(ReadOnlySpan<char> text, in Token token)
    {
        var raw = token.Of(text);
        switch (raw[0])
        {
            case '$':
                var tag = raw[1..].IndexOf('$') + 2;
                return new string(raw[tag..^tag]);
            case 'e' or 'E':
                return new EscapeReader(text, token).Read();
            case 'u' or 'U':
                return Unicode(text, token);
            case 'n' or 'N':
                return Pieces(raw[1..]);
            default:
                return Pieces(raw);
        }
    }

    /// <summary>The digits of a hexadecimal or bit string as they were written.</summary>
    public static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text, in Token token) => token.Of(text)[2..^1];

    /// <summary>The binary digits of a hexadecimal string, which in PostgreSQL is a bit string.</summary>
    public static string Bits(ReadOnlySpan<char> digits)
    {
        var bits = new StringBuilder(digits.Length * 4);
        foreach (var digit in digits) bits.Append(Convert.ToInt32(digit.ToString(), 16).ToString("b4", CultureInfo.InvariantCulture));
        return bits.ToString();
    }

    /// <summary>A plain string, possibly in several pieces on several lines.</summary>
    private static string Pieces(ReadOnlySpan<char> raw)
    {
        var inner = raw[1..^1];
        if (!inner.Contains('\'')) return new string(inner);
        var value = new StringBuilder(inner.Length);
        for (var at = 1; at < raw.Length - 1; at++)
        {
            if (raw[at] != '\'')
            {
                value.Append(raw[at]);
            }
            else if (raw[at + 1] == '\'')
            {
                value.Append('\'');
                at++;
            }
            else
            {
                at++;
                while (raw[at] != '\'') at++;
            }
        }

        return value.ToString();
    }

    private static string Undouble(ReadOnlySpan<char> inner, char quote) =>
        inner.Contains(quote) ? inner.ToString().Replace($"{quote}{quote}", quote.ToString(), StringComparison.Ordinal) : new string(inner);

    /// <summary>U&amp;'…' and U&amp;"…": \XXXX, \+XXXXXX, with \ or the sign behind UESCAPE.</summary>
    private static string Unicode(ReadOnlySpan<char> text, in Token token)
    {
        var raw = token.Of(text);
        var quote = raw[2];
        var escape = '\\';
        var body = raw[2..];
        var close = CloseOf(body, quote);
        if (close < body.Length - 1) escape = body[^2];
        var plain = quote == '"' ? Undouble(body[1..close], '"') : Pieces(body[..(close + 1)]);
        if (char.IsAsciiHexDigit(escape) || escape is '+' or '\'' or '"' or ' ') throw SyntaxErrors.BadToken(text, token.Span, "invalid Unicode escape character");
        if (!plain.Contains(escape)) return plain;
        var value = new StringBuilder(plain.Length);
        for (var i = 0; i < plain.Length; i++)
        {
            if (plain[i] != escape)
            {
                value.Append(plain[i]);
                continue;
            }

            if (i + 1 < plain.Length && plain[i + 1] == escape)
            {
                value.Append(escape);
                i++;
                continue;
            }

            var isLong = i + 1 < plain.Length && plain[i + 1] == '+';
            var digits = plain.AsSpan(Math.Min(plain.Length, i + (isLong ? 2 : 1)));
            var count = isLong ? 6 : 4;
            if (digits.Length < count || !int.TryParse(digits[..count], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                || code is 0 or > 0x10FFFF)
                throw SyntaxErrors.BadToken(text, token.Span, "invalid Unicode escape");
            if (code > 0xFFFF) value.Append(char.ConvertFromUtf32(code));
            else value.Append((char)code);
            i += count + (isLong ? 1 : 0);
        }

        return value.ToString();
    }

    /// <summary>Where the quoted text ends, seen from its opening quote; pieces on later lines belong to it.</summary>
    private static int CloseOf(ReadOnlySpan<char> body, char quote)
    {
        var at = 1;
        while (true)
        {
            at += body[at..].IndexOf(quote);
            if (at + 1 >= body.Length) return at;
            if (body[at + 1] == quote)
            {
                at += 2;
                continue;
            }

            var next = at + 1;
            while (next < body.Length && char.IsWhiteSpace(body[next])) next++;
            if (quote != '\'' || next >= body.Length || body[next] != '\'') return at;
            at = next + 1;
        }
    }
}
