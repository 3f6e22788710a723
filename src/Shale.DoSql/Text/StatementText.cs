using System.Globalization;
using Shale.Sql;
using Shale.Sql.Lexing;

namespace Shale.DoSql;

/// <summary>
/// One statement's text, and what its tokens say: where it runs, and which value goes to which parameter. SQLite itself is the judge of everything else. Immutable.
/// </summary>
internal sealed class StatementText
{
    private readonly ParameterSlot[] _slots;
    private readonly int _places;
    private readonly bool _isByNumber;
    private readonly Lazy<PastText?> _past;

    private StatementText(string sql, StatementKind kind, bool changesRowsOnly, bool hasPoint, bool asksTheLog, ParameterReader parameters, OneRowInsert? insert)
    {
        (Sql, Kind, ChangesRowsOnly, HasPoint, AsksTheLog) = (sql, kind, changesRowsOnly && !hasPoint, hasPoint, asksTheLog);
        Insert = asksTheLog ? null : insert;
        (_slots, _places, _isByNumber) = (parameters.Slots, parameters.Places, parameters.IsByNumber);
        _past = new Lazy<PastText?>(() => PastText.Read(sql, parameters.Occurrences), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>As it was written.</summary>
    public string Sql { get; }

    /// <summary>What it is.</summary>
    public StatementKind Kind { get; }

    /// <summary>Whether it is INSERT, UPDATE, DELETE or REPLACE: what can share a transaction.</summary>
    public bool ChangesRowsOnly { get; }

    /// <summary>Whether a point in time may stand behind one of its tables, or be that of a transaction.</summary>
    public bool HasPoint { get; }

    /// <summary>Whether it names one of <see cref="SystemTables"/>: then log and rows are to be of one version.</summary>
    public bool AsksTheLog { get; }

    /// <summary>What it says if it inserts one row; null for all else, and where its values are more than parameters and literals.</summary>
    public OneRowInsert? Insert { get; }

    /// <summary>The points in time in it; null if there is none. Errors: SYNTAX_ERROR, TT_INVALID_SYNTAX.</summary>
    public PastText? Past => HasPoint ? _past.Value : null;

    /// <summary>Reads a text. Errors: SYNTAX_ERROR for what is no token, and for mixed styles of parameters.</summary>
    public static StatementText Read(string sql)
    {
        using var tokens = TokenBuffer.Read(sql, SqlDialect.Sqlite);
        var parameters = new ParameterReader();
        var (hasPoint, asksTheLog) = (false, false);
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.Kind == TokenKind.Parameter) parameters.Add(token.Of(sql), token.Start);
            else if (token.Keyword == Keyword.Of && i > 0 && tokens[i - 1].Keyword == Keyword.As) hasPoint = true;
            else if (token.Keyword == Keyword.For && Is(tokens[i + 1], sql, "system_time")) hasPoint = true;
            else if (token.Kind == TokenKind.Word && token.Of(sql).StartsWith("dosql_", StringComparison.OrdinalIgnoreCase)) asksTheLog = true;
        }

        var changesRowsOnly = tokens[0].Keyword is Keyword.Insert or Keyword.Update or Keyword.Delete or Keyword.Replace;
        return new StatementText(sql, KindOf(tokens, sql), changesRowsOnly, hasPoint, asksTheLog, parameters, OneRowInsert.Of(tokens, sql, parameters));
    }

    /// <summary>The values in the order of SQLite's parameters. Errors: QUERY_ERROR (08P01) for values that are missing, or too many.</summary>
    public SqlValue[] Arrange(in DoSqlParameters parameters)
    {
        if (parameters.ByName is { } named) return ByName(named);
        var values = parameters.ByPlace;
        if (values.Length != _places)
        {
            throw new VitessException(ErrorCodes.QueryError, string.Create(CultureInfo.InvariantCulture, $"the statement takes {_places} parameter(s), {values.Length} given"),
                sqlState: "08P01", hint: "Give one value for each parameter.");
        }

        if (!_isByNumber) return values;
        var arranged = new SqlValue[_slots.Length];
        for (var i = 0; i < arranged.Length; i++) arranged[i] = values[_slots[i].Place];
        return arranged;
    }

    private SqlValue[] ByName(IReadOnlyDictionary<string, SqlValue> named)
    {
        var arranged = new SqlValue[_slots.Length];
        for (var i = 0; i < arranged.Length; i++)
        {
            var slot = _slots[i];
            var name = slot.Name ?? (slot.Place + 1).ToString(CultureInfo.InvariantCulture);
            if (named.TryGetValue(name, out arranged[i])) continue;
            throw new VitessException(ErrorCodes.QueryError, $"there is no value for the parameter {name}", sqlState: "08P01", hint: $"Values were given for: {string.Join(", ", named.Keys)}.");
        }

        return arranged;
    }

    private static StatementKind KindOf(TokenBuffer tokens, string sql)
    {
        var at = 0;
        while (tokens[at].Kind == TokenKind.Semicolon) at++;
        var first = tokens[at];
        switch (first.Keyword)
        {
            case Keyword.Select or Keyword.Values or Keyword.Explain:
                return StatementKind.Read;
            case Keyword.With:
                return KindOfWith(tokens, at);
            case Keyword.Savepoint or Keyword.Release:
                return StatementKind.Savepoint;
            case Keyword.Rollback:
                return Contains(tokens, at, Keyword.To) ? StatementKind.Savepoint : StatementKind.Transaction;
            case Keyword.Begin or Keyword.Commit or Keyword.End or Keyword.Start:
                return StatementKind.Transaction;
            case Keyword.Set when tokens[at + 1].Keyword == Keyword.Transaction:
                return StatementKind.SetTransaction;
        }

        if (Is(first, sql, "pragma")) return StatementKind.Read;
        if (Is(first, sql, "call")) return StatementKind.Call;
        return Is(first, sql, "restore") ? StatementKind.Restore : StatementKind.Write;
    }

    // The word behind the parentheses of the last common table.
    private static StatementKind KindOfWith(TokenBuffer tokens, int at)
    {
        for (var depth = 0; tokens[at].Kind != TokenKind.End; at++)
        {
            var token = tokens[at];
            if (token.Kind == TokenKind.LeftParen) depth++;
            else if (token.Kind == TokenKind.RightParen) depth--;
            else if (depth == 0 && token.Keyword is Keyword.Select or Keyword.Values) return StatementKind.Read;
            else if (depth == 0 && token.Keyword is Keyword.Insert or Keyword.Update or Keyword.Delete or Keyword.Replace) return StatementKind.Write;
        }

        return StatementKind.Read;
    }

    private static bool Contains(TokenBuffer tokens, int at, Keyword keyword)
    {
        for (; tokens[at].Kind is not (TokenKind.End or TokenKind.Semicolon); at++)
        {
            if (tokens[at].Keyword == keyword) return true;
        }

        return false;
    }

    private static bool Is(in Token token, string sql, string word) => token.Kind == TokenKind.Word && token.Of(sql).Equals(word, StringComparison.OrdinalIgnoreCase);
}
