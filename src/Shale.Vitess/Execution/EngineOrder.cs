using Shale.Sql;

namespace Shale.Vitess;

/// <summary>How two texts compare: the collations that SQLite has built in, and the one of numerics.</summary>
internal enum TextOrder
{
    /// <summary>By code points, which is by the bytes of UTF-8; also PostgreSQL's C.</summary>
    Binary,

    /// <summary>Like that, the 26 letters of ASCII without case.</summary>
    NoCase,

    /// <summary>Like that, spaces at the end left away.</summary>
    RTrim,

    /// <summary>As numbers: <see cref="NumericOrder"/>.</summary>
    Decimal,
}

/// <summary>
/// SQLite's order of values: NULL, numbers, text, blobs. Integers and floats compare exactly, without rounding one to the other; a boolean is the integer that it is stored as.
/// </summary>
internal static class EngineOrder
{
    /// <summary>The order that a collation names; null if it is not one of those known here.</summary>
    public static TextOrder? Of(string? collation) => collation?.ToUpperInvariant() switch
    {
        null or "BINARY" => TextOrder.Binary,
        "NOCASE" => TextOrder.NoCase,
        "RTRIM" => TextOrder.RTrim,
        _ when collation == NumericOrder.Collation => TextOrder.Decimal,
        _ => null,
    };

    /// <summary>Negative, zero or positive.</summary>
    public static int Compare(in SqlValue left, in SqlValue right, TextOrder text)
    {
        var (first, second) = (Class(left), Class(right));
        if (first != second) return first - second;
        return first switch
        {
            0 => 0,
            1 => CompareNumbers(left, right),
            2 => CompareText(left.AsText(), right.AsText(), text),
            _ => left.AsBlob().AsSpan().SequenceCompareTo(right.AsBlob()),
        };
    }

    private static int Class(in SqlValue value) => value.Kind switch
    {
        SqlValueKind.Null => 0,
        SqlValueKind.Text => 2,
        SqlValueKind.Blob => 3,
        _ => 1,
    };

    private static int CompareNumbers(in SqlValue left, in SqlValue right)
    {
        if (left.Kind != SqlValueKind.Real)
        {
            return right.Kind != SqlValueKind.Real ? left.AsInteger().CompareTo(right.AsInteger()) : CompareMixed(left.AsInteger(), right.AsReal());
        }

        if (right.Kind != SqlValueKind.Real) return -CompareMixed(right.AsInteger(), left.AsReal());
        var (a, b) = (left.AsReal(), right.AsReal());

        // -0.0 equals 0.0 here.
        return a < b ? -1 : a > b ? 1 : 0;
    }

    // 2^63 is a float, and the first that no integer reaches.
    private static int CompareMixed(long integer, double real)
    {
        if (real >= 9223372036854775808.0) return -1;
        if (real < -9223372036854775808.0) return 1;
        var whole = (long)real;
        if (integer != whole) return integer < whole ? -1 : 1;
        var rest = real - whole;
        return rest > 0 ? -1 : rest < 0 ? 1 : 0;
    }

    private static int CompareText(string left, string right, TextOrder order) => order switch
    {
        TextOrder.NoCase => CompareNoCase(left, right),
        TextOrder.Decimal => NumericOrder.Compare(left, right),
        TextOrder.RTrim => CompareCodePoints(left.AsSpan().TrimEnd(' '), right.AsSpan().TrimEnd(' ')),
        _ => CompareCodePoints(left, right),
    };

    private static int CompareCodePoints(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var same = left.CommonPrefixLength(right);
        if (same == left.Length || same == right.Length) return left.Length - right.Length;
        return Rank(left[same]) - Rank(right[same]);
    }

    // Surrogates stand for the code points behind all others, but not as UTF-16 has them.
    private static int Rank(char unit) => unit < 0xD800 ? unit : unit < 0xE000 ? unit + 0x2000 : unit - 0x800;

    // SQLite's own way: a NUL in both ends the comparison of letters, and then the lengths in bytes decide.
    private static int CompareNoCase(string left, string right)
    {
        var shorter = Math.Min(left.Length, right.Length);
        for (var i = 0; i < shorter; i++)
        {
            var (a, b) = (Lower(left[i]), Lower(right[i]));
            if (a != b) return Rank(a) - Rank(b);
            if (a == 0) return System.Text.Encoding.UTF8.GetByteCount(left) - System.Text.Encoding.UTF8.GetByteCount(right);
        }

        return left.Length - right.Length;
    }

    private static char Lower(char unit) => unit is >= 'A' and <= 'Z' ? (char)(unit + 32) : unit;
}
