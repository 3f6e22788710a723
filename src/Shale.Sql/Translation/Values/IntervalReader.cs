using System.Globalization;

namespace Shale.Sql;

/// <summary>Reads the text of an interval.</summary>
internal sealed class IntervalReader(string text, string bareUnit)
{
    private static readonly System.Buffers.SearchValues<char> Clocks = System.Buffers.SearchValues.Create("0123456789:.+-");

    private static readonly SqlType Type = new(SqlTypeKind.Interval);

    public PgInterval Read()
    {
        var body = text.Trim();
        if (body.StartsWith('@')) body = body[1..].TrimStart();
        if (body.Length > 1 && body[0] is 'P' or '-' && body.TrimStart('-').StartsWith('P')) return Iso(body);
        var ago = body.EndsWith(" ago", StringComparison.OrdinalIgnoreCase);
        if (ago) body = body[..^4].TrimEnd();
        if (body.Length == 0) throw Invalid();
        var result = Words(body);
        return ago ? -result : result;
    }

    /// <summary>Adds so many units; fractions go down to smaller ones.</summary>
    public static PgInterval Units(PgInterval sum, double count, string unit, string whole)
    {
        var whole1 = Math.Truncate(count);
        var fraction = count - whole1;
        try
        {
            return sum + Name(unit) switch
            {
                "microsecond" => new PgInterval(0, 0, checked((long)Math.Round(count))),
                "millisecond" => new PgInterval(0, 0, checked((long)Math.Round(count * 1000))),
                "second" => Seconds(count),
                "minute" => new PgInterval(0, 0, checked((long)whole1 * 60_000_000)) + Seconds(fraction * 60),
                "hour" => new PgInterval(0, 0, checked((long)whole1 * 3_600_000_000)) + Seconds(fraction * 3600),
                "day" => Days(count),
                "week" => Days(count * 7),
                "month" => Months(count),
                "year" => new PgInterval(checked((int)Math.Round(whole1 * 12)), 0, 0) + new PgInterval((int)Math.Round(fraction * 12, MidpointRounding.ToEven), 0, 0),
                "decade" => new PgInterval(checked((int)Math.Round(count * 120)), 0, 0),
                "century" => new PgInterval(checked((int)Math.Round(count * 1200)), 0, 0),
                "millennium" => new PgInterval(checked((int)Math.Round(count * 12000)), 0, 0),
                _ => throw PgDates.Invalid(Type, whole),
            };
        }
        catch (OverflowException)
        {
            throw SqlErrors.Data($"interval field value out of range: \"{whole}\"", "22015");
        }
    }

    private static PgInterval Seconds(double count) => new(0, 0, checked((long)Math.Round(count * 1_000_000, MidpointRounding.ToEven)));

    private static PgInterval Days(double count)
    {
        var whole = checked((int)Math.Truncate(count));
        return new PgInterval(0, whole, 0) + Seconds((count - whole) * 86400);
    }

    private static PgInterval Months(double count)
    {
        var whole = checked((int)Math.Truncate(count));
        return new PgInterval(whole, 0, 0) + Days((count - whole) * 30);
    }

    private static string Name(string unit) => unit switch
    {
        "us" or "usec" or "usecs" or "usecond" or "useconds" or "microsecond" or "microseconds" => "microsecond",
        "ms" or "msec" or "msecs" or "msecond" or "mseconds" or "millisecond" or "milliseconds" => "millisecond",
        "s" or "sec" or "secs" or "second" or "seconds" => "second",
        "m" or "min" or "mins" or "minute" or "minutes" => "minute",
        "h" or "hr" or "hrs" or "hour" or "hours" => "hour",
        "d" or "day" or "days" => "day",
        "w" or "week" or "weeks" => "week",
        "mon" or "mons" or "month" or "months" => "month",
        "y" or "yr" or "yrs" or "year" or "years" => "year",
        "dec" or "decs" or "decade" or "decades" => "decade",
        "c" or "cent" or "century" or "centuries" => "century",
        "mil" or "mils" or "millennium" or "millennia" => "millennium",
        _ => "",
    };

    private PgInterval Words(string body)
    {
        var sum = default(PgInterval);
        var at = 0;
        var seen = new HashSet<string>();
        while (at < body.Length)
        {
            if (char.IsWhiteSpace(body[at]))
            {
                at++;
                continue;
            }

            var start = at;
            while (at < body.Length && (char.IsAsciiDigit(body[at]) || body[at] is '.' or ':' or '-' or '+')) at++;
            var number = body[start..at];
            if (number.Length == 0) throw Invalid();
            if (number.Contains(':', StringComparison.Ordinal))
            {
                foreach (var part in (string[])["hour", "minute", "second"]) Once(part, seen);
                sum += Clock(number);
                continue;
            }

            while (at < body.Length && body[at] == ' ') at++;
            start = at;
            while (at < body.Length && char.IsAsciiLetter(body[at])) at++;
            var unit = at > start ? body[start..at].ToLowerInvariant() : "";
            if (unit.Length > 0 && Name(unit) is { Length: > 0 } name) Once(name, seen);
            sum = unit.Length == 0 && number.TrimStart('-', '+').Contains('-', StringComparison.Ordinal)
                ? sum + YearMonth(number) : Units(sum, Number(number), unit.Length == 0 ? Bare(at, body) : unit, text);
        }

        return sum;
    }

    private void Once(string unit, HashSet<string> seen)
    {
        if (!seen.Add(unit)) throw Invalid();
    }

    // A number without a unit is allowed at the end, and as days before a time.
    private string Bare(int at, string body) => at >= body.Length ? bareUnit
        : body.AsSpan(at).Contains(':') && !body.AsSpan(at).ContainsAnyExcept(Clocks) ? "day" : throw Invalid();

    private PgInterval YearMonth(string number)
    {
        var negative = number[0] == '-';
        var parts = number.TrimStart('-', '+').Split('-');
        if (parts.Length != 2) throw Invalid();
        var months = ((int)Number(parts[0]) * 12) + (int)Number(parts[1]);
        return new PgInterval(negative ? -months : months, 0, 0);
    }

    private PgInterval Clock(string number)
    {
        var negative = number[0] == '-';
        var parts = number.TrimStart('-', '+').Split(':');
        if (parts.Length > 3) throw Invalid();
        var micros = ((long)Number(parts[0]) * 3_600_000_000) + ((long)Number(parts[1]) * 60_000_000);
        if (parts.Length == 3) micros += (long)Math.Round(Number(parts[2]) * 1_000_000);
        if (Number(parts[1]) >= 60 || (parts.Length == 3 && Number(parts[2]) > 60)) throw SqlErrors.Data($"interval field value out of range: \"{text}\"", "22015");
        return new PgInterval(0, 0, negative ? -micros : micros);
    }

    private PgInterval Iso(string body)
    {
        var negative = body[0] == '-';
        var sum = default(PgInterval);
        var inTime = false;
        var at = negative ? 2 : 1;
        while (at < body.Length)
        {
            if (body[at] == 'T')
            {
                inTime = true;
                at++;
                continue;
            }

            var start = at;
            while (at < body.Length && (char.IsAsciiDigit(body[at]) || body[at] is '.' or '-' or '+')) at++;
            if (at >= body.Length || at == start) throw Invalid();
            var unit = (body[at++], inTime) switch
            {
                ('Y', false) => "year",
                ('M', false) => "month",
                ('W', false) => "week",
                ('D', false) => "day",
                ('H', true) => "hour",
                ('M', true) => "minute",
                ('S', true) => "second",
                _ => throw Invalid(),
            };
            sum = Units(sum, Number(body[start..(at - 1)]), unit, text);
        }

        return negative ? -sum : sum;
    }

    private double Number(string number) =>
        double.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : throw Invalid();

    private VitessException Invalid() => PgDates.Invalid(Type, text);
}
