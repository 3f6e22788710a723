using System.Globalization;

namespace Shale.Vitess;

/// <summary>
/// A decimal number of any length: its significant digits, without zeros at either end, and the place of its point. Zero has no digits.
/// </summary>
internal readonly struct ExactDecimal
{
    /// <summary>Beyond so many places before or behind the digits the text is written with an exponent, so that it stays short.</summary>
    private const int LongestRunOfZeros = 400;

    private readonly string _digits;

    /// <summary>The value is 0.digits times ten to the power of this.</summary>
    private readonly int _point;

    private readonly bool _negative;

    private ExactDecimal(bool negative, string digits, long point)
    {
        _digits = digits;
        _point = (int)Math.Clamp(point, -1_000_000_000, 1_000_000_000);
        _negative = negative && digits.Length > 0;
    }

    /// <summary>How many significant digits there are.</summary>
    public int DigitCount => _digits.Length;

    /// <summary>Reads sign, digits with at most one point, and exponent; nothing else, no spaces.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ExactDecimal number)
    {
        number = default;
        var rest = text;
        var negative = !rest.IsEmpty && rest[0] == '-';
        if (negative || (!rest.IsEmpty && rest[0] == '+')) rest = rest[1..];
        var mark = rest.IndexOfAny('e', 'E');
        var exponent = 0;
        if (mark >= 0 && !TryParseExponent(rest[(mark + 1)..], out exponent)) return false;
        var mantissa = mark >= 0 ? rest[..mark] : rest;
        var point = mantissa.IndexOf('.');
        var whole = point >= 0 ? mantissa[..point] : mantissa;
        var fraction = point >= 0 ? mantissa[(point + 1)..] : default;
        if (whole.Length + fraction.Length == 0 || whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9')) return false;

        var all = string.Concat(whole, fraction);
        var digits = all.TrimStart('0');
        number = new ExactDecimal(negative, digits.TrimEnd('0'), whole.Length - (all.Length - digits.Length) + (long)exponent);
        return true;
    }

    /// <summary>The shortest decimal that reads back as this float, which must be finite.</summary>
    public static ExactDecimal Of(double real) =>
        TryParse(real.ToString("R", CultureInfo.InvariantCulture), out var number) ? number : throw new InvalidOperationException("not finite");

    /// <summary>Whether it is a whole number of 64 bits.</summary>
    public bool TryGetInteger(out long integer)
    {
        integer = 0;
        if (_digits.Length == 0) return true;
        if (_point < _digits.Length || _point > 19) return false;
        return long.TryParse((_negative ? "-" : "") + _digits.PadRight(_point, '0'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out integer);
    }

    /// <summary>The nearest float.</summary>
    public double ToDouble() => double.Parse($"{(_negative ? "-" : "")}0.{_digits}0e{_point}", CultureInfo.InvariantCulture);

    /// <summary>The canonical value of a numeric: an integer if it is one of 64 bits, else text without trailing zeros.</summary>
    public SqlValue ToCanonical() => TryGetInteger(out var integer) ? SqlValue.Integer(integer) : SqlValue.Text(ToString());

    /// <summary>Rounded half away from zero, as PostgreSQL's numeric rounds.</summary>
    /// <param name="scale">How many digits stay behind the point; negative rounds before it.</param>
    public ExactDecimal Round(int scale)
    {
        var keep = _point + (long)scale;
        if (keep >= _digits.Length) return this;
        if (keep < 0) return WithDigits(false, "", 0);
        var digits = _digits[..(int)keep].ToCharArray();
        if (_digits[(int)keep] < '5') return WithDigits(_negative, new string(digits), _point);
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            if (digits[i]++ < '9') return WithDigits(_negative, new string(digits), _point);
            digits[i] = '0';
        }

        return WithDigits(_negative, "1", _point + 1L);
    }

    /// <summary>Plain decimal notation; with an exponent only where many zeros would be needed.</summary>
    public override string ToString()
    {
        var sign = _negative ? "-" : "";
        if (_digits.Length == 0) return "0";
        if (_point is < -LongestRunOfZeros or > LongestRunOfZeros) return string.Create(CultureInfo.InvariantCulture, $"{sign}0.{_digits}e{_point}");
        if (_point <= 0) return $"{sign}0.{new string('0', -_point)}{_digits}";
        return _point >= _digits.Length ? $"{sign}{_digits.PadRight(_point, '0')}" : $"{sign}{_digits[.._point]}.{_digits[_point..]}";
    }

    /// <summary>As SQLite turns a float into text: 15 digits, at least one behind the point, an exponent outside of 1e-4 to 1e15.</summary>
    public string ToSqliteRealText()
    {
        if (_digits.Length == 0) return "0.0";
        var exponent = _point - 1;
        if (exponent is >= -4 and < 15)
        {
            var plain = ToString();
            return plain.Contains('.', StringComparison.Ordinal) ? plain : plain + ".0";
        }

        var fraction = _digits.Length > 1 ? _digits[1..] : "0";
        return string.Create(CultureInfo.InvariantCulture, $"{(_negative ? "-" : "")}{_digits[0]}.{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    private static ExactDecimal WithDigits(bool negative, string digits, long point) => new(negative, digits.TrimEnd('0'), point);

    private static bool TryParseExponent(ReadOnlySpan<char> text, out int exponent)
    {
        exponent = 0;
        var digits = !text.IsEmpty && text[0] is ('+' or '-') ? text[1..] : text;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')) return false;
        var negative = text[0] == '-';
        var trimmed = digits.TrimStart('0');
        var size = trimmed.Length > 9 ? 999_999_999 : trimmed.IsEmpty ? 0 : int.Parse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture);
        exponent = negative ? -size : size;
        return true;
    }
}
