using System.Globalization;
using System.Text;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>to_char, to_date and to_timestamp. What a template asks for beyond the patterns known here is refused.</summary>
internal static class PostgresFormatting
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    // Longest first: HH24 before HH, MONTH before MON before MM.
    private static readonly string[] Patterns =
    [
        "HH24", "HH12", "MONTH", "Month", "month", "IYYY", "Y,YYY", "YYYY", "A.M.", "P.M.", "a.m.", "p.m.", "SSSSS", "SSSS", "IDDD", "DDD", "DAY", "Day",
        "day", "MON", "Mon", "mon", "YYY", "IYY", "IW", "ID", "HH", "MI", "SS", "MS", "US", "MM", "DD", "DY", "Dy", "dy", "WW", "CC", "YY", "AM", "PM",
        "am", "pm", "TZH", "TZM", "TZ", "tz", "OF", "BC", "AD", "RM", "rm", "TH", "th", "FM", "FX", "IY", "J", "Q", "W", "D", "Y", "I",
        "FF1", "FF2", "FF3", "FF4", "FF5", "FF6",
    ];

    public static void AddTo(FunctionSet set)
    {
        set.Strict("shale_to_char_timestamp", (time, format) => Text(format, () => Format(time.AsText(), format.AsText())));
        set.Strict("shale_to_char_interval", (interval, format) => Text(format, () => Format(PgInterval.Parse(interval.AsText()), format.AsText())));
        set.Strict("shale_to_char_number", (number, format) => SqlValue.Text(NumberTemplate.Format(number, format.AsText())));
        set.Strict("shale_to_number", (text, format) => NumberReader.Read(text.AsText(), format.AsText()));
        set.Strict("shale_to_date", (text, format) => SqlValue.Text(PgDates.Date(TemplateReader.Read(text.AsText(), Split(format.AsText())).Date)));
        set.Strict("shale_to_timestamp", (text, format) => SqlValue.Text(PgDates.TimestampTz(TemplateReader.Read(text.AsText(), Split(format.AsText())))));
    }

    /// <summary>A template in pieces: patterns, and what stands between them.</summary>
    public static List<(string Text, bool IsPattern)> Split(string format)
    {
        var pieces = new List<(string, bool)>();
        for (var i = 0; i < format.Length;)
        {
            if (format[i] == '"')
            {
                var end = format.IndexOf('"', i + 1);
                if (end < 0) end = format.Length;
                pieces.Add((format[(i + 1)..end], false));
                i = end + 1;
                continue;
            }

            var pattern = Find(format, i);
            if (pattern is null && char.IsAsciiLetter(format[i])) throw SqlErrors.Unsupported($"the template {format}");
            pieces.Add((pattern ?? format[i].ToString(), pattern is not null));
            i += pattern?.Length ?? 1;
        }

        return pieces;
    }

    // PostgreSQL gives NULL for a template without anything.
    private static SqlValue Text(SqlValue format, Func<string> text) => format.AsText().Length == 0 ? SqlValue.Null : SqlValue.Text(text());

    private static string? Find(string format, int at)
    {
        string? best = null;
        foreach (var pattern in Patterns)
            if (string.CompareOrdinal(format, at, pattern, 0, pattern.Length) == 0 && pattern.Length > (best?.Length ?? 0)) best = pattern;
        if (best is not null) return best;

        // Numeric patterns may be written in small letters.
        foreach (var pattern in Patterns)
            if (pattern.All(char.IsAsciiLetterUpper) && string.Compare(format, at, pattern, 0, pattern.Length, StringComparison.OrdinalIgnoreCase) == 0
                && pattern.Length > (best?.Length ?? 0) && pattern is "YYYY" or "MM" or "DD" or "MI" or "SS" or "YY" or "MS" or "US" or "HH" or "Q") best = pattern;
        foreach (var pattern in new[] { "HH24", "HH12" })
            if (string.Compare(format, at, pattern, 0, 4, StringComparison.OrdinalIgnoreCase) == 0) best = pattern;
        return best is null ? null : best;
    }

    private static string Format(string time, string format)
    {
        if (PgDates.IsInfinite(time)) return "";
        var value = PgDates.Read(time);
        var hasZone = time.EndsWith("+00", StringComparison.Ordinal);
        return Format(format, (pattern, fill) => Field(pattern, value, fill, hasZone));
    }

    private static string Format(PgInterval interval, string format) => Format(format, (pattern, fill) => IntervalTemplate.Field(pattern, interval, fill));

    private static string Format(string format, Func<string, bool, string> field)
    {
        var builder = new StringBuilder();
        var fill = true;
        var pieces = Split(format);
        for (var i = 0; i < pieces.Count; i++)
        {
            var (piece, isPattern) = pieces[i];
            if (!isPattern)
            {
                builder.Append(piece);
            }
            else if (piece == "FM")
            {
                fill = false;
                continue;
            }
            else
            {
                var text = field(piece, fill);
                if (i + 1 < pieces.Count && pieces[i + 1] is { IsPattern: true, Text: "TH" or "th" })
                {
                    text += Ordinal(text, pieces[i + 1].Text == "TH");
                    i++;
                }

                builder.Append(text);
            }

            if (isPattern) fill = true;
        }

        return builder.ToString();
    }

    private static string Field(string pattern, DateTime value, bool fill, bool hasZone)
    {
        string Number(int number, int width) => fill ? number.ToString("D" + width, Invariant) : number.ToString(Invariant);
        string Word(string word, int width) => fill ? word.PadRight(width) : word;
        var hour12 = value.Hour % 12 == 0 ? 12 : value.Hour % 12;
        var micros = (int)(value.Ticks / 10 % 1_000_000);
        var month = Invariant.DateTimeFormat.GetMonthName(value.Month);
        var day = value.DayOfWeek.ToString();
        return pattern switch
        {
            "YYYY" => Number(value.Year, 4),
            "YYY" => Number(value.Year % 1000, 3),
            "YY" => Number(value.Year % 100, 2),
            "Y" => Number(value.Year % 10, 1),
            "Y,YYY" => (value.Year / 1000).ToString(Invariant) + "," + (value.Year % 1000).ToString("D3", Invariant),
            "IYYY" => Number(ISOWeek.GetYear(value), 4),
            "IYY" => Number(ISOWeek.GetYear(value) % 1000, 3),
            "IY" => Number(ISOWeek.GetYear(value) % 100, 2),
            "I" => Number(ISOWeek.GetYear(value) % 10, 1),
            "MM" => Number(value.Month, 2),
            "MONTH" => Word(month.ToUpperInvariant(), 9),
            "Month" => Word(month, 9),
            "month" => Word(month.ToLowerInvariant(), 9),
            "MON" => month[..3].ToUpperInvariant(),
            "Mon" => month[..3],
            "mon" => month[..3].ToLowerInvariant(),
            "DD" => Number(value.Day, 2),
            "DDD" => Number(value.DayOfYear, 3),
            "DAY" => Word(day.ToUpperInvariant(), 9),
            "Day" => Word(day, 9),
            "day" => Word(day.ToLowerInvariant(), 9),
            "DY" => day[..3].ToUpperInvariant(),
            "Dy" => day[..3],
            "dy" => day[..3].ToLowerInvariant(),
            "D" => Number((int)value.DayOfWeek + 1, 1),
            "ID" => Number(value.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)value.DayOfWeek, 1),
            "IDDD" => Number(((ISOWeek.GetWeekOfYear(value) - 1) * 7) + (value.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)value.DayOfWeek), 3),
            "IW" => Number(ISOWeek.GetWeekOfYear(value), 2),
            "WW" => Number(((value.DayOfYear - 1) / 7) + 1, 2),
            "W" => Number(((value.Day - 1) / 7) + 1, 1),
            "Q" => Number(((value.Month - 1) / 3) + 1, 1),
            "CC" => Number(((value.Year - 1) / 100) + 1, 2),
            "J" => Number((int)(value.Date - new DateTime(2000, 1, 1)).TotalDays + 2451545, 1),
            "HH24" => Number(value.Hour, 2),
            "HH" or "HH12" => Number(hour12, 2),
            "MI" => Number(value.Minute, 2),
            "SS" => Number(value.Second, 2),
            "MS" => (micros / 1000).ToString("D3", Invariant),
            "US" => micros.ToString("D6", Invariant),
            "FF1" or "FF2" or "FF3" or "FF4" or "FF5" or "FF6" => micros.ToString("D6", Invariant)[..(pattern[2] - '0')],
            "SSSS" or "SSSSS" => Number((int)value.TimeOfDay.TotalSeconds, 1),
            "AM" or "PM" => value.Hour < 12 ? "AM" : "PM",
            "am" or "pm" => value.Hour < 12 ? "am" : "pm",
            "A.M." or "P.M." => value.Hour < 12 ? "A.M." : "P.M.",
            "a.m." or "p.m." => value.Hour < 12 ? "a.m." : "p.m.",
            "AD" or "BC" => "AD",
            "TZ" => hasZone ? "UTC" : "",
            "tz" => hasZone ? "utc" : "",
            "OF" => "+00",
            "TZH" => "+00",
            "TZM" => "00",
            "RM" => fill ? Roman(value.Month).PadRight(4) : Roman(value.Month),
            "rm" => (fill ? Roman(value.Month).PadRight(4) : Roman(value.Month)).ToLowerInvariant(),
            _ => throw SqlErrors.Unsupported($"the template pattern {pattern}"),
        };
    }

    private static string Roman(int month) => new[] { "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII" }[month - 1];

    private static string Ordinal(string number, bool capital)
    {
        var teens = number.Length > 1 && number[^2] == '1';
        var suffix = number.Length == 0 || teens ? "th" : number[^1] switch { '1' => "st", '2' => "nd", '3' => "rd", _ => "th" };
        return capital ? suffix.ToUpperInvariant() : suffix;
    }
}
