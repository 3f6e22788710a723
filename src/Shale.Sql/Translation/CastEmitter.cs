namespace Shale.Sql;

/// <summary>Writes conversions between PostgreSQL's types as SQLite expressions over the values that shards hold.</summary>
internal static class CastEmitter
{
    private static readonly TypeName Real = new("REAL", NodeList<string>.Empty);
    private static readonly TypeName Text = new("TEXT", NodeList<string>.Empty);

    /// <summary>The value converted; constants are converted here.</summary>
    /// <param name="value">A translated expression.</param>
    /// <param name="from">The type it has.</param>
    /// <param name="to">The type wanted, with its length, precision and scale.</param>
    /// <param name="isExplicit">CAST, not assignment.</param>
    public static Expr Convert(Expr value, SqlType from, SqlType to, bool isExplicit)
    {
        if (to.Kind is SqlTypeKind.Unknown or SqlTypeKind.Record || from == to) return value;
        if (from.Kind == to.Kind && from.IsArray == to.IsArray && !NeedsModifier(to)) return value;
        if (to.Kind is SqlTypeKind.Name or SqlTypeKind.Letter) return value;
        if (to.Kind == SqlTypeKind.TimeTz) throw SqlErrors.Unsupported("the type time with time zone", value);
        if (value is Literal { Kind: LiteralKind.Null }) return value;
        if (to.Kind is SqlTypeKind.Int2Vector or SqlTypeKind.OidVector) return SqlBuild.Call("shale_vector", value);
        if (TypeRules.IsReg(to.Kind) && to.IsArray && !from.IsArray) throw SqlErrors.Unsupported($"a text cast to {to.Name}", value, "Cast its elements, in ARRAY[…].");
        if (TypeRules.IsReg(to.Kind) && !to.IsArray && (TypeRules.IsText(from.Kind) || from.Kind == SqlTypeKind.Unknown)) return CatalogTranslator.OidOf(value, to.Kind);
        if (TypeRules.IsReg(from.Kind) && !from.IsArray && TypeRules.IsText(to.Kind)) return CatalogTranslator.NameOf(value, from.Kind);
        if (Constant(value, from) is { } constant) return SqlBuild.Value(PgCasts.Convert(constant, from, to, isExplicit));
        if (from.IsArray || to.IsArray) return ArrayTranslator.Convert(value, from, to);
        var plain = IsSame(from, to) ? value : Plain(value, from, to);
        return NeedsModifier(to) && from != to ? Modified(plain, from, to, isExplicit) : plain;
    }

    /// <summary>The name of the function that converts, for kinds that need one.</summary>
    public static string FunctionName(SqlTypeKind from, SqlTypeKind to) => $"shale_{Word(from)}_to_{Word(to)}";

    /// <summary>Whether both are held in the same way.</summary>
    public static bool IsSame(SqlType from, SqlType to)
    {
        if (from.Plain == to.Plain || from.IsArray || to.IsArray) return true;
        if (TypeRules.IsText(to.Kind)) return from.Kind is SqlTypeKind.Text or SqlTypeKind.Varchar or SqlTypeKind.Unknown or SqlTypeKind.Json or SqlTypeKind.Jsonb or SqlTypeKind.Uuid
            or SqlTypeKind.Date or SqlTypeKind.Time or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz or SqlTypeKind.Interval;
        if (from.Kind == SqlTypeKind.Unknown) return false;
        return (from.Kind, to.Kind) switch
        {
            (SqlTypeKind.Int2, SqlTypeKind.Int4 or SqlTypeKind.Int8) or (SqlTypeKind.Int4, SqlTypeKind.Int8) => true,
            (SqlTypeKind.Float4, SqlTypeKind.Float8) => true,
            _ when TypeRules.IsOid(to.Kind) => TypeRules.IsInteger(from.Kind) || TypeRules.IsOid(from.Kind),
            _ when TypeRules.IsOid(from.Kind) => TypeRules.IsInteger(to.Kind),
            (SqlTypeKind.Jsonb, SqlTypeKind.Json) => true,
            _ => false,
        };
    }

    private static string Word(SqlTypeKind kind) => (kind is SqlTypeKind.Varchar or SqlTypeKind.Unknown ? SqlTypeKind.Text : kind).ToString().ToLowerInvariant();

    private static bool NeedsModifier(SqlType to) => to is { Modifier: not null, IsArray: false } && to.Kind is SqlTypeKind.Varchar or SqlTypeKind.Char or SqlTypeKind.Numeric
        or SqlTypeKind.Time or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz && to.Modifier is not null;

    // A literal as the value it is: only such that are what their type says.
    private static SqlValue? Constant(Expr value, SqlType from) => value switch
    {
        Literal { Kind: LiteralKind.String } literal => SqlValue.Text(literal.Text),
        Literal { Kind: LiteralKind.Integer } literal when from.Kind == SqlTypeKind.Bool && long.TryParse(literal.Text, out var flag) => SqlValue.Boolean(flag != 0),
        Literal { Kind: LiteralKind.Integer } literal when long.TryParse(literal.Text, out var integer) => SqlValue.Integer(integer),
        Literal { Kind: LiteralKind.Number } literal => SqlValue.Real(double.Parse(literal.Text, System.Globalization.CultureInfo.InvariantCulture)),
        Unary { Op: "-", Operand: Literal { Kind: LiteralKind.Integer } literal } when from.Kind != SqlTypeKind.Bool && long.TryParse("-" + literal.Text, out var negative) => SqlValue.Integer(negative),
        _ => null,
    };

    private static Expr Plain(Expr value, SqlType from, SqlType to)
    {
        if (TypeRules.IsText(to.Kind)) return ToText(value, from);
        if (TypeRules.IsInteger(from.Kind) && to.Kind == SqlTypeKind.Float8) return new Cast(value, Real);
        // The sign makes an expression of a column, whose declared type would make booleans of its numbers.
        if (from.Kind == SqlTypeKind.Bool && to.Kind == SqlTypeKind.Int4) return new Unary("+", value);
        if (from.Kind == SqlTypeKind.Int4 && to.Kind == SqlTypeKind.Bool) return new Binary("<>", value, SqlBuild.Integer(0));
        if (from.Kind == SqlTypeKind.Char) (value, from) = (ToText(value, from), new SqlType(SqlTypeKind.Text));
        return SqlBuild.Call(FunctionName(from.Kind, to.Kind), value);
    }

    private static Expr ToText(Expr value, SqlType from)
    {
        if (TypeRules.IsInteger(from.Kind) || from.Kind == SqlTypeKind.Oid) return new Cast(value, Text);
        if (from.Kind == SqlTypeKind.Char) return SqlBuild.Call("rtrim", value, SqlBuild.Text(" "));
        return SqlBuild.Call(FunctionName(from.Kind, SqlTypeKind.Text), value);
    }

    private static Expr Modified(Expr value, SqlType from, SqlType to, bool isExplicit)
    {
        var size = SqlBuild.Integer(to.Modifier!.Value);
        return to.Kind switch
        {
            SqlTypeKind.Varchar when from.Kind == SqlTypeKind.Varchar && from.Modifier <= to.Modifier => value,
            SqlTypeKind.Varchar => SqlBuild.Call(isExplicit ? "shale_cut_varchar" : "shale_fit_varchar", value, size),
            SqlTypeKind.Char => SqlBuild.Call(isExplicit ? "shale_cut_char" : "shale_fit_char", value, size),
            SqlTypeKind.Numeric => SqlBuild.Call("shale_fit_numeric", value, size, SqlBuild.Integer(to.Scale ?? 0)),
            SqlTypeKind.Time => SqlBuild.Call("shale_round_time", value, size),
            _ => SqlBuild.Call("shale_round_timestamp", value, size),
        };
    }
}
