using System.Globalization;

namespace Shale.Sql;

/// <summary>PostgreSQL's arithmetic on dates and times.</summary>
internal static class PgDateMath
{
    /// <summary>A time plus an interval: months first (the day cut to the month's length), then days, then time. Error: 22008.</summary>
    public static DateTime Add(DateTime value, PgInterval interval)
    {
        try
        {
            return value.AddMonths(interval.Months).AddDays(interval.Days).AddTicks(checked(interval.Micros * 10));
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or OverflowException)
        {
            throw PgDates.OutOfRange(SqlTypeKind.Timestamp);
        }
    }

    /// <summary>The interval between two times, in days and time.</summary>
    public static PgInterval Subtract(DateTime left, DateTime right) => new PgInterval(0, 0, (left.Ticks - right.Ticks) / 10).JustifyHours();

    /// <summary>age(): the interval in years, months and days, as people count.</summary>
    public static PgInterval Age(DateTime left, DateTime right)
    {
        if (left < right) return -Age(right, left);
        var months = ((left.Year - right.Year) * 12) + left.Month - right.Month;
        var days = left.Day - right.Day;
        var micros = (left.TimeOfDay.Ticks - right.TimeOfDay.Ticks) / 10;
        if (micros < 0) (micros, days) = (micros + PgInterval.MicrosPerDay, days - 1);
        if (days < 0)
        {
            // PostgreSQL borrows the days of the earlier time's month.
            days += DateTime.DaysInMonth(right.Year, right.Month);
            months--;
        }

        return new PgInterval(months, days, micros);
    }

    /// <summary>date_trunc. Errors: 22023.</summary>
    public static DateTime Truncate(string field, DateTime value)
    {
        var date = value.Date;
        switch (Field(field))
        {
            case "microseconds": return value;
            case "milliseconds": return new DateTime(value.Ticks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond);
            case "second": return new DateTime(value.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond);
            case "minute": return new DateTime(value.Ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute);
            case "hour": return new DateTime(value.Ticks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour);
            case "day": return date;
            case "week": return Days(date, -(((int)date.DayOfWeek + 6) % 7));
            case "month": return new DateTime(date.Year, date.Month, 1);
            case "quarter": return new DateTime(date.Year, ((date.Month - 1) / 3 * 3) + 1, 1);
            case "year": return new DateTime(date.Year, 1, 1);
            case "decade": return date.Year < 10 ? throw PgDates.OutOfRange(SqlTypeKind.Timestamp) : new DateTime(date.Year / 10 * 10, 1, 1);
            case "century": return new DateTime(((date.Year - 1) / 100 * 100) + 1, 1, 1);
            case "millennium": return new DateTime(((date.Year - 1) / 1000 * 1000) + 1, 1, 1);
            default: throw Unrecognised(field, "timestamp without time zone");
        }
    }

    /// <summary>date_trunc of an interval. Errors: 22023.</summary>
    public static PgInterval Truncate(string field, PgInterval value)
    {
        static long Cut(long micros, long unit) => micros / unit * unit;
        return Field(field) switch
        {
            "microseconds" => value,
            "milliseconds" => value with { Micros = Cut(value.Micros, 1000) },
            "second" => value with { Micros = Cut(value.Micros, 1_000_000) },
            "minute" => value with { Micros = Cut(value.Micros, 60_000_000) },
            "hour" => value with { Micros = Cut(value.Micros, 3_600_000_000) },
            "day" => value with { Micros = 0 },
            "month" => new PgInterval(value.Months, 0, 0),
            "quarter" => new PgInterval(value.Months / 3 * 3, 0, 0),
            "year" => new PgInterval(value.Months / 12 * 12, 0, 0),
            "decade" => new PgInterval(value.Months / 120 * 120, 0, 0),
            "century" => new PgInterval(value.Months / 1200 * 1200, 0, 0),
            "millennium" => new PgInterval(value.Months / 12000 * 12000, 0, 0),
            _ => throw Unrecognised(field, "interval"),
        };
    }

    /// <summary>A field of a date, timestamp or timestamptz. Errors: 22023; 0A000 for the fields of time of a date.</summary>
    public static decimal Extract(string field, DateTime value, bool isDate, bool hasZone)
    {
        var name = Field(field);
        if (isDate && name is "hour" or "minute" or "second" or "milliseconds" or "microseconds" && isDate)
            throw SqlErrors.Query($"unit \"{field}\" not supported for type date", "0A000");
        if (name.StartsWith("timezone", StringComparison.Ordinal))
            return hasZone ? 0 : throw SqlErrors.Query($"unit \"{field}\" not supported for type timestamp without time zone", "0A000");
        return name switch
        {
            "microseconds" => (value.Ticks / 10) % 60_000_000,
            "milliseconds" => (value.Ticks / 10) % 60_000_000 / 1000m,
            "second" => (value.Ticks / 10) % 60_000_000 / 1_000_000m,
            "minute" => value.Minute,
            "hour" => value.Hour,
            "day" => value.Day,
            "month" => value.Month,
            "quarter" => ((value.Month - 1) / 3) + 1,
            "year" => value.Year,
            "decade" => value.Year / 10,
            "century" => ((value.Year - 1) / 100) + 1,
            "millennium" => ((value.Year - 1) / 1000) + 1,
            "dow" => (int)value.DayOfWeek,
            "isodow" => value.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)value.DayOfWeek,
            "doy" => value.DayOfYear,
            "week" => ISOWeek.GetWeekOfYear(value),
            "isoyear" => ISOWeek.GetYear(value),
            "epoch" => (value.Ticks - DateTime.UnixEpoch.Ticks) / 10 / 1_000_000m,
            "julian" => (decimal)(value.Date - new DateTime(2000, 1, 1)).TotalDays + 2451545 + (value.TimeOfDay.Ticks / (decimal)TimeSpan.TicksPerDay),
            _ => throw Unrecognised(field, isDate ? "date" : hasZone ? "timestamp with time zone" : "timestamp without time zone"),
        };
    }

    /// <summary>How many digits behind the point PostgreSQL gives a field.</summary>
    public static int ScaleOf(string field, bool isDate) => Field(field) switch
    {
        "second" or "epoch" when !isDate => 6,
        "milliseconds" => 3,
        _ => 0,
    };

    /// <summary>A field of a time of day.</summary>
    public static decimal ExtractTime(string field, long ticks)
    {
        var micros = ticks / 10;
        return Field(field) switch
        {
            "microseconds" => micros % 60_000_000,
            "milliseconds" => micros % 60_000_000 / 1000m,
            "second" => micros % 60_000_000 / 1_000_000m,
            "minute" => micros / 60_000_000 % 60,
            "hour" => micros / 3_600_000_000,
            "epoch" => micros / 1_000_000m,
            _ => throw Unrecognised(field, "time without time zone"),
        };
    }

    /// <summary>A field of an interval.</summary>
    public static decimal Extract(string field, PgInterval value) => Field(field) switch
    {
        "microseconds" => value.Micros % 60_000_000,
        "milliseconds" => value.Micros % 60_000_000 / 1000m,
        "second" => value.Micros % 60_000_000 / 1_000_000m,
        "minute" => value.Micros / 60_000_000 % 60,
        "hour" => value.Micros / 3_600_000_000,
        "day" => value.Days,
        "month" => value.Months % 12,
        "quarter" => (value.Months % 12 / 3) + 1,
        "year" => value.Months / 12,
        "decade" => value.Months / 120,
        "century" => value.Months / 1200,
        "millennium" => value.Months / 12000,
        "epoch" => (value.Micros / 1_000_000m) + (value.Days * 86400m) + (value.Months % 12 * 30 * 86400m) + (value.Months / 12 * 365.25m * 86400m),
        _ => throw Unrecognised(field, "interval"),
    };

    /// <summary>A zone that AT TIME ZONE names, as its distance from UTC. Errors: 0A000 for zones with rules of their own, 22023.</summary>
    public static TimeSpan Zone(string zone)
    {
        var name = zone.Trim();
        if (name.ToLowerInvariant() is "utc" or "gmt" or "z" or "zulu" or "etc/utc" or "etc/gmt" or "uct" or "universal") return TimeSpan.Zero;
        if (name.Length > 0 && (name[0] is '+' or '-' || char.IsAsciiDigit(name[0])))
        {
            // POSIX signs: west is positive.
            var signed = char.IsAsciiDigit(name[0]) ? "+" + name : name;
            return -PgDates.ZoneOffset(signed, zone, new SqlType(SqlTypeKind.TimestampTz));
        }

        throw SqlErrors.Unsupported($"the time zone \"{zone}\"", hint: "Use UTC, or a fixed offset.");
    }

    /// <summary>The canonical name of a field.</summary>
    public static string Field(string field) => field.Trim().ToLowerInvariant() switch
    {
        "us" or "usec" or "usecs" or "usecond" or "useconds" or "microsecond" or "microseconds" => "microseconds",
        "ms" or "msec" or "msecs" or "msecond" or "mseconds" or "millisecond" or "milliseconds" => "milliseconds",
        "s" or "sec" or "secs" or "second" or "seconds" => "second",
        "m" or "min" or "mins" or "minute" or "minutes" => "minute",
        "h" or "hr" or "hrs" or "hour" or "hours" => "hour",
        "d" or "day" or "days" => "day",
        "w" or "week" or "weeks" => "week",
        "mon" or "mons" or "month" or "months" => "month",
        "qtr" or "quarter" => "quarter",
        "y" or "yr" or "yrs" or "year" or "years" => "year",
        "dec" or "decs" or "decade" or "decades" => "decade",
        "c" or "cent" or "century" or "centuries" => "century",
        "mil" or "mils" or "millennium" or "millennia" => "millennium",
        var other => other,
    };

    private static DateTime Days(DateTime date, int days)
    {
        try
        {
            return date.AddDays(days);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw PgDates.OutOfRange(SqlTypeKind.Timestamp);
        }
    }

    private static VitessException Unrecognised(string field, string type) => SqlErrors.Data($"unit \"{field}\" not recognized for type {type}", "22023");
}
