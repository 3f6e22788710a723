using Shale.Sql;

namespace Shale.Engines;

/// <summary>Operators and functions of numeric. Values are the texts of decimals.</summary>
internal static class PostgresNumerics
{
    public static void AddTo(FunctionSet set)
    {
        AddOperators(set);
        AddComparisons(set);
        AddRounding(set);
        AddPowers(set);
        AddForms(set);
    }

    private static void AddOperators(FunctionSet set)
    {
        Two(set, "add", (a, b) => a + b);
        Two(set, "sub", (a, b) => a - b);
        Two(set, "mul", (a, b) => a * b);
        Two(set, "div", (a, b) => a / b);
        Two(set, "mod", (a, b) => a % b);
        Two(set, "gcd", PgDecimal.GreatestCommonDivisor);
        Two(set, "lcm", PgDecimal.LeastCommonMultiple);
        set.Strict("shale_div", (a, b) => PgNumeric.Value(PgDecimal.Quotient(PgNumeric.Read(a), PgNumeric.Read(b))));
        One(set, "neg", a => -a);
        One(set, "abs", PgDecimal.Abs);
        One(set, "sign", a => a.SignOf());
    }

    private static void AddComparisons(FunctionSet set)
    {
        set.Strict("shale_numeric_compare", (a, b) => SqlValue.Integer(Compare(a, b)));
        set.Strict("shale_numeric_key", a => SqlValue.Blob(NumericOrder.Key(PgNumeric.Read(a))));
        set.Add("shale_greatest_numeric", -1, values => Extreme(values, 1));
        set.Add("shale_least_numeric", -1, values => Extreme(values, -1));
        set.Strict("shale_width_bucket_numeric", 4, values => WidthBucket(PgNumeric.Read(values[0]), PgNumeric.Read(values[1]), PgNumeric.Read(values[2]), values[3].AsInteger()));
    }

    /// <summary>Negative, zero or positive, as the numbers compare.</summary>
    public static int Compare(SqlValue a, SqlValue b) => a.Kind == SqlValueKind.Text && b.Kind == SqlValueKind.Text
        ? NumericOrder.Compare(a.AsText(), b.AsText()) : PgNumeric.Read(a).CompareTo(PgNumeric.Read(b));

    private static void AddRounding(FunctionSet set)
    {
        One(set, "ceil", a => a.Ceiling());
        One(set, "floor", a => a.Floor());
        One(set, "round", a => a.Round(0));
        One(set, "trunc", a => a.Truncate(0));
        set.Strict("shale_round_numeric", (a, digits) => PgNumeric.Value(PgNumeric.Read(a).Round(digits.AsInteger())));
        set.Strict("shale_trunc_numeric", (a, digits) => PgNumeric.Value(PgNumeric.Read(a).Truncate(digits.AsInteger())));
        set.Strict("shale_fit_numeric", 3, values => PgNumeric.Value(PgNumeric.Read(values[0]).Fit((int)values[1].AsInteger(), (int)values[2].AsInteger())));
        set.Strict("shale_trim_scale", a => PgNumeric.Value(PgNumeric.Read(a).Trimmed()));
        set.Strict("shale_min_scale", a => Scale(PgNumeric.Read(a).Trimmed()));
        set.Strict("shale_scale_numeric", a => Scale(PgNumeric.Read(a)));
    }

    private static void AddPowers(FunctionSet set)
    {
        Two(set, "power", PgDecimal.Power);
        Two(set, "log", PgDecimal.Log);
        One(set, "log10", a => PgDecimal.Log(10, a));
        One(set, "sqrt", PgDecimal.Sqrt);
        One(set, "exp", PgDecimal.Exp);
        One(set, "ln", PgDecimal.Ln);
        set.Strict("shale_factorial", a => Factorial(a.AsInteger()));
    }

    // Sums of integers come as what SQLite's own aggregates have added up: of int8 the upper and the lower halves.
    private static void AddForms(FunctionSet set)
    {
        set.Strict("shale_numeric_of", (value, scale) => PgNumeric.OfNative(value, (int)scale.AsInteger()));
        set.Strict("shale_numeric_hold", value => PgNumeric.ToNative(value));
        set.Strict("shale_int8_total", (high, low) => PgNumeric.Value(Total(high, low)));
        set.Strict("shale_int8_mean", 3, values => PgNumeric.Value(Total(values[0], values[1]) / values[2].AsInteger()));
        set.Strict("shale_int4_mean", (sum, count) => PgNumeric.Value((PgDecimal)sum.AsInteger() / count.AsInteger()));
    }

    private static PgDecimal Total(SqlValue high, SqlValue low) => new(((System.Numerics.BigInteger)high.AsInteger() << 32) + low.AsInteger(), 0);

    private static void One(FunctionSet set, string name, Func<PgDecimal, PgDecimal> body) =>
        set.Strict($"shale_{name}_numeric", a => PgNumeric.Value(body(PgNumeric.Read(a))));

    private static void Two(FunctionSet set, string name, Func<PgDecimal, PgDecimal, PgDecimal> body) =>
        set.Strict($"shale_{name}_numeric", (a, b) => PgNumeric.Value(body(PgNumeric.Read(a), PgNumeric.Read(b))));

    private static SqlValue Scale(PgDecimal value) => value.IsFinite ? SqlValue.Integer(value.Scale) : SqlValue.Null;

    private static SqlValue Extreme(ReadOnlySpan<SqlValue> values, int sign)
    {
        var best = SqlValue.Null;
        foreach (ref readonly var value in values)
            if (!value.IsNull && (best.IsNull || Compare(value, best) * sign > 0)) best = value;
        return best;
    }

    private static SqlValue Factorial(long n)
    {
        if (n < 0) throw SqlErrors.Data("factorial of a negative number is undefined", "22003");
        if (n > 32177) throw PgDecimal.Overflow();
        var product = System.Numerics.BigInteger.One;
        for (var i = 2; i <= n; i++) product *= i;
        return PgNumeric.Value(new PgDecimal(product, 0));
    }

    private static SqlValue WidthBucket(PgDecimal value, PgDecimal low, PgDecimal high, long count)
    {
        if (count <= 0) throw Bucket("count must be greater than zero");
        if (value.IsNaN || low.IsNaN || high.IsNaN) throw Bucket("operand, lower bound, and upper bound cannot be NaN");
        if (low.IsInfinite || high.IsInfinite) throw Bucket("lower and upper bounds must be finite");
        var direction = high.CompareTo(low);
        if (direction == 0) throw Bucket("lower bound cannot equal upper bound");
        if (value.CompareTo(low) * direction < 0) return SqlValue.Integer(0);
        if (value.CompareTo(high) * direction >= 0) return count < int.MaxValue ? SqlValue.Integer(count + 1) : throw SqlErrors.Data("integer out of range", "22003");
        return SqlValue.Integer(PgDecimal.Quotient((value - low) * count, high - low).ToInteger(SqlTypeKind.Int4) + 1);
    }

    private static VitessException Bucket(string message) => SqlErrors.Data(message, "2201G");
}
