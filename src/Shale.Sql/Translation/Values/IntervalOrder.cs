using System.Text;

namespace Shale.Sql;

/// <summary>
/// The order of intervals that are held as text: 1 day and 24 hours are equal. The collation <see cref="Collation"/> of SQLite shards, for what is grouped, made distinct or put together; text that is no
/// interval comes behind all of them, by code points.
/// </summary>
internal static class IntervalOrder
{
    /// <summary>The collation's name in SQLite.</summary>
    public const string Collation = "shale_interval";

    /// <summary>Compares two texts in UTF-8: negative, zero or positive.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right)) return 0;
        var (first, second) = (Key(left), Key(right));
        if (first is { } a && second is { } b) return a.CompareTo(b);
        return first is null && second is null ? left.SequenceCompareTo(right) : first is null ? 1 : -1;
    }

    private static Int128? Key(ReadOnlySpan<byte> text)
    {
        try
        {
            return PgInterval.Parse(Encoding.UTF8.GetString(text)).Key;
        }
        catch (VitessException)
        {
            return null;
        }
    }
}
