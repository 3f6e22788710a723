using System.Globalization;
using System.Text;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>PostgreSQL's format(): <c>%[position$][flags][width]type</c>, the width a number, <c>*</c> or <c>*position$</c>.</summary>
internal ref struct FormatTemplate
{
    private readonly ReadOnlySpan<SqlValue> _values;
    private readonly string _format;
    private readonly StringBuilder _builder = new();
    private int _at;
    private int _next = 1;

    private FormatTemplate(ReadOnlySpan<SqlValue> values)
    {
        _values = values;
        _format = values[0].AsText();
    }

    /// <summary>The text; NULL for a NULL template. Errors: 22023, 22004.</summary>
    public static SqlValue Format(ReadOnlySpan<SqlValue> values) => values[0].IsNull ? SqlValue.Null : SqlValue.Text(new FormatTemplate(values).Run());

    private string Run()
    {
        while (_at < _format.Length)
        {
            var sign = _format[_at++];
            if (sign != '%') _builder.Append(sign);
            else if (Current() == '%') _builder.Append(_format[_at++]);
            else Specifier();
        }

        return _builder.ToString();
    }

    private void Specifier()
    {
        var left = false;
        var width = 0;
        var index = -1;
        var hasNumber = char.IsAsciiDigit(Current());
        var number = hasNumber ? Number() : 0;
        if (hasNumber && Current() == '$')
        {
            if (number == 0) throw Refused("format specifies argument 0, but arguments are numbered from 1");
            _at++;
            (index, hasNumber) = (number, false);
        }

        if (hasNumber)
        {
            width = number;
        }
        else
        {
            for (; Current() == '-'; _at++) left = true;
            width = Width();
        }

        var kind = Current();
        _at++;
        if (index < 0) index = _next;
        if (kind is not ('s' or 'I' or 'L')) throw Refused($"unrecognized format() type specifier \"{kind}\"");
        if (index >= _values.Length) throw Refused("too few arguments for format()");
        _next = index + 1;
        Append(Conversion(kind, _values[index]), width, left);
    }

    private int Width()
    {
        if (Current() != '*') return char.IsAsciiDigit(Current()) ? Number() : 0;
        _at++;
        var index = _next;
        if (char.IsAsciiDigit(Current()))
        {
            index = Number();
            if (Current() != '$') throw Refused("width argument position must be ended by \"$\"");
            if (index == 0) throw Refused("format specifies argument 0, but arguments are numbered from 1");
            _at++;
        }

        if (index >= _values.Length) throw Refused("too few arguments for format()");
        _next = index + 1;
        if (_values[index].IsNull) return 0;
        return int.TryParse(_values[index].ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var width) ? width : throw SqlErrors.InvalidText(new SqlType(SqlTypeKind.Int4), _values[index].ToString());
    }

    private readonly void Append(string text, int width, bool left)
    {
        const int Most = 1_000_000;
        if (Math.Abs((long)width) > Most) throw SqlErrors.Unsupported("a width of more than a million characters");
        var missing = Math.Max(0, Math.Abs(width) - new StringInfo(text).LengthInTextElements);
        left |= width < 0;
        if (!left) _builder.Append(' ', missing);
        _builder.Append(text);
        if (left) _builder.Append(' ', missing);
    }

    private int Number()
    {
        var start = _at;
        while (_at < _format.Length && char.IsAsciiDigit(_format[_at])) _at++;
        return int.TryParse(_format.AsSpan(start, _at - start), CultureInfo.InvariantCulture, out var number) ? number : throw SqlErrors.OutOfRange(new SqlType(SqlTypeKind.Int4));
    }

    private readonly char Current() => _at < _format.Length ? _format[_at] : throw Refused("unterminated format() type specifier");

    private static string Conversion(char kind, SqlValue value) => kind switch
    {
        's' => value.IsNull ? "" : value.AsText(),
        'I' => value.IsNull ? throw SqlErrors.Data("null values cannot be formatted as an SQL identifier", "22004") : Names.Quote(value.AsText()),
        _ => value.IsNull ? "NULL" : PostgresTextFunctions2.QuoteLiteral(value.AsText()),
    };

    private static VitessException Refused(string message) => SqlErrors.Data(message, "22023");
}
