namespace Shale.Sql.Parsing;

/// <summary>Canonical spellings of operators, as <see cref="Binary"/> documents them.</summary>
internal static class Operators
{
    /// <summary>The spelling; shared strings for all usual ones.</summary>
    public static string Canonical(ReadOnlySpan<char> written) => written switch
    {
        "=" or "==" => "=",
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
