using System.Globalization;
using System.Text;
using Shale.Sql.Parsing;

namespace Shale.Sql.Lexing;

/// <summary>Reads the value of an E'…' string (PostgreSQL's manual, 4.1.2.2).</summary>
internal ref struct EscapeReader(ReadOnlySpan<char> text, Token token)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<char> _text = text;
    private readonly ReadOnlySpan<char> _raw = token.Of(text);
    private readonly StringBuilder _value = new(token.Length);

    // Bytes of \x and octal escapes: they are UTF-8 only together with their neighbours.
    private readonly List<byte> _bytes = [];
    private int _at = 2;

    /// <summary>The value. Throws SYNTAX_ERROR for an escape that names no character.</summary>
    public string Read()
    {
        while (_at < _raw.Length - 1)
        {
            var c = _raw[_at++];
            if (c == '\\')
            {
                Escape();
                continue;
            }

            FlushBytes();
            if (c != '\'')
            {
                _value.Append(c);
            }
            else if (_raw[_at] == '\'')
            {
                _value.Append('\'');
                _at++;
            }
            else
            {
                while (_raw[_at] != '\'') _at++;
                _at++;
            }
        }

        FlushBytes();
        return _value.ToString();
    }

    private void Escape()
    {
        var c = _raw[_at++];
        switch (c)
        {
            case >= '0' and <= '7':
                _at--;
                Byte(Number(3, 8));
                return;
            case 'x' when char.IsAsciiHexDigit(_raw[_at]):
                Byte(Number(2, 16));
                return;
            case 'u':
                FlushBytes();
                _value.Append((char)CodePoint(4));
                return;
            case 'U':
                FlushBytes();
                var code = CodePoint(8);
                if (code > 0x10FFFF) throw Bad("invalid Unicode escape");
                if (code > 0xFFFF) _value.Append(char.ConvertFromUtf32((int)code));
                else _value.Append((char)code);
                return;
        }

        FlushBytes();
        _value.Append(c switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'v' => '\v', _ => c });
    }

    private int Number(int most, int radix)
    {
        var value = 0;
        for (var i = 0; i < most && Digit(_raw[_at]) is var digit && digit < radix; i++)
        {
            value = (value * radix) + digit;
            _at++;
        }

        return value;
    }

    private static int Digit(char c) => char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;

    private long CodePoint(int count)
    {
        if (_at + count > _raw.Length || !uint.TryParse(_raw.Slice(_at, count), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code == 0)
            throw Bad("invalid Unicode escape");
        _at += count;
        return code;
    }

    private void Byte(int value)
    {
        if (value is 0 or > 255) throw Bad("invalid byte in escape string");
        if (value < 0x80)
        {
            FlushBytes();
            _value.Append((char)value);
            return;
        }

        _bytes.Add((byte)value);
    }

    private void FlushBytes()
    {
        if (_bytes.Count == 0) return;
        try
        {
            _value.Append(StrictUtf8.GetString([.. _bytes]));
        }
        catch (DecoderFallbackException)
        {
            throw Bad("invalid UTF-8 in escape string");
        }

        _bytes.Clear();
    }

    private readonly VitessException Bad(string what) => SyntaxErrors.BadToken(_text, token.Span, what);
}
