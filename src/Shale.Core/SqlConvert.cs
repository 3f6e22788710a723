using System.Globalization;

namespace Shale;

/// <summary>Between .NET values and SQL values, the same on both ends of a connection.</summary>
public static class SqlConvert
{
    /// <summary>
    /// The SQL value of a .NET value. Decimals become text (NUMERIC is exact), dates and times ISO 8601 text, ids lower-case text, enums
    /// their number. Errors: TYPE_ERROR (22000) for any other type.
    /// </summary>
    public static SqlValue ToSqlValue(object? value) => value switch
    {
        null or DBNull => SqlValue.Null,
        SqlValue sql => sql,
        string text => SqlValue.Text(text),
        int number => SqlValue.Integer(number),
        long number => SqlValue.Integer(number),
        bool flag => SqlValue.Boolean(flag),
        double real => SqlValue.Real(real),
        byte[] bytes => SqlValue.Blob(bytes),
        ReadOnlyMemory<byte> bytes => SqlValue.Blob(bytes.ToArray()),
        decimal number => SqlValue.Text(number.ToString(CultureInfo.InvariantCulture)),
        Guid id => SqlValue.Text(id.ToString("D")),
        _ => ToSqlValueRare(value),
    };

    private static SqlValue ToSqlValueRare(object value) => value switch
    {
        float real => SqlValue.Real(real),
        short number => SqlValue.Integer(number),
        byte number => SqlValue.Integer(number),
        sbyte number => SqlValue.Integer(number),
        ushort number => SqlValue.Integer(number),
        uint number => SqlValue.Integer(number),
        ulong number => number <= long.MaxValue
            ? SqlValue.Integer((long)number)
            : SqlValue.Text(number.ToString(CultureInfo.InvariantCulture)),
        char letter => SqlValue.Text(letter.ToString()),
        DateTime time => SqlValue.Text(FormatTime(time)),
        DateTimeOffset time => SqlValue.Text(time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + Offset(time.Offset)),
        DateOnly date => SqlValue.Text(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        TimeOnly time => SqlValue.Text(time.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)),
        TimeSpan span => SqlValue.Text(span.ToString("c", CultureInfo.InvariantCulture)),
        Enum member => SqlValue.Integer(Convert.ToInt64(member, CultureInfo.InvariantCulture)),
        Uri uri => SqlValue.Text(uri.OriginalString),
        _ => throw new VitessException(ErrorCodes.TypeError, $"a {value.GetType().Name} cannot be a parameter",
            hint: "Pass a number, text, boolean, bytes, date, time, Guid or null."),
    };

    // A time of unspecified kind has no zone to tell; a UTC one says so, a local one says its offset.
    private static string FormatTime(DateTime time)
    {
        var text = time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
        return time.Kind switch
        {
            DateTimeKind.Utc => text + "+00",
            DateTimeKind.Local => text + Offset(new DateTimeOffset(time).Offset),
            _ => text,
        };
    }

    private static string Offset(TimeSpan offset)
    {
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        var length = offset.Duration();
        return length.Minutes == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{sign}{length.Hours:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{sign}{length.Hours:00}:{length.Minutes:00}");
    }

    /// <summary>The .NET value of an SQL value: null, long, double, string, byte[] or bool.</summary>
    public static object? ToObject(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Integer => value.AsInteger(),
        SqlValueKind.Real => value.AsReal(),
        SqlValueKind.Text => value.AsText(),
        SqlValueKind.Blob => value.AsBlob(),
        SqlValueKind.Boolean => value.AsBoolean(),
        _ => null,
    };
}
