using System.Globalization;

namespace Shale.Sql;

/// <summary>Reads a date and time as PostgreSQL writes and people type it: ISO, compact, month names, month/day/year.</summary>
internal sealed class DateReader(string body, string whole, SqlType type)
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    private int _at;

    /// <summary>The time, and the distance from UTC if one was written.</summary>
    public (DateTime Value, TimeSpan? Offset) Read()
    {
        var (year, month, day) = ReadDate();
        if (year > 9999) throw PgDates.OutOfRange(type.Kind);
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) throw PgDates.OutOfRange(type, whole);
        var value = new DateTime(year, month, day);
        var rest = body[_at..];
        if (rest.Length == 0) return (value, null);
        if (rest[0] is 'T' or 't') rest = rest[1..];
        rest = rest.TrimStart();
        if (rest.EndsWith(" BC", StringComparison.OrdinalIgnoreCase)) throw SqlErrors.Unsupported("a year before 1");
        if (rest.EndsWith(" AD", StringComparison.OrdinalIgnoreCase)) rest = rest[..^3];
        if (rest.Length == 0) return (value, null);
        if (!char.IsAsciiDigit(rest[0])) return (value, PgDates.ZoneOffset(rest, whole, type));
        var ticks = new TimeReader(rest, whole, type).Read(out var zone);
        zone = zone.Trim();
        try
        {
            return (value.AddTicks(ticks), zone.Length == 0 ? null : PgDates.ZoneOffset(zone, whole, type));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw PgDates.OutOfRange(type, whole);
        }
    }

    private (int Year, int Month, int Day) ReadDate()
    {
        if (_at < body.Length && char.IsAsciiLetter(body[_at])) return MonthFirst();
        var first = Digits();
        if (first.Length == 8 && !Peek('-') && !Peek('/')) return (Int(first[..4]), Int(first[4..6]), Int(first[6..]));
        if (first.Length == 6 && !Peek('-') && !Peek('/') && !Peek('.')) return (Year(first[..2]), Int(first[2..4]), Int(first[4..]));
        if (first.Length == 4 && Peek('.') && body.Length - _at >= 4 && body.AsSpan(_at + 1, 3).IndexOfAnyExceptInRange('0', '9') < 0) return DayOfYear(first);
        if (first.Length is >= 3 and <= 6 && Take('-')) return YearFirst(first, '-');
        if (first.Length is >= 3 and <= 6 && Take('/')) return YearFirst(first, '/');
        if (first.Length is 1 or 2 && Take('/')) return MonthDayYear(first);
        if (first.Length is 1 or 2 && (Take('-') || Take(' '))) return DayMonth(first);
        throw PgDates.Invalid(type, whole);
    }

    // 1999.008: the eighth day of the year.
    private (int Year, int Month, int Day) DayOfYear(string year)
    {
        _ = Take('.');
        var day = Digits();
        if (day.Length != 3 || Int(year) < 1 || Int(day) < 1 || Int(day) > (DateTime.IsLeapYear(Int(year)) ? 366 : 365)) throw PgDates.OutOfRange(type, whole);
        var date = new DateTime(Int(year), 1, 1).AddDays(Int(day) - 1);
        return (date.Year, date.Month, date.Day);
    }

    private (int Year, int Month, int Day) YearFirst(string year, char sign)
    {
        var month = _at < body.Length && char.IsAsciiLetter(body[_at]) ? Month() : Int(Digits());
        if (!Take(sign)) throw PgDates.Invalid(type, whole);
        return (Int(year), month, Int(Digits()));
    }

    // DateStyle MDY, PostgreSQL's default.
    private (int Year, int Month, int Day) MonthDayYear(string month)
    {
        var day = Digits();
        if (!Take('/')) throw PgDates.Invalid(type, whole);
        return (Year(Digits()), Int(month), Int(day));
    }

    private (int Year, int Month, int Day) DayMonth(string day)
    {
        if (_at >= body.Length || !char.IsAsciiLetter(body[_at])) throw PgDates.Invalid(type, whole);
        var month = Month();
        if (!Take('-') && !Take(' ')) throw PgDates.Invalid(type, whole);
        return (Year(Digits()), month, Int(day));
    }

    private (int Year, int Month, int Day) MonthFirst()
    {
        var month = Month();
        if (!Take(' ') && !Take('-')) throw PgDates.Invalid(type, whole);
        var day = Digits();
        _ = Take(',');
        if (!Take(' ') && !Take('-')) throw PgDates.Invalid(type, whole);
        return (Year(Digits()), month, Int(day));
    }

    private int Month()
    {
        var start = _at;
        while (_at < body.Length && char.IsAsciiLetter(body[_at])) _at++;
        var word = body[start.._at].ToLowerInvariant();
        for (var i = 0; i < 12; i++)
        {
            var full = CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(i + 1).ToLowerInvariant();
            if (word == Months[i] || word == full || (word == "sept" && i == 8)) return i + 1;
        }

        throw PgDates.Invalid(type, whole);
    }

    private static int Year(string digits)
    {
        var year = Int(digits);
        return digits.Length > 2 ? year : year < 70 ? 2000 + year : 1900 + year;
    }

    private string Digits()
    {
        var start = _at;
        while (_at < body.Length && char.IsAsciiDigit(body[_at])) _at++;
        return _at > start && _at - start <= 8 ? body[start.._at] : throw PgDates.Invalid(type, whole);
    }

    private bool Peek(char sign) => _at < body.Length && body[_at] == sign;

    private bool Take(char sign)
    {
        if (!Peek(sign)) return false;
        _at++;
        return true;
    }

    private static int Int(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}

/// <summary>Reads a time of day: <c>12:34[:56[.789]] [AM|PM]</c>, <c>123456</c>.</summary>
internal sealed class TimeReader(string body, string whole, SqlType type)
{
    private int _at;

    /// <summary>Ticks since midnight; what follows is left in <paramref name="rest"/>.</summary>
    public long Read(out string rest)
    {
        var first = Digits(6);
        int hour, minute, second = 0;
        if (first.Length is 4 or 6 && !(_at < body.Length && body[_at] == ':'))
        {
            (hour, minute) = (Int(first[..2]), Int(first[2..4]));
            if (first.Length == 6) second = Int(first[4..]);
        }
        else
        {
            hour = Int(first);
            if (!Take(':')) throw PgDates.Invalid(type, whole);
            minute = Int(Digits(2));
            if (Take(':')) second = Int(Digits(2));
        }

        var fraction = Fraction();
        hour = HalfDay(hour);
        var valid = (hour is >= 0 and <= 23 || (hour == 24 && minute == 0 && second == 0 && fraction == 0)) && minute is >= 0 and <= 59 && second is >= 0 and <= 60;
        if (!valid) throw PgDates.OutOfRange(type, whole);
        rest = body[_at..];
        return (((((hour * 60L) + minute) * 60) + second) * TimeSpan.TicksPerSecond) + fraction;
    }

    private long Fraction()
    {
        if (!Take('.')) return 0;
        var start = _at;
        while (_at < body.Length && char.IsAsciiDigit(body[_at])) _at++;
        var digits = body[start.._at];
        if (digits.Length == 0) return 0;
        var scaled = double.Parse("0." + digits, CultureInfo.InvariantCulture) * 1_000_000;
        return (long)Math.Round(scaled, MidpointRounding.ToEven) * 10;
    }

    private int HalfDay(int hour)
    {
        var rest = body[_at..].TrimStart();
        var isPm = rest.StartsWith("pm", StringComparison.OrdinalIgnoreCase);
        if (!isPm && !rest.StartsWith("am", StringComparison.OrdinalIgnoreCase)) return hour;
        _at = body.Length - rest.Length + 2;
        if (hour is < 1 or > 12) throw PgDates.OutOfRange(type, whole);
        return (hour % 12) + (isPm ? 12 : 0);
    }

    private string Digits(int most)
    {
        var start = _at;
        while (_at < body.Length && char.IsAsciiDigit(body[_at])) _at++;
        return _at > start && _at - start <= most ? body[start.._at] : throw PgDates.Invalid(type, whole);
    }

    private bool Take(char sign)
    {
        if (_at >= body.Length || body[_at] != sign) return false;
        _at++;
        return true;
    }

    private static int Int(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}
