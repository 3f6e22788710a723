namespace Shale;

/// <summary>
/// The time of a commit: a hybrid logical clock, microseconds of the Unix epoch and a counter within one. Strictly rising in a log, also when the machine's clock goes back.
/// </summary>
/// <param name="Value">Microseconds since 1970-01-01 UTC, shifted left by <see cref="CounterBits"/>, and the counter.</param>
public readonly record struct HlcTimestamp(long Value) : IComparable<HlcTimestamp>
{
    /// <summary>How many bits the counter has; where it overflows, the microseconds go on.</summary>
    public const int CounterBits = 11;

    /// <summary>Microseconds since 1970-01-01 UTC.</summary>
    public long UnixMicroseconds => Value >> CounterBits;

    /// <summary>The last timestamp of a moment: a commit at or before the moment is at or before it.</summary>
    public static HlcTimestamp LastOf(DateTimeOffset moment) => new(((Microseconds(moment) + 1) << CounterBits) - 1);

    /// <summary>The first timestamp of a moment.</summary>
    public static HlcTimestamp FirstOf(DateTimeOffset moment) => new(Microseconds(moment) << CounterBits);

    /// <summary>The moment, to the microsecond.</summary>
    public DateTimeOffset ToMoment() => DateTimeOffset.UnixEpoch.AddTicks(UnixMicroseconds * TimeSpan.TicksPerMicrosecond);

    /// <inheritdoc/>
    public int CompareTo(HlcTimestamp other) => Value.CompareTo(other.Value);

    /// <summary>Order in time.</summary>
    public static bool operator <(HlcTimestamp left, HlcTimestamp right) => left.Value < right.Value;

    /// <summary>Order in time.</summary>
    public static bool operator >(HlcTimestamp left, HlcTimestamp right) => left.Value > right.Value;

    /// <summary>Order in time.</summary>
    public static bool operator <=(HlcTimestamp left, HlcTimestamp right) => left.Value <= right.Value;

    /// <summary>Order in time.</summary>
    public static bool operator >=(HlcTimestamp left, HlcTimestamp right) => left.Value >= right.Value;

    // Moments that it cannot say, more than 142 years from 1970, are as far away as it can.
    private static long Microseconds(DateTimeOffset moment) =>
        Math.Clamp((moment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, long.MinValue >> CounterBits, (long.MaxValue >> CounterBits) - 1);
}
