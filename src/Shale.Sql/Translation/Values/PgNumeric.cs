namespace Shale.Sql;

/// <summary>
/// numeric as SQLite shards hold it: the text of a decimal, with all its digits and zeros. Columns that other definitions made have SQLite's own
/// integers and floats: they are read as the decimals that SQLite prints for them.
/// </summary>
internal static class PgNumeric
{
    /// <summary>A text as a numeric. Errors: 22P02, 22003.</summary>
    public static SqlValue Parse(string text) => Value(PgDecimal.Parse(text));

    /// <summary>A decimal in the form it is held in.</summary>
    public static SqlValue Value(PgDecimal value) => SqlValue.Text(value.ToString());

    /// <summary>A held numeric, or an integer or a float, as a decimal. Error: 22P02.</summary>
    public static PgDecimal Read(in SqlValue value) => value.Kind switch
    {
        SqlValueKind.Text => PgDecimal.Parse(value.AsText()),
        SqlValueKind.Real when double.IsFinite(value.AsReal()) => PgDecimal.Parse(value.AsReal().ToString("R", System.Globalization.CultureInfo.InvariantCulture)),
        SqlValueKind.Real => PgDecimal.FromFloat(value.AsReal(), single: false),
        SqlValueKind.Blob => throw SqlErrors.InvalidText(new SqlType(SqlTypeKind.Numeric), Convert.ToHexString(value.AsBlob())),
        _ => value.AsInteger(),
    };

    /// <summary>What stands in a column of SQLite's own numbers, with at least so many digits behind the point.</summary>
    public static SqlValue OfNative(in SqlValue value, int scale) => Read(value) is var number && number.IsFinite && number.Scale < scale ? Value(number.RoundTo(scale)) : Value(number);

    /// <summary>What a column of SQLite's own numbers holds of a numeric. Error: 0A000 where it cannot hold all its digits.</summary>
    public static SqlValue ToNative(in SqlValue value)
    {
        var number = Read(value);
        if (number.IsInteger && number.Trimmed().Digits is var whole && whole >= long.MinValue && whole <= long.MaxValue) return SqlValue.Integer((long)whole);
        var real = SqlValue.Real(number.ToDouble());
        if (number.IsFinite && double.IsFinite(real.AsReal()) && Read(real).Equals(number)) return real;
        throw SqlErrors.Unsupported("a numeric of more than 15 digits in a column of this table", hint: "The table was made when numerics were held as floats: make a new one with CREATE TABLE … AS SELECT.");
    }

    /// <summary>The float nearest to a number of any form.</summary>
    public static double ToDouble(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Real => value.AsReal(),
        SqlValueKind.Text => Read(value).ToDouble(),
        _ => value.AsInteger(),
    };

    /// <summary>The text that PostgreSQL prints; of a column of SQLite's own numbers with so many digits behind the point.</summary>
    public static string Format(SqlValue value, int? scale) => value.Kind == SqlValueKind.Text ? value.AsText() : OfNative(value, scale ?? 0).AsText();

    /// <summary>22012</summary>
    public static VitessException DivisionByZero() => SqlErrors.Data("division by zero", "22012", "Guard the divisor with NULLIF(x, 0).");
}
