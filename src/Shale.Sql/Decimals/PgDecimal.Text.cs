using System.Globalization;
using System.Numerics;

namespace Shale.Sql;

/// <summary>Reading a numeric, fitting it to a declared type, and turning it into other numbers.</summary>
internal readonly partial struct PgDecimal
{
    private static readonly SqlType Type = new(SqlTypeKind.Numeric);

    /// <summary>A text as a numeric. Errors: 22P02; 22003 beyond PostgreSQL's limits.</summary>
    public static PgDecimal Parse(string text) => TryParse(text, out var value, out var tooLarge) ? value
        : throw (tooLarge ? Overflow() : SqlErrors.InvalidText(Type, text));

    /// <summary>Reads a text as PostgreSQL's input does; false if it is no numeric.</summary>
    /// <param name="text">The text; blanks around it do not count.</param>
    /// <param name="value">The value.</param>
    /// <param name="tooLarge">Whether it would be one, were there not the limits.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out PgDecimal value, out bool tooLarge)
    {
        value = default;
        tooLarge = false;
        var body = text.Trim(" \t\n\r\f\v");
        if (TrySmall(body, out value)) return true;
        var negative = !body.IsEmpty && body[0] == '-';
        var rest = negative || (!body.IsEmpty && body[0] == '+') ? body[1..] : body;
        if (rest.IsEmpty) return false;
        if (!char.IsAsciiDigit(rest[0]) && rest[0] != '.') return TrySpecial(body, rest, negative, out value);
        var mark = rest.IndexOfAny('e', 'E');
        var mantissa = mark < 0 ? rest : rest[..mark];
        var point = mantissa.IndexOf('.');
        var whole = point < 0 ? mantissa : mantissa[..point];
        var fraction = point < 0 ? default : mantissa[(point + 1)..];
        if (whole.Length + fraction.Length == 0 || whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9')) return false;
        var exponent = 0;
        if (mark >= 0 && !TryExponent(rest[(mark + 1)..], out exponent, out tooLarge)) return false;
        return TryMake(whole, fraction, exponent, negative, out value, out tooLarge);
    }

    /// <summary>A float as a numeric: PostgreSQL keeps 15 digits of a float8 and 6 of a float4.</summary>
    public static PgDecimal FromFloat(double value, bool single)
    {
        if (double.IsNaN(value)) return NaN;
        if (double.IsInfinity(value)) return value > 0 ? PositiveInfinity : NegativeInfinity;
        return Parse(value.ToString(single ? "G6" : "G15", CultureInfo.InvariantCulture));
    }

    /// <summary>A decimal of .NET with its scale.</summary>
    public static PgDecimal From(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var digits = ((BigInteger)(uint)bits[2] << 64) | ((BigInteger)(uint)bits[1] << 32) | (uint)bits[0];
        return new PgDecimal(bits[3] < 0 ? -digits : digits, (bits[3] >> 16) & 0xFF);
    }

    /// <summary>Fitted to numeric(precision, scale). Error: 22003.</summary>
    public PgDecimal Fit(int precision, int scale)
    {
        if (IsNaN) return this;
        if (IsFinite)
        {
            var rounded = Round(scale);
            if (rounded._digits.IsZero || rounded.Magnitude < precision - scale) return rounded;
        }

        throw new VitessException(ErrorCodes.TypeError, "numeric field overflow", sqlState: "22003", hint: IsInfinite
            ? $"A field with precision {precision}, scale {scale} cannot hold an infinite value."
            : $"A field with precision {precision}, scale {scale} must round to an absolute value less than {(precision == scale ? "1" : $"10^{precision - scale}")}.");
    }

    /// <summary>As an integer, halves away from zero. Errors: 22003; 0A000 for what is no number.</summary>
    public long ToInteger(SqlTypeKind kind)
    {
        if (!IsFinite) throw SqlErrors.Data($"cannot convert {(IsNaN ? "NaN" : "infinity")} to {new SqlType(kind).Display()}", "0A000");
        var rounded = Round(0)._digits;
        return rounded >= long.MinValue && rounded <= long.MaxValue ? PgNumbers.Check((long)rounded, kind) : throw SqlErrors.OutOfRange(new SqlType(kind));
    }

    /// <summary>The nearest float; infinite for what is beyond, or infinite.</summary>
    public double ToDouble() => _form switch
    {
        Form.NaN => double.NaN,
        Form.PositiveInfinity => double.PositiveInfinity,
        Form.NegativeInfinity => double.NegativeInfinity,
        _ => double.Parse(ToString(), NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    internal static VitessException Overflow() => SqlErrors.Data("value overflows numeric format", "22003");

    // The common case without big integers: a sign, up to 18 digits, a point.
    private static bool TrySmall(ReadOnlySpan<char> text, out PgDecimal value)
    {
        value = default;
        var at = !text.IsEmpty && text[0] == '-' ? 1 : 0;
        if (text.Length - at is 0 or > 19) return false;
        var (number, point, digits) = (0L, -1, 0);
        for (var i = at; i < text.Length; i++)
        {
            if (text[i] == '.' && point < 0)
            {
                point = i;
            }
            else if (char.IsAsciiDigit(text[i]) && digits < 18)
            {
                number = (number * 10) + (text[i] - '0');
                digits++;
            }
            else
            {
                return false;
            }
        }

        if (digits == 0) return false;
        value = new PgDecimal(at == 1 ? -number : number, point < 0 ? 0 : text.Length - point - 1);
        return true;
    }

    private static bool TrySpecial(ReadOnlySpan<char> body, ReadOnlySpan<char> rest, bool negative, out PgDecimal value)
    {
        value = negative ? NegativeInfinity : PositiveInfinity;
        if (rest.Equals("infinity", StringComparison.OrdinalIgnoreCase) || rest.Equals("inf", StringComparison.OrdinalIgnoreCase)) return true;
        value = NaN;
        return body.Equals("nan", StringComparison.OrdinalIgnoreCase);
    }

    private static bool TryExponent(ReadOnlySpan<char> text, out int exponent, out bool tooLarge)
    {
        exponent = 0;
        tooLarge = false;
        var digits = !text.IsEmpty && text[0] is '-' or '+' ? text[1..] : text;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')) return false;
        tooLarge = !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || exponent is <= -(int.MaxValue / 2) or >= int.MaxValue / 2;
        return !tooLarge;
    }

    private static bool TryMake(ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, int exponent, bool negative, out PgDecimal value, out bool tooLarge)
    {
        value = default;
        var digits = string.Concat(whole, fraction).AsSpan().TrimStart('0');
        var shift = (long)fraction.Length - exponent;
        tooLarge = shift > ScaleAtMost || (!digits.IsEmpty && digits.Length - shift > WholeDigitsAtMost);
        if (tooLarge) return false;
        var number = digits.IsEmpty ? BigInteger.Zero : BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        if (shift < 0 && !number.IsZero) number *= Power10((int)-shift);
        value = new PgDecimal(negative ? -number : number, (int)Math.Max(0, shift));
        return true;
    }
}
