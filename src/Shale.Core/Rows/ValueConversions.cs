using System.Globalization;

namespace Shale;

/// <summary>
/// One method for each .NET type that a value can be read as; found by its return type. Nothing is rounded or cut: what does not fit is
/// TYPE_ERROR with the column's name.
/// </summary>
internal static class ValueConversions
{
    // Beyond it a double may stand for several integers.
    private const long MaxSafeInteger = (1L << 53) - 1;

    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces;

    public static object? ToObject(SqlValue value, string column) => SqlConvert.ToObject(value);

    public static SqlValue ToSqlValue(SqlValue value, string column) => value;

    public static string? ToText(SqlValue value, string column) => value.Kind switch
    {
        SqlValueKind.Null => null,
        SqlValueKind.Text => value.AsText(),
        SqlValueKind.Blob => throw Mismatch<string>(value, column),
        _ => value.ToString(),
    };

    public static byte[]? ToBytes(SqlValue value, string column) => value.Kind switch
    {
        SqlValueKind.Null => null,
        SqlValueKind.Blob => value.AsBlob(),
        _ => throw Mismatch<byte[]>(value, column),
    };

    public static bool ToBoolean(SqlValue value, string column) => value.Kind switch
    {
        SqlValueKind.Boolean => value.AsBoolean(),
        SqlValueKind.Integer when value.AsInteger() is 0 or 1 => value.AsBoolean(),
        SqlValueKind.Text when bool.TryParse(value.AsText(), out var flag) => flag,
        _ => throw Mismatch<bool>(value, column),
    };

    public static long ToInt64(SqlValue value, string column) => value.Kind switch
    {
        SqlValueKind.Integer or SqlValueKind.Boolean => value.AsInteger(),
        SqlValueKind.Text when long.TryParse(value.AsText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        SqlValueKind.Text when decimal.TryParse(value.AsText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            && decimal.IsInteger(exact) && exact is >= long.MinValue and <= long.MaxValue => (long)exact,
        SqlValueKind.Real when double.IsInteger(value.AsReal()) && Math.Abs(value.AsReal()) <= MaxSafeInteger => (long)value.AsReal(),
        _ => throw Mismatch<long>(value, column),
    };

    public static int ToInt32(SqlValue value, string column) => ToInt64(value, column) is >= int.MinValue and <= int.MaxValue and var number ? (int)number : throw Range<int>(value, column);

    public static short ToInt16(SqlValue value, string column) => ToInt64(value, column) is >= short.MinValue and <= short.MaxValue and var number ? (short)number : throw Range<short>(value, column);

    public static sbyte ToSByte(SqlValue value, string column) => ToInt64(value, column) is >= sbyte.MinValue and <= sbyte.MaxValue and var number ? (sbyte)number : throw Range<sbyte>(value, column);

    public static byte ToByte(SqlValue value, string column) => ToInt64(value, column) is >= byte.MinValue and <= byte.MaxValue and var number ? (byte)number : throw Range<byte>(value, column);

    public static ushort ToUInt16(SqlValue value, string column) => ToInt64(value, column) is >= ushort.MinValue and <= ushort.MaxValue and var number ? (ushort)number : throw Range<ushort>(value, column);

    public static uint ToUInt32(SqlValue value, string column) => ToInt64(value, column) is >= uint.MinValue and <= uint.MaxValue and var number ? (uint)number : throw Range<uint>(value, column);

    public static ulong ToUInt64(SqlValue value, string column)
    {
        if (value.Kind == SqlValueKind.Text && ulong.TryParse(value.AsText(), NumberStyles.None, CultureInfo.InvariantCulture, out var large)) return large;
        var number = ToInt64(value, column);
        return number >= 0 ? (ulong)number : throw Range<ulong>(value, column);
    }

    public static double ToDouble(SqlValue value, string column) => value.Kind switch
    {
        SqlValueKind.Real => value.AsReal(),
        SqlValueKind.Integer => value.AsInteger(),
        SqlValueKind.Text when double.TryParse(value.AsText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw Mismatch<double>(value, column),
    };

    public static float ToSingle(SqlValue value, string column) => (float)ToDouble(value, column);

    public static decimal ToDecimal(SqlValue value, string column)
    {
        switch (value.Kind)
        {
            case SqlValueKind.Integer:
                return value.AsInteger();
            case SqlValueKind.Text when decimal.TryParse(value.AsText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                return number;
            case SqlValueKind.Real when Math.Abs(value.AsReal()) < 7.9e28:
                return (decimal)value.AsReal();
            default:
                throw Mismatch<decimal>(value, column);
        }
    }

    public static char ToChar(SqlValue value, string column) =>
        value.Kind == SqlValueKind.Text && value.AsText().Length == 1 ? value.AsText()[0] : throw Mismatch<char>(value, column);

    public static Guid ToGuid(SqlValue value, string column) => value.Kind switch
    {
        SqlValueKind.Text when Guid.TryParse(value.AsText(), out var id) => id,
        SqlValueKind.Blob when value.AsBlob().Length == 16 => new Guid(value.AsBlob(), bigEndian: true),
        _ => throw Mismatch<Guid>(value, column),
    };

    // A time with an offset becomes UTC; one without stays as it is, of unspecified kind.
    public static DateTime ToDateTime(SqlValue value, string column) =>
        value.Kind == SqlValueKind.Text
        && DateTime.TryParse(value.AsText(), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces, out var time)
            ? time
            : throw Mismatch<DateTime>(value, column);

    public static DateTimeOffset ToDateTimeOffset(SqlValue value, string column) =>
        value.Kind == SqlValueKind.Text && DateTimeOffset.TryParse(value.AsText(), CultureInfo.InvariantCulture, Utc, out var time)
            ? time
            : throw Mismatch<DateTimeOffset>(value, column);

    public static DateOnly ToDateOnly(SqlValue value, string column) =>
        value.Kind == SqlValueKind.Text && DateOnly.TryParse(value.AsText(), CultureInfo.InvariantCulture, out var date)
            ? date
            : throw Mismatch<DateOnly>(value, column);

    public static TimeOnly ToTimeOnly(SqlValue value, string column) =>
        value.Kind == SqlValueKind.Text && TimeOnly.TryParse(value.AsText(), CultureInfo.InvariantCulture, out var time)
            ? time
            : throw Mismatch<TimeOnly>(value, column);

    public static TimeSpan ToTimeSpan(SqlValue value, string column) =>
        value.Kind == SqlValueKind.Text && TimeSpan.TryParse(value.AsText(), CultureInfo.InvariantCulture, out var span)
            ? span
            : throw Mismatch<TimeSpan>(value, column);

    public static T ToEnum<T>(SqlValue value, string column)
        where T : struct, Enum
    {
        if (value.Kind == SqlValueKind.Text && Enum.TryParse<T>(value.AsText(), ignoreCase: true, out var named)) return named;
        if (value.Kind != SqlValueKind.Integer) throw Mismatch<T>(value, column);
        return (T)Enum.ToObject(typeof(T), value.AsInteger());
    }

    private static VitessException Mismatch<T>(SqlValue value, string column) => value.IsNull
        ? new VitessException(ErrorCodes.TypeError, $"column \"{column}\" is NULL, which {typeof(T).Name} cannot be", sqlState: "22004",
            hint: $"Use {typeof(T).Name}?.")
        : new VitessException(ErrorCodes.TypeError, $"column \"{column}\" holds {Kind(value)}, which is no {typeof(T).Name}");

    private static VitessException Range<T>(SqlValue value, string column) =>
        new(ErrorCodes.TypeError, $"column \"{column}\" holds {value}, which is out of range of {typeof(T).Name}", sqlState: "22003");

    private static string Kind(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Blob => "bytes",
        SqlValueKind.Text => $"the text \"{(value.AsText().Length > 40 ? value.AsText()[..40] + "…" : value.AsText())}\"",
        _ => value.ToString(),
    };
}
