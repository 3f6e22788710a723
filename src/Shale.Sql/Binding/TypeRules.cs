namespace Shale.Sql;

/// <summary>PostgreSQL's rules about which types go together (manual, chapter 10).</summary>
internal static class TypeRules
{
    public static bool IsNumeric(SqlTypeKind kind) => kind is >= SqlTypeKind.Int2 and <= SqlTypeKind.Numeric;

    public static bool IsInteger(SqlTypeKind kind) => kind is SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8;

    public static bool IsFloat(SqlTypeKind kind) => kind is SqlTypeKind.Float4 or SqlTypeKind.Float8;

    public static bool IsText(SqlTypeKind kind) => kind is SqlTypeKind.Text or SqlTypeKind.Varchar or SqlTypeKind.Char;

    /// <summary>Whether it is the preferred type of its category.</summary>
    public static bool IsPreferred(SqlTypeKind kind) =>
        kind is SqlTypeKind.Float8 or SqlTypeKind.Text or SqlTypeKind.Bool or SqlTypeKind.TimestampTz or SqlTypeKind.Interval or SqlTypeKind.Inet or SqlTypeKind.Oid;

    /// <summary>Whether it is an oid that is written as a name.</summary>
    public static bool IsReg(SqlTypeKind kind) => kind is SqlTypeKind.Regproc or SqlTypeKind.Regprocedure or SqlTypeKind.Regclass or SqlTypeKind.Regtype or SqlTypeKind.Regnamespace or SqlTypeKind.Regrole;

    /// <summary>Whether it is an oid, written as a number or a name.</summary>
    public static bool IsOid(SqlTypeKind kind) => kind == SqlTypeKind.Oid || IsReg(kind);

    /// <summary>Whether it is an address of a host or a network.</summary>
    public static bool IsNetwork(SqlTypeKind kind) => kind is SqlTypeKind.Inet or SqlTypeKind.Cidr;

    /// <summary>PostgreSQL's category letter.</summary>
    public static char Category(SqlType type) => type.IsArray ? 'A' : type.Kind switch
    {
        SqlTypeKind.Bool => 'B',
        SqlTypeKind.Text or SqlTypeKind.Varchar or SqlTypeKind.Char => 'S',
        SqlTypeKind.Date or SqlTypeKind.Time or SqlTypeKind.TimeTz or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz => 'D',
        SqlTypeKind.Interval => 'T',
        SqlTypeKind.Unknown => 'X',
        SqlTypeKind.Record or SqlTypeKind.Void => 'P',
        SqlTypeKind.Bytea or SqlTypeKind.Uuid or SqlTypeKind.Json or SqlTypeKind.Jsonb or SqlTypeKind.MacAddr => 'U',
        SqlTypeKind.Inet or SqlTypeKind.Cidr => 'I',
        _ => 'N',
    };

    /// <summary>Whether a value of one type is used as another without being asked.</summary>
    public static bool CanImplicit(SqlType from, SqlType to)
    {
        if (from.Kind == SqlTypeKind.Unknown) return true;
        if (from.IsArray || to.IsArray) return from.IsArray == to.IsArray && from.Kind == to.Kind;
        if (from.Kind == to.Kind) return true;
        if (IsNumeric(from.Kind) && IsNumeric(to.Kind)) return Rank(from.Kind) < Rank(to.Kind);
        if (IsText(from.Kind) && IsText(to.Kind)) return true;
        if (IsOid(to.Kind)) return IsInteger(from.Kind) || to.Kind == SqlTypeKind.Oid ? IsInteger(from.Kind) || IsReg(from.Kind) : from.Kind == SqlTypeKind.Oid || (from.Kind, to.Kind) is (SqlTypeKind.Regproc, SqlTypeKind.Regprocedure) or (SqlTypeKind.Regprocedure, SqlTypeKind.Regproc) || (to.Kind == SqlTypeKind.Regclass && IsText(from.Kind));
        return (from.Kind, to.Kind) switch
        {
            (SqlTypeKind.Date, SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz) => true,
            (SqlTypeKind.Timestamp, SqlTypeKind.TimestampTz) => true,
            (SqlTypeKind.Time, SqlTypeKind.Interval or SqlTypeKind.TimeTz) => true,
            (SqlTypeKind.Cidr, SqlTypeKind.Inet) => true,
            _ => false,
        };
    }

    /// <summary>Whether a value of one type may be stored in a column of another.</summary>
    public static bool CanAssign(SqlType from, SqlType to)
    {
        if (CanImplicit(from, to)) return true;
        if (from.IsArray && to.IsArray) return CanAssign(new SqlType(from.Kind), new SqlType(to.Kind));
        if (from.IsArray || to.IsArray) return from.IsArray && IsText(to.Kind);
        if (IsNumeric(from.Kind) && IsNumeric(to.Kind)) return true;
        if (IsText(to.Kind)) return from.Kind is not (SqlTypeKind.Record or SqlTypeKind.Void);
        if (IsOid(from.Kind)) return to.Kind is SqlTypeKind.Int4 or SqlTypeKind.Int8;
        return (from.Kind, to.Kind) switch
        {
            (SqlTypeKind.TimestampTz, SqlTypeKind.Timestamp or SqlTypeKind.Date or SqlTypeKind.Time or SqlTypeKind.TimeTz) => true,
            (SqlTypeKind.Timestamp, SqlTypeKind.Date or SqlTypeKind.Time) => true,
            (SqlTypeKind.Interval, SqlTypeKind.Time) => true,
            (SqlTypeKind.TimeTz, SqlTypeKind.Time) => true,
            (SqlTypeKind.Json, SqlTypeKind.Jsonb) or (SqlTypeKind.Jsonb, SqlTypeKind.Json) => true,
            (SqlTypeKind.Inet, SqlTypeKind.Cidr) => true,
            _ => false,
        };
    }

    /// <summary>Whether CAST goes from one type to another.</summary>
    public static bool CanCast(SqlType from, SqlType to)
    {
        if (CanAssign(from, to)) return true;
        if (from.IsArray || to.IsArray) return from.IsArray && to.IsArray ? CanCast(new SqlType(from.Kind), new SqlType(to.Kind)) : IsText(from.Kind);
        if (IsText(from.Kind)) return to.Kind is not (SqlTypeKind.Record or SqlTypeKind.Void);
        return (from.Kind, to.Kind) switch
        {
            (SqlTypeKind.Bool, SqlTypeKind.Int4) or (SqlTypeKind.Int4, SqlTypeKind.Bool) => true,
            (SqlTypeKind.Jsonb, SqlTypeKind.Bool or SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 or SqlTypeKind.Numeric
                or SqlTypeKind.Float4 or SqlTypeKind.Float8) => true,
            _ => false,
        };
    }

    /// <summary>The type that both become in CASE, UNION, IN and their kin; unknown if both are; null if there is none.</summary>
    public static SqlType? Common(SqlType left, SqlType right)
    {
        if (left == right) return left;
        if (left.Kind == SqlTypeKind.Unknown) return right;
        if (right.Kind == SqlTypeKind.Unknown) return left;
        if (left.Plain == right.Plain) return left.Plain;
        if (Category(left) != Category(right) || left.IsArray) return null;
        if (CanImplicit(left, right) && !CanImplicit(right, left)) return IsPreferred(left.Kind) ? left.Plain : right.Plain;
        if (CanImplicit(right, left)) return left.Plain;
        return null;
    }

    /// <summary>The best guess of a common type where nothing may fail (dialect sqlite).</summary>
    public static SqlType Loose(SqlType left, SqlType right)
    {
        if (left == right || right.Kind == SqlTypeKind.Unknown) return left;
        if (left.Kind == SqlTypeKind.Unknown) return right;
        if (left.Plain == right.Plain) return left.Plain;
        if (IsNumeric(left.Kind) && IsNumeric(right.Kind)) return new SqlType(Rank(left.Kind) < Rank(right.Kind) ? right.Kind : left.Kind);
        return IsText(left.Kind) && IsText(right.Kind) ? new SqlType(SqlTypeKind.Text) : SqlType.Unknown;
    }

    /// <summary>42804 if a value of the type cannot be stored in the column.</summary>
    public static void RequireAssignable(SqlType type, ColumnSchema column, SqlNode? at)
    {
        if (column.Type.Kind == SqlTypeKind.Unknown || CanAssign(type, column.Type)) return;
        throw SqlErrors.DatatypeMismatch($"column \"{column.Name}\" is of type {column.Type.Display()} but expression is of type {type.Display()}", at);
    }

    private static int Rank(SqlTypeKind kind) => kind switch
    {
        SqlTypeKind.Int2 => 0,
        SqlTypeKind.Int4 => 1,
        SqlTypeKind.Int8 => 2,
        SqlTypeKind.Numeric => 3,
        SqlTypeKind.Float4 => 4,
        _ => 5,
    };
}
