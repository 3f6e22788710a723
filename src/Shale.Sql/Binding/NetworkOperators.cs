namespace Shale.Sql;

/// <summary>Types of the operators over inet and cidr (manual, 9.12), and the functions that stand for them on SQLite shards.</summary>
internal static class NetworkOperators
{
    private static readonly SqlType Inet = new(SqlTypeKind.Inet);
    private static readonly SqlType Int8 = new(SqlTypeKind.Int8);

    /// <summary>The result where an operand is an address; null for other operators. Untyped operands become addresses, numbers int8.</summary>
    public static SqlType? Resolve(string op, ref SqlType left, ref SqlType right)
    {
        if (!Is(left) && !Is(right)) return null;
        var (a, b) = (Operand(left, right), Operand(right, left));
        SqlType? result = (op, Is(a), Is(b)) switch
        {
            ("<<" or "<<=" or ">>" or ">>=" or "&&", true, true) => new SqlType(SqlTypeKind.Bool),
            ("&" or "|", true, true) => Inet,
            ("-", true, true) => Int8,
            ("+" or "-", true, false) when TypeRules.IsInteger(b.Kind) => Inet,
            ("+", false, true) when TypeRules.IsInteger(a.Kind) => Inet,
            _ => null,
        };
        if (result is not null) (left, right) = (a, b);
        return result;
    }

    /// <summary>What stands for an operator between two addresses, or an address and a number.</summary>
    public static string FunctionOf(string op) => op switch
    {
        "<<" => "shale_inet_inside",
        "<<=" => "shale_inet_within",
        ">>" => "shale_inet_around",
        ">>=" => "shale_inet_contains",
        "&&" => "shale_inet_overlaps",
        "&" => "shale_inet_and",
        "|" => "shale_inet_or",
        "+" => "shale_inet_plus",
        _ => "shale_inet_minus",
    };

    /// <summary>Whether a type is that of an address.</summary>
    public static bool Is(SqlType type) => TypeRules.IsNetwork(type.Kind) && !type.IsArray;

    // An untyped operand is an address, too: PostgreSQL prefers equal types.
    private static SqlType Operand(SqlType own, SqlType other) => own.Kind == SqlTypeKind.Unknown && !own.IsArray ? other.Plain : own;
}
