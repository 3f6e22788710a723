using System.Globalization;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>What the patterns of to_char are for an interval: its fields as they are, so that 36 hours are 36 hours, and never those of a day in a calendar.</summary>
internal static class IntervalTemplate
{
    /// <summary>One pattern. Errors: TYPE_ERROR (22007) for what only a calendar tells; QUERY_ERROR (0A000) for what is not known here.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="value">The interval.</param>
    /// <param name="fill">Whether zeros fill it up.</param>
    public static string Field(string pattern, PgInterval value, bool fill)
    {
        var (years, months, days) = (value.Months / 12, value.Months % 12, value.Days);
        var hours = value.Micros / 3_600_000_000;
        var micros = value.Micros % 1_000_000;

        // A sign needs a place of its own in most fields.
        string Number(long number, int width) => Padded(number, !fill ? 0 : number < 0 ? width + 1 : width);
        var allDays = (value.Months * 30L) + days;
        return pattern switch
        {
            "YYYY" => Number(years, 4),
            "YYY" => Number(years % 1000, 3),
            "YY" => Number(years % 100, 2),
            "Y" => Number(years % 10, 1),
            "Y,YYY" => string.Create(CultureInfo.InvariantCulture, $"{years / 1000},{Padded(years % 1000, 3)}"),
            "CC" => years / 100 is >= -99 and <= 99 and var century ? Number(century, 2) : Padded(years / 100, 0),
            "MM" => Number(months, 2),
            "Q" => months == 0 ? "" : Padded(((months - 1) / 3) + 1, 0),
            "DD" => Padded(days, fill ? 2 : 0),
            "DDD" => Padded(allDays, fill ? 3 : 0),
            "WW" => Padded(((allDays - 1) / 7) + 1, fill ? 2 : 0),
            "W" => Padded(((days - 1) / 7) + 1, 0),
            "HH24" => Padded(hours, !fill ? 0 : hours < 0 ? 3 : 2),
            "HH" or "HH12" => Padded(hours % 12 == 0 ? 12 : hours % 12, !fill ? 0 : hours < 0 ? 3 : 2),
            "MI" => Number(value.Micros / 60_000_000 % 60, 2),
            "SS" => Number(value.Micros / 1_000_000 % 60, 2),
            "MS" => Padded(micros / 1000, 3),
            "US" => Padded(micros, 6),
            "FF1" or "FF2" or "FF3" or "FF4" or "FF5" or "FF6" => Fraction(micros, pattern[2] - '0'),
            "SSSS" or "SSSSS" => Padded(value.Micros / 1_000_000, 0),
            "AM" or "PM" => hours % 24 >= 12 ? "PM" : "AM",
            "am" or "pm" => hours % 24 >= 12 ? "pm" : "am",
            "A.M." or "P.M." => hours % 24 >= 12 ? "P.M." : "A.M.",
            "a.m." or "p.m." => hours % 24 >= 12 ? "p.m." : "a.m.",
            "AD" or "BC" or "TZ" or "tz" or "TZH" or "TZM" or "OF" or "MONTH" or "Month" or "month" or "MON" or "Mon" or "mon" or "DAY" or "Day" or "day" or "DY" or "Dy" or "dy" or "D" or "ID" =>
                throw SqlErrors.Data("invalid format specification for an interval value", "22007", "Intervals are not tied to specific calendar dates."),
            _ => throw SqlErrors.Unsupported($"the template pattern {pattern} for intervals"),
        };
    }

    private static string Fraction(long micros, int digits)
    {
        for (var i = digits; i < 6; i++) micros /= 10;
        return Padded(micros, digits);
    }

    // As C's %0*d: the width counts the sign.
    private static string Padded(long number, int width)
    {
        var digits = Math.Abs((decimal)number).ToString(CultureInfo.InvariantCulture);
        return number < 0 ? "-" + digits.PadLeft(Math.Max(0, width - 1), '0') : digits.PadLeft(width, '0');
    }
}
