using System.Globalization;

namespace Shale;

/// <summary>
/// Moments as people write points in time: <c>2024-01-31</c>, <c>2024-01-31 12:00</c>, <c>2024-01-31T12:00:00.123456Z</c>, <c>… 12:00:00+02:00</c>.
/// UTC where no offset stands behind it, whatever the session's time zone is; digits behind the sixth of a second are cut off, never rounded up.
/// </summary>
public static class TimestampText
{
    /// <summary>What to tell those whose text is not read.</summary>
    public const string Hint = "Write '2024-01-31', '2024-01-31 12:00:00' or '2024-01-31T12:00:00.5+02:00'; it is UTC where no offset stands behind it.";

    private const int FractionDigits = 6;

    private static readonly string[] Formats =
        [.. from time in (string[])["'T'HH:mm", "'T'HH:mm:ss.FFFFFF", "' 'HH:mm", "' 'HH:mm:ss.FFFFFF"]
            from zone in (string[])["", "'Z'", "zzz", "zz", "' UTC'"]
            select "yyyy-MM-dd" + time + zone, "yyyy-MM-dd"];

    /// <summary>Reads a moment; false for anything else.</summary>
    public static bool TryRead(string? text, out DateTimeOffset moment)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        moment = default;
        return text is not null && DateTimeOffset.TryParseExact(Shorten(text.Trim().ToUpperInvariant()), Formats, CultureInfo.InvariantCulture, Utc, out moment);
    }

    /// <summary>Writes a moment so that it is read as the same: <c>2024-01-31 12:00:00.5Z</c>.</summary>
    public static string Write(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Writes a moment as SQLite's functions do, to the microsecond: <c>2024-01-31 12:00:00.500000</c>, in UTC.</summary>
    public static string WriteSqlite(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    /// <summary>Cuts off what is finer than a microsecond.</summary>
    private static string Shorten(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0) return text;
        var end = point + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        var keep = Math.Min(end, point + 1 + FractionDigits);
        return text[..keep] + text[end..];
    }
}
