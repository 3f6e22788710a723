using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>BETWEEN, IN, LIKE and their kin.</summary>
internal sealed partial class Parser
{
    /// <summary>Whether the word, so many tokens ahead, is an operator of this family.</summary>
    private bool IsLikeWord(int ahead) => Peek(ahead).Keyword switch
    {
        Keyword.Between or Keyword.In or Keyword.Like => true,
        Keyword.Ilike => _postgres,
        Keyword.Similar => _postgres && PeekIs(ahead + 1, Keyword.To),
        Keyword.Glob or Keyword.Regexp or Keyword.Match => !_postgres,
        _ => false,
    };

    /// <summary>At the word, behind NOT if there was one.</summary>
    private Expr ParseLikeFamily(Expr left, bool not, int start, ref int blocked)
    {
        switch (Take().Keyword)
        {
            case Keyword.Between:
                return ParseBetween(left, not, start, ref blocked);
            case Keyword.In:
                return ParseIn(left, not, start);
            case Keyword.Like:
                return ParseLike(LikeKind.Like, left, not, start, ref blocked);
            case Keyword.Ilike:
                return ParseLike(LikeKind.ILike, left, not, start, ref blocked);
            case Keyword.Similar:
                Expect(Keyword.To);
                return ParseLike(LikeKind.SimilarTo, left, not, start, ref blocked);
            case Keyword.Glob:
                return ParseLike(LikeKind.Glob, left, not, start, ref blocked);
            case Keyword.Regexp:
                return ParseLike(LikeKind.Regexp, left, not, start, ref blocked);
            default:
                return ParseLike(LikeKind.Match, left, not, start, ref blocked);
        }
    }

    private Expr ParseLike(LikeKind kind, Expr left, bool not, int start, ref int blocked)
    {
        var level = Precedence.LikeLevel(dialect);
        if (_postgres && kind is LikeKind.Like or LikeKind.ILike)
        {
            var op = (not ? "NOT " : "") + (kind == LikeKind.Like ? "LIKE" : "ILIKE");
            if (TryParseQuantified(left, op, start) is { } quantified) return quantified;
        }

        var pattern = ParseExpr(level + 1);
        Expr? escape = null;
        if (Accept(Keyword.Escape)) escape = ParseExpr(level + 1);
        Block(level, ref blocked);
        return new Like(kind, left, pattern, escape, not) { Span = From(start) };
    }

    /// <summary>
    /// The lower bound ends at AND, so it cannot hold one: in PostgreSQL it is a restricted expression, in SQLite anything tighter than AND.
    /// </summary>
    private Between ParseBetween(Expr left, bool not, int start, ref int blocked)
    {
        var level = Precedence.LikeLevel(dialect);
        var symmetric = _postgres && Accept(Keyword.Symmetric);
        if (_postgres && !symmetric) Accept(Keyword.Asymmetric);
        var low = _postgres ? ParseExpr(0, restricted: true) : ParseExpr(Precedence.Not);
        Expect(Keyword.And);
        var high = ParseExpr(level + 1);
        Block(level, ref blocked);
        return new Between(left, low, high, not, symmetric) { Span = From(start) };
    }

    private Expr ParseIn(Expr left, bool not, int start)
    {
        if (!At(TokenKind.LeftParen))
        {
            if (_postgres) throw Unexpected(Describe(TokenKind.LeftParen));
            return ParseInTable(left, not, start);
        }

        if (IsQueryStart(Peek(1)))
        {
            _index++;
            var query = ParseQuery();
            Expect(TokenKind.RightParen);
            return new InQuery(left, query, not) { Span = From(start) };
        }

        Expect(TokenKind.LeftParen);
        if (!_postgres && Accept(TokenKind.RightParen)) return new InList(left, NodeList<Expr>.Empty, not) { Span = From(start) };
        var items = new List<Expr> { ParseExprOrQuery() };
        while (Accept(TokenKind.Comma)) items.Add(ParseExpr());
        Expect(TokenKind.RightParen);

        // PostgreSQL reads IN ((SELECT …)) as a query; SQLite as a list of one value.
        if (_postgres && items is [Subquery only]) return new InQuery(left, only.Query, not) { Span = From(start) };
        return new InList(left, items.ToNodeList(), not) { Span = From(start) };
    }

    private InTable ParseInTable(Expr left, bool not, int start)
    {
        var at = _index;
        var name = ParseObjectName("a list, query or table");
        TableExpr table;
        if (At(TokenKind.LeftParen))
        {
            var call = new FunctionCall(name, ParseCallArguments()) { Span = From(at) };
            table = new FunctionTable(call, false, null, NodeList<Identifier>.Empty) { Span = From(at) };
        }
        else
        {
            table = new TableRef(name, null, NodeList<Identifier>.Empty) { Span = From(at) };
        }

        return new InTable(left, table, not) { Span = From(start) };
    }

    private NodeList<Expr> ParseCallArguments()
    {
        Expect(TokenKind.LeftParen);
        var args = At(TokenKind.RightParen) ? NodeList<Expr>.Empty : ParseExprList();
        Expect(TokenKind.RightParen);
        return args;
    }
}
