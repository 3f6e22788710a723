using System.Numerics;

namespace Shale.Sql;

/// <summary>
/// The order of numerics that are held as text: the collation <see cref="Collation"/> of SQLite shards. Equal numbers are equal whatever zeros they
/// are written with; text that is no numeric comes behind all numbers, by code points.
/// </summary>
public static class NumericOrder
{
    /// <summary>The collation's name in SQLite.</summary>
    public const string Collation = "shale_decimal";

    /// <summary>Compares two texts: negative, zero or positive.</summary>
    public static int Compare(string left, string right) => Compare(left.AsSpan(), right.AsSpan());

    /// <summary>Compares two texts in UTF-8: negative, zero or positive.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (TryPlain(left, out var a) && TryPlain(right, out var b)) return ComparePlain(left, a, right, b);
        return CompareAny(System.Text.Encoding.UTF8.GetString(left), System.Text.Encoding.UTF8.GetString(right));
    }

    /// <summary>One text for all that are equal: without zeros that say nothing; what is no numeric stays as it is.</summary>
    public static string Canonical(string text) => PgDecimal.TryParse(text, out var value, out _) ? value.Trimmed().ToString() : text;

    /// <summary>Bytes that order as the numbers do.</summary>
    internal static byte[] Key(PgDecimal value)
    {
        if (value.IsNaN) return [5];
        if (value.IsInfinite) return [(byte)(value.Sign < 0 ? 0 : 4)];
        if (value.Sign == 0) return [2];
        var trimmed = value.Trimmed();
        var digits = BigInteger.Abs(trimmed.Digits).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var key = new byte[digits.Length + 6];
        key[0] = 3;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(1), trimmed.Magnitude + 1_000_000);
        var length = System.Text.Encoding.ASCII.GetBytes(digits.AsSpan().TrimEnd('0'), key.AsSpan(5)) + 6;
        if (value.Sign > 0) return key[..length];

        // The other way round, the end behind every digit.
        key[0] = 1;
        for (var i = 1; i < length; i++) key[i] = (byte)~key[i];
        return key[..length];
    }

    private static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right) =>
        TryPlain(left, out var a) && TryPlain(right, out var b) ? ComparePlain(left, a, right, b) : CompareAny(left.ToString(), right.ToString());

    // Where the first digit and the point are, in a text of a sign, digits and at most one point.
    private static bool TryPlain<T>(ReadOnlySpan<T> text, out Shape shape) where T : unmanaged, IBinaryInteger<T>
    {
        shape = default;
        var start = text.Length > 0 && text[0] == T.CreateTruncating('-') ? 1 : 0;
        var (point, nonZero) = (-1, false);
        for (var i = start; i < text.Length; i++)
        {
            var unit = text[i];
            if (unit == T.CreateTruncating('.') && point < 0) point = i;
            else if (unit < T.CreateTruncating('0') || unit > T.CreateTruncating('9')) return false;
            else if (unit != T.CreateTruncating('0')) nonZero = true;
        }

        if (text.Length - start - (point < 0 ? 0 : 1) <= 0) return false;
        var end = text.Length;
        if (point < 0) point = end;
        else while (end > point + 1 && text[end - 1] == T.CreateTruncating('0')) end--;
        while (start < point && text[start] == T.CreateTruncating('0')) start++;
        shape = new Shape(nonZero ? text[0] == T.CreateTruncating('-') ? -1 : 1 : 0, start, point, end);
        return true;
    }

    private static int ComparePlain<T>(ReadOnlySpan<T> left, Shape a, ReadOnlySpan<T> right, Shape b) where T : unmanaged, IBinaryInteger<T>
    {
        if (a.Sign != b.Sign) return a.Sign - b.Sign;
        if (a.Sign == 0) return 0;
        var order = (a.Point - a.Start).CompareTo(b.Point - b.Start);
        if (order == 0) order = left[a.Start..a.Point].SequenceCompareTo(right[b.Start..b.Point]);
        if (order == 0) order = left[Math.Min(a.Point + 1, a.End)..a.End].SequenceCompareTo(right[Math.Min(b.Point + 1, b.End)..b.End]);
        return a.Sign * order;
    }

    private static int CompareAny(string left, string right)
    {
        var (first, second) = (PgDecimal.TryParse(left, out var a, out _), PgDecimal.TryParse(right, out var b, out _));
        if (first && second) return a.CompareTo(b);
        if (first || second) return first ? -1 : 1;
        return System.Text.Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(right));
    }

    /// <summary>Zero, or a number's sign; where its digits begin, without zeros; its point, or the end; the end of its digits, without zeros behind the point.</summary>
    private readonly record struct Shape(int Sign, int Start, int Point, int End);
}
