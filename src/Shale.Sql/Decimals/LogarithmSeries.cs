using System.Numerics;

namespace Shale.Sql;

/// <summary>Natural logarithms of decimals of any length, as integers of so many digits behind the point.</summary>
internal static class LogarithmSeries
{
    private const int Guard = 12;

    private static readonly Lock Gate = new();
    private static (int Digits, BigInteger Value) _ln2;
    private static (int Digits, BigInteger Value) _ln10;

    /// <summary>ln 10, times ten to the power of <paramref name="digits"/>.</summary>
    public static BigInteger Ln10(int digits) => Cut(ref _ln10, digits, static wanted => (3 * Ln2(wanted)) + (2 * ArTanh(1, 9, wanted)));

    /// <summary>The logarithm of number / 10^scale, times ten to the power of <paramref name="digits"/>; the last of its digits may be off.</summary>
    public static BigInteger Ln(BigInteger number, int scale, int digits)
    {
        // number = 2^k · m with m between 0.7 and 1.4: ln m = 2 artanh((m - 1) / (m + 1)).
        var working = digits + Guard;
        var divisor = BigInteger.Pow(10, scale);
        var doublings = (int)(number.GetBitLength() - divisor.GetBitLength());
        if (doublings > 0) divisor <<= doublings;
        else number <<= -doublings;
        if (number * 10 > divisor * 14) (divisor, doublings) = (divisor << 1, doublings + 1);
        else if (number * 10 < divisor * 7) (number, doublings) = (number << 1, doublings - 1);
        var logarithm = (2 * ArTanh(number - divisor, number + divisor, working)) + (doublings * Ln2(working));
        return logarithm / BigInteger.Pow(10, Guard);
    }

    private static BigInteger Ln2(int digits) => Cut(ref _ln2, digits, static wanted => 2 * ArTanh(1, 3, wanted));

    private static BigInteger Cut(ref (int Digits, BigInteger Value) known, int digits, Func<int, BigInteger> compute)
    {
        (int Digits, BigInteger Value) held;
        lock (Gate) held = known;
        if (held.Digits < digits)
        {
            held = (digits + 64, compute(digits + 64));
            lock (Gate) known = held;
        }

        return held.Value / BigInteger.Pow(10, held.Digits - digits);
    }

    // x + x³/3 + x⁵/5 + …
    private static BigInteger ArTanh(BigInteger dividend, BigInteger divisor, int digits)
    {
        var working = digits + Guard;
        var unit = BigInteger.Pow(10, working);
        var value = dividend * unit / divisor;
        var square = value * value / unit;
        var (sum, power) = (value, value);
        for (var i = 3; !power.IsZero; i += 2)
        {
            power = power * square / unit;
            sum += power / i;
        }

        return sum / BigInteger.Pow(10, Guard);
    }
}
