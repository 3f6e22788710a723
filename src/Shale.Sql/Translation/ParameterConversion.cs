namespace Shale.Sql;

/// <summary>What a bound value becomes before it is run or routed.</summary>
public static class ParameterConversion
{
    /// <summary>
    /// A bound value as a value of the parameter's type, in the form that SQLite shards hold it: <c>'5'</c> for int4 is 5, the number 5 for text
    /// is <c>'5'</c>, dates and uuids become canonical. In dialect sqlite, and for unknown types, it stays as it is.
    /// Where the type has a length or scale (a parameter that is only written to a column) it holds as for an assignment.
    /// Errors: TYPE_ERROR 22P02, 22003, 22007, 22008, 22001.
    /// </summary>
    public static SqlValue Convert(SqlValue value, SqlType target, SqlDialect dialect)
    {
        if (dialect == SqlDialect.Sqlite || value.IsNull || target.Kind is SqlTypeKind.Unknown or SqlTypeKind.Record) return value;
        if (value.Kind == SqlValueKind.Text && target is { Kind: SqlTypeKind.Text, IsArray: false }) return value;
        if (value.Kind == SqlValueKind.Integer && IsInRange(value.AsInteger(), target)) return value;
        return PgCasts.Convert(AsInput(value, target), InputType(value, target), target, isExplicit: false);
    }

    /// <summary>The same for shards of an engine: what only SQLite could not hold (NaN in a float, a time with its zone, years beyond 9999) stays the text that it is on PostgreSQL's, which read it themselves.</summary>
    public static SqlValue Convert(SqlValue value, SqlType target, SqlDialect dialect, SqlDialect engine)
    {
        try
        {
            return Convert(value, target, dialect);
        }
        catch (VitessException failure) when (engine == SqlDialect.Postgres && value.Kind == SqlValueKind.Text && failure.SqlState == "0A000")
        {
            return value;
        }
    }

    /// <summary>A value as it is stored in a column of the type; the same conversion under the name of its use.</summary>
    public static SqlValue ForAssignment(SqlValue value, SqlType target, SqlDialect dialect) => Convert(value, target, dialect);

    /// <summary>The same of a value that a query has found: a numeric, which is text here, is rounded where an integer takes it, as no text would be; of a host its network becomes a cidr.</summary>
    public static SqlValue ForAssignment(SqlValue value, SqlType from, SqlType target, SqlDialect dialect) =>
        dialect == SqlDialect.Postgres && value.Kind == SqlValueKind.Text && from.IsArray == target.IsArray && IsCast(from.Kind, target.Kind)
            ? PgCasts.Convert(value, from, target, isExplicit: false) : Convert(value, target, dialect);

    // What an assignment makes of a value is not what it makes of its text.
    private static bool IsCast(SqlTypeKind from, SqlTypeKind target) => (from == SqlTypeKind.Numeric && TypeRules.IsInteger(target))
        || (TypeRules.IsNetwork(from) && from != target && target != SqlTypeKind.Unknown) || (from, target) is (SqlTypeKind.Interval, SqlTypeKind.Time);

    /// <summary>
    /// A value that a SQLite shard holds for one column, as it holds it for another, in dialect postgres: what ALTER COLUMN TYPE does with each row.
    /// Errors: those of the cast; 0A000 where the other column cannot hold a numeric.
    /// </summary>
    public static SqlValue Recast(SqlValue held, ColumnSchema from, ColumnSchema to, bool isExplicit)
    {
        if (held.IsNull) return held;
        var value = NumericTranslator.IsNative(from) ? PgNumeric.OfNative(held, from.Type.Scale ?? 0) : held;
        value = PgCasts.Convert(value, from.Type, to.Type, isExplicit);
        return NumericTranslator.IsNative(to) ? PgNumeric.ToNative(value) : value;
    }

    /// <summary>The elements of an array that is not NULL, as values of their type.</summary>
    public static IEnumerable<SqlValue> ElementsOf(SqlValue array, SqlType type) => PgArrays.Parse(array.AsText()).Select(item => Convert(SqlValue.Text(item), new SqlType(type.Kind), SqlDialect.Postgres));

    /// <summary>Whether PostgreSQL makes values of one type into such of another when they are assigned, or (<paramref name="isExplicit"/>) by a cast.</summary>
    public static bool CanRecast(SqlType from, SqlType to, bool isExplicit) => from == to || (isExplicit ? TypeRules.CanCast(from, to) : TypeRules.CanAssign(from, to));

    // A driver sends text; a JSON number or boolean means the text it is written as, unless the type can take it as it is.
    private static SqlValue AsInput(SqlValue value, SqlType target) => IsNative(value, target)
        ? value : SqlValue.Text(PgCasts.ToText(value, SqlType.Unknown));

    private static SqlType InputType(SqlValue value, SqlType target) => !IsNative(value, target) ? new SqlType(SqlTypeKind.Text) : value.Kind switch
    {
        SqlValueKind.Integer => new SqlType(SqlTypeKind.Int8),
        SqlValueKind.Real => new SqlType(target.Kind == SqlTypeKind.Numeric ? SqlTypeKind.Numeric : SqlTypeKind.Float8),
        SqlValueKind.Boolean => new SqlType(SqlTypeKind.Bool),
        SqlValueKind.Blob => new SqlType(SqlTypeKind.Bytea),
        _ => SqlType.Unknown,
    };

    private static bool IsNative(SqlValue value, SqlType target) => value.Kind switch
    {
        SqlValueKind.Integer => TypeRules.IsNumeric(target.Kind),
        SqlValueKind.Real => TypeRules.IsFloat(target.Kind) || target.Kind == SqlTypeKind.Numeric || (TypeRules.IsInteger(target.Kind) && IsWhole(value.AsReal())),
        SqlValueKind.Boolean => target.Kind == SqlTypeKind.Bool,
        _ => true,
    };

    private static bool IsInRange(long value, SqlType target) => !target.IsArray && target.Kind switch
    {
        SqlTypeKind.Int8 => true,
        SqlTypeKind.Int4 => value is >= int.MinValue and <= int.MaxValue,
        SqlTypeKind.Int2 => value is >= short.MinValue and <= short.MaxValue,
        _ => false,
    };

    private static bool IsWhole(double value) => Math.Abs(value) < 9e15 && Math.Truncate(value) == value;
}
