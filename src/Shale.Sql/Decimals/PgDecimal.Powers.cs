using System.Numerics;

namespace Shale.Sql;

/// <summary>Roots, powers and logarithms, each to the number of digits that PostgreSQL gives it.</summary>
internal readonly partial struct PgDecimal
{
    private const double Log10OfE = 0.434294481903252;

    /// <summary>Where a power of e is beyond anything that can be held.</summary>
    private const double ExponentAtMost = 6000;

    private static readonly PgDecimal NineTenths = new(9, 1);
    private static readonly PgDecimal ElevenTenths = new(11, 1);

    /// <summary>The square root. Error: 2201F.</summary>
    public static PgDecimal Sqrt(PgDecimal value)
    {
        if (value.Sign < 0) throw SqlErrors.Data("cannot take square root of a negative number", "2201F");
        if (!value.IsFinite) return value;
        var weight = ((value.FirstGroup().Weight + 1) * 2) - 1;
        return SqrtTo(value, Math.Clamp(Math.Max(SignificantDigits - weight, value._scale), 0, DisplayScaleAtMost));
    }

    /// <summary>The square root with that scale.</summary>
    internal static PgDecimal SqrtTo(PgDecimal value, int scale)
    {
        // One digit more, and the last rounded: a root is never a tie without being one.
        var shift = ((scale + 1) * 2) - value._scale;
        var digits = shift >= 0 ? value._digits * Power10(shift) : BigInteger.Divide(value._digits, Power10(-shift));
        return new PgDecimal(IntegerRoot(digits), scale + 1).RoundTo(scale);
    }

    /// <summary>e to that power. Error: 22003.</summary>
    public static PgDecimal Exp(PgDecimal value)
    {
        if (!value.IsFinite) return value.Sign < 0 ? Zero : value;
        var weight = Math.Clamp(value.ToDouble() * Log10OfE, -RoundingAtMost, RoundingAtMost);
        return ExpTo(value, Math.Clamp(Math.Max(SignificantDigits - (int)weight, value._scale), 0, DisplayScaleAtMost));
    }

    /// <summary>The natural logarithm. Error: 2201E.</summary>
    public static PgDecimal Ln(PgDecimal value)
    {
        RequirePositive(value);
        return value.IsFinite ? LnTo(value, Math.Clamp(Math.Max(SignificantDigits - LnWeight(value), value._scale), 0, DisplayScaleAtMost)) : value;
    }

    /// <summary>The logarithm to a base. Errors: 2201E; 22012 for the base 1.</summary>
    public static PgDecimal Log(PgDecimal radix, PgDecimal value)
    {
        if (radix.IsNaN || value.IsNaN) return NaN;
        RequirePositive(radix);
        RequirePositive(value);
        if (radix.IsInfinite) return value.IsInfinite ? NaN : Zero;
        if (value.IsInfinite) return value;
        var (radixWeight, valueWeight) = (LnWeight(radix), LnWeight(value));
        var scale = Math.Max(SignificantDigits - (valueWeight - radixWeight), Math.Max(radix._scale, value._scale));
        scale = Math.Clamp(scale, 0, DisplayScaleAtMost);
        var divisor = LnTo(radix, Math.Max(0, scale + valueWeight - (2 * radixWeight) + 8));
        if (divisor.Sign == 0) throw PgNumeric.DivisionByZero();
        return Divide(LnTo(value, Math.Max(0, scale - radixWeight + 8) + 8), divisor, scale);
    }

    /// <summary>One number to the power of another. Errors: 2201F, 22003, 22012.</summary>
    public static PgDecimal Power(PgDecimal left, PgDecimal right)
    {
        if (!left.IsFinite || !right.IsFinite) return SpecialPower(left, right);
        if (left.Sign == 0 && right.Sign < 0) throw SqlErrors.Data("zero raised to a negative power is undefined", "2201F");
        if (left.Sign < 0 && !right.IsInteger) throw ComplexResult();
        if (right.IsInteger && BigInteger.Divide(right._digits, Power10(right._scale)) is var exponent && exponent >= int.MinValue && exponent <= int.MaxValue)
            return IntegerPower(left, (int)exponent, Math.Clamp(Math.Max(SignificantDigits, left._scale), 0, DisplayScaleAtMost));
        if (left.Sign == 0) return new PgDecimal(0, SignificantDigits);
        var odd = left.Sign < 0 && !BigInteger.Divide(right._digits, Power10(right._scale)).IsEven;
        var power = RealPower(Abs(left), right);
        return odd ? -power : power;
    }

    private static PgDecimal RealPower(PgDecimal radix, PgDecimal exponent)
    {
        var lnWeight = LnWeight(radix);
        var scale = Math.Max(0, 8 - lnWeight);
        var weight = (LnTo(radix, scale) * exponent).RoundTo(scale).ToDouble();
        if (Math.Abs(weight) > ExponentAtMost * 1.0033333333333334) return weight > 0 ? throw Overflow() : new PgDecimal(0, DisplayScaleAtMost);
        weight *= Log10OfE;
        scale = Math.Max(SignificantDigits - (int)weight, Math.Max(radix._scale, exponent._scale));
        scale = Math.Clamp(scale, 0, DisplayScaleAtMost);
        var working = Math.Max(0, scale + (int)Math.Max(0, weight) + Math.Max(0, exponent.Magnitude) + 12);
        return ExpTo((LnTo(radix, working) * exponent).RoundTo(working), scale);
    }

    private static PgDecimal IntegerPower(PgDecimal radix, int exponent, int scale)
    {
        switch (exponent)
        {
            case 0: return One.RoundTo(scale);
            case 1: return radix.RoundTo(scale);
            case -1: return Divide(One, radix, scale);
            case 2: return new PgDecimal(radix._digits * radix._digits, radix._scale * 2).RoundTo(scale).Checked();
        }

        if (radix.Sign == 0) return new PgDecimal(0, scale);
        var weight = exponent * (BigInteger.Log10(BigInteger.Abs(radix._digits)) - radix._scale);
        if (weight > 3.0 * short.MaxValue * 4) throw Overflow();
        if (weight + 1 < -scale || weight + 1 < -DisplayScaleAtMost) return new PgDecimal(0, scale);

        // Digits enough for the result, and some for what each multiplication rounds away.
        var significant = 1 + scale + (int)weight + (int)Math.Log(Math.Abs((double)exponent)) + 8;
        var (digits, place) = Multiplied(radix, (uint)Math.Abs((long)exponent), Math.Max(significant, 20) + 4);
        if (exponent > 0) return FromPlace(digits, place, scale);
        var shift = scale - place;
        return shift >= 0 ? new PgDecimal(DivideRounded(Power10(shift), digits), scale) : new PgDecimal(0, scale);
    }

    // digits × 10^place, cut to so many significant digits on the way.
    private static (BigInteger Digits, int Place) Multiplied(PgDecimal radix, uint exponent, int significant)
    {
        (BigInteger Digits, int Place) Cut(BigInteger digits, int place)
        {
            var count = CountDigits(digits);
            return count <= significant * 2 ? (digits, place) : (DivideRounded(digits, Power10(count - significant)), place + count - significant);
        }

        var (factor, factorPlace) = (radix._digits, -radix._scale);
        var (digits, place) = (BigInteger.One, 0);
        for (var rest = exponent; ;)
        {
            if ((rest & 1) == 1) (digits, place) = Cut(digits * factor, place + factorPlace);
            rest >>= 1;
            if (rest == 0) return (digits, place);
            (factor, factorPlace) = Cut(factor * factor, factorPlace * 2);
        }
    }

    private static PgDecimal FromPlace(BigInteger digits, int place, int scale)
    {
        var shift = place + scale;
        if (shift > WholeDigitsAtMost + ScaleAtMost) throw Overflow();
        return (shift >= 0 ? new PgDecimal(digits * Power10(shift), scale) : new PgDecimal(DivideRounded(digits, Power10(-shift)), scale)).Checked();
    }

    private static PgDecimal SpecialPower(PgDecimal left, PgDecimal right)
    {
        // Anything to the power of zero is one, and one to any power, even of NaN.
        if (right.IsFinite && right.Sign == 0) return One;
        if (left.IsFinite && left.Equals(One)) return One;
        if (left.IsNaN || right.IsNaN) return NaN;
        if (left.Sign == 0 && right.Sign < 0) throw SqlErrors.Data("zero raised to a negative power is undefined", "2201F");
        if (left.Sign < 0 && right.IsFinite && !right.IsInteger) throw ComplexResult();
        if (right.IsInfinite)
        {
            if (left.IsFinite && Abs(left).Equals(One)) return One;
            var grows = left.IsInfinite || Abs(left).CompareTo(One) > 0;
            return grows == right.Sign > 0 ? PositiveInfinity : Zero;
        }

        if (right.Sign < 0) return Zero;
        return left.Sign > 0 || BigInteger.Divide(right._digits, Power10(right._scale)).IsEven ? PositiveInfinity : NegativeInfinity;
    }

    private static VitessException ComplexResult() => SqlErrors.Data("a negative number raised to a non-integer power yields a complex result", "2201F");

    private static void RequirePositive(PgDecimal value)
    {
        if (value.IsNaN || value.Sign > 0) return;
        throw SqlErrors.Data(value.Sign == 0 ? "cannot take logarithm of zero" : "cannot take logarithm of a negative number", "2201E");
    }

    /// <summary>e to that power with that scale. Error: 22003.</summary>
    private static PgDecimal ExpTo(PgDecimal value, int scale)
    {
        var weight = value.ToDouble();
        if (Math.Abs(weight) >= ExponentAtMost) return weight > 0 ? throw Overflow() : new PgDecimal(0, scale);

        // e^x = 10^q · e^r, and e^r = (e^(r/256))^256 by its series.
        var power = (int)Math.Round(weight * Log10OfE);
        var working = Math.Max(scale + Math.Max(power, 0), 0) + 24;
        var unit = Power10(working);
        var rest = value.RoundTo(working)._digits - (LogarithmSeries.Ln10(working) * power);
        rest = DivideRounded(rest, 256);
        var (sum, term) = (unit + rest, rest);
        for (var i = 2; !term.IsZero; i++)
        {
            term = term * rest / unit / i;
            sum += term;
        }

        for (var i = 0; i < 8; i++) sum = sum * sum / unit;
        return FromPlace(sum, power - working, scale);
    }

    /// <summary>The natural logarithm with that scale.</summary>
    private static PgDecimal LnTo(PgDecimal value, int scale)
    {
        var working = scale + 12;
        return new PgDecimal(LogarithmSeries.Ln(value._digits, value._scale, working), working).RoundTo(scale);
    }

    /// <summary>The decimal exponent of the first digit of the logarithm, as PostgreSQL estimates it.</summary>
    private static int LnWeight(PgDecimal value)
    {
        if (value.CompareTo(NineTenths) >= 0 && value.CompareTo(ElevenTenths) <= 0)
        {
            var difference = value - One;
            return difference.Sign == 0 ? 0 : difference.Magnitude;
        }

        return (int)Math.Log10(Math.Abs(BigInteger.Log(value._digits) - (value._scale * Math.Log(10))));
    }

    private static BigInteger IntegerRoot(BigInteger value)
    {
        if (value.IsZero) return value;
        var root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (root + (value / root)) >> 1;
            if (next >= root) return root;
            root = next;
        }
    }
}
