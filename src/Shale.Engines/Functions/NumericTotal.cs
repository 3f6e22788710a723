using System.Numerics;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>A sum of numerics to which values come, and from which they go again: of each scale by itself, so that the scale of those left is known.</summary>
internal sealed class NumericTotal
{
    private Part[] _parts = new Part[4];
    private long _notNumbers;
    private long _positive;
    private long _negative;

    /// <summary>The sum.</summary>
    public PgDecimal Value
    {
        get
        {
            if (_notNumbers > 0 || (_positive > 0 && _negative > 0)) return PgDecimal.NaN;
            if (_positive > 0) return PgDecimal.PositiveInfinity;
            if (_negative > 0) return PgDecimal.NegativeInfinity;
            var sum = PgDecimal.Zero;
            for (var scale = 0; scale < _parts.Length; scale++)
            {
                ref readonly var part = ref _parts[scale];
                if (part.Count != 0) sum += new PgDecimal(part.Small + part.Large, scale);
            }

            return sum;
        }
    }

    /// <summary>Adds a value, or takes it away again (<paramref name="sign"/> -1).</summary>
    public void Add(in SqlValue value, int sign)
    {
        if (value.Kind == SqlValueKind.Integer) Add(0, value.AsInteger(), sign);
        else Add(PgNumeric.Read(value), sign);
    }

    /// <summary>Adds a number, or takes it away again.</summary>
    public void Add(PgDecimal number, int sign)
    {
        if (!number.IsFinite)
        {
            if (number.IsNaN) _notNumbers += sign;
            else if (number.Sign > 0) _positive += sign;
            else _negative += sign;
            return;
        }

        if (number.Digits >= long.MinValue && number.Digits <= long.MaxValue)
        {
            Add(number.Scale, (long)number.Digits, sign);
            return;
        }

        ref var part = ref At(number.Scale);
        part.Large += number.Digits * sign;
        part.Count += sign;
    }

    // 128 bits hold more sums of 64 than anybody can count.
    private void Add(int scale, long digits, int sign)
    {
        ref var part = ref At(scale);
        part.Small += (Int128)digits * sign;
        part.Count += sign;
    }

    private ref Part At(int scale)
    {
        if (scale >= _parts.Length) Array.Resize(ref _parts, Math.Max(scale + 1, _parts.Length * 2));
        return ref _parts[scale];
    }

    private struct Part
    {
        public Int128 Small;
        public BigInteger Large;
        public long Count;
    }
}
