using Shale.Sql.Lexing;
using Shale.Sql.Parsing;

namespace Shale.Sql;

/// <summary>What a COPY asks for: it moves rows between a table, or a query, and the client.</summary>
/// <param name="Table">The table as it is written; null for a query.</param>
/// <param name="TableName">The table's name by itself; null for a query.</param>
/// <param name="Columns">The columns that are named; none for all.</param>
/// <param name="Query">The query's text; null for a table.</param>
/// <param name="IsFrom">Whether rows come from the client.</param>
/// <param name="IsStream">Whether the other side is STDIN or STDOUT: the client; else a file or a program of the server.</param>
/// <param name="Options">Names in lower case, with their values; null for those without one.</param>
public sealed record CopyCommand(string? Table, string? TableName, IReadOnlyList<string> Columns, string? Query, bool IsFrom, bool IsStream, IReadOnlyList<(string Name, string? Value)> Options)
{
    /// <summary>Reads one. Errors: SYNTAX_ERROR.</summary>
    public static CopyCommand Parse(string sql)
    {
        using var tokens = TokenBuffer.Read(sql, SqlDialect.Postgres);
        return new Parser(tokens, SqlDialect.Postgres).ParseCopy();
    }
}
