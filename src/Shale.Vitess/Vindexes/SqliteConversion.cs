using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What SQLite's column affinities do to a value (datatype3.html, section 3).</summary>
internal static class SqliteConversion
{
    private const int SureDigits = 15;

    /// <summary>By the type, where the words are not known.</summary>
    public static Affinity Of(SqlType type) => type.Kind switch
    {
        SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 => Affinity.Integer,
        SqlTypeKind.Text or SqlTypeKind.Varchar or SqlTypeKind.Char => Affinity.Text,
        SqlTypeKind.Bytea or SqlTypeKind.Unknown => Affinity.Blob,
        SqlTypeKind.Float4 or SqlTypeKind.Float8 => Affinity.Real,
        _ => Affinity.Numeric,
    };

    /// <summary>The value as a column of that affinity stores it, and as it is compared with such a column.</summary>
    public static SqlValue Apply(in SqlValue value, Affinity affinity)
    {
        var plain = value.Kind == SqlValueKind.Boolean ? SqlValue.Integer(value.AsInteger()) : value;
        return (affinity, plain.Kind) switch
        {
            (Affinity.Text, SqlValueKind.Integer) => SqlValue.Text(plain.ToString()),
            (Affinity.Text, SqlValueKind.Real) => SqlValue.Text(RealText(plain.AsReal())),
            (Affinity.Integer or Affinity.Numeric, SqlValueKind.Real) => Integral(plain.AsReal()),
            (Affinity.Integer or Affinity.Numeric, SqlValueKind.Text) => FromText(plain),
            _ => plain,
        };
    }

    /// <summary>A float as the integer it equals, if it is one of 64 bits: SQLite compares numbers by value, whatever their class.</summary>
    public static SqlValue Integral(double real) =>
        Math.Floor(real) == real && real is >= -9223372036854775808.0 and < 9223372036854775808.0 ? SqlValue.Integer((long)real) : SqlValue.Real(real);

    private static SqlValue FromText(in SqlValue text)
    {
        var trimmed = text.AsText().AsSpan().Trim(" \t\n\v\f\r");
        if (!ExactDecimal.TryParse(trimmed, out var number)) return text;
        if (number.TryGetInteger(out var integer)) return SqlValue.Integer(integer);
        if (number.DigitCount > SureDigits) throw Unsure(text.AsText());
        return Integral(number.ToDouble());
    }

    /// <summary>SQLite writes 15 digits; where they do not give the number back, its versions differ.</summary>
    private static string RealText(double real)
    {
        var digits = real.ToString("E14", CultureInfo.InvariantCulture);
        if (!double.IsFinite(real) || double.Parse(digits, CultureInfo.InvariantCulture) != real || !ExactDecimal.TryParse(digits, out var number))
        {
            throw Unsure(real.ToString(CultureInfo.InvariantCulture));
        }

        return number.ToSqliteRealText();
    }

    private static VitessException Unsure(string value) => new(ErrorCodes.QueryError,
        $"the number {value} has too many digits to be compared with a sharding column exactly as SQLite would", sqlState: "0A000",
        hint: "Write it with at most 15 significant digits.");
}
