namespace Shale.Vitess;

/// <summary>The order of canonical values: numbers by value, then text by code points, then bytes, as SQLite orders storage classes.</summary>
internal static class CanonicalOrder
{
    /// <summary>Negative, zero or positive. NULL is not to be compared.</summary>
    public static int Compare(in SqlValue left, in SqlValue right)
    {
        var rank = Rank(left).CompareTo(Rank(right));
        if (rank != 0) return rank;
        return left.Kind switch
        {
            SqlValueKind.Text => CompareText(left.AsText(), right.AsText()),
            SqlValueKind.Blob => left.AsBlob().AsSpan().SequenceCompareTo(right.AsBlob()),
            _ => CompareNumbers(left, right),
        };
    }

    private static int Rank(in SqlValue value) => value.Kind switch
    {
        SqlValueKind.Text => 1,
        SqlValueKind.Blob => 2,
        SqlValueKind.Null => throw new InvalidOperationException("NULL has no order"),
        _ => 0,
    };

    private static int CompareText(string left, string right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length) return left.Length.CompareTo(right.Length);

        // Surrogates stand below U+E000 in UTF-16 but above it as code points.
        char a = left[common], b = right[common];
        if (char.IsSurrogate(a) != char.IsSurrogate(b) && Math.Max(a, b) >= 0xE000) return char.IsSurrogate(a) ? 1 : -1;
        return a.CompareTo(b);
    }

    private static int CompareNumbers(in SqlValue left, in SqlValue right)
    {
        if (left.Kind == SqlValueKind.Real && right.Kind == SqlValueKind.Real) return left.AsReal().CompareTo(right.AsReal());
        if (left.Kind == SqlValueKind.Real) return -CompareExact(right.AsInteger(), left.AsReal());
        return right.Kind == SqlValueKind.Real ? CompareExact(left.AsInteger(), right.AsReal()) : left.AsInteger().CompareTo(right.AsInteger());
    }

    private static int CompareExact(long integer, double real)
    {
        if (double.IsNaN(real)) return 1;
        if (real >= 9223372036854775808.0) return -1;
        if (real < -9223372036854775808.0) return 1;
        var floor = Math.Floor(real);
        var compared = integer.CompareTo((long)floor);
        return compared == 0 && real > floor ? -1 : compared;
    }
}
