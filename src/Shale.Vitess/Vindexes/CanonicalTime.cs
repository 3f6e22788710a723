using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Dates and times of ISO 8601, as PostgreSQL writes and reads them under any DateStyle. timestamptz is brought to UTC; text without a
/// zone is taken as UTC. Years 0001 to 9999.
/// </summary>
internal static class CanonicalTime
{
    /// <summary>PostgreSQL keeps microseconds.</summary>
    public const int MaxDigits = 6;

    /// <summary>Reads a date, time, timestamp or timestamptz.</summary>
    /// <param name="text">What stands there.</param>
    /// <param name="kind">Which of the four.</param>
    /// <param name="digits">Digits of a second that are kept; the rest rounds to the nearest.</param>
    /// <param name="canonical">2024-01-05, 10:00:00.5, 2024-01-05 10:00:00, 2024-01-05 10:00:00+00, infinity or -infinity.</param>
    public static bool TryParse(string text, SqlTypeKind kind, int digits, out SqlValue canonical)
    {
        canonical = default;
        var rest = text.AsSpan().Trim(CanonicalText.Blanks);
        if (kind != SqlTypeKind.Time && TryInfinity(rest, out canonical)) return true;
        var date = default(DateOnly);
        if (kind != SqlTypeKind.Time && !TryTakeDate(ref rest, out date)) return false;
        long ticks = 0;
        if (!rest.IsEmpty || kind == SqlTypeKind.Time)
        {
            if (!TryTakeTime(ref rest, Math.Clamp(digits, 0, MaxDigits), out ticks)) return false;
        }

        if (!TryTakeZone(rest, out var offset)) return false;
        if (kind == SqlTypeKind.Time)
        {
            canonical = SqlValue.Text(TimeText(ticks));
            return true;
        }

        if (kind == SqlTypeKind.Date)
        {
            canonical = SqlValue.Text(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            return true;
        }

        var at = date.ToDateTime(TimeOnly.MinValue).Ticks + ticks - (kind == SqlTypeKind.TimestampTz ? offset.Ticks : 0);
        if (at < 0 || at > DateTime.MaxValue.Ticks) return false;
        var moment = new DateTime(at);
        var zone = kind == SqlTypeKind.TimestampTz ? "+00" : "";
        canonical = SqlValue.Text(moment.ToString("yyyy-MM-dd ", CultureInfo.InvariantCulture) + TimeText(moment.TimeOfDay.Ticks) + zone);
        return true;
    }

    /// <summary>What PostgreSQL says of text that is no date.</summary>
    public static VitessException Invalid(string text, SqlType type) => new(ErrorCodes.TypeError,
        $"invalid input syntax for type {type.Name}: \"{text}\"", sqlState: "22007", hint: "In sharding columns write dates as 2024-01-05, of the years 1 to 9999, and times as 10:00:00.");

    private static bool TryInfinity(ReadOnlySpan<char> text, out SqlValue canonical)
    {
        canonical = default;
        var size = !text.IsEmpty && text[0] == '-' ? text[1..] : text;
        if (!size.Equals("infinity", StringComparison.OrdinalIgnoreCase)) return false;
        canonical = SqlValue.Text(text.ToString().ToLowerInvariant());
        return true;
    }

    private static bool TryTakeDate(ref ReadOnlySpan<char> text, out DateOnly date)
    {
        date = default;
        if (text.Length < 10 || !DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date)) return false;
        text = text[10..];
        if (text.IsEmpty) return true;
        if (text[0] is not ('T' or 't' or ' ')) return false;
        text = text[1..].TrimStart(' ');
        return !text.IsEmpty;
    }

    private static bool TryTakeTime(ref ReadOnlySpan<char> text, int digits, out long ticks)
    {
        ticks = 0;
        if (!TryTakeTwo(ref text, 24, out var hours) || !TryTakeMark(ref text) || !TryTakeTwo(ref text, 59, out var minutes)) return false;
        var seconds = 0;
        long fraction = 0;
        if (!text.IsEmpty && text[0] == ':')
        {
            if (!TryTakeMark(ref text) || !TryTakeTwo(ref text, 59, out seconds)) return false;
            if (!text.IsEmpty && text[0] == '.')
            {
                var end = text[1..].IndexOfAnyExceptInRange('0', '9');
                var part = end < 0 ? text[1..] : text[1..(end + 1)];
                text = end < 0 ? default : text[(end + 1)..];
                fraction = Fraction(part, digits);
            }
        }

        ticks = (((hours * 60L) + minutes) * 60 + seconds) * TimeSpan.TicksPerSecond + fraction;
        return ticks <= TimeSpan.TicksPerDay;
    }

    private static bool TryTakeTwo(ref ReadOnlySpan<char> text, int most, out int value)
    {
        value = 0;
        if (text.Length < 2 || !int.TryParse(text[..2], NumberStyles.None, CultureInfo.InvariantCulture, out value) || value > most) return false;
        text = text[2..];
        return true;
    }

    private static bool TryTakeMark(ref ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] != ':') return false;
        text = text[1..];
        return true;
    }

    private static bool TryTakeZone(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        text = text.TrimStart(' ');
        if (text.IsEmpty || text is "Z" or "z" || text.Equals("UTC", StringComparison.OrdinalIgnoreCase)) return true;
        if (text[0] is not ('+' or '-')) return false;
        var sign = text[0] == '-' ? -1 : 1;
        text = text[1..];
        if (!TryTakeTwo(ref text, 15, out var hours)) return false;
        var minutes = 0;
        if (!text.IsEmpty)
        {
            if (text[0] == ':') text = text[1..];
            if (!TryTakeTwo(ref text, 59, out minutes) || !text.IsEmpty) return false;
        }

        offset = sign * new TimeSpan(hours, minutes, 0);
        return true;
    }

    /// <summary>Ticks of a fraction of a second, rounded to so many digits, halves up.</summary>
    private static long Fraction(ReadOnlySpan<char> part, int digits)
    {
        long unit = TimeSpan.TicksPerSecond, kept = 0;
        for (var i = 0; i < digits; i++)
        {
            unit /= 10;
            kept = (kept * 10) + (i < part.Length ? part[i] - '0' : 0);
        }

        if (digits < part.Length && part[digits] >= '5') kept++;
        return kept * unit;
    }

    private static string TimeText(long ticks)
    {
        var time = new TimeSpan(ticks);
        var text = string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}");
        var micros = ticks % TimeSpan.TicksPerSecond / 10;
        return micros == 0 ? text : text + "." + micros.ToString("000000", CultureInfo.InvariantCulture).TrimEnd('0');
    }
}
