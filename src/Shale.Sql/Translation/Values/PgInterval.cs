using System.Globalization;

namespace Shale.Sql;

/// <summary>PostgreSQL's interval: months, days and microseconds apart. Its text is PostgreSQL's own output.</summary>
internal readonly record struct PgInterval(int Months, int Days, long Micros)
{
    public const long MicrosPerDay = 86_400_000_000;

    /// <summary>What it compares by: a month is 30 days, a day 24 hours.</summary>
    public Int128 Key => ((Int128)Micros) + ((Int128)((Months * 30L) + Days) * MicrosPerDay);

    /// <summary>Reads PostgreSQL's and people's forms: <c>1 day 02:00</c>, <c>1.5 hours</c>, <c>P1DT2H</c>, <c>… ago</c>. Errors: 22007, 22008.</summary>
    /// <param name="text">The text.</param>
    /// <param name="unit">The unit of a bare number; second where the type names none.</param>
    public static PgInterval Parse(string text, string unit = "second") => new IntervalReader(text, unit).Read();

    /// <summary>So many units. Error: 22008.</summary>
    public static PgInterval Of(double count, string unit) => IntervalReader.Units(default, count, unit, count.ToString(CultureInfo.InvariantCulture));

    public static PgInterval operator +(PgInterval a, PgInterval b) => Checked(() => new PgInterval(checked(a.Months + b.Months), checked(a.Days + b.Days), checked(a.Micros + b.Micros)));

    public static PgInterval operator -(PgInterval a, PgInterval b) => Checked(() => new PgInterval(checked(a.Months - b.Months), checked(a.Days - b.Days), checked(a.Micros - b.Micros)));

    public static PgInterval operator -(PgInterval a) => default(PgInterval) - a;

    /// <summary>Multiplied; fractions of a month go down to days, those of a day to time, as PostgreSQL does it.</summary>
    public static PgInterval operator *(PgInterval a, double factor) => Scale(a, value => value * factor);

    /// <summary>Divided. Error: 22012.</summary>
    public static PgInterval operator /(PgInterval a, double divisor) =>
        divisor == 0 ? throw PgNumeric.DivisionByZero() : Scale(a, value => value / divisor);

    /// <summary>Days of 24 hours out of the time.</summary>
    public PgInterval JustifyHours()
    {
        var days = Days + (Micros / MicrosPerDay);
        var micros = Micros % MicrosPerDay;
        if (days > 0 && micros < 0) (days, micros) = (days - 1, micros + MicrosPerDay);
        else if (days < 0 && micros > 0) (days, micros) = (days + 1, micros - MicrosPerDay);
        return Fitting(Months, days, micros);
    }

    /// <summary>Months of 30 days out of the days.</summary>
    public PgInterval JustifyDays()
    {
        var (months, days) = (Months + (Days / 30L), Days % 30);
        if (months > 0 && days < 0) (months, days) = (months - 1, days + 30);
        else if (months < 0 && days > 0) (months, days) = (months + 1, days - 30);
        return Fitting(months, days, Micros);
    }

    /// <summary>justify_interval: both, and one sign for all.</summary>
    public PgInterval Justify()
    {
        var days = Days + (Micros / MicrosPerDay);
        var micros = Micros % MicrosPerDay;
        var months = Months + (days / 30);
        days %= 30;
        if (months > 0 && (days < 0 || (days == 0 && micros < 0))) (days, months) = (days + 30, months - 1);
        else if (months < 0 && (days > 0 || (days == 0 && micros > 0))) (days, months) = (days - 30, months + 1);
        if (days > 0 && micros < 0) (micros, days) = (micros + MicrosPerDay, days - 1);
        else if (days < 0 && micros > 0) (micros, days) = (micros - MicrosPerDay, days + 1);
        return Fitting(months, days, micros);
    }

    /// <summary>PostgreSQL's output, IntervalStyle postgres.</summary>
    public override string ToString()
    {
        var builder = new System.Text.StringBuilder();
        var negativeBefore = false;
        Part(builder, Months / 12, "year", ref negativeBefore);
        Part(builder, Months % 12, "mon", ref negativeBefore);
        Part(builder, Days, "day", ref negativeBefore);
        if (Micros != 0 || builder.Length == 0)
        {
            if (builder.Length > 0) builder.Append(' ');
            var sign = Micros < 0 ? "-" : negativeBefore ? "+" : "";
            builder.Append(sign).Append(PgIntervalTime(Micros < 0 ? (UInt128)(-(Int128)Micros) : (UInt128)Micros));
        }

        return builder.ToString();
    }

    /// <summary>PostgreSQL's output, IntervalStyle iso_8601: each part has a sign of its own.</summary>
    public string ToIso()
    {
        if (Months == 0 && Days == 0 && Micros == 0) return "PT0S";
        var builder = new System.Text.StringBuilder("P");
        IsoPart(builder, Months / 12, 'Y');
        IsoPart(builder, Months % 12, 'M');
        IsoPart(builder, Days, 'D');
        if (Micros == 0) return builder.ToString();
        builder.Append('T');
        IsoPart(builder, Micros / 3_600_000_000, 'H');
        IsoPart(builder, Micros / 60_000_000 % 60, 'M');
        var rest = Micros % 60_000_000;
        if (rest == 0) return builder.ToString();
        var fraction = Math.Abs(rest % 1_000_000);
        builder.Append(rest < 0 ? "-" : "").Append(Math.Abs(rest / 1_000_000).ToString(CultureInfo.InvariantCulture));
        if (fraction != 0) builder.Append('.').Append(fraction.ToString("000000", CultureInfo.InvariantCulture).TrimEnd('0'));
        return builder.Append('S').ToString();
    }

    private static void IsoPart(System.Text.StringBuilder builder, long value, char unit)
    {
        if (value != 0) builder.Append(value.ToString(CultureInfo.InvariantCulture)).Append(unit);
    }

    private static string PgIntervalTime(UInt128 micros)
    {
        var seconds = (ulong)(micros / 1_000_000);
        var fraction = (ulong)(micros % 1_000_000);
        var text = string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}");
        return fraction == 0 ? text : text + "." + fraction.ToString("000000", CultureInfo.InvariantCulture).TrimEnd('0');
    }

    private static void Part(System.Text.StringBuilder builder, int value, string unit, ref bool negativeBefore)
    {
        if (value == 0) return;
        if (builder.Length > 0) builder.Append(' ');
        if (value > 0 && negativeBefore) builder.Append('+');
        builder.Append(value.ToString(CultureInfo.InvariantCulture)).Append(' ').Append(unit);
        if (value != 1) builder.Append('s');
        negativeBefore = value < 0;
    }

    private static PgInterval Scale(PgInterval a, Func<double, double> by) => Checked(() =>
    {
        var months = by(a.Months);
        var days = by(a.Days);
        var wholeMonths = checked((int)months);
        var wholeDays = checked((int)days);

        // Fractions cascade to smaller units only; PostgreSQL rounds them to microseconds on the way.
        var monthRemainder = Round((months - wholeMonths) * 30);
        var seconds = Round((days - wholeDays + monthRemainder - (int)monthRemainder) * 86400.0);
        if (Math.Abs(seconds) >= 86400)
        {
            wholeDays += (int)(seconds / 86400);
            seconds -= (int)(seconds / 86400) * 86400.0;
        }

        wholeDays = checked(wholeDays + (int)monthRemainder);
        return new PgInterval(wholeMonths, wholeDays, checked((long)Math.Round(by(a.Micros) + (seconds * 1_000_000), MidpointRounding.ToEven)));
    });

    private static PgInterval Fitting(long months, long days, long micros) => Checked(() => new PgInterval(checked((int)months), checked((int)days), micros));

    private static double Round(double value) => Math.Round(value * 1_000_000, MidpointRounding.ToEven) / 1_000_000;

    private static PgInterval Checked(Func<PgInterval> compute)
    {
        try
        {
            return compute();
        }
        catch (OverflowException)
        {
            throw SqlErrors.Data("interval out of range", "22008");
        }
    }
}
