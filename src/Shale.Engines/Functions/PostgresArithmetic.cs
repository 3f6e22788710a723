using Shale.Sql;

namespace Shale.Engines;

/// <summary>+ - * / % with the ranges and errors of each numeric type.</summary>
internal static class PostgresArithmetic
{
    public static void AddTo(FunctionSet set)
    {
        AddIntegers(set, SqlTypeKind.Int2, "int2");
        AddIntegers(set, SqlTypeKind.Int4, "int4");
        AddIntegers(set, SqlTypeKind.Int8, "int8");
        AddFloats(set, single: true, "float4");
        AddFloats(set, single: false, "float8");
        set.Strict("shale_xor", (a, b) => SqlValue.Integer(a.AsInteger() ^ b.AsInteger()));
    }

    private static void AddIntegers(FunctionSet set, SqlTypeKind kind, string suffix)
    {
        SqlValue Checked(Int128 value) => value >= long.MinValue && value <= long.MaxValue
            ? SqlValue.Integer(PgNumbers.Check((long)value, kind)) : throw SqlErrors.OutOfRange(new SqlType(kind));
        set.Strict("shale_add_" + suffix, (a, b) => Checked((Int128)a.AsInteger() + b.AsInteger()));
        set.Strict("shale_sub_" + suffix, (a, b) => Checked((Int128)a.AsInteger() - b.AsInteger()));
        set.Strict("shale_mul_" + suffix, (a, b) => Checked((Int128)a.AsInteger() * b.AsInteger()));
        set.Strict("shale_div_" + suffix, (a, b) => b.AsInteger() == 0 ? throw PgNumeric.DivisionByZero() : Checked((Int128)a.AsInteger() / b.AsInteger()));
        set.Strict("shale_mod_" + suffix, (a, b) => b.AsInteger() switch
        {
            0 => throw PgNumeric.DivisionByZero(),
            -1 => SqlValue.Integer(0),
            var divisor => SqlValue.Integer(a.AsInteger() % divisor),
        });
        set.Strict("shale_abs_" + suffix, a => Checked(Int128.Abs(a.AsInteger())));

        // Shifts count modulo the width, as the processor does it.
        var width = kind == SqlTypeKind.Int8 ? 64 : 32;
        set.Strict("shale_shl_" + suffix, (a, b) => SqlValue.Integer(kind switch
        {
            SqlTypeKind.Int2 => (short)(a.AsInteger() << (int)(b.AsInteger() & 31)),
            SqlTypeKind.Int4 => (int)a.AsInteger() << (int)(b.AsInteger() & 31),
            _ => a.AsInteger() << (int)(b.AsInteger() & 63),
        }));
        set.Strict("shale_shr_" + suffix, (a, b) => SqlValue.Integer(a.AsInteger() >> (int)(b.AsInteger() & (width - 1))));
    }

    private static void AddFloats(FunctionSet set, bool single, string suffix)
    {
        set.Strict("shale_add_" + suffix, (a, b) => Result(Number(a) + Number(b), a, b, single, false));
        set.Strict("shale_sub_" + suffix, (a, b) => Result(Number(a) - Number(b), a, b, single, false));
        set.Strict("shale_mul_" + suffix, (a, b) => Result(Number(a) * Number(b), a, b, single, Number(a) != 0 && Number(b) != 0));
        set.Strict("shale_div_" + suffix, (a, b) =>
            Number(b) == 0 ? throw PgNumeric.DivisionByZero() : Result(Number(a) / Number(b), a, b, single, Number(a) != 0 && !double.IsInfinity(Number(b))));
    }

    private static double Number(SqlValue value) => PgNumeric.ToDouble(value);

    private static SqlValue Result(double value, SqlValue a, SqlValue b, bool single, bool nonZero)
    {
        if (single) value = (float)value;
        if (nonZero && value == 0) throw SqlErrors.Data("value out of range: underflow", "22003");
        return PgNumbers.CheckFloat(value, double.IsFinite(Number(a)) && double.IsFinite(Number(b)));
    }
}
