namespace Shale.Sql;

/// <summary>Types of PostgreSQL's operators (manual, 10.2).</summary>
internal static class OperatorTypes
{
    private static readonly SqlType Bool = new(SqlTypeKind.Bool);
    private static readonly SqlType Text = new(SqlTypeKind.Text);
    private static readonly SqlType TextArray = new(SqlTypeKind.Text, true);
    private static readonly SqlType Interval = new(SqlTypeKind.Interval);
    private static readonly SqlType Int4 = new(SqlTypeKind.Int4);

    /// <summary>Whether it compares and gives a boolean.</summary>
    public static bool IsComparison(string op) =>
        op is "=" or "<>" or "<" or "<=" or ">" or ">=" or "IS DISTINCT FROM" or "IS NOT DISTINCT FROM";

    /// <summary>The operator behind a keyword: LIKE is ~~.</summary>
    public static string Canonical(string op) => op switch
    {
        "LIKE" => "~~",
        "NOT LIKE" => "!~~",
        "ILIKE" => "~~*",
        "NOT ILIKE" => "!~~*",
        _ => op,
    };

    /// <summary>The result; gives untyped operands the type they are taken for. Error: 42883.</summary>
    public static SqlType Resolve(string op, ref SqlType left, ref SqlType right, SqlNode at)
    {
        op = Canonical(op);
        if (IsComparison(op)) return Comparison(op, ref left, ref right, at);
        SqlType? result = NetworkOperators.Resolve(op, ref left, ref right) ?? op switch
        {
            "+" or "-" or "*" or "/" or "%" or "^" => Arithmetic(op, ref left, ref right),
            "||" => Concatenation(ref left, ref right),
            "&" or "|" or "#" => Bits(ref left, ref right),
            "<<" or ">>" => Shift(ref left, ref right),
            "~" or "~*" or "!~" or "!~*" or "^@" or "~~" or "~~*" or "!~~" or "!~~*" => Pattern(ref left, ref right),
            "->" or "->>" => Member(op, ref left, ref right),
            "#>" or "#>>" => Path(op, ref left, ref right),
            "@>" or "<@" => Contains(ref left, ref right),
            "?" => Key(ref left, ref right, Text),
            "?|" or "?&" => Key(ref left, ref right, TextArray),
            "#-" => Key(ref left, ref right, TextArray) is null ? null : new SqlType(SqlTypeKind.Jsonb),
            "&&" when left.IsArray || right.IsArray => Contains(ref left, ref right),
            "AT TIME ZONE" => AtTimeZone(ref left, ref right),
            _ => null,
        };
        if (result is null && left.Kind == SqlTypeKind.Unknown && right.Kind == SqlTypeKind.Unknown)
            throw SqlErrors.Query($"operator is not unique: unknown {op} unknown", "42725", at, "Cast one of them.");
        return result ?? throw SqlErrors.UndefinedOperator($"{left.Display()} {op} {right.Display()}", at);
    }

    private static SqlType Comparison(string op, ref SqlType left, ref SqlType right, SqlNode at)
    {
        if (left.Kind == SqlTypeKind.Unknown && right.Kind == SqlTypeKind.Unknown) left = right = Text;
        else if (left.Kind == SqlTypeKind.Unknown) left = right.Plain;
        else if (right.Kind == SqlTypeKind.Unknown) right = left.Plain;
        var common = TypeRules.Common(left, right);
        if (common is null || common.Value is { Kind: SqlTypeKind.Json, IsArray: false })
            throw SqlErrors.UndefinedOperator($"{left.Display()} {op} {right.Display()}", at);
        return Bool;
    }

    private static SqlType? Arithmetic(string op, ref SqlType left, ref SqlType right)
    {
        if (left.IsArray || right.IsArray) return null;
        if (TypeRules.IsNumeric(left.Kind) || TypeRules.IsNumeric(right.Kind))
        {
            if (left.Kind == SqlTypeKind.Unknown) left = right.Plain;
            if (right.Kind == SqlTypeKind.Unknown) right = left.Plain;
            if (TypeRules.IsNumeric(left.Kind) && TypeRules.IsNumeric(right.Kind)) return Numbers(op, left.Kind, right.Kind);
        }

        return DateTimes(op, ref left, ref right) ?? JsonMinus(op, ref left, ref right);
    }

    private static SqlType? Numbers(string op, SqlTypeKind left, SqlTypeKind right)
    {
        if (op == "^") return new SqlType(left == SqlTypeKind.Numeric || right == SqlTypeKind.Numeric ? FloatOr(left, right) : SqlTypeKind.Float8);
        if (TypeRules.IsFloat(left) || TypeRules.IsFloat(right))
        {
            if (op == "%") return null;
            return new SqlType(left == SqlTypeKind.Float4 && right == SqlTypeKind.Float4 ? SqlTypeKind.Float4 : SqlTypeKind.Float8);
        }

        if (left == SqlTypeKind.Numeric || right == SqlTypeKind.Numeric) return new SqlType(SqlTypeKind.Numeric);
        return new SqlType((SqlTypeKind)Math.Max((int)left, (int)right));
    }

    private static SqlTypeKind FloatOr(SqlTypeKind left, SqlTypeKind right) =>
        TypeRules.IsFloat(left) || TypeRules.IsFloat(right) ? SqlTypeKind.Float8 : SqlTypeKind.Numeric;

    private static SqlType? DateTimes(string op, ref SqlType left, ref SqlType right)
    {
        Settle(op, ref left, ref right);
        SqlTypeKind? kind = (left.Kind, op, right.Kind) switch
        {
            (SqlTypeKind.Date, "+" or "-", SqlTypeKind.Int2 or SqlTypeKind.Int4) => SqlTypeKind.Date,
            (SqlTypeKind.Int2 or SqlTypeKind.Int4, "+", SqlTypeKind.Date) => SqlTypeKind.Date,
            (SqlTypeKind.Date, "-", SqlTypeKind.Date) => SqlTypeKind.Int4,
            (SqlTypeKind.Date, "+" or "-", SqlTypeKind.Interval) or (SqlTypeKind.Interval, "+", SqlTypeKind.Date) => SqlTypeKind.Timestamp,
            (SqlTypeKind.Date, "+", SqlTypeKind.Time) or (SqlTypeKind.Time, "+", SqlTypeKind.Date) => SqlTypeKind.Timestamp,
            (SqlTypeKind.Timestamp, "+" or "-", SqlTypeKind.Interval) or (SqlTypeKind.Interval, "+", SqlTypeKind.Timestamp) => SqlTypeKind.Timestamp,
            (SqlTypeKind.TimestampTz, "+" or "-", SqlTypeKind.Interval) or (SqlTypeKind.Interval, "+", SqlTypeKind.TimestampTz) => SqlTypeKind.TimestampTz,
            (SqlTypeKind.Time, "+" or "-", SqlTypeKind.Interval) or (SqlTypeKind.Interval, "+", SqlTypeKind.Time) => SqlTypeKind.Time,
            (SqlTypeKind.Date or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz, "-", SqlTypeKind.Date or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz) =>
                SqlTypeKind.Interval,
            (SqlTypeKind.Time, "-", SqlTypeKind.Time) => SqlTypeKind.Interval,
            (SqlTypeKind.Interval, "+" or "-", SqlTypeKind.Interval) => SqlTypeKind.Interval,
            (SqlTypeKind.Interval, "*" or "/", _) when TypeRules.IsNumeric(right.Kind) => SqlTypeKind.Interval,
            (_, "*", SqlTypeKind.Interval) when TypeRules.IsNumeric(left.Kind) => SqlTypeKind.Interval,
            _ => null,
        };
        return kind is null ? null : new SqlType(kind.Value);
    }

    private static void Settle(string op, ref SqlType left, ref SqlType right)
    {
        if (left.Kind == SqlTypeKind.Unknown) left = Other(op, right);
        else if (right.Kind == SqlTypeKind.Unknown) right = Other(op, left);
    }

    // What an untyped operand is beside one of these types: the same if there is such an operator, else the only one there is.
    private static SqlType Other(string op, SqlType known) => (known.Kind, op) switch
    {
        (SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz or SqlTypeKind.Time, "+") => Interval,
        (SqlTypeKind.Date or SqlTypeKind.Timestamp or SqlTypeKind.TimestampTz or SqlTypeKind.Time, "-") => known.Plain,
        (SqlTypeKind.Interval, "+" or "-") => Interval,
        (SqlTypeKind.Interval, "*" or "/") => new SqlType(SqlTypeKind.Float8),
        _ => SqlType.Unknown,
    };

    private static SqlType? JsonMinus(string op, ref SqlType left, ref SqlType right)
    {
        if (op != "-" || left.Kind != SqlTypeKind.Jsonb || left.IsArray) return null;
        if (right.Kind == SqlTypeKind.Unknown) right = Text;
        return TypeRules.IsText(right.Kind) || right.Kind is SqlTypeKind.Int2 or SqlTypeKind.Int4 ? left : null;
    }

    private static SqlType? Concatenation(ref SqlType left, ref SqlType right)
    {
        if (left.Kind == SqlTypeKind.Unknown && right.Kind == SqlTypeKind.Unknown) left = right = Text;
        else if (left.Kind == SqlTypeKind.Unknown) left = right is { IsArray: true } or { Kind: SqlTypeKind.Jsonb or SqlTypeKind.Bytea } ? right.Plain : Text;
        else if (right.Kind == SqlTypeKind.Unknown) right = left is { IsArray: true } or { Kind: SqlTypeKind.Jsonb or SqlTypeKind.Bytea } ? left.Plain : Text;
        if (left.IsArray || right.IsArray)
            return TypeRules.Common(new SqlType(left.Kind), new SqlType(right.Kind)) is { } element ? new SqlType(element.Kind, true) : null;
        if (left.Kind == right.Kind && left.Kind is SqlTypeKind.Jsonb or SqlTypeKind.Bytea) return left.Kind == right.Kind ? left : null;
        return TypeRules.IsText(left.Kind) || TypeRules.IsText(right.Kind) ? Text : null;
    }

    private static SqlType? Bits(ref SqlType left, ref SqlType right)
    {
        if (left.Kind == SqlTypeKind.Unknown) left = right.Plain;
        if (right.Kind == SqlTypeKind.Unknown) right = left.Plain;
        if (!TypeRules.IsInteger(left.Kind) || !TypeRules.IsInteger(right.Kind)) return null;
        return new SqlType((SqlTypeKind)Math.Max((int)left.Kind, (int)right.Kind));
    }

    private static SqlType? Shift(ref SqlType left, ref SqlType right)
    {
        if (right.Kind == SqlTypeKind.Unknown) right = Int4;
        if (left.Kind == SqlTypeKind.Unknown) left = Int4;
        return TypeRules.IsInteger(left.Kind) && right.Kind is SqlTypeKind.Int2 or SqlTypeKind.Int4 ? left.Plain : null;
    }

    private static SqlType? Pattern(ref SqlType left, ref SqlType right)
    {
        if (left.Kind == SqlTypeKind.Unknown) left = Text;
        if (right.Kind == SqlTypeKind.Unknown) right = Text;
        return TypeRules.IsText(left.Kind) && TypeRules.IsText(right.Kind) ? Bool : null;
    }

    private static SqlType? Member(string op, ref SqlType left, ref SqlType right)
    {
        if (right.Kind == SqlTypeKind.Unknown) right = Text;
        if (left.IsArray || left.Kind is not (SqlTypeKind.Json or SqlTypeKind.Jsonb)) return null;
        if (!TypeRules.IsText(right.Kind) && right.Kind is not (SqlTypeKind.Int4 or SqlTypeKind.Int2)) return null;
        return op == "->>" ? Text : left;
    }

    private static SqlType? Path(string op, ref SqlType left, ref SqlType right)
    {
        if (right.Kind == SqlTypeKind.Unknown) right = TextArray;
        if (left.IsArray || left.Kind is not (SqlTypeKind.Json or SqlTypeKind.Jsonb) || !right.IsArray) return null;
        return op == "#>>" ? Text : left;
    }

    private static SqlType? Contains(ref SqlType left, ref SqlType right)
    {
        if (left.Kind == SqlTypeKind.Unknown) left = right.Plain;
        if (right.Kind == SqlTypeKind.Unknown) right = left.Plain;
        return left.Plain == right.Plain && (left.IsArray || left.Kind == SqlTypeKind.Jsonb) ? Bool : null;
    }

    private static SqlType? Key(ref SqlType left, ref SqlType right, SqlType wanted)
    {
        if (right.Kind == SqlTypeKind.Unknown) right = wanted;
        return left is { Kind: SqlTypeKind.Jsonb, IsArray: false } && right.IsArray == wanted.IsArray && TypeRules.IsText(right.Kind) ? Bool : null;
    }

    private static SqlType? AtTimeZone(ref SqlType left, ref SqlType right)
    {
        if (left.Kind is SqlTypeKind.Unknown or SqlTypeKind.Date) left = new SqlType(SqlTypeKind.TimestampTz);
        if (right.Kind == SqlTypeKind.Unknown) right = Text;
        return left.Kind switch
        {
            SqlTypeKind.Timestamp => new SqlType(SqlTypeKind.TimestampTz),
            SqlTypeKind.TimestampTz => new SqlType(SqlTypeKind.Timestamp),
            SqlTypeKind.TimeTz or SqlTypeKind.Time => new SqlType(SqlTypeKind.TimeTz),
            _ => null,
        };
    }
}
