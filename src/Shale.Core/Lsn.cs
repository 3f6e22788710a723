using System.Globalization;

namespace Shale;

/// <summary>A place in one log: the number of a commit, dense, from 1 on (SEMANTICS S5.1). 0 is before the first.</summary>
/// <param name="Value">The number.</param>
public readonly record struct Lsn(long Value) : IComparable<Lsn>
{
    /// <summary>Before the first commit.</summary>
    public static readonly Lsn Zero;

    /// <summary>The next one.</summary>
    public Lsn Next => new(Value + 1);

    /// <inheritdoc/>
    public int CompareTo(Lsn other) => Value.CompareTo(other.Value);

    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Order in the log.</summary>
    public static bool operator <(Lsn left, Lsn right) => left.Value < right.Value;

    /// <summary>Order in the log.</summary>
    public static bool operator >(Lsn left, Lsn right) => left.Value > right.Value;

    /// <summary>Order in the log.</summary>
    public static bool operator <=(Lsn left, Lsn right) => left.Value <= right.Value;

    /// <summary>Order in the log.</summary>
    public static bool operator >=(Lsn left, Lsn right) => left.Value >= right.Value;
}
