using System.Globalization;

namespace Shale.Sql;

/// <summary>PostgreSQL's integers and floats: input, output, range.</summary>
internal static class PgNumbers
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>A text as an integer of the type. Errors: 22P02, 22003.</summary>
    public static long ParseInteger(string text, SqlType type)
    {
        var body = text.AsSpan().Trim(" \t\n\r\f\v");
        var digits = body.Length > 0 && body[0] is '-' or '+' ? body[1..] : body;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')) throw SqlErrors.InvalidText(type, text);
        if (!long.TryParse(body, NumberStyles.AllowLeadingSign, Invariant, out var value) || !Fits(value, type.Kind))
            throw SqlErrors.ValueOutOfRange(type, text);
        return value;
    }

    /// <summary>The value if it fits the type; else 22003.</summary>
    public static long Check(long value, SqlTypeKind kind) => Fits(value, kind) ? value : throw SqlErrors.OutOfRange(new SqlType(kind));

    /// <summary>Whether an integer fits an integer type.</summary>
    public static bool Fits(long value, SqlTypeKind kind) => kind switch
    {
        SqlTypeKind.Int2 => value is >= short.MinValue and <= short.MaxValue,
        SqlTypeKind.Int4 => value is >= int.MinValue and <= int.MaxValue,
        _ => true,
    };

    /// <summary>A text as a float. NaN has no place in SQLite: 0A000. Errors: 22P02, 22003.</summary>
    public static double ParseFloat(string text, SqlType type)
    {
        var body = text.Trim(' ', '\t', '\n', '\r', '\f', '\v');
        switch (body.ToLowerInvariant())
        {
            case "nan" or "+nan" or "-nan": throw NotANumber();
            case "inf" or "+inf" or "infinity" or "+infinity": return double.PositiveInfinity;
            case "-inf" or "-infinity": return double.NegativeInfinity;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (body.Length == 0 || !double.TryParse(body, Style, Invariant, out var value)) throw SqlErrors.InvalidText(type, text);
        if (type.Kind == SqlTypeKind.Float4) value = (float)value;
        if (double.IsInfinity(value) || (value == 0 && body.AsSpan().ContainsAnyInRange('1', '9') && !ZeroMantissa(body)))
            throw SqlErrors.Data($"\"{text}\" is out of range for type {type.Display()}", "22003");
        return value;
    }

    /// <summary>The shortest text that reads back the same, as PostgreSQL 12 and later write it.</summary>
    public static string FormatFloat(double value, bool single)
    {
        if (double.IsPositiveInfinity(value)) return "Infinity";
        if (double.IsNegativeInfinity(value)) return "-Infinity";
        if (value == 0) return double.IsNegative(value) ? "-0" : "0";
        var text = single ? ((float)value).ToString("E8", Invariant) : "";
        text = single ? ((float)value).ToString("R", Invariant) : value.ToString("R", Invariant);
        var (negative, digits, exponent) = Decompose(text);
        var limit = single ? 6 : 15;
        var builder = new System.Text.StringBuilder(24);
        if (negative) builder.Append('-');
        if (exponent < -4 || exponent >= limit) AppendScientific(builder, digits, exponent);
        else AppendPlain(builder, digits, exponent);
        return builder.ToString();
    }

    /// <summary>A float as an integer: to the nearest, halves to even. Error: 22003.</summary>
    public static long FloatToInteger(double value, SqlTypeKind kind)
    {
        var rounded = Math.Round(value, MidpointRounding.ToEven);
        if (!(rounded >= -9223372036854775808.0 && rounded < 9223372036854775808.0)) throw SqlErrors.OutOfRange(new SqlType(kind));
        return Check((long)rounded, kind);
    }

    /// <summary>The result of a float operation: NaN and overflow are errors.</summary>
    public static SqlValue CheckFloat(double value, bool operandsFinite)
    {
        if (double.IsNaN(value)) throw NotANumber();
        if (double.IsInfinity(value) && operandsFinite) throw SqlErrors.Data("value out of range: overflow", "22003");
        return SqlValue.Real(value);
    }

    /// <summary>SQLite stores NaN as NULL, so it is refused.</summary>
    public static VitessException NotANumber() => SqlErrors.Unsupported("the value NaN");

    /// <summary>Sign, digits without point, and the decimal exponent of the first digit.</summary>
    public static (bool Negative, string Digits, int Exponent) Decompose(string text)
    {
        var negative = text[0] == '-';
        if (negative) text = text[1..];
        var exponent = 0;
        var e = text.AsSpan().IndexOfAny('E', 'e');
        if (e >= 0)
        {
            exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, Invariant);
            text = text[..e];
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? text : text[..point] + text[(point + 1)..];
        exponent += (point < 0 ? text.Length : point) - 1;
        var leading = digits.AsSpan().IndexOfAnyExcept('0');
        if (leading < 0) return (negative, "0", 0);
        digits = digits[leading..].TrimEnd('0');
        return (negative, digits, exponent - leading);
    }

    private static void AppendScientific(System.Text.StringBuilder builder, string digits, int exponent)
    {
        builder.Append(digits[0]);
        if (digits.Length > 1) builder.Append('.').Append(digits, 1, digits.Length - 1);
        builder.Append('e').Append(exponent < 0 ? '-' : '+').Append(Math.Abs(exponent).ToString("00", Invariant));
    }

    private static void AppendPlain(System.Text.StringBuilder builder, string digits, int exponent)
    {
        if (exponent < 0)
        {
            builder.Append("0.").Append('0', -exponent - 1).Append(digits);
            return;
        }

        if (digits.Length <= exponent + 1) builder.Append(digits).Append('0', exponent + 1 - digits.Length);
        else builder.Append(digits, 0, exponent + 1).Append('.').Append(digits, exponent + 1, digits.Length - exponent - 1);
    }

    private static bool ZeroMantissa(string body)
    {
        var e = body.AsSpan().IndexOfAny('E', 'e');
        return !(e < 0 ? body : body[..e]).AsSpan().ContainsAnyInRange('1', '9');
    }
}
