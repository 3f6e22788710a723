using System.Globalization;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>Mathematical functions.</summary>
internal static class PostgresMath
{
    public static void AddTo(FunctionSet set)
    {
        AddRounding(set);
        AddPowers(set);
        AddIntegers(set);
        AddTrigonometry(set);
        set.Volatile("shale_random", 0, _ => SqlValue.Real(Seam.NextDouble()));
        set.Volatile("shale_gen_random_uuid", 0, _ => SqlValue.Text(Seam.NextUuid()));
        set.Strict("shale_width_bucket", 4, values => WidthBucket(Number(values[0]), Number(values[1]), Number(values[2]), values[3].AsInteger()));
        set.Add("shale_greatest", -1, values => Extreme(values, 1));
        set.Add("shale_least", -1, values => Extreme(values, -1));
    }

    /// <summary>SQL comparison of two values of one type: numbers by value, texts by code points, blobs by bytes.</summary>
    public static int Compare(SqlValue a, SqlValue b)
    {
        if (a.Kind == SqlValueKind.Text && b.Kind == SqlValueKind.Text) return CompareText(a.AsText(), b.AsText());
        if (a.Kind == SqlValueKind.Blob && b.Kind == SqlValueKind.Blob) return a.AsBlob().AsSpan().SequenceCompareTo(b.AsBlob());
        if (a.Kind != SqlValueKind.Real && b.Kind != SqlValueKind.Real) return a.AsInteger().CompareTo(b.AsInteger());
        return Number(a).CompareTo(Number(b));
    }

    /// <summary>Order of texts by code points, which is that of their UTF-8 bytes.</summary>
    public static int CompareText(string a, string b)
    {
        var length = Math.Min(a.Length, b.Length);
        for (var i = 0; i < length; i++)
        {
            if (a[i] == b[i]) continue;

            // Surrogates stand for code points above all others.
            if (char.IsSurrogate(a[i]) != char.IsSurrogate(b[i])) return char.IsSurrogate(a[i]) ? 1 : -1;
            return a[i].CompareTo(b[i]);
        }

        return a.Length.CompareTo(b.Length);
    }

    private static double Number(SqlValue value) => PgNumeric.ToDouble(value);

    private static SqlValue Extreme(ReadOnlySpan<SqlValue> values, int sign)
    {
        var best = SqlValue.Null;
        foreach (ref readonly var value in values)
            if (!value.IsNull && (best.IsNull || Compare(value, best) * sign > 0)) best = value;
        return best;
    }

    private static void AddRounding(FunctionSet set)
    {
        set.Strict("shale_ceil_float8", a => SqlValue.Real(Math.Ceiling(Number(a))));
        set.Strict("shale_floor_float8", a => SqlValue.Real(Math.Floor(Number(a))));
        set.Strict("shale_round_float8", a => SqlValue.Real(Math.Round(Number(a), MidpointRounding.ToEven)));
        set.Strict("shale_trunc_float8", a => SqlValue.Real(Math.Truncate(Number(a))));
        set.Strict("shale_sign_float8", a => SqlValue.Real(Math.Sign(Number(a))));
    }

    private static void AddPowers(FunctionSet set)
    {
        set.Strict("shale_power", (a, b) => Power(Number(a), Number(b)));
        Both(set, "sqrt", a => a < 0 ? throw Invalid("cannot take square root of a negative number", "2201F") : Math.Sqrt(a));
        Both(set, "exp", Math.Exp);
        Both(set, "ln", a => Log(a, Math.Log));
        Both(set, "log10", a => Log(a, Math.Log10));
        set.Strict("shale_cbrt", a => SqlValue.Real(Math.Cbrt(Number(a))));
    }

    private static void Both(FunctionSet set, string name, Func<double, double> body)
    {
        set.Strict("shale_" + name, a => PgNumbers.CheckFloat(body(Number(a)), double.IsFinite(Number(a))));
    }

    private static double Log(double value, Func<double, double> log)
    {
        if (value == 0) throw Invalid("cannot take logarithm of zero", "2201E");
        return value < 0 ? throw Invalid("cannot take logarithm of a negative number", "2201E") : log(value);
    }

    private static SqlValue Power(double a, double b)
    {
        if (a == 0 && b < 0) throw Invalid("zero raised to a negative power is undefined", "2201F");
        if (a < 0 && Math.Truncate(b) != b) throw Invalid("a negative number raised to a non-integer power yields a complex result", "2201F");
        return PgNumbers.CheckFloat(Math.Pow(a, b), double.IsFinite(a) && double.IsFinite(b));
    }

    private static void AddIntegers(FunctionSet set)
    {
        foreach (var (suffix, kind) in new[] { ("int4", SqlTypeKind.Int4), ("int8", SqlTypeKind.Int8) })
        {
            set.Strict("shale_gcd_" + suffix, (a, b) => Whole(Gcd(a.AsInteger(), b.AsInteger()), kind));
            set.Strict("shale_lcm_" + suffix, (a, b) => Gcd(a.AsInteger(), b.AsInteger()) is var gcd && gcd == 0
                ? SqlValue.Integer(0) : Whole(Int128.Abs((Int128)a.AsInteger() / gcd * b.AsInteger()), kind));
        }

        set.Strict("shale_to_hex_int4", a => SqlValue.Text(((uint)(int)a.AsInteger()).ToString("x", CultureInfo.InvariantCulture)));
        set.Strict("shale_to_hex_int8", a => SqlValue.Text(((ulong)a.AsInteger()).ToString("x", CultureInfo.InvariantCulture)));
    }

    private static Int128 Gcd(Int128 a, Int128 b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return Int128.Abs(a);
    }

    private static SqlValue Whole(Int128 value, SqlTypeKind kind) =>
        value <= long.MaxValue ? SqlValue.Integer(PgNumbers.Check((long)value, kind)) : throw SqlErrors.OutOfRange(new SqlType(kind));

    private static void AddTrigonometry(FunctionSet set)
    {
        set.Add("shale_pi", 0, _ => SqlValue.Real(Math.PI));
        void Unchecked(string name, Func<double, double> body, Func<double, bool>? inDomain) => set.Strict("shale_" + name, a =>
            inDomain is not null && !inDomain(Number(a)) ? throw Invalid("input is out of range", "22003") : SqlValue.Real(body(Number(a))));
        void Float(string name, Func<double, double> body, Func<double, bool>? inDomain = null) => set.Strict("shale_" + name, a =>
            inDomain is not null && !inDomain(Number(a)) ? throw Invalid("input is out of range", "22003") : PgNumbers.CheckFloat(body(Number(a)), double.IsFinite(Number(a))));
        Float("radians", a => a * (Math.PI / 180));
        Float("degrees", a => a / (Math.PI / 180));
        Float("sin", Math.Sin, double.IsFinite);
        Float("cos", Math.Cos, double.IsFinite);
        Float("tan", Math.Tan, double.IsFinite);
        Float("cot", a => 1 / Math.Tan(a), double.IsFinite);
        Float("asin", Math.Asin, a => Math.Abs(a) <= 1);
        Float("acos", Math.Acos, a => Math.Abs(a) <= 1);
        Float("atan", Math.Atan);
        Float("sinh", Math.Sinh);
        Float("cosh", Math.Cosh);
        Float("tanh", Math.Tanh);
        Float("asinh", Math.Asinh);
        Float("acosh", Math.Acosh, a => !(a < 1));
        Unchecked("atanh", Math.Atanh, a => !(Math.Abs(a) > 1));
        PostgresDegrees.AddTo(Unchecked);
        set.Strict("shale_atan2d", (a, b) => SqlValue.Real(PostgresDegrees.ArcTangent(Number(a), Number(b))));
        set.Strict("shale_atan2", (a, b) => SqlValue.Real(Math.Atan2(Number(a), Number(b))));
    }

    private static SqlValue WidthBucket(double value, double low, double high, long count)
    {
        if (count <= 0) throw Invalid("count must be greater than zero", "2201G");
        if (double.IsInfinity(low) || double.IsInfinity(high)) throw Invalid("lower and upper bounds must be finite", "2201G");
        if (low == high) throw Invalid("lower bound cannot equal upper bound", "2201G");
        var inside = low < high ? value >= low && value < high : value <= low && value > high;
        if (inside) return SqlValue.Integer((long)(count * ((value - low) / (high - low))) + 1);
        if (low < high ? value < low : value > low) return SqlValue.Integer(0);
        return count < int.MaxValue ? SqlValue.Integer(count + 1) : throw Invalid("integer out of range", "22003");
    }

    private static VitessException Invalid(string message, string state) => SqlErrors.Data(message, state);

    /// <summary>The source of randomness of random() and gen_random_uuid().</summary>
    private static class Seam
    {
        public static double NextDouble() => Random.Shared.NextDouble();

        public static string NextUuid() => Guid.NewGuid().ToString("D");
    }
}
