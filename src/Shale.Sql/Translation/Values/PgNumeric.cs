using System.Globalization;

namespace Shale.Sql;

/// <summary>
/// Numeric as a SQLite shard holds it until it has a type of its own: an integer, or the float that is nearest, which is exact to 15 digits.
/// Arithmetic goes through decimals, so that 0.1 + 0.2 is 0.3; beyond their range it goes on in floats.
/// </summary>
internal static class PgNumeric
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;
    private static readonly SqlType Type = new(SqlTypeKind.Numeric);

    /// <summary>A text as a numeric. Errors: 22P02; 0A000 for NaN and infinity, and for more digits than can be kept.</summary>
    public static SqlValue Parse(string text)
    {
        var body = text.Trim(' ', '\t', '\n', '\r', '\f', '\v');
        if (body.TrimStart('+', '-').ToLowerInvariant() is "nan" or "inf" or "infinity") throw SqlErrors.Unsupported($"the numeric value {body}");
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (body.Length == 0 || !double.TryParse(body, Style, Invariant, out var approximate)) throw SqlErrors.InvalidText(Type, text);
        if (long.TryParse(body, NumberStyles.AllowLeadingSign, Invariant, out var integer)) return SqlValue.Integer(integer);
        if (double.IsInfinity(approximate)) throw SqlErrors.Unsupported("a numeric beyond 1e308");
        var (_, digits, exponent) = PgNumbers.Decompose(body);
        if (exponent >= digits.Length - 1 && digits.Length > 15) throw SqlErrors.Unsupported("an integral numeric of more than 15 digits beyond bigint");
        return decimal.TryParse(body, Style, Invariant, out var exact) && (exact != 0 || approximate == 0) ? Exactly(exact) : SqlValue.Real(approximate);
    }

    /// <summary>A decimal in the form it is held in.</summary>
    public static SqlValue From(decimal value) =>
        value == decimal.Truncate(value) && value is >= long.MinValue and <= long.MaxValue ? SqlValue.Integer((long)value) : SqlValue.Real((double)value);

    /// <summary>A decimal in the form it is held in, without loss. Error: 0A000 where a float cannot hold all its digits.</summary>
    public static SqlValue Exactly(decimal value)
    {
        var held = From(value);
        if (held.Kind == SqlValueKind.Integer || IsShort(value)) return held;
        if (TryDecimal(held, out var back) && back == value) return held;
        throw SqlErrors.Unsupported("a numeric of more than 15 digits", hint: "Round it, or use double precision.");
    }

    /// <summary>Whether it has at most 15 digits, which a float holds; what has more came out of a division and is rounded already.</summary>
    public static bool IsShort(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        if (bits[2] == 0 && (((ulong)(uint)bits[1] << 32) | (uint)bits[0]) < 1_000_000_000_000_000) return true;
        var text = value.ToString(Invariant).AsSpan().TrimStart('-');
        var digits = text.Contains('.') ? text.TrimEnd('0').Length - 1 : text.TrimEnd('0').Length;
        return digits - (text[0] == '0' ? 1 : 0) <= 15;
    }

    /// <summary>The exact decimal of a held numeric; false beyond the range of decimals.</summary>
    public static bool TryDecimal(SqlValue value, out decimal result)
    {
        if (value.Kind != SqlValueKind.Real)
        {
            result = value.Kind == SqlValueKind.Text ? 0 : value.AsInteger();
            return value.Kind != SqlValueKind.Text;
        }

        return decimal.TryParse(value.AsReal().ToString("R", Invariant), NumberStyles.Float, Invariant, out result) && (result != 0 || value.AsReal() == 0);
    }

    /// <summary>The float nearest to a held numeric.</summary>
    public static double ToDouble(SqlValue value) => value.Kind == SqlValueKind.Real ? value.AsReal() : value.AsInteger();

    /// <summary>+, -, *, /, %. Error: 22012.</summary>
    public static SqlValue Operate(char op, SqlValue left, SqlValue right)
    {
        if (op is '/' or '%' && ToDouble(right) == 0) throw DivisionByZero();
        if (TryDecimal(left, out var a) && TryDecimal(right, out var b))
        {
            try
            {
                if (op == '/') return From(a / b);
                var result = op switch { '+' => a + b, '-' => a - b, '*' => a * b, _ => a % b };
                return IsShort(a) && IsShort(b) ? Exactly(result) : From(result);
            }
            catch (OverflowException)
            {
                // Too large for a decimal: the float below.
            }
        }

        var (x, y) = (ToDouble(left), ToDouble(right));
        return Real(op switch { '+' => x + y, '-' => x - y, '*' => x * y, '/' => x / y, _ => x % y });
    }

    /// <summary>Rounded half away from zero to so many digits behind the point; negative ones before it.</summary>
    public static SqlValue Round(SqlValue value, long digits)
    {
        if (!TryDecimal(value, out var exact)) return value;
        if (digits >= 28) return value;
        if (digits >= 0) return From(Math.Round(exact, (int)digits, MidpointRounding.AwayFromZero));
        if (digits < -28) return SqlValue.Integer(0);
        var unit = Power10((int)-digits);
        return From(Math.Round(exact / unit, 0, MidpointRounding.AwayFromZero) * unit);
    }

    /// <summary>Cut to so many digits behind the point.</summary>
    public static SqlValue Truncate(SqlValue value, long digits)
    {
        if (!TryDecimal(value, out var exact) || digits >= 28) return value;
        if (digits < -28) return SqlValue.Integer(0);
        var unit = Power10((int)Math.Abs(digits));
        try
        {
            return From(digits >= 0 ? decimal.Truncate(exact * unit) / unit : decimal.Truncate(exact / unit) * unit);
        }
        catch (OverflowException)
        {
            return value;
        }
    }

    /// <summary>Fitted to numeric(precision, scale). Error: 22003.</summary>
    public static SqlValue Fit(SqlValue value, int precision, int scale)
    {
        var rounded = Round(value, scale);
        if (Math.Abs(ToDouble(rounded)) < Math.Pow(10, precision - scale)) return rounded;
        throw new VitessException(ErrorCodes.TypeError, "numeric field overflow", sqlState: "22003",
            hint: $"A field with precision {precision}, scale {scale} must round to an absolute value less than 10^{precision - scale}.");
    }

    /// <summary>As an integer, halves away from zero. Error: 22003.</summary>
    public static long ToInteger(SqlValue value, SqlTypeKind kind)
    {
        if (value.Kind == SqlValueKind.Integer) return PgNumbers.Check(value.AsInteger(), kind);
        var rounded = Math.Round(value.AsReal(), MidpointRounding.AwayFromZero);
        if (!(rounded >= -9223372036854775808.0 && rounded < 9223372036854775808.0)) throw SqlErrors.OutOfRange(new SqlType(kind));
        return PgNumbers.Check((long)rounded, kind);
    }

    /// <summary>A float as a numeric: PostgreSQL keeps 15 digits of a float8 and 6 of a float4.</summary>
    public static SqlValue FromFloat(double value, bool single)
    {
        if (double.IsInfinity(value) || double.IsNaN(value)) throw SqlErrors.Unsupported("an infinite numeric");
        var text = value.ToString(single ? "G6" : "G15", Invariant);
        return decimal.TryParse(text, NumberStyles.Float, Invariant, out var exact) ? From(exact) : SqlValue.Real(double.Parse(text, Invariant));
    }

    /// <summary>The text, with so many digits behind the point; null for as many as it has.</summary>
    public static string Format(SqlValue value, int? scale)
    {
        if (TryDecimal(value, out var exact)) return scale is null ? Plain(exact) : Math.Round(exact, Math.Min(28, scale.Value), MidpointRounding.AwayFromZero).ToString("F" + scale, Invariant);
        var (negative, digits, exponent) = PgNumbers.Decompose(value.AsReal().ToString("R", Invariant));
        var whole = exponent >= 0 ? digits.PadRight(exponent + 1, '0')[..(exponent + 1)] : "0";
        var fraction = exponent >= 0 ? (digits.Length > exponent + 1 ? digits[(exponent + 1)..] : "") : new string('0', -exponent - 1) + digits;
        if (scale is not null) fraction = fraction.PadRight(scale.Value, '0')[..scale.Value];
        return (negative ? "-" : "") + whole + (fraction.Length > 0 ? "." + fraction : "");
    }

    /// <summary>22012</summary>
    public static VitessException DivisionByZero() => SqlErrors.Data("division by zero", "22012", "Guard the divisor with NULLIF(x, 0).");

    private static SqlValue Real(double value) =>
        double.IsFinite(value) ? SqlValue.Real(value) : throw SqlErrors.Unsupported("a numeric beyond 1e308");

    private static string Plain(decimal value)
    {
        var text = value.ToString(Invariant);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    private static decimal Power10(int exponent)
    {
        var power = 1m;
        for (var i = 0; i < exponent; i++) power *= 10;
        return power;
    }
}
