namespace Shale.Sql.Parsing;

/// <summary>
/// How tightly operators bind; a higher level binds tighter. PostgreSQL: manual 4.1.6 and its grammar; SQLite: the table at the end of
/// lang_expr.html. Both parser and printer use it.
/// </summary>
internal static class Precedence
{
    public const int Or = 1;
    public const int And = 2;
    public const int Not = 3;

    /// <summary>PostgreSQL's IS, ISNULL, NOTNULL; in SQLite all of <see cref="Equal"/>.</summary>
    public const int Is = 4;

    /// <summary>PostgreSQL's comparisons, not associative; in SQLite = and its kin with IS, IN, LIKE, BETWEEN.</summary>
    public const int Equal = 5;

    /// <summary>SQLite's &lt; &lt;= &gt; &gt;=; in PostgreSQL BETWEEN, IN, LIKE.</summary>
    public const int Less = 6;

    /// <summary>PostgreSQL's operators without a level of their own; SQLite's &amp; | &lt;&lt; &gt;&gt;.</summary>
    public const int Other = 7;

    public const int Add = 8;
    public const int Multiply = 9;

    /// <summary>PostgreSQL's ^; SQLite's || -&gt; -&gt;&gt;.</summary>
    public const int Power = 10;

    public const int AtTimeZone = 11;
    public const int Collate = 12;

    /// <summary>Unary + and -; in SQLite also ~.</summary>
    public const int Unary = 13;

    /// <summary>Subscript, ::, field.</summary>
    public const int Postfix = 14;

    public const int Primary = 15;

    /// <summary>The level of LIKE, IN and BETWEEN.</summary>
    public static int LikeLevel(SqlDialect dialect) => dialect == SqlDialect.Postgres ? Less : Equal;

    /// <summary>The level of IS and its kin.</summary>
    public static int IsLevel(SqlDialect dialect) => dialect == SqlDialect.Postgres ? Is : Equal;

    /// <summary>Whether operators of the level cannot stand in a row without parentheses.</summary>
    public static bool IsNonAssociative(int level, SqlDialect dialect) => dialect == SqlDialect.Postgres && level is Is or Equal or Less;

    /// <summary>The level of an operator made of signs, in its canonical spelling.</summary>
    public static int OfOperator(ReadOnlySpan<char> spelling, SqlDialect dialect) => dialect == SqlDialect.Postgres
        ? spelling switch
        {
            "=" or "<>" or "<" or "<=" or ">" or ">=" => Equal,
            "+" or "-" => Add,
            "*" or "/" or "%" => Multiply,
            "^" => Power,
            _ => Other,
        }
        : spelling switch
        {
            "=" or "<>" => Equal,
            "<" or "<=" or ">" or ">=" => Less,
            "+" or "-" => Add,
            "*" or "/" or "%" => Multiply,
            "||" or "->" or "->>" => Power,
            _ => Other,
        };
}
