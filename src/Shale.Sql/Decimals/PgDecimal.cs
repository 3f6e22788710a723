using System.Globalization;
using System.Numerics;

namespace Shale.Sql;

/// <summary>
/// A value of PostgreSQL's type numeric: a decimal number of any length with the number of its digits behind the point (1.5 and 1.50 are equal, and
/// print differently), NaN or an infinity. Limits are PostgreSQL's: 131072 digits before the point, 16383 behind it. Immutable.
/// </summary>
internal readonly partial struct PgDecimal : IComparable<PgDecimal>, IEquatable<PgDecimal>
{
    /// <summary>How many digits a value may have before its point.</summary>
    public const int WholeDigitsAtMost = 131072;

    /// <summary>How many digits a value may have behind its point.</summary>
    public const int ScaleAtMost = 16383;

    private enum Form : byte
    {
        Finite,
        NegativeInfinity,
        PositiveInfinity,
        NaN,
    }

    private readonly BigInteger _digits;
    private readonly int _scale;
    private readonly Form _form;

    /// <summary>A number.</summary>
    /// <param name="digits">Its digits without the point.</param>
    /// <param name="scale">How many of them are behind the point; not negative.</param>
    public PgDecimal(BigInteger digits, int scale)
    {
        _digits = digits;
        _scale = scale;
    }

    private PgDecimal(Form form) => _form = form;

    /// <summary>Not a number; equal to itself, and greater than all others.</summary>
    public static PgDecimal NaN { get; } = new(Form.NaN);

    /// <summary>Greater than all numbers.</summary>
    public static PgDecimal PositiveInfinity { get; } = new(Form.PositiveInfinity);

    /// <summary>Less than all numbers.</summary>
    public static PgDecimal NegativeInfinity { get; } = new(Form.NegativeInfinity);

    /// <summary>0</summary>
    public static PgDecimal Zero { get; } = new(BigInteger.Zero, 0);

    /// <summary>1</summary>
    public static PgDecimal One { get; } = new(BigInteger.One, 0);

    /// <summary>The digits without the point.</summary>
    public BigInteger Digits => _digits;

    /// <summary>How many digits are behind the point.</summary>
    public int Scale => _scale;

    /// <summary>Whether it is NaN.</summary>
    public bool IsNaN => _form == Form.NaN;

    /// <summary>Whether it is an infinity.</summary>
    public bool IsInfinite => _form is Form.PositiveInfinity or Form.NegativeInfinity;

    /// <summary>Whether it is a number.</summary>
    public bool IsFinite => _form == Form.Finite;

    /// <summary>-1, 0 or 1; of NaN 0.</summary>
    public int Sign => _form switch { Form.Finite => _digits.Sign, Form.PositiveInfinity => 1, Form.NegativeInfinity => -1, _ => 0 };

    /// <summary>Whether it is a number that has no digits other than 0 behind the point.</summary>
    public bool IsInteger => IsFinite && (_scale == 0 || (_digits % Power10(_scale)).IsZero);

    /// <summary>An integer.</summary>
    public static implicit operator PgDecimal(long value) => new(value, 0);

    /// <inheritdoc/>
    public int CompareTo(PgDecimal other)
    {
        if (!IsFinite || !other.IsFinite) return Rank.CompareTo(other.Rank);
        if (_scale == other._scale) return _digits.CompareTo(other._digits);
        var sign = _digits.Sign.CompareTo(other._digits.Sign);
        if (sign != 0 || _digits.IsZero) return sign;
        return _scale < other._scale ? Scaled(other._scale).CompareTo(other._digits) : _digits.CompareTo(other.Scaled(_scale));
    }

    /// <summary>Whether both are the same number, whatever their scales.</summary>
    public bool Equals(PgDecimal other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PgDecimal other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => IsFinite ? Trimmed()._digits.GetHashCode() : (int)_form;

    /// <summary>The text that PostgreSQL prints.</summary>
    public override string ToString()
    {
        switch (_form)
        {
            case Form.NaN: return "NaN";
            case Form.PositiveInfinity: return "Infinity";
            case Form.NegativeInfinity: return "-Infinity";
        }

        var text = BigInteger.Abs(_digits).ToString(CultureInfo.InvariantCulture);
        if (_scale > 0)
        {
            if (text.Length <= _scale) text = text.PadLeft(_scale + 1, '0');
            text = string.Concat(text.AsSpan(0, text.Length - _scale), ".", text.AsSpan(text.Length - _scale));
        }

        return _digits.Sign < 0 ? "-" + text : text;
    }

    /// <summary>Without zeros at the end behind the point.</summary>
    public PgDecimal Trimmed()
    {
        if (!IsFinite || _scale == 0) return this;
        var (digits, scale) = (_digits, _scale);
        while (scale > 0)
        {
            var rest = BigInteger.DivRem(digits, 10, out var last);
            if (!last.IsZero) break;
            (digits, scale) = (rest, scale - 1);
        }

        return new PgDecimal(digits, scale);
    }

    /// <summary>The decimal exponent of the first digit: 0 for 5 and 9.9, 2 for 123, -3 for 0.001; 0 for 0.</summary>
    internal int Magnitude => _digits.IsZero ? 0 : CountDigits(_digits) - 1 - _scale;

    /// <summary>How many decimal digits an integer has; 1 for 0.</summary>
    internal static int CountDigits(BigInteger value)
    {
        value = BigInteger.Abs(value);
        if (value <= ulong.MaxValue) return CountDigits((ulong)value);
        var estimate = (int)(value.GetBitLength() * 0.30102999566398120);
        return value >= Power10(estimate) ? estimate + 1 : estimate;
    }

    /// <summary>Ten to that power, which is not negative.</summary>
    internal static BigInteger Power10(int exponent) => exponent < Powers.Length ? Powers[exponent] : BigInteger.Pow(10, exponent);

    private static readonly BigInteger[] Powers = [.. Enumerable.Range(0, 64).Select(exponent => BigInteger.Pow(10, exponent))];

    // Infinities before and behind all numbers, NaN behind them.
    private int Rank => _form switch { Form.NegativeInfinity => -1, Form.PositiveInfinity => 1, Form.NaN => 2, _ => 0 };

    private static int CountDigits(ulong value)
    {
        var count = 1;
        for (; value >= 10; value /= 10) count++;
        return count;
    }

    /// <summary>The digits with that scale, which is not less than its own.</summary>
    private BigInteger Scaled(int scale) => scale == _scale ? _digits : _digits * Power10(scale - _scale);
}
