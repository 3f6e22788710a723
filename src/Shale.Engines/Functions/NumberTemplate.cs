using System.Text;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>to_char of numbers: 9 0 . , D G FM MI PL S $ and L; what else a template may hold is refused.</summary>
internal static class NumberTemplate
{
    /// <summary>The number by the template.</summary>
    public static string Format(SqlValue number, string template)
    {
        var fill = !template.StartsWith("FM", StringComparison.OrdinalIgnoreCase);
        var body = fill ? template : template[2..];
        foreach (var unit in body.ToUpperInvariant())
            if (!"90.,DG".Contains(unit, StringComparison.Ordinal)) throw SqlErrors.Unsupported($"the number template {template}");
        var point = body.AsSpan().IndexOfAny('.', 'D', 'd');
        var whole = point < 0 ? body : body[..point];
        var fraction = point < 0 ? "" : body[(point + 1)..];
        if (fraction.Any(unit => unit is not ('9' or '0'))) throw SqlErrors.Unsupported($"the number template {template}");
        var value = PgNumeric.Read(number);
        if (!value.IsFinite) throw SqlErrors.Unsupported("to_char of such a number");
        var text = PgDecimal.Abs(value).Round(fraction.Length).ToString();
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var digits = dot < 0 ? text : text[..dot];
        var places = whole.Count(unit => unit is '9' or '0');
        if (digits == "0" && !whole.Contains('0', StringComparison.Ordinal) && (fraction.Length > 0 || places == 0)) digits = "";
        if (digits.Length > places) return Overflow(body, fill, point);
        var result = Whole(whole, digits, fill);
        if (point >= 0) result += "." + Fraction(fraction, dot < 0 ? "" : text[(dot + 1)..], fill);
        return Signed(result, value.Sign < 0 ? '-' : ' ', fill);
    }

    private static string Overflow(string body, bool fill, int point)
    {
        var builder = new StringBuilder();
        for (var i = 0; i < body.Length; i++) builder.Append(i == point ? '.' : body[i] is '9' or '0' ? '#' : body[i] is 'G' or 'g' or ',' ? ',' : body[i]);
        return fill ? " " + builder : builder.ToString();
    }

    private static string Whole(string template, string digits, bool fill)
    {
        var builder = new StringBuilder();
        var zeroFrom = template.IndexOf('0', StringComparison.Ordinal);
        var places = template.Count(unit => unit is '9' or '0');
        var seen = 0;
        var started = false;
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] is ',' or 'G' or 'g')
            {
                if (started) builder.Append(',');
                else if (fill) builder.Append(' ');
                continue;
            }

            var fromRight = places - seen++;
            if (fromRight <= digits.Length)
            {
                builder.Append(digits[^fromRight]);
                started = true;
            }
            else if (zeroFrom >= 0 && i >= zeroFrom)
            {
                builder.Append('0');
                started = true;
            }
            else if (fill)
            {
                builder.Append(' ');
            }
        }

        return builder.ToString();
    }

    private static string Fraction(string template, string digits, bool fill)
    {
        if (fill) return digits;
        var keep = template.LastIndexOf('0') + 1;
        var end = digits.Length;
        while (end > keep && digits[end - 1] == '0') end--;
        return digits[..end];
    }

    // The sign stands right before the first digit.
    private static string Signed(string text, char sign, bool fill)
    {
        if (!fill) return sign == '-' ? "-" + text : text;
        var blank = 0;
        while (blank < text.Length && text[blank] == ' ') blank++;
        return text[..blank] + sign + text[blank..];
    }
}
