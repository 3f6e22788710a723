using Shale.Sql.Lexing;
using Shale.Sql.Parsing;

namespace Shale.Sql;

/// <summary>
/// Text to tree, for both dialects. Pure functions, safe from any thread. Every failure is a VitessException: SYNTAX_ERROR with line, column
/// and what was expected (42601), 54001 for what is nested too deeply, 54000 for what is too long, 0A000 for SQL that Shale has no meaning for.
/// </summary>
public static class SqlParser
{
    /// <summary>How deeply parentheses, queries and prefix operators may be nested, in levels.</summary>
    public const int MaxNesting = 1000;

    /// <summary>How many operators of one chain, such as <c>a OR b OR c</c>, may stand in a row.</summary>
    public const int MaxChain = 5000;

    /// <summary>How long a text may be, in UTF-16 units: 64 Mi.</summary>
    public const int MaxLength = 64 * 1024 * 1024;

    /// <summary>Reads one statement; one semicolon may follow it.</summary>
    public static Statement Parse(string sql, SqlDialect dialect) => ParseWithParameters(sql, dialect).Statement;

    /// <summary>Reads one statement and lists its parameters.</summary>
    public static ParsedSql ParseWithParameters(string sql, SqlDialect dialect)
    {
        using var tokens = TokenBuffer.Read(sql, dialect);
        var parser = new Parser(tokens, dialect);
        var statement = parser.ParseWhole();
        return new ParsedSql(statement, parser.ParameterNames);
    }

    /// <summary>Reads one expression that is the whole text.</summary>
    public static Expr ParseExpression(string sql, SqlDialect dialect)
    {
        using var tokens = TokenBuffer.Read(sql, dialect);
        return new Parser(tokens, dialect).ParseWholeExpression();
    }
}
