namespace Shale.Sql;

/// <summary>
/// Numerics where SQLite compares values. They are text, so the collation <see cref="NumericOrder.Collation"/> must stand where SQLite compares by
/// itself: columns bring it (of tables by their definition, of queries by what is selected), what is sorted or grouped gets it, and other
/// comparisons go through a function, because a COLLATE inside an expression would also reach the texts that are compared around it.
/// </summary>
internal sealed class NumericTranslator(TranslationContext context)
{
    private static readonly SqlType Plain = new(SqlTypeKind.Numeric);

    private ExpressionTranslator Expressions => context.Expressions;

    /// <summary>The collation of texts that are equal where they differ, by their type; null where equal values are equal texts.</summary>
    public static string? CollationOf(SqlType type) => type.IsArray ? null : type.Kind switch
    {
        SqlTypeKind.Numeric => NumericOrder.Collation,
        SqlTypeKind.Interval => IntervalOrder.Collation,
        _ => null,
    };

    /// <summary>Whether values of the type are numerics.</summary>
    public static bool IsNumeric(SqlType type) => type is { Kind: SqlTypeKind.Numeric, IsArray: false };

    /// <summary>Whether a column of a table holds numerics as SQLite's own numbers: it was made by another dialect, or before they were held as text.</summary>
    public static bool IsNative(ColumnSchema column) => IsNumeric(column.Type) && column.Collation != NumericOrder.Collation;

    /// <summary>Whether SQLite finds the collation at the column by itself.</summary>
    public static bool IsOrdered(Relation relation, int index) => relation.Table is { } table
        ? index < table.Columns.Count && table.Columns[index].Collation == NumericOrder.Collation : relation.Common is not null || relation.Node is DerivedTable;

    /// <summary>Whether SQLite finds the collation at what an expression has become.</summary>
    public bool IsOrdered(Expr expression, Expr translated) => translated is ColumnRef && expression is ColumnRef name && IsNumeric(context.Binding.TypeOf(expression))
        && context.Binding.ColumnOf(name) is { } found && IsOrdered(found.Relation, found.Index);

    /// <summary>With the collation of its type, for what is selected, sorted or grouped.</summary>
    public static Expr Ordered(Expr translated, SqlType type) => CollationOf(type) is { } collation ? new Collate(translated, SqlBuild.Object(collation)) : translated;

    /// <summary>An expression for a place where SQLite sorts or groups by it.</summary>
    public Expr Ordered(Expr expression, Expr translated) =>
        translated is Literal { Kind: LiteralKind.Integer } || IsOrdered(expression, translated) ? translated : Ordered(translated, context.Binding.TypeOf(expression));

    /// <summary>A comparison of numerics.</summary>
    public Expr Compare(string op, Expr left, Expr right)
    {
        if (Whole(op, left, right) is { } simple) return simple;
        var (a, b) = (Expressions.As(left, Plain), Expressions.As(right, Plain));
        if (IsOrdered(left, a) || (IsOrdered(right, b) && a is not ColumnRef)) return new Binary(op, a, b);
        if (op is "IS" or "IS NOT") return new Binary(op, Key(a, Plain), Key(b, Plain));
        return new Binary(op, SqlBuild.Call("shale_numeric_compare", a, b), SqlBuild.Integer(0));
    }

    /// <summary>Whether equal values may be different texts.</summary>
    public static bool HasOtherTexts(SqlType type) => CollationOf(type) is not null || type is { Kind: SqlTypeKind.Jsonb, IsArray: false };

    /// <summary>What compares as the number, the interval, the address or the jsonb does: bytes, or microseconds.</summary>
    public static Expr Key(Expr translated, SqlType type) => SqlBuild.Call(
        type.Kind switch
        {
            SqlTypeKind.Inet or SqlTypeKind.Cidr => "shale_inet_key",
            SqlTypeKind.Jsonb => "shale_jsonb_key",
            SqlTypeKind.Interval => "shale_interval_key",
            _ => "shale_numeric_key",
        },
        translated);

    /// <summary>An expression in a form that compares with others of this form, or with a column that has the collation.</summary>
    public Expr Comparable(Expr expression, bool asKey) => asKey ? Key(Expressions.As(expression, Plain), Plain) : Expressions.As(expression, Plain);

    /// <summary>A column of SQLite's own numbers as a numeric.</summary>
    public static Expr OfNative(Expr column, SqlType type) => SqlBuild.Call("shale_numeric_of", column, SqlBuild.Integer(type.Scale ?? 0));

    /// <summary>A numeric as a column of SQLite's own numbers holds it. Error: 0A000 for a constant that it cannot hold.</summary>
    public static Expr ToNative(Expr value) => value switch
    {
        Literal { Kind: LiteralKind.Null } => value,
        Literal { Kind: LiteralKind.String } literal => SqlBuild.Value(PgNumeric.ToNative(SqlValue.Text(literal.Text))),
        _ => SqlBuild.Call("shale_numeric_hold", value),
    };

    // An integer beside a constant that a float holds exactly enough: SQLite compares those two by itself, and reads an index.
    private Expr? Whole(string op, Expr left, Expr right)
    {
        if (TypeRules.IsInteger(context.Binding.TypeOf(left).Kind) && Short(right) is { } second) return new Binary(op, Expressions.Translate(left), second);
        return TypeRules.IsInteger(context.Binding.TypeOf(right).Kind) && Short(left) is { } first ? new Binary(op, first, Expressions.Translate(right)) : null;
    }

    private Expr? Short(Expr expression)
    {
        if (!IsNumeric(context.Binding.TypeOf(expression)) || Expressions.Translate(expression) is not Literal { Kind: LiteralKind.String } text) return null;
        var number = PgDecimal.Parse(text.Text);
        return number.IsFinite && PgDecimal.CountDigits(number.Digits) <= 15 && number.Scale <= 15 ? SqlBuild.Value(SqlValue.Real(number.ToDouble())) : null;
    }
}
