using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>Operators, by precedence climbing. Chains are built in a loop, so that their length costs no stack.</summary>
internal sealed partial class Parser
{
    /// <summary>An expression.</summary>
    /// <param name="min">The loosest operator that belongs to it.</param>
    /// <param name="restricted">PostgreSQL's b_expr: without AND, OR, NOT, IN, LIKE, BETWEEN, IS NULL.</param>
    private Expr ParseExpr(int min = 0, bool restricted = false)
    {
        Enter();
        var start = _index;
        var left = ParsePrefix(restricted);
        var chain = 0;
        var blocked = -1;
        while (true)
        {
            var before = _index;
            var next = ParseInfix(left, start, min, restricted, ref blocked);
            if (next is null) break;
            if (_index == before) throw new InvalidOperationException("an operator took no token");
            left = next;
            Lengthen(ref chain, WeightOf(left));
        }

        Leave();
        return left;
    }

    /// <summary>A link of a chain that the printer may write in parentheses counts as a level of nesting does.</summary>
    private int WeightOf(Expr link) => link switch
    {
        IsNull or Collate or Subscript => 1,
        Binary binary when binary.Op[0] != 'I' && Precedence.OfOperator(binary.Op, dialect) is not (Precedence.Equal or Precedence.Less) => 1,
        _ => SqlParser.MaxChain / SqlParser.MaxNesting,
    };

    private NodeList<Expr> ParseExprList()
    {
        var items = new List<Expr>();
        do items.Add(ParseExpr());
        while (Accept(TokenKind.Comma));
        return items.ToNodeList();
    }

    private Expr ParsePrefix(bool restricted)
    {
        var start = _index;
        if (At(Keyword.Not) && !restricted)
        {
            _index++;
            var operand = ParseExpr(Precedence.Not);
            return new Unary("NOT", operand) { Span = From(start) };
        }

        if (At(Keyword.Operator) && _postgres && Peek(1).Kind == TokenKind.LeftParen)
        {
            var prefix = ParseQualifiedOperator();
            return new Unary(prefix, ParseExpr(Precedence.Other + 1, restricted)) { Span = From(start) };
        }

        if (!At(TokenKind.Operator)) return ParsePrimary();
        if (_postgres && TryPlaceholderSign() is { } parameter) return parameter;
        var spelling = Current.Of(Text);
        var level = spelling switch
        {
            "+" or "-" => Precedence.Unary,
            "~" when !_postgres => Precedence.Unary,
            "*" or "/" or "%" or "<" or ">" or "=" or "<=" or ">=" or "<>" or "!=" or "^" or "=>" => -1,
            _ => _postgres ? Precedence.Other + 1 : -1,
        };
        if (level < 0) throw Unexpected("an expression");
        var op = Operators.Canonical(spelling, dialect);
        _index++;
        return new Unary(op, ParseExpr(level, restricted)) { Span = From(start) };
    }

    /// <summary>The expression with the next operator and its operands, or null if what follows does not belong to it.</summary>
    private Expr? ParseInfix(Expr left, int start, int min, bool restricted, ref int blocked)
    {
        switch (Current.Kind)
        {
            case TokenKind.Operator:
                return ParseSignOperator(left, start, min, restricted, ref blocked);
            case TokenKind.DoubleColon when _postgres:
                _index++;
                return new Cast(left, ParseTypeName()) { Span = From(start) };
            case TokenKind.LeftBracket when _postgres:
                return ParseSubscript(left, start);
            case TokenKind.Dot when _postgres && left is Subscript or FieldAccess or Subquery:
                return ParseField(left, start);
            case TokenKind.Word:
                return restricted && !IsDistinctFromAhead() ? null : ParseWordOperator(left, start, min, restricted, ref blocked);
            default:
                return null;
        }
    }

    private bool IsDistinctFromAhead() =>
        At(Keyword.Operator) || (At(Keyword.Is) && (PeekIs(1, Keyword.Distinct) || (PeekIs(1, Keyword.Not) && PeekIs(2, Keyword.Distinct))));

    /// <summary>Whether an operator of the level may follow; refuses two of PostgreSQL's non-associative ones in a row.</summary>
    private bool Takes(int level, int min, ref int blocked)
    {
        if (level < min) return false;
        if (blocked == level) throw Unexpected("parentheses around one of two comparisons in a row");
        blocked = -1;
        return true;
    }

    private void Block(int level, ref int blocked)
    {
        if (Precedence.IsNonAssociative(level, dialect)) blocked = level;
    }

    private Expr? ParseSignOperator(Expr left, int start, int min, bool restricted, ref int blocked)
    {
        var spelling = Current.Of(Text);
        if (spelling is "=>" || (spelling is "~" && !_postgres)) return null;
        var op = Operators.Canonical(spelling, dialect);
        var level = Precedence.OfOperator(op, dialect);
        if (!Takes(level, min, ref blocked)) return null;
        _index++;
        return FinishBinary(left, op, level, start, restricted, ref blocked);
    }

    private Expr FinishBinary(Expr left, string op, int level, int start, bool restricted, ref int blocked)
    {
        if (_postgres && TryParseQuantified(left, op, start) is { } quantified) return quantified;
        var right = ParseExpr(level + 1, restricted);
        Block(level, ref blocked);
        return new Binary(op, left, right) { Span = From(start) };
    }

    /// <summary><c>op ANY (…)</c>, behind the operator.</summary>
    private Quantified? TryParseQuantified(Expr left, string op, int start)
    {
        if (!(At(Keyword.Any) || At(Keyword.Some) || At(Keyword.All)) || Peek(1).Kind != TokenKind.LeftParen) return null;
        var all = Take().Keyword == Keyword.All;
        var right = ParseParenthesized(out var bare);
        // ANY ((SELECT …)) and ANY (SELECT …) are one; any other expression is an array.
        _ = bare;
        return new Quantified(left, op, all, right) { Span = From(start) };
    }

    private Expr? ParseWordOperator(Expr left, int start, int min, bool restricted, ref int blocked)
    {
        var like = Precedence.LikeLevel(dialect);
        switch (Current.Keyword)
        {
            case Keyword.And:
                return ParseLogical(left, "AND", Precedence.And, start, min, ref blocked);
            case Keyword.Or:
                return ParseLogical(left, "OR", Precedence.Or, start, min, ref blocked);
            case Keyword.Is:
                return Takes(Precedence.IsLevel(dialect), min, ref blocked) ? ParseIs(left, start, ref blocked) : null;
            case Keyword.Isnull or Keyword.Notnull:
                if (!Takes(Precedence.IsLevel(dialect), min, ref blocked)) return null;
                var not = Take().Keyword == Keyword.Notnull;
                return new IsNull(left, not) { Span = From(start) };
            case Keyword.Not when !_postgres && PeekIs(1, Keyword.Null):
                if (!Takes(Precedence.IsLevel(dialect), min, ref blocked)) return null;
                _index += 2;
                return new IsNull(left, true) { Span = From(start) };
            case Keyword.Not when IsLikeWord(1):
                if (!Takes(like, min, ref blocked)) return null;
                _index++;
                return ParseLikeFamily(left, true, start, ref blocked);
            case Keyword.Collate:
                if (!Takes(Precedence.Collate, min, ref blocked)) return null;
                _index++;
                var collation = ParseCollationName();
                return new Collate(left, collation) { Span = From(start) };
            case Keyword.At when _postgres && PeekIs(1, Keyword.Time) && PeekIs(2, Keyword.Zone):
                if (!Takes(Precedence.AtTimeZone, min, ref blocked)) return null;
                _index += 3;
                var zone = ParseExpr(Precedence.AtTimeZone + 1, restricted);
                return new Binary("AT TIME ZONE", left, zone) { Span = From(start) };
            case Keyword.Operator when _postgres && Peek(1).Kind == TokenKind.LeftParen:
                if (!Takes(Precedence.Other, min, ref blocked)) return null;
                var op = ParseQualifiedOperator();
                return FinishBinary(left, op, Precedence.Other, start, restricted, ref blocked);
            case Keyword.Overlaps when _postgres && left is RowConstructor { Items.Count: 2 } period:
                _index++;
                return ParseOverlaps(period, start);
            default:
                if (!IsLikeWord(0) || !Takes(like, min, ref blocked)) return null;
                return ParseLikeFamily(left, false, start, ref blocked);
        }
    }

    private Binary? ParseLogical(Expr left, string op, int level, int start, int min, ref int blocked)
    {
        if (!Takes(level, min, ref blocked)) return null;
        _index++;
        var right = ParseExpr(level + 1);
        return new Binary(op, left, right) { Span = From(start) };
    }

    private FunctionCall ParseOverlaps(RowConstructor first, int start)
    {
        var at = _index;
        if (ParseExpr(Precedence.Primary) is not RowConstructor { Items.Count: 2 } second)
            throw SyntaxErrors.Unexpected(Text, tokens[at].Span, "a pair such as (start, end)");
        var name = new ObjectName(null, new Identifier("overlaps"));
        return new FunctionCall(name, [first.Items[0], first.Items[1], second.Items[0], second.Items[1]]) { Span = From(start) };
    }

    /// <summary><c>OPERATOR(pg_catalog.+)</c>; only operators of PostgreSQL itself.</summary>
    private string ParseQualifiedOperator()
    {
        _index++;
        Expect(TokenKind.LeftParen);
        if (At(TokenKind.Word) || At(TokenKind.QuotedName))
        {
            var schema = ParseLabel();
            if (schema.Name != "pg_catalog") throw NotSupported("an operator of another schema than pg_catalog");
            Expect(TokenKind.Dot);
        }

        if (!At(TokenKind.Operator)) throw Unexpected("an operator");
        var op = Operators.Canonical(Take().Of(Text), dialect);
        Expect(TokenKind.RightParen);
        return op;
    }

    private Expr ParseIs(Expr left, int start, ref int blocked)
    {
        _index++;
        var level = Precedence.IsLevel(dialect);
        var not = Accept(Keyword.Not);
        if (Accept(Keyword.Distinct))
        {
            Expect(Keyword.From);
            var other = ParseExpr(level + 1);
            Block(level, ref blocked);
            return new Binary(not ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM", left, other) { Span = From(start) };
        }

        if (_postgres) return ParsePostgresIs(left, not, start);
        var right = ParseExpr(level + 1);
        if (right is Literal { Kind: LiteralKind.Null }) return new IsNull(left, not) { Span = From(start) };
        return new Binary(not ? "IS NOT" : "IS", left, right) { Span = From(start) };
    }

    private Expr ParsePostgresIs(Expr left, bool not, int start)
    {
        var token = Current;
        switch (token.Keyword)
        {
            case Keyword.Null or Keyword.Unknown:
                _index++;
                return new IsNull(left, not) { Span = From(start) };
            case Keyword.True or Keyword.False:
                _index++;
                var value = new Literal(token.Keyword == Keyword.True ? LiteralKind.True : LiteralKind.False) { Span = token.Span };
                return new Binary(not ? "IS NOT" : "IS", left, value) { Span = From(start) };
            case Keyword.Normalized or Keyword.Nfc or Keyword.Nfd or Keyword.Nfkc or Keyword.Nfkd:
                return ParseIsNormalized(left, not, start);
            case Keyword.Document:
                throw NotSupported("IS DOCUMENT");
            default:
                throw Unexpected("NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM or NORMALIZED");
        }
    }

    private Expr ParseIsNormalized(Expr left, bool not, int start)
    {
        var args = new List<Expr> { left };
        if (!At(Keyword.Normalized)) args.Add(new Literal(LiteralKind.String, Text.Substring(Current.Start, Current.Length).ToUpperInvariant()) { Span = Take().Span });
        Expect(Keyword.Normalized);
        var call = new FunctionCall(new ObjectName(null, new Identifier("is_normalized")), args.ToNodeList()) { Span = From(start) };
        return not ? new Unary("NOT", call) { Span = From(start) } : call;
    }

    private ObjectName ParseCollationName()
    {
        if (!_postgres) return new ObjectName(null, ParseName("a collation"));
        var start = _index;
        var first = ParseName("a collation");
        return Accept(TokenKind.Dot) ? new ObjectName(first, ParseLabel()) { Span = From(start) } : new ObjectName(null, first) { Span = From(start) };
    }

    private Subscript ParseSubscript(Expr left, int start)
    {
        Expect(TokenKind.LeftBracket);
        var lower = At(TokenKind.Colon) || At(TokenKind.DoubleColon) ? null : ParseExpr();
        if (!Accept(TokenKind.Colon))
        {
            Expect(TokenKind.RightBracket);
            return new Subscript(left, lower, null, false) { Span = From(start) };
        }

        var upper = At(TokenKind.RightBracket) ? null : ParseExpr();
        Expect(TokenKind.RightBracket);
        return new Subscript(left, lower, upper, true) { Span = From(start) };
    }

    private FieldAccess ParseField(Expr left, int start)
    {
        Expect(TokenKind.Dot);
        if (AcceptOperator("*")) return new FieldAccess(left, null) { Span = From(start) };
        return new FieldAccess(left, ParseLabel()) { Span = From(start) };
    }
}
