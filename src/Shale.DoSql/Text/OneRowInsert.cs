using System.Globalization;
using System.Text;
using Shale.Sql.Lexing;

namespace Shale.DoSql;

/// <summary>An INSERT of one row whose values are parameters and literals, and what it is for several rows of the same kind. Immutable but for the texts that were made; thread-safe.</summary>
internal sealed class OneRowInsert
{
    // A longer one is not kept prepared.
    private const int LongestText = 16 * 1024;
    private const int MostParameters = 16;
    private static readonly int[] Sizes = [64, 16, 4];

    private readonly string _sql;
    private readonly int _rowStart;
    private readonly int _rowEnd;
    private readonly IReadOnlyList<(int Start, int End, int Number)> _parameters;
    private readonly string?[] _texts = new string?[Sizes.Length];

    private OneRowInsert(string sql, string table, (int Start, int End) row, ParameterReader parameters)
    {
        (_sql, Table, _rowStart, _rowEnd, _parameters, ParameterCount) = (sql, table, row.Start, row.End, parameters.Occurrences, parameters.Slots.Length);
    }

    /// <summary>The fewest rows that there is a text for.</summary>
    public static int FewestRows => Sizes[^1];

    /// <summary>The most.</summary>
    public static int MostRows => Sizes[0];

    /// <summary>The table.</summary>
    public string Table { get; }

    /// <summary>How many parameters a row has: those of the next row have the numbers behind them.</summary>
    public int ParameterCount { get; }

    /// <summary>What a text says; null if it says anything else.</summary>
    public static OneRowInsert? Of(TokenBuffer tokens, string sql, ParameterReader parameters)
    {
        if (tokens[0].Keyword != Keyword.Insert || tokens[1].Keyword != Keyword.Into || tokens[2].Kind != TokenKind.Word) return null;
        if (parameters.Slots.Length is 0 or > MostParameters) return null;
        var at = 3;
        if (tokens[at].Kind == TokenKind.LeftParen && !TryPassList(tokens, ref at, IsName)) return null;
        if (tokens[at++].Keyword != Keyword.Values || tokens[at].Kind != TokenKind.LeftParen) return null;
        var start = tokens[at].Start;
        if (!TryPassList(tokens, ref at, IsValue)) return null;
        var end = tokens[at - 1].End;
        if (tokens[at].Kind == TokenKind.Semicolon) at++;
        return tokens[at].Kind == TokenKind.End ? new OneRowInsert(sql, tokens[2].Of(sql).ToString(), (start, end), parameters) : null;
    }

    /// <summary>The text for as many rows as there is one for, of those that there are; null for fewer than the fewest, and where it would be too long.</summary>
    public string? TextFor(int available, out int rows)
    {
        for (var i = 0; i < Sizes.Length; i++)
        {
            rows = Sizes[i];
            if (rows > available) continue;
            var text = _texts[i] ??= Make(rows);
            if (text.Length <= LongestText) return text;
        }

        rows = 0;
        return null;
    }

    // Passes a list in parentheses; false if it has anything in it but what is allowed, or nothing.
    private static bool TryPassList(TokenBuffer tokens, ref int at, Func<Token, bool> isAllowed)
    {
        do
        {
            at++;
            if (!isAllowed(tokens[at++])) return false;
        }
        while (tokens[at].Kind == TokenKind.Comma);
        return tokens[at++].Kind == TokenKind.RightParen;
    }

    private static bool IsName(Token token) => token.Kind is TokenKind.Word or TokenKind.QuotedName;

    private static bool IsValue(Token token) => token.Kind is TokenKind.Parameter or TokenKind.Integer or TokenKind.Number or TokenKind.String or TokenKind.HexString || token.Keyword == Keyword.Null;

    private string Make(int rows)
    {
        var text = new StringBuilder(_sql, 0, _rowStart, LongestText);
        for (var row = 0; row < rows && text.Length <= LongestText; row++)
        {
            if (row > 0) text.Append(',');
            var from = _rowStart;
            foreach (var (start, end, number) in _parameters)
            {
                text.Append(_sql, from, start - from).Append('?').Append(CultureInfo.InvariantCulture, $"{(row * ParameterCount) + number}");
                from = end;
            }

            text.Append(_sql, from, _rowEnd - from);
        }

        return text.ToString();
    }
}
