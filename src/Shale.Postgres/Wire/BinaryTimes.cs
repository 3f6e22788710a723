using System.Buffers.Binary;
using System.Globalization;
using Shale.Sql;

namespace Shale.Postgres.Wire;

/// <summary>PostgreSQL's binary dates and times: days or microseconds since 2000, and the texts that shards hold.</summary>
internal static class BinaryTimes
{
    private static readonly DateTime Epoch = new(2000, 1, 1);

    /// <summary>A date's days. Error: 0A000 for one outside of the years 1 to 9999.</summary>
    public static int Days(string text) => text switch
    {
        PgDates.Infinity => int.MaxValue,
        PgDates.MinusInfinity => int.MinValue,
        _ => (Read(text) - Epoch).Days,
    };

    /// <summary>A timestamp's microseconds; of one with a zone in UTC. Error: 0A000 for one outside of the years 1 to 9999.</summary>
    public static long Micros(string text) => text switch
    {
        PgDates.Infinity => long.MaxValue,
        PgDates.MinusInfinity => long.MinValue,
        _ => (Read(text) - Epoch).Ticks / 10,
    };

    /// <summary>The text of days.</summary>
    public static string Date(int days) => days switch
    {
        int.MaxValue => PgDates.Infinity,
        int.MinValue => PgDates.MinusInfinity,
        _ => PgDates.Date(Add(days * TimeSpan.TicksPerDay, SqlTypeKind.Date)),
    };

    /// <summary>The text of microseconds.</summary>
    public static string Timestamp(long micros, SqlTypeKind kind) => micros switch
    {
        long.MaxValue => PgDates.Infinity,
        long.MinValue => PgDates.MinusInfinity,
        _ => PgDates.Format(micros is > long.MinValue / 10 and < long.MaxValue / 10 ? Add(micros * 10, kind) : throw PgDates.OutOfRange(kind), kind),
    };

    /// <summary>A time of day.</summary>
    public static string Time(long micros) => micros is >= 0 and <= PgInterval.MicrosPerDay ? PgDates.Time(micros * 10) : throw new VitessException(ErrorCodes.TypeError, "time out of range", sqlState: "22008");

    /// <summary>Writes <c>12:34:56+02:30</c>: the time, and how many seconds its zone lies behind UTC.</summary>
    public static int WriteTimeTz(string text, Span<byte> into)
    {
        var sign = text.LastIndexOfAny(['+', '-']);
        var time = sign < 0 ? text : text[..sign];
        var parts = sign < 0 ? [] : text[(sign + 1)..].Split(':');
        var seconds = 0;
        foreach (var (part, unit) in parts.Zip([3600, 60, 1])) seconds += int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture) * unit;
        BinaryPrimitives.WriteInt64BigEndian(into, PgDates.ReadTime(time) / 10);
        BinaryPrimitives.WriteInt32BigEndian(into[8..], sign >= 0 && text[sign] == '-' ? seconds : -seconds);
        return 12;
    }

    /// <summary>The text of a time with a zone.</summary>
    public static string TimeTz(long micros, int secondsBehind)
    {
        var (sign, seconds) = secondsBehind > 0 ? ('-', secondsBehind) : ('+', -secondsBehind);
        var zone = string.Create(CultureInfo.InvariantCulture, $"{sign}{seconds / 3600:00}");
        if (seconds % 3600 != 0) zone += string.Create(CultureInfo.InvariantCulture, $":{seconds / 60 % 60:00}");
        return Time(micros) + zone;
    }

    private static DateTime Read(string text)
    {
        try
        {
            return PgDates.Read(text);
        }
        catch (Exception failure) when (failure is FormatException or ArgumentOutOfRangeException)
        {
            throw new VitessException(ErrorCodes.QueryError, $"the date {text} in binary format is not supported", sqlState: "0A000", hint: "Ask for it as text.", inner: failure);
        }
    }

    private static DateTime Add(long ticks, SqlTypeKind kind)
    {
        var sum = Epoch.Ticks + (Int128)ticks;
        return sum >= DateTime.MinValue.Ticks && sum <= DateTime.MaxValue.Ticks ? new DateTime((long)sum) : throw PgDates.OutOfRange(kind);
    }
}
