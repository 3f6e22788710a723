using System.Globalization;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>Reads a text by a template, for to_date and to_timestamp.</summary>
internal static class TemplateReader
{
    /// <summary>The time. Errors: 22007, 22008; 0A000 for patterns that are not known here.</summary>
    public static DateTime Read(string text, List<(string Text, bool IsPattern)> pieces)
    {
        int year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0, dayOfYear = 0;
        long micros = 0;
        if (!pieces.Exists(piece => piece is { IsPattern: true, Text: "YYYY" or "YY" })) throw SqlErrors.Unsupported("a date without a year");
        bool? isPm = null;
        var at = 0;
        for (var i = 0; i < pieces.Count; i++)
        {
            var (piece, isPattern) = pieces[i];
            if (!isPattern)
            {
                Skip(text, piece, ref at);
                continue;
            }

            if (piece is "FM" or "FX" or "TH" or "th") continue;
            while (at < text.Length && text[at] == ' ') at++;
            if (at >= text.Length) break;
            var width = i + 1 < pieces.Count && pieces[i + 1].IsPattern ? piece.Length : int.MaxValue;
            switch (piece)
            {
                case "YYYY": year = Digits(text, ref at, width == int.MaxValue ? int.MaxValue : 4, piece); break;
                case "YY": year = Digits(text, ref at, 2, piece) is var two && two < 70 ? 2000 + two : 1900 + two; break;
                case "MM": month = Digits(text, ref at, 2, piece); break;
                case "MON" or "Mon" or "mon": month = Month(text, ref at, full: false); break;
                case "MONTH" or "Month" or "month": month = Month(text, ref at, full: true); break;
                case "DD": day = Digits(text, ref at, 2, piece); break;
                case "DDD": dayOfYear = Digits(text, ref at, 3, piece); break;
                case "HH24" or "HH" or "HH12": hour = Hour(text, ref at, piece); break;
                case "MI": minute = Digits(text, ref at, 2, piece); break;
                case "SS": second = Digits(text, ref at, 2, piece); break;
                case "MS": micros = Fraction(text, ref at, 3) * 1000; break;
                case "US": micros = Fraction(text, ref at, 6); break;
                case "AM" or "PM" or "am" or "pm": isPm = HalfDay(text, ref at); break;
                default: throw SqlErrors.Unsupported($"reading the template pattern {piece}");
            }
        }

        if (isPm is not null)
        {
            if (hour is < 1 or > 12) throw SqlErrors.Data($"hour \"{hour}\" is invalid for the 12-hour clock", "22007");
            hour = (hour % 12) + (isPm.Value ? 12 : 0);
        }

        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
            throw SqlErrors.Data($"date/time field value out of range: \"{text}\"", "22008");
        var date = dayOfYear > 0 ? new DateTime(year, 1, 1).AddDays(dayOfYear - 1) : new DateTime(year, month, day);
        return date.AddHours(hour).AddMinutes(minute).AddSeconds(second).AddTicks(micros * 10);
    }

    private static int Hour(string text, ref int at, string piece)
    {
        var hour = Digits(text, ref at, 2, piece);
        if (piece != "HH24" && hour is < 1 or > 12 && piece != "HH24") throw SqlErrors.Data($"hour \"{hour}\" is invalid for the 12-hour clock", "22007");
        return hour;
    }

    private static void Skip(string text, string literal, ref int at)
    {
        foreach (var unit in literal)
        {
            if (at >= text.Length) return;
            if (char.IsWhiteSpace(unit))
            {
                while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            }
            else if (!char.IsLetterOrDigit(text[at]))
            {
                at++;
            }
        }
    }

    private static int Digits(string text, ref int at, int most, string piece)
    {
        var start = at;
        while (at < text.Length && at - start < Math.Min(most, 9) && char.IsAsciiDigit(text[at])) at++;
        if (at == start)
            throw SqlErrors.Data($"invalid value \"{text[start..Math.Min(text.Length, start + Math.Min(most, 4))]}\" for \"{piece}\"", "22007", "Value must be an integer.");
        return int.Parse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static long Fraction(string text, ref int at, int width)
    {
        var start = at;
        var value = Digits(text, ref at, width, width == 3 ? "MS" : "US");
        for (var i = at - start; i < width; i++) value *= 10;
        return value;
    }

    private static int Month(string text, ref int at, bool full)
    {
        for (var month = 1; month <= 12; month++)
        {
            var name = CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month);
            if (!full) name = name[..3];
            if (string.Compare(text, at, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) != 0) continue;
            at += name.Length;
            return month;
        }

        throw SqlErrors.Data($"invalid value \"{text[at..Math.Min(text.Length, at + 3)]}\" for \"{(full ? "MONTH" : "MON")}\"", "22007");
    }

    private static bool HalfDay(string text, ref int at)
    {
        if (at + 2 > text.Length) throw SqlErrors.Data("invalid value for \"AM\"", "22007");
        var word = text.Substring(at, 2).ToLowerInvariant();
        at += 2;
        return word switch { "pm" => true, "am" => false, _ => throw SqlErrors.Data($"invalid value \"{word}\" for \"AM\"", "22007") };
    }
}
