using System.Numerics;

namespace Shale.Sql;

/// <summary>Arithmetic with PostgreSQL's rules for the scales of results.</summary>
internal readonly partial struct PgDecimal
{
    /// <summary>How many significant digits a quotient, root or logarithm has at least.</summary>
    private const int SignificantDigits = 16;

    /// <summary>How many digits behind the point such a result has at most.</summary>
    private const int DisplayScaleAtMost = 1000;

    /// <summary>How far round and trunc go to either side of the point.</summary>
    private const int RoundingAtMost = 2000;

    /// <summary>The sum: the larger of both scales.</summary>
    public static PgDecimal operator +(PgDecimal left, PgDecimal right)
    {
        if (left.IsFinite && right.IsFinite)
        {
            var scale = Math.Max(left._scale, right._scale);
            return new PgDecimal(left.Scaled(scale) + right.Scaled(scale), scale).Checked();
        }

        if (left.IsNaN || right.IsNaN || (left.IsInfinite && right.IsInfinite && left.Sign != right.Sign)) return NaN;
        return left.IsInfinite ? left : right;
    }

    /// <summary>The number with the other sign.</summary>
    public static PgDecimal operator -(PgDecimal value) => value._form switch
    {
        Form.Finite => new PgDecimal(-value._digits, value._scale),
        Form.PositiveInfinity => NegativeInfinity,
        Form.NegativeInfinity => PositiveInfinity,
        _ => value,
    };

    /// <summary>The difference: the larger of both scales.</summary>
    public static PgDecimal operator -(PgDecimal left, PgDecimal right) => left + -right;

    /// <summary>The product: the sum of both scales.</summary>
    public static PgDecimal operator *(PgDecimal left, PgDecimal right)
    {
        if (left.IsFinite && right.IsFinite)
        {
            var product = new PgDecimal(left._digits * right._digits, left._scale + right._scale);
            return product._scale > ScaleAtMost ? product.RoundTo(ScaleAtMost).Checked() : product.Checked();
        }

        return left.IsNaN || right.IsNaN ? NaN : Infinite(left.Sign * right.Sign);
    }

    /// <summary>The quotient, to 16 significant digits or more. Error: 22012.</summary>
    public static PgDecimal operator /(PgDecimal left, PgDecimal right)
    {
        if (left.IsNaN || right.IsNaN) return NaN;
        if (right.Sign == 0) throw PgNumeric.DivisionByZero();
        if (left.IsFinite && right.IsFinite) return Divide(left, right, QuotientScale(left, right)).Checked();
        if (left.IsInfinite) return right.IsInfinite ? NaN : Infinite(left.Sign * right.Sign);
        return Zero;
    }

    /// <summary>What an integral division leaves: the sign of the left side, the larger of both scales. Error: 22012.</summary>
    public static PgDecimal operator %(PgDecimal left, PgDecimal right)
    {
        if (left.IsNaN || right.IsNaN) return NaN;
        if (right.Sign == 0) throw PgNumeric.DivisionByZero();
        if (left.IsInfinite) return NaN;
        if (right.IsInfinite) return left;
        var scale = Math.Max(left._scale, right._scale);
        return new PgDecimal(BigInteger.Remainder(left.Scaled(scale), right.Scaled(scale)), scale);
    }

    /// <summary>The quotient without what is behind its point. Error: 22012.</summary>
    public static PgDecimal Quotient(PgDecimal left, PgDecimal right)
    {
        if (!left.IsFinite || !right.IsFinite || right.Sign == 0) return left / right;
        var scale = Math.Max(left._scale, right._scale);
        return new PgDecimal(BigInteger.Divide(left.Scaled(scale), right.Scaled(scale)), 0);
    }

    /// <summary>Without its sign.</summary>
    public static PgDecimal Abs(PgDecimal value) => value.Sign < 0 ? -value : value;

    /// <summary>-1, 0 or 1; NaN stays it.</summary>
    public PgDecimal SignOf() => IsNaN ? this : new PgDecimal(Sign, 0);

    /// <summary>Rounded half away from zero to so many digits behind the point; negative ones before it. The result has that scale.</summary>
    public PgDecimal Round(long digits)
    {
        if (!IsFinite) return this;
        var to = (int)Math.Clamp(digits, -RoundingAtMost, RoundingAtMost);
        return to >= 0 ? RoundTo(to).Checked() : new PgDecimal(DivideRounded(_digits, Power10(_scale - to)) * Power10(-to), 0).Checked();
    }

    /// <summary>Cut to so many digits behind the point; negative ones before it.</summary>
    public PgDecimal Truncate(long digits)
    {
        if (!IsFinite) return this;
        var to = (int)Math.Clamp(digits, -RoundingAtMost, RoundingAtMost);
        if (to < 0) return new PgDecimal(BigInteger.Divide(_digits, Power10(_scale - to)) * Power10(-to), 0);
        return to >= _scale ? new PgDecimal(Scaled(to), to) : new PgDecimal(BigInteger.Divide(_digits, Power10(_scale - to)), to);
    }

    /// <summary>The next integer that is not less.</summary>
    public PgDecimal Ceiling() => -(-this).Floor();

    /// <summary>The next integer that is not greater.</summary>
    public PgDecimal Floor()
    {
        if (!IsFinite) return this;
        var whole = BigInteger.DivRem(_digits, Power10(_scale), out var rest);
        return new PgDecimal(rest.Sign < 0 ? whole - 1 : whole, 0);
    }

    /// <summary>The least number of digits behind the point that show it whole.</summary>
    public int MinScale() => Trimmed()._scale;

    /// <summary>The greatest common divisor, never negative.</summary>
    public static PgDecimal GreatestCommonDivisor(PgDecimal left, PgDecimal right)
    {
        if (!left.IsFinite || !right.IsFinite) return NaN;
        var scale = Math.Max(left._scale, right._scale);
        return new PgDecimal(BigInteger.GreatestCommonDivisor(left.Scaled(scale), right.Scaled(scale)), scale);
    }

    /// <summary>The least common multiple, never negative. Error: 22003.</summary>
    public static PgDecimal LeastCommonMultiple(PgDecimal left, PgDecimal right)
    {
        if (!left.IsFinite || !right.IsFinite) return NaN;
        var scale = Math.Max(left._scale, right._scale);
        var (a, b) = (left.Scaled(scale), right.Scaled(scale));
        return a.IsZero || b.IsZero ? new PgDecimal(0, scale) : new PgDecimal(BigInteger.Abs(a / BigInteger.GreatestCommonDivisor(a, b) * b), scale).Checked();
    }

    /// <summary>A quotient with that scale, rounded half away from zero.</summary>
    internal static PgDecimal Divide(PgDecimal left, PgDecimal right, int scale)
    {
        var shift = scale + right._scale - left._scale;
        return shift >= 0 ? new PgDecimal(DivideRounded(left._digits * Power10(shift), right._digits), scale)
            : new PgDecimal(DivideRounded(left._digits, right._digits * Power10(-shift)), scale);
    }

    /// <summary>PostgreSQL's scale for a quotient: it counts digits in groups of four, as it holds them.</summary>
    internal static int QuotientScale(PgDecimal left, PgDecimal right)
    {
        var (weight1, first1) = left.FirstGroup();
        var (weight2, first2) = right.FirstGroup();
        var weight = weight1 - weight2;
        if (first1 <= first2) weight--;
        var scale = Math.Max(SignificantDigits - (weight * 4), Math.Max(left._scale, right._scale));
        return Math.Clamp(scale, 0, DisplayScaleAtMost);
    }

    /// <summary>The first group of four digits that is not zero, and its place: 0 right before the point.</summary>
    internal (int Weight, int First) FirstGroup()
    {
        if (_digits.IsZero) return (0, 0);
        var digits = BigInteger.Abs(_digits);
        var count = CountDigits(digits);
        var magnitude = count - 1 - _scale;
        var weight = magnitude >= 0 ? magnitude / 4 : -((3 - magnitude) / 4);
        var wanted = magnitude - (weight * 4) + 1;
        return (weight, (int)(count > wanted ? digits / Power10(count - wanted) : digits * Power10(wanted - count)));
    }

    /// <summary>With that scale, rounded half away from zero.</summary>
    internal PgDecimal RoundTo(int scale) =>
        scale >= _scale ? new PgDecimal(Scaled(scale), scale) : new PgDecimal(DivideRounded(_digits, Power10(_scale - scale)), scale);

    /// <summary>The value, if it is within PostgreSQL's limits; else 22003.</summary>
    internal PgDecimal Checked() =>
        _digits.GetBitLength() < 400_000 || CountDigits(_digits) - _scale <= WholeDigitsAtMost ? this : throw Overflow();

    private static PgDecimal Infinite(int sign) => sign == 0 ? NaN : sign < 0 ? NegativeInfinity : PositiveInfinity;

    private static BigInteger DivideRounded(BigInteger dividend, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(dividend, divisor, out var rest);
        if (BigInteger.Abs(rest) * 2 < BigInteger.Abs(divisor)) return quotient;
        return dividend.Sign == divisor.Sign ? quotient + 1 : quotient - 1;
    }
}
