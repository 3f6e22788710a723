using Shale.Sql;

namespace Shale.Engines;

/// <summary>Arithmetic and fields of dates, times and intervals, all on canonical texts.</summary>
internal static class PostgresDates
{
    public static void AddTo(FunctionSet set)
    {
        AddArithmetic(set);
        AddIntervals(set);
        AddFields(set);
        AddMakers(set);
        AddZones(set);
        set.Add("shale_overlaps", 4, values => Overlaps(values[0], values[1], values[2], values[3]));
        set.Add("shale_overlaps_ii", 4, values => Overlaps(values[0], Later(values[0], values[1]), values[2], Later(values[2], values[3])));
        set.Add("shale_overlaps_it", 4, values => Overlaps(values[0], Later(values[0], values[1]), values[2], values[3]));
        set.Add("shale_overlaps_ti", 4, values => Overlaps(values[0], values[1], values[2], Later(values[2], values[3])));
    }

    private static void AddZones(FunctionSet set)
    {
        set.Strict("shale_date_trunc_zone", 3, values =>
        {
            if (PgDates.IsInfinite(values[1].AsText())) return values[1];
            var (utc, zone) = (PgDates.Read(values[1].AsText()), values[2].AsText());
            var local = PgDates.Read(Shifted(values[1], zone, toZone: false).AsText());
            var truncated = PgDateMath.Truncate(values[0].AsText(), local);

            // Units shorter than a day keep the offset that clocks have, also in the hour that comes twice.
            if (PgDateMath.Field(values[0].AsText()) is "hour" or "minute" or "second" or "milliseconds" or "microseconds") return SqlValue.Text(PgDates.TimestampTz(utc - (local - truncated)));
            return Shifted(SqlValue.Text(PgDates.Timestamp(truncated)), zone, toZone: true);
        });
        set.Strict("shale_make_timestamptz_zone", 7, values =>
            Shifted(SqlValue.Text(PgDates.Timestamp(Day(values).AddTicks(TimeOfDay(values[3..6])))), OfMaker(values[6].AsText()), toZone: true));
    }

    // Unlike AT TIME ZONE, a number means what it does in ISO: east is positive.
    private static string OfMaker(string zone) => zone.StartsWith('+') ? "-" + zone[1..] : zone.StartsWith('-') ? "+" + zone[1..] : zone;

    private static SqlValue Later(SqlValue time, SqlValue interval) => time.IsNull || interval.IsNull ? SqlValue.Null : AddInterval(time, Interval(interval));

    // An end before its start is the start; a period without length is a point. NULL where an unknown end decides.
    private static SqlValue Overlaps(SqlValue start1, SqlValue end1, SqlValue start2, SqlValue end2)
    {
        if (!Ordered(ref start1, ref end1) || !Ordered(ref start2, ref end2)) return SqlValue.Null;
        var order = Order(start1, start2);
        if (order == 0) return end1.IsNull || end2.IsNull ? SqlValue.Null : SqlValue.Boolean(true);
        var (late, earlyEnd, lateEnd) = order > 0 ? (start1, end2, end1) : (start2, end1, end2);
        if (earlyEnd.IsNull) return SqlValue.Null;
        if (Order(late, earlyEnd) < 0) return SqlValue.Boolean(true);
        return lateEnd.IsNull ? SqlValue.Null : SqlValue.Boolean(false);
    }

    private static bool Ordered(ref SqlValue start, ref SqlValue end)
    {
        if (start.IsNull && end.IsNull) return false;
        if (start.IsNull || (!end.IsNull && Order(start, end) > 0)) (start, end) = (end, start);
        return true;
    }

    private static int Order(SqlValue left, SqlValue right) => Rank(left.AsText()).CompareTo(Rank(right.AsText())) is not 0 and var rank ? rank : string.CompareOrdinal(left.AsText(), right.AsText());

    private static int Rank(string time) => time == PgDates.Infinity ? 1 : time == PgDates.MinusInfinity ? -1 : 0;

    private static bool HasZone(string text) => text.EndsWith("+00", StringComparison.Ordinal);

    /// <summary>A time in the form its source had: with a zone or without; a date becomes a timestamp.</summary>
    private static SqlValue Like(string source, DateTime value) => SqlValue.Text(HasZone(source) ? PgDates.TimestampTz(value) : PgDates.Timestamp(value));

    private static PgInterval Interval(SqlValue value) => PgInterval.Parse(value.AsText());

    private static SqlValue Text(PgInterval value) => SqlValue.Text(value.ToString());

    private static void AddArithmetic(FunctionSet set)
    {
        set.Strict("shale_date_add", (date, days) => AddDays(date, days.AsInteger()));
        set.Strict("shale_date_sub", (date, days) => AddDays(date, -days.AsInteger()));
        set.Strict("shale_date_diff", (a, b) => SqlValue.Integer((long)(PgDates.Read(a.AsText()) - PgDates.Read(b.AsText())).TotalDays));
        set.Strict("shale_timestamp_add", (time, interval) => AddInterval(time, Interval(interval)));
        set.Strict("shale_timestamp_sub", (time, interval) => AddInterval(time, -Interval(interval)));
        set.Strict("shale_timestamp_diff", (a, b) => Text(PgDateMath.Subtract(PgDates.Read(a.AsText()), PgDates.Read(b.AsText()))));
        set.Strict("shale_time_add", (time, interval) => AddTime(time, Interval(interval).Micros));
        set.Strict("shale_time_sub", (time, interval) => AddTime(time, -Interval(interval).Micros));
        set.Strict("shale_time_diff", (a, b) => Text(new PgInterval(0, 0, (PgDates.ReadTime(a.AsText()) - PgDates.ReadTime(b.AsText())) / 10)));
        set.Strict("shale_date_time", (date, time) => SqlValue.Text(PgDates.Timestamp(PgDates.Read(date.AsText()).AddTicks(PgDates.ReadTime(time.AsText())))));
        set.Strict("shale_age", (a, b) => Text(PgDateMath.Age(PgDates.Read(a.AsText()), PgDates.Read(b.AsText()))));
        set.Strict("shale_timestamp_at_zone", (zone, time) => Shifted(time, zone.AsText(), toZone: true));
        set.Strict("shale_timestamptz_at_zone", (zone, time) => Shifted(time, zone.AsText(), toZone: false));
    }

    private static SqlValue AddDays(SqlValue date, long days)
    {
        if (PgDates.IsInfinite(date.AsText())) return date;
        try
        {
            return SqlValue.Text(PgDates.Date(PgDates.Read(date.AsText()).AddDays(days)));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw PgDates.OutOfRange(SqlTypeKind.Date);
        }
    }

    private static SqlValue AddInterval(SqlValue time, PgInterval interval) =>
        PgDates.IsInfinite(time.AsText()) ? time : Like(time.AsText(), PgDateMath.Add(PgDates.Read(time.AsText()), interval));

    private static SqlValue AddTime(SqlValue time, long micros)
    {
        var sum = ((PgDates.ReadTime(time.AsText()) / 10) + (micros % PgInterval.MicrosPerDay)) % PgInterval.MicrosPerDay;
        return SqlValue.Text(PgDates.Time((sum < 0 ? sum + PgInterval.MicrosPerDay : sum) * 10));
    }

    private static SqlValue Shifted(SqlValue time, string zone, bool toZone)
    {
        if (PgDates.IsInfinite(time.AsText())) return time;
        try
        {
            var read = PgDates.Read(time.AsText());
            return SqlValue.Text(toZone ? PgDates.TimestampTz(PostgresZones.ToUtc(read, zone)) : PgDates.Timestamp(PostgresZones.FromUtc(read, zone)));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw PgDates.OutOfRange(SqlTypeKind.Timestamp);
        }
    }

    private static void AddIntervals(FunctionSet set)
    {
        set.Strict("shale_interval_add", (a, b) => Text(Interval(a) + Interval(b)));
        set.Strict("shale_interval_sub", (a, b) => Text(Interval(a) - Interval(b)));
        set.Strict("shale_interval_neg", a => Text(-Interval(a)));
        set.Strict("shale_interval_mul", (a, b) => Text(Interval(a) * PgNumeric.ToDouble(b)));
        set.Strict("shale_interval_div", (a, b) => Text(Interval(a) / PgNumeric.ToDouble(b)));
        set.Strict("shale_interval_of", (count, unit) => Text(PgInterval.Of(PgNumeric.ToDouble(count), unit.AsText())));
        set.Strict("shale_interval_key", a => Key(Interval(a)));
        set.Add("shale_greatest_interval", -1, values => Extreme(values, 1));
        set.Add("shale_least_interval", -1, values => Extreme(values, -1));
        set.Strict("shale_range_place", time => PgDates.IsInfinite(time.AsText()) ? throw SqlErrors.Unsupported("RANGE with an offset over infinite times") : SqlValue.Integer(PgDates.Read(time.AsText()).Ticks / 10));
        set.Strict("shale_justify_days", a => Text(Interval(a).JustifyDays()));
        set.Strict("shale_justify_hours", a => Text(Interval(a).JustifyHours()));
        set.Strict("shale_justify_interval", a => Text(Interval(a).Justify()));
    }

    /// <summary>Negative, zero or positive, as two intervals compare: a month is 30 days, a day 24 hours.</summary>
    public static int CompareIntervals(SqlValue a, SqlValue b) => Interval(a).Key.CompareTo(Interval(b).Key);

    /// <summary>A part of the way from one interval to another.</summary>
    public static SqlValue Between(SqlValue low, SqlValue high, double part) => part == 0 ? low : Text(((Interval(high) - Interval(low)) * part) + Interval(low));

    // Of equal ones the first.
    private static SqlValue Extreme(ReadOnlySpan<SqlValue> values, int sign)
    {
        var best = SqlValue.Null;
        foreach (ref readonly var value in values)
        {
            if (!value.IsNull && (best.IsNull || CompareIntervals(value, best) * sign > 0)) best = value;
        }

        return best;
    }

    private static SqlValue Key(PgInterval interval) => interval.Key is var key && key >= long.MinValue && key <= long.MaxValue
        ? SqlValue.Integer((long)key) : throw SqlErrors.Unsupported("comparison of intervals beyond 290,000 years");

    private static void AddFields(FunctionSet set)
    {
        set.Strict("shale_extract", (field, time) => time.AsText().Length > 10 && PgDateMath.Field(field.AsText()) == "julian"
            ? Julian(PgDates.Read(time.AsText())) : Number(field, Extract(field.AsText(), time.AsText()), time.AsText().Length == 10));
        set.Strict("shale_extract_time", (field, time) => Number(field, PgDateMath.ExtractTime(field.AsText(), PgDates.ReadTime(time.AsText())), isDate: false));
        set.Strict("shale_extract_interval", (field, interval) => Number(field, PgDateMath.Extract(field.AsText(), Interval(interval)), isDate: false));
        set.Strict("shale_date_part", (field, time) => SqlValue.Real((double)Extract(field.AsText(), time.AsText(), isDatePart: true)));
        set.Strict("shale_date_part_time", (field, time) => SqlValue.Real((double)PgDateMath.ExtractTime(field.AsText(), PgDates.ReadTime(time.AsText()))));
        set.Strict("shale_date_part_interval", (field, interval) => SqlValue.Real((double)PgDateMath.Extract(field.AsText(), Interval(interval))));
        set.Strict("shale_date_trunc", (field, time) => PgDates.IsInfinite(time.AsText()) ? time : Like(time.AsText(), PgDateMath.Truncate(field.AsText(), PgDates.Read(time.AsText()))));
        set.Strict("shale_date_trunc_interval", (field, interval) => Text(PgDateMath.Truncate(field.AsText(), Interval(interval))));
        set.Strict("shale_date_bin", 3, values => Bin(Interval(values[0]), values[1].AsText(), values[2].AsText()));
        set.Strict("shale_isfinite", a => SqlValue.Boolean(!PgDates.IsInfinite(a.AsText())));
    }

    private static decimal Extract(string field, string time, bool isDatePart = false) =>
        PgDateMath.Extract(field, PgDates.Read(time), isDate: !isDatePart && time.Length == 10, HasZone(time));

    private static SqlValue Julian(DateTime time) =>
        PgNumeric.Value((PgDecimal)((long)(time.Date - new DateTime(2000, 1, 1)).TotalDays + 2451545) + ((PgDecimal)(time.TimeOfDay.Ticks / 10) / PgInterval.MicrosPerDay));

    private static SqlValue Number(SqlValue field, decimal value, bool isDate) => PgNumeric.Value(PgDecimal.From(value).RoundTo(PgDateMath.ScaleOf(field.AsText(), isDate)));

    private static SqlValue Bin(PgInterval stride, string source, string origin)
    {
        if (stride.Months != 0) throw SqlErrors.Query("timestamps cannot be binned into intervals containing months or years", "0A000");
        var micros = (stride.Days * PgInterval.MicrosPerDay) + stride.Micros;
        if (micros <= 0) throw SqlErrors.Data("stride must be greater than zero", "22008");
        var start = PgDates.Read(origin).Ticks / 10;
        var distance = (PgDates.Read(source).Ticks / 10) - start;
        var bins = distance / micros;
        if (distance % micros < 0) bins--;
        return Like(source, new DateTime((start + (bins * micros)) * 10));
    }

    private static void AddMakers(FunctionSet set)
    {
        set.Strict("shale_make_date", 3, values => SqlValue.Text(PgDates.Date(Day(values))));
        set.Strict("shale_make_time", 3, values => SqlValue.Text(PgDates.Time(TimeOfDay(values))));
        set.Strict("shale_make_timestamp", 6, values => SqlValue.Text(PgDates.Timestamp(Day(values).AddTicks(TimeOfDay(values[3..])))));
        set.Strict("shale_make_timestamptz", 6, values => SqlValue.Text(PgDates.TimestampTz(Day(values).AddTicks(TimeOfDay(values[3..])))));
        for (var count = 0; count <= 7; count++) set.Strict("shale_make_interval", count, MakeInterval);
        set.Strict("shale_to_timestamp_epoch", a => Epoch(PgNumeric.ToDouble(a)));
        set.Volatile("shale_clock_timestamp", 0, _ => StableTime.Postgres(TimeProvider.System.GetUtcNow()));
    }

    private static DateTime Day(ReadOnlySpan<SqlValue> values)
    {
        var (year, month, day) = (values[0].AsInteger(), values[1].AsInteger(), values[2].AsInteger());
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth((int)year, (int)month))
            throw SqlErrors.Data($"date field value out of range: {year}-{month:00}-{day:00}", "22008");
        return new DateTime((int)year, (int)month, (int)day);
    }

    private static long TimeOfDay(ReadOnlySpan<SqlValue> values)
    {
        var (hour, minute, second) = (values[0].AsInteger(), values[1].AsInteger(), PgNumeric.ToDouble(values[2]));
        if (hour is < 0 or > 24 || minute is < 0 or > 59 || second is < 0 or > 60 || (hour == 24 && (minute > 0 || second > 0)))
            throw SqlErrors.Data($"time field value out of range: {hour}:{minute:00}:{second:00}", "22008");
        return (((hour * 60) + minute) * 60 * TimeSpan.TicksPerSecond) + ((long)Math.Round(second * 1_000_000, MidpointRounding.ToEven) * 10);
    }

    private static SqlValue MakeInterval(ReadOnlySpan<SqlValue> values)
    {
        long At(ReadOnlySpan<SqlValue> all, int index) => index < all.Length ? all[index].AsInteger() : 0;
        try
        {
            var seconds = values.Length > 6 ? PgNumeric.ToDouble(values[6]) : 0;
            return Text(new PgInterval(
                checked((int)((At(values, 0) * 12) + At(values, 1))), checked((int)((At(values, 2) * 7) + At(values, 3))),
                checked((At(values, 4) * 3_600_000_000) + (At(values, 5) * 60_000_000) + (long)Math.Round(seconds * 1_000_000, MidpointRounding.ToEven))));
        }
        catch (OverflowException)
        {
            throw SqlErrors.Data("interval out of range", "22008");
        }
    }

    private static SqlValue Epoch(double seconds)
    {
        if (double.IsInfinity(seconds)) return SqlValue.Text(seconds > 0 ? PgDates.Infinity : PgDates.MinusInfinity);
        var micros = Math.Round(seconds * 1_000_000, MidpointRounding.ToEven);
        var unix = DateTime.UnixEpoch.Ticks / 10;
        if (!(micros > -unix && micros < (DateTime.MaxValue.Ticks / 10) - unix)) throw PgDates.OutOfRange(SqlTypeKind.TimestampTz);
        return SqlValue.Text(PgDates.TimestampTz(DateTime.UnixEpoch.AddTicks((long)micros * 10)));
    }
}
