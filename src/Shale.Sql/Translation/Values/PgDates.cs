using System.Globalization;

namespace Shale.Sql;

/// <summary>
/// PostgreSQL's dates and times as the canonical texts that SQLite shards hold: <c>2024-01-31</c>, <c>2024-01-31 12:34:56.789</c>, the same in
/// UTC with <c>+00</c> behind for timestamptz, <c>12:34:56</c>. Years 1 to 9999; the texts sort as the values do. Session time zone: UTC.
/// </summary>
internal static class PgDates
{
    public const string Infinity = "infinity", MinusInfinity = "-infinity";

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>Whether it is infinity, which only compares.</summary>
    public static bool IsInfinite(string text) => text is Infinity or MinusInfinity;

    /// <summary>A canonical date, timestamp or timestamptz as a time. Infinity: 0A000.</summary>
    public static DateTime Read(string canonical)
    {
        var span = canonical.AsSpan();
        if (span.EndsWith("+00")) span = span[..^3];
        if (span.Length < 10 || IsInfinite(canonical)) throw SqlErrors.Unsupported($"arithmetic with {canonical}");
        var date = new DateTime(Int(span[..4]), Int(span[5..7]), Int(span[8..10]));
        return span.Length <= 11 ? date : date.AddTicks(ReadTime(span[11..]));
    }

    /// <summary>A canonical time of day in ticks (100 ns).</summary>
    public static long ReadTime(ReadOnlySpan<char> text)
    {
        var ticks = ((Int(text[..2]) * 60L) + Int(text[3..5])) * 60 * TimeSpan.TicksPerSecond;
        if (text.Length >= 8) ticks += Int(text[6..8]) * TimeSpan.TicksPerSecond;
        return text.Length > 9 ? ticks + (long.Parse(text[9..], NumberStyles.None, Invariant) * Pow10(7 - (text.Length - 9))) : ticks;
    }

    public static string Date(DateTime value) => value.ToString("yyyy-MM-dd", Invariant);

    public static string Timestamp(DateTime value) => value.ToString("yyyy-MM-dd", Invariant) + " " + Time(value.TimeOfDay.Ticks);

    public static string TimestampTz(DateTime value) => Timestamp(value) + "+00";

    /// <summary>A time of day; fractions to microseconds, without zeros behind.</summary>
    public static string Time(long ticks)
    {
        var micros = ticks / 10 % 1_000_000;
        var seconds = ticks / TimeSpan.TicksPerSecond;
        var text = string.Create(Invariant, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}");
        return micros == 0 ? text : text + "." + micros.ToString("000000", Invariant).TrimEnd('0');
    }

    /// <summary>A time in the form of the type. Error: 22008 outside the years 1 to 9999.</summary>
    public static string Format(DateTime value, SqlTypeKind kind) => kind switch
    {
        SqlTypeKind.Date => Date(value),
        SqlTypeKind.Timestamp => Timestamp(value),
        _ => TimestampTz(value),
    };

    /// <summary>Rounded to so many digits of a second.</summary>
    public static DateTime Round(DateTime value, int digits)
    {
        var unit = Pow10(7 - digits);
        var ticks = (value.Ticks + (unit / 2)) / unit * unit;
        return new DateTime(ticks);
    }

    /// <summary>The text of a date, timestamp or timestamptz in canonical form. Errors: 22007, 22008, 0A000.</summary>
    public static string Parse(string text, SqlType type)
    {
        var body = text.Trim();
        switch (body.ToLowerInvariant())
        {
            case Infinity: return Infinity;
            case MinusInfinity: return MinusInfinity;
            case "epoch": return Format(DateTime.UnixEpoch, type.Kind);
            case "now" or "today" or "tomorrow" or "yesterday" or "allballs":
                throw SqlErrors.Unsupported($"the special date {body}", hint: "Use now() or current_date.");
        }

        var reader = new DateReader(body, text, type);
        var (value, offset) = reader.Read();
        try
        {
            if (type.Kind == SqlTypeKind.Date) return Date(value);
            if (type.Kind == SqlTypeKind.TimestampTz && offset is { } zone) value = value.Subtract(zone);
            return Format(Round(value, type.Modifier ?? 6), type.Kind);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw OutOfRange(type, text);
        }
    }

    /// <summary>The text of a time of day in canonical form. Errors: 22007, 22008.</summary>
    public static string ParseTime(string text, SqlType type)
    {
        var body = text.Trim();
        var space = body.IndexOf(' ', StringComparison.Ordinal);
        if (body.Length > 10 && body[4] == '-' && (space == 10 || body[10] == 'T')) body = body[11..];
        var time = new TimeReader(body, text, type).Read(out var rest);
        if (rest.Trim().Length > 0) _ = ZoneOffset(rest.Trim(), text, type);
        var unit = Pow10(7 - (type.Modifier ?? 6));
        return Time((time + (unit / 2)) / unit * unit);
    }

    /// <summary>The distance from UTC that a zone's text says. Errors: 22007; 22023 for a zone nobody knows.</summary>
    public static TimeSpan ZoneOffset(string zone, string whole, SqlType type)
    {
        if (zone.ToLowerInvariant() is "z" or "utc" or "gmt" or "zulu") return TimeSpan.Zero;
        if (zone[0] is '+' or '-')
        {
            var digits = zone[1..].Replace(":", "", StringComparison.Ordinal);
            if (digits.Length is 0 or > 6 || digits.AsSpan().ContainsAnyExceptInRange('0', '9')) throw Invalid(type, whole);
            if (digits.Length % 2 == 1) digits = "0" + digits;
            var offset = new TimeSpan(Int(digits.AsSpan(0, 2)), digits.Length > 2 ? Int(digits.AsSpan(2, 2)) : 0, digits.Length > 4 ? Int(digits.AsSpan(4, 2)) : 0);
            if (offset > TimeSpan.FromHours(16)) throw SqlErrors.Data($"time zone displacement out of range: \"{whole}\"", "22009");
            return zone[0] == '-' ? -offset : offset;
        }

        throw SqlErrors.Unsupported($"the time zone {zone} in a date", hint: "Write an offset such as +02:00.");
    }

    /// <summary>22007</summary>
    public static VitessException Invalid(SqlType type, string text) =>
        SqlErrors.Data($"invalid input syntax for type {type.Display()}: \"{text}\"", "22007", "Write dates as 2024-01-31 and times as 12:34:56.");

    /// <summary>22008</summary>
    public static VitessException OutOfRange(SqlType type, string text)
    {
        _ = type;
        return SqlErrors.Data($"date/time field value out of range: \"{text}\"", "22008", "Years go from 1 to 9999 on SQLite shards.");
    }

    /// <summary>0A000 for the result of arithmetic that PostgreSQL could still hold.</summary>
    public static VitessException OutOfRange(SqlTypeKind kind) =>
        SqlErrors.Unsupported($"a {(kind == SqlTypeKind.Date ? "date" : "timestamp")} outside of the years 1 to 9999");

    public static long Pow10(int exponent)
    {
        long power = 1;
        for (var i = 0; i < exponent; i++) power *= 10;
        return power;
    }

    private static int Int(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.None, Invariant);
}
