using System.Globalization;

namespace Shale.Sql;

/// <summary>PostgreSQL's macaddr: shards hold its text, 08:00:2b:01:02:03, which sorts as the values do.</summary>
internal static class PgMacAddress
{
    // How many digits stand between separators, in the forms that PostgreSQL reads beside six pairs.
    private static readonly (char Separator, int Digits)[] Forms = [(':', 6), ('-', 6), ('.', 4), ('-', 4)];

    /// <summary>A text in the form that shards hold. Error: 22P02.</summary>
    public static string Parse(string text)
    {
        var body = text.Trim();
        return Pairs(body, ':') ?? Pairs(body, '-') ?? Forms.Select(form => Groups(body, form.Separator, form.Digits)).FirstOrDefault(found => found is not null)
            ?? Groups(body, '\0', 12) ?? throw SqlErrors.InvalidText(new SqlType(SqlTypeKind.MacAddr), text);
    }

    /// <summary>Its six bytes, into six bytes.</summary>
    public static void Write(string held, Span<byte> into)
    {
        for (var i = 0; i < 6; i++) into[i] = byte.Parse(held.AsSpan(3 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    /// <summary>The text of six bytes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => With(Convert.ToHexStringLower(bytes));

    // 8:0:2b:1:2:3 too.
    private static string? Pairs(string text, char separator)
    {
        var parts = text.Split(separator);
        return parts.Length == 6 && parts.All(part => part.Length is 1 or 2) ? Hex(string.Concat(parts.Select(part => part.PadLeft(2, '0')))) : null;
    }

    private static string? Groups(string text, char separator, int digits)
    {
        var parts = text.Split(separator);
        return parts.Length * digits == 12 && parts.All(part => part.Length == digits) ? Hex(string.Concat(parts)) : null;
    }

    private static string? Hex(string digits) => digits.All(char.IsAsciiHexDigit) ? With(digits.ToLowerInvariant()) : null;

    private static string With(string digits) => string.Join(':', Enumerable.Range(0, 6).Select(i => digits.Substring(2 * i, 2)));
}
