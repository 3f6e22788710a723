using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>A value that is known when a statement's parameters are bound: a parameter, or a constant.</summary>
internal readonly struct ValueSource
{
    private readonly int _parameter;
    private readonly SqlValue _constant;
    private readonly string? _required;

    private ValueSource(int parameter, SqlValue constant, string? required = null)
    {
        _parameter = parameter;
        _constant = constant;
        _required = required;
    }

    /// <summary>The value among these parameters; CONSTRAINT_VIOLATION (23502) if it is NULL and its column takes none.</summary>
    public SqlValue Of(ReadOnlySpan<SqlValue> parameters)
    {
        var value = _parameter > 0 ? parameters[_parameter - 1] : _constant;
        if (_required is null || !value.IsNull) return value;
        throw new VitessException(ErrorCodes.ConstraintViolation, $"null value in column \"{_required}\" violates not-null constraint", sqlState: "23502");
    }

    /// <summary>Whether it is the same source: the same parameter, or an identical constant.</summary>
    public bool SameAs(ValueSource other) => _parameter == other._parameter && _constant.Equals(other._constant);

    /// <summary>A constant.</summary>
    public static ValueSource Constant(SqlValue value) => new(0, value);

    /// <summary>The source that an expression is, if it is one: a parameter, a literal, or a negated number.</summary>
    public static bool TryFrom(Expr expression, out ValueSource source)
    {
        switch (expression)
        {
            case Parameter parameter:
                source = new ValueSource(parameter.Index, default);
                return true;
            case Literal literal when TryConstant(literal, negative: false, out var value):
                source = Constant(value);
                return true;
            case Unary { Op: "-", Operand: Literal { Kind: LiteralKind.Integer or LiteralKind.Number } number } when TryConstant(number, true, out var value):
                source = Constant(value);
                return true;

            // What the translation to SQLite puts around values of integer columns that take no NULL; the gate can see to it by itself.
            case FunctionCall { Name: { Schema: null, Name.Name: "shale_not_null" }, Args: [Parameter parameter, Literal { Kind: LiteralKind.String } column] }:
                source = new ValueSource(parameter.Index, default, column.Text);
                return true;
            default:
                source = default;
                return false;
        }
    }

    /// <summary>
    /// The source that an expression is where it is compared with a column, or assigned to it. PostgreSQL's numbers with a point, and those beyond bigint, are exact: there they are taken as
    /// a value of the column's type, if it has one that is the same.
    /// </summary>
    public static bool TryFrom(Expr expression, ColumnSchema column, SqlDialect engine, out ValueSource source)
    {
        if (engine == SqlDialect.Sqlite || NumericOf(expression) is not { } number) return TryFrom(expression, out source);
        var value = column.Type switch
        {
            { IsArray: true } => default(SqlValue?),
            { Kind: SqlTypeKind.Numeric } => SqlValue.Text(number),
            { Kind: SqlTypeKind.Float4 or SqlTypeKind.Float8 } => SqlValue.Real(double.Parse(number, CultureInfo.InvariantCulture)),
            { Kind: SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 } when WholeOf(number) is { } whole => SqlValue.Integer(whole),
            _ => null,
        };
        source = value is { } found ? Constant(found) : default;
        return value is not null;
    }

    /// <summary>
    /// What stands behind a cast to a column's own type, as drivers write it around each parameter, where the gate makes the same of it: a value of that type, or a text that is read as one. Another expression stays.
    /// </summary>
    /// <param name="expression">The expression, in dialect postgres.</param>
    /// <param name="column">The column that it is compared with, or assigned to.</param>
    /// <param name="binding">Where it is bound.</param>
    public static Expr Uncast(Expr expression, ColumnSchema column, Binding binding)
    {
        if (expression is not Cast { Operand: Parameter or Literal { Kind: LiteralKind.Integer or LiteralKind.String } } cast || binding.Dialect != SqlDialect.Postgres) return expression;
        var (to, from) = (binding.TypeOf(cast), cast.Operand is Literal ? LiteralType(cast.Operand) : binding.TypeOf(cast.Operand).Plain);
        if (to != to.Plain || to.IsArray || column.Type.IsArray) return expression;
        var isOwn = to.Kind == column.Type.Kind || (IsInteger(to.Kind) && IsInteger(column.Type.Kind)) || (IsText(to.Kind) && IsText(column.Type.Kind));
        var isRead = from.Kind == to.Kind || (IsInteger(from.Kind) && IsInteger(to.Kind)) || (IsText(from.Kind) && (IsText(to.Kind) || IsInteger(to.Kind) || to.Kind == SqlTypeKind.Uuid));
        return isOwn && isRead && !from.IsArray ? cast.Operand : expression;
    }

    private static SqlType LiteralType(Expr literal) => new(literal is Literal { Kind: LiteralKind.Integer } ? SqlTypeKind.Int8 : SqlTypeKind.Text);

    private static bool IsInteger(SqlTypeKind kind) => kind is SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8;

    // Not char: blanks at its end count for nothing.
    private static bool IsText(SqlTypeKind kind) => kind is SqlTypeKind.Text or SqlTypeKind.Varchar;

    // A number that PostgreSQL reads as numeric.
    private static string? NumericOf(Expr expression) => expression switch
    {
        Literal { Kind: LiteralKind.Number } number => number.Text,
        Literal { Kind: LiteralKind.Integer } number when !long.TryParse(number.Text, CultureInfo.InvariantCulture, out _) => number.Text,
        Unary { Op: "-", Operand: Literal { Kind: LiteralKind.Number } number } => "-" + number.Text,
        Unary { Op: "-", Operand: Literal { Kind: LiteralKind.Integer } number } when !long.TryParse("-" + number.Text, CultureInfo.InvariantCulture, out _) => "-" + number.Text,
        _ => null,
    };

    // 12.00 is 12.
    private static long? WholeOf(string number)
    {
        var point = number.IndexOf('.', StringComparison.Ordinal);
        if (point < 0 || number.AsSpan(point + 1).ContainsAnyExcept('0')) return null;
        return long.TryParse(number.AsSpan(0, point), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null;
    }

    private static bool TryConstant(Literal literal, bool negative, out SqlValue value)
    {
        var culture = CultureInfo.InvariantCulture;
        value = default;
        switch (literal.Kind)
        {
            case LiteralKind.Null:
                return true;
            case LiteralKind.True or LiteralKind.False:
                value = SqlValue.Boolean(literal.Kind == LiteralKind.True);
                return true;
            case LiteralKind.String:
                value = SqlValue.Text(literal.Text);
                return true;
            case LiteralKind.Blob:
                value = SqlValue.Blob(Convert.FromHexString(literal.Text));
                return true;
            case LiteralKind.Integer when literal.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase):
                if (!ulong.TryParse(literal.Text.AsSpan(2), NumberStyles.AllowHexSpecifier, culture, out var bits)) return false;
                value = SqlValue.Integer(negative ? -(long)bits : (long)bits);
                return true;
            case LiteralKind.Integer when long.TryParse(negative ? "-" + literal.Text : literal.Text, culture, out var integer):
                value = SqlValue.Integer(integer);
                return true;
            case LiteralKind.Integer or LiteralKind.Number when double.TryParse(literal.Text, culture, out var real):
                value = SqlValue.Real(negative ? -real : real);
                return true;
            default:
                return false;
        }
    }
}
