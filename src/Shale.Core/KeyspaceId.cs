using System.Globalization;

namespace Shale;

/// <summary>Where a row lives on the ring of 2^64 ids: eight bytes, unsigned, big-endian (spec 1.6).</summary>
/// <param name="Value">The id as a number.</param>
public readonly record struct KeyspaceId(ulong Value) : IComparable<KeyspaceId>
{
    /// <inheritdoc/>
    public int CompareTo(KeyspaceId other) => Value.CompareTo(other.Value);

    /// <summary>Sixteen lower-case hex digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Order on the ring, unsigned.</summary>
    public static bool operator <(KeyspaceId left, KeyspaceId right) => left.Value < right.Value;

    /// <summary>Order on the ring, unsigned.</summary>
    public static bool operator >(KeyspaceId left, KeyspaceId right) => left.Value > right.Value;

    /// <summary>Order on the ring, unsigned.</summary>
    public static bool operator <=(KeyspaceId left, KeyspaceId right) => left.Value <= right.Value;

    /// <summary>Order on the ring, unsigned.</summary>
    public static bool operator >=(KeyspaceId left, KeyspaceId right) => left.Value >= right.Value;
}
