namespace Shale.Sql.Parsing;

/// <summary>Canonical spellings of operators, as <see cref="Binary"/> documents them.</summary>
internal static class Operators
{
    /// <summary>The spelling; shared strings for all usual ones. Only SQLite has <c>==</c>; to PostgreSQL it is an operator that nobody defined.</summary>
    public static string Canonical(ReadOnlySpan<char> written, SqlDialect dialect) => written switch
    {
        "=" => "=",
        "==" => dialect == SqlDialect.Sqlite ? "=" : "==",
        "<>" or "!=" => "<>",
        "<" => "<",
        "<=" => "<=",
        ">" => ">",
        ">=" => ">=",
        "+" => "+",
        "-" => "-",
        "*" => "*",
        "/" => "/",
        "%" => "%",
        "^" => "^",
        "||" => "||",
        "->" => "->",
        "->>" => "->>",
        "&" => "&",
        "|" => "|",
        "~" => "~",
        "@>" => "@>",
        "<@" => "<@",
        _ => new string(written),
    };
}
