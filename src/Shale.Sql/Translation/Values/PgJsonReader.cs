using System.Globalization;
using System.Text;

namespace Shale.Sql;

/// <summary>Reads JSON text, as strictly as PostgreSQL does. Depth is bounded.</summary>
internal sealed class PgJsonReader(string text, SqlType type)
{
    private const int MaxDepth = 1000;

    private int _at;
    private int _depth;

    public PgJson Read()
    {
        var value = Value();
        Space();
        return _at == text.Length ? value : throw Invalid();
    }

    private PgJson Value()
    {
        Space();
        if (_at >= text.Length) throw Invalid();
        var start = _at;
        if (++_depth > MaxDepth) throw SqlErrors.Query("stack depth limit exceeded", "54001", hint: "Nest the JSON less deeply.");
        var value = text[_at] switch
        {
            '{' => Object(start),
            '[' => Array(start),
            '"' => Placed(JsonKind.String, String(), start),
            't' => Word("true", JsonKind.True, start),
            'f' => Word("false", JsonKind.False, start),
            'n' => Word("null", JsonKind.Null, start),
            _ => Number(start),
        };
        _depth--;
        return value;
    }

    private PgJson Placed(JsonKind kind, string content, int start) => new() { Kind = kind, Text = content, Place = (start, _at - start) };

    private PgJson Object(int start)
    {
        var members = new List<(string, PgJson)>();
        _at++;
        Space();
        if (Take('}')) return new PgJson { Kind = JsonKind.Object, Place = (start, _at - start) };
        do
        {
            Space();
            if (_at >= text.Length || text[_at] != '"') throw Invalid();
            var key = String();
            Space();
            if (!Take(':')) throw Invalid();
            members.Add((key, Value()));
            Space();
        }
        while (Take(','));
        if (!Take('}')) throw Invalid();
        return new PgJson { Kind = JsonKind.Object, Members = members, Place = (start, _at - start) };
    }

    private PgJson Array(int start)
    {
        var items = new List<PgJson>();
        _at++;
        Space();
        if (Take(']')) return new PgJson { Kind = JsonKind.Array, Place = (start, _at - start) };
        do
        {
            items.Add(Value());
            Space();
        }
        while (Take(','));
        if (!Take(']')) throw Invalid();
        return new PgJson { Kind = JsonKind.Array, Items = items, Place = (start, _at - start) };
    }

    private PgJson Word(string word, JsonKind kind, int start)
    {
        if (string.CompareOrdinal(text, _at, word, 0, word.Length) != 0) throw Invalid();
        _at += word.Length;
        if (_at < text.Length && char.IsAsciiLetterOrDigit(text[_at])) throw Invalid();
        return Placed(kind, "", start);
    }

    private PgJson Number(int start)
    {
        _ = Take('-');
        var zero = _at < text.Length && text[_at] == '0';
        if (Digits() == 0 || (zero && text[_at - 1] != '0') || (zero && _at - start > (text[start] == '-' ? 2 : 1))) throw Invalid();
        if (Take('.') && Digits() == 0) throw Invalid();
        if (_at < text.Length && text[_at] is 'e' or 'E')
        {
            _at++;
            if (_at < text.Length && text[_at] is '+' or '-') _at++;
            if (Digits() == 0) throw Invalid();
        }

        if (_at < text.Length && char.IsAsciiLetterOrDigit(text[_at])) throw Invalid();
        return Placed(JsonKind.Number, text[start.._at], start);
    }

    private int Digits()
    {
        var start = _at;
        while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
        return _at - start;
    }

    private string String()
    {
        _at++;
        var builder = new StringBuilder();
        while (true)
        {
            if (_at >= text.Length || text[_at] < ' ') throw Invalid();
            var unit = text[_at++];
            if (unit == '"') return builder.ToString();
            builder.Append(unit == '\\' ? Escape() : unit);
        }
    }

    private char Escape()
    {
        if (_at >= text.Length) throw Invalid();
        var unit = text[_at++];
        switch (unit)
        {
            case '"' or '\\' or '/': return unit;
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u' when _at + 4 <= text.Length && ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _at += 4;
                if (code == 0 && type.Kind == SqlTypeKind.Jsonb) throw SqlErrors.Data("unsupported Unicode escape sequence", "22P05", "\\u0000 cannot be converted to text.");
                return (char)code;
            default: throw Invalid();
        }
    }

    private void Space()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t' or '\n' or '\r') _at++;
    }

    private bool Take(char sign)
    {
        if (_at >= text.Length || text[_at] != sign) return false;
        _at++;
        return true;
    }

    private VitessException Invalid() =>
        SqlErrors.Data($"invalid input syntax for type {(type.Kind == SqlTypeKind.Jsonb ? "json" : "json")}", "22P02", "Near character " + (_at + 1).ToString(CultureInfo.InvariantCulture) + ".");
}
