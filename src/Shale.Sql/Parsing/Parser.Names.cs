using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>Identifiers and names: which words may be used where.</summary>
internal sealed partial class Parser
{
    private const KeywordClass PostgresNoColumn = KeywordClass.PostgresReserved | KeywordClass.PostgresFunctionOrType;
    private const KeywordClass PostgresNoFunction = KeywordClass.PostgresReserved | KeywordClass.PostgresColumn;

    /// <summary>Whether the token can name a table or column.</summary>
    private bool IsName(in Token token) => token.Kind switch
    {
        TokenKind.QuotedName => true,
        TokenKind.Word => (Keywords.ClassOf(token.Keyword) & (_postgres ? PostgresNoColumn : KeywordClass.SqliteReserved)) == 0,
        TokenKind.String => !_postgres,
        _ => false,
    };

    /// <summary>Whether the token can name a function or type.</summary>
    private bool IsFunctionName(in Token token) => token.Kind switch
    {
        TokenKind.QuotedName => true,
        TokenKind.Word => (Keywords.ClassOf(token.Keyword) & (_postgres ? PostgresNoFunction : KeywordClass.SqliteReserved)) == 0,
        _ => false,
    };

    /// <summary>Whether the token can be an output column's name without AS.</summary>
    private bool IsBareLabel(in Token token)
    {
        if (token.Kind == TokenKind.Word)
        {
            var properties = Keywords.ClassOf(token.Keyword);
            if (_postgres) return (properties & KeywordClass.PostgresAsLabel) == 0;
            return (properties & (KeywordClass.SqliteReserved | KeywordClass.SqliteJoin)) == 0 && !IsSqliteWindowClause(token);
        }

        return token.Kind == TokenKind.QuotedName || (token.Kind == TokenKind.String && !_postgres);
    }

    /// <summary>Whether the token can be a table's alias without AS.</summary>
    private bool IsBareAlias(in Token token)
    {
        if (_postgres || token.Kind != TokenKind.Word) return IsName(token);
        return (Keywords.ClassOf(token.Keyword) & (KeywordClass.SqliteReserved | KeywordClass.SqliteJoin)) == 0 && !IsSqliteWindowClause(token);
    }

    /// <summary>In SQLite WINDOW is a keyword only in front of <c>name AS</c>.</summary>
    private bool IsSqliteWindowClause(in Token token) =>
        token.Keyword == Keyword.Window && token.Start == Current.Start && IsName(Peek(1)) && PeekIs(2, Keyword.As);

    /// <summary>The name of a table, column, alias or index.</summary>
    private Identifier ParseName(string what = "a name") => IsName(Current) ? TakeIdentifier() : throw Unexpected(what);

    /// <summary>A name behind a dot or AS, where every word will do.</summary>
    private Identifier ParseLabel()
    {
        if (_postgres ? Current.Kind is TokenKind.Word or TokenKind.QuotedName : IsName(Current)) return TakeIdentifier();
        throw Unexpected("a name");
    }

    private Identifier TakeIdentifier()
    {
        var token = Take();
        return new Identifier(TokenText.Name(Text, token, dialect), token.Kind != TokenKind.Word) { Span = token.Span };
    }

    /// <summary><c>[schema.]name</c>.</summary>
    private ObjectName ParseObjectName(string what = "a name")
    {
        var start = _index;
        var first = ParseName(what);
        if (!Accept(TokenKind.Dot)) return new ObjectName(null, first) { Span = From(start) };
        var second = ParseLabel();
        if (At(TokenKind.Dot)) throw NotSupported("a name of three parts", "Write schema.name.");
        return new ObjectName(first, second) { Span = From(start) };
    }

    /// <summary><c>(a, b, …)</c>.</summary>
    private NodeList<Identifier> ParseNameList()
    {
        Expect(TokenKind.LeftParen);
        var names = new List<Identifier>();
        do names.Add(ParseName("a column's name"));
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return names.ToNodeList();
    }

    private NodeList<Identifier> ParseNameListOpt() => At(TokenKind.LeftParen) ? ParseNameList() : NodeList<Identifier>.Empty;

    /// <summary>The word at hand in lower case, whatever it is.</summary>
    private string TakeWord(string what)
    {
        if (At(TokenKind.Word)) return Take().Of(Text).ToString().ToLowerInvariant();
        throw Unexpected(what);
    }

    private string TakeString(string what = "a string") => At(TokenKind.String) ? TokenText.String(Text, Take()) : throw Unexpected(what);
}
