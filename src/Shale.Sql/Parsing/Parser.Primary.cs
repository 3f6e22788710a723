using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>Constants, placeholders, names, parentheses: what stands between operators.</summary>
internal sealed partial class Parser
{
    private Expr ParsePrimary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Integer:
                _index++;
                return new Literal(LiteralKind.Integer, Text.Substring(token.Start, token.Length)) { Span = token.Span };
            case TokenKind.Number:
                _index++;
                return new Literal(LiteralKind.Number, Text.Substring(token.Start, token.Length)) { Span = token.Span };
            case TokenKind.String:
                _index++;
                return new Literal(LiteralKind.String, TokenText.String(Text, token)) { Span = token.Span };
            case TokenKind.BitString:
                _index++;
                return new Literal(LiteralKind.Bits, new string(TokenText.Digits(Text, token))) { Span = token.Span };
            case TokenKind.HexString:
                _index++;
                var digits = TokenText.Digits(Text, token);
                return _postgres
                    ? new Literal(LiteralKind.Bits, TokenText.Bits(digits)) { Span = token.Span }
                    : new Literal(LiteralKind.Blob, new string(digits)) { Span = token.Span };
            case TokenKind.Parameter:
                return ParseParameter();
            case TokenKind.Colon when _postgres && Peek(1) is { Kind: TokenKind.Word } name && name.Start == token.End:
                _index += 2;
                return NamedParameter(ParameterStyle.Colon, ':', name, new SourceSpan(token.Start, name.End - token.Start));
            case TokenKind.LeftParen:
                return ParseParenthesized(out _);
            case TokenKind.QuotedName:
                return ParseNamed();
            case TokenKind.Word:
                return ParseWord();
            default:
                throw Unexpected("an expression");
        }
    }

    private Parameter ParseParameter()
    {
        var token = Take();
        var raw = token.Of(Text);
        var tail = raw[1..];
        switch (raw[0])
        {
            case '?' when tail.IsEmpty:
                return new Parameter(ParameterStyle.Question, _parameters.Next(Text, token.Span)) { Span = token.Span };
            case '?':
                return Numbered(ParameterStyle.QuestionNumber, tail, token.Span);
            case '$' when char.IsAsciiDigit(tail[0]):
                return Numbered(ParameterStyle.Dollar, tail, token.Span);
            default:
                var style = raw[0] switch { ':' => ParameterStyle.Colon, '@' => ParameterStyle.At, _ => ParameterStyle.DollarName };
                var name = new string(tail);
                return new Parameter(style, _parameters.Named(raw[0], name, Text, token.Span), name) { Span = token.Span };
        }
    }

    private Parameter Numbered(ParameterStyle style, ReadOnlySpan<char> digits, SourceSpan span) =>
        new(style, _parameters.Numbered(style, digits, Text, span)) { Span = span };

    private Parameter NamedParameter(ParameterStyle style, char sign, in Token word, SourceSpan span)
    {
        var name = Text.Substring(word.Start, word.Length);
        return new Parameter(style, _parameters.Named(sign, name, Text, span), name) { Span = span };
    }

    /// <summary>In PostgreSQL <c>?</c>, <c>?1</c> and <c>@name</c> where an operand must stand are placeholders, not operators.</summary>
    private Parameter? TryPlaceholderSign()
    {
        var token = Current;
        var first = Text[token.Start];
        var next = Peek(1);
        if (first == '@' && token.Length == 1 && next.Kind == TokenKind.Word && next.Start == token.End)
        {
            _index += 2;
            return NamedParameter(ParameterStyle.At, '@', next, new SourceSpan(token.Start, next.End - token.Start));
        }

        if (first != '?') return null;
        var sign = new SourceSpan(token.Start, 1);
        if (token.Length > 1)
        {
            // What was cut as ?| or ?- here is a placeholder and an operator.
            Current = new Token(TokenKind.Operator, Keyword.NoKeyword, token.Start + 1, token.Length - 1);
            return new Parameter(ParameterStyle.Question, _parameters.Next(Text, sign)) { Span = sign };
        }

        _index++;
        if (next.Kind != TokenKind.Integer || next.Start != token.End)
            return new Parameter(ParameterStyle.Question, _parameters.Next(Text, sign)) { Span = sign };
        _index++;
        return Numbered(ParameterStyle.QuestionNumber, next.Of(Text), new SourceSpan(token.Start, 1 + next.Length));
    }

    private bool IsQueryStart(in Token token) =>
        token.Keyword is Keyword.Select or Keyword.Values or Keyword.With || (token.Keyword == Keyword.Table && _postgres);

    /// <summary><c>(x)</c>, <c>(a, b)</c> or <c>(SELECT …)</c>.</summary>
    /// <param name="bare">Whether it was a query.</param>
    private Expr ParseParenthesized(out bool bare)
    {
        var start = _index;
        Expect(TokenKind.LeftParen);
        var first = ParseExprOrQuery();
        if (At(TokenKind.Comma))
        {
            bare = false;
            var items = new List<Expr> { first };
            while (Accept(TokenKind.Comma)) items.Add(ParseExpr());
            Expect(TokenKind.RightParen);
            return new RowConstructor(items.ToNodeList(), false) { Span = From(start) };
        }

        Expect(TokenKind.RightParen);
        bare = first is Subquery;
        if (_postgres && At(TokenKind.Dot) && first is not Subquery) return ParseField(first, start);
        return first;
    }

    /// <summary>
    /// What stands inside parentheses. A query in further parentheses may turn out to be the first operand of a set operation:
    /// <c>((SELECT 1) UNION SELECT 2)</c>; that is seen only behind it.
    /// </summary>
    private Expr ParseExprOrQuery()
    {
        var start = _index;
        if (IsQueryStart(Current))
        {
            Enter();
            var query = ParseQuery();
            Leave();
            return new Subquery(query) { Span = From(start) };
        }

        var first = ParseExpr();
        if (first is not Subquery inner || !IsQueryContinuation()) return first;
        var longer = ContinueQuery(AsBody(inner.Query), start);
        return new Subquery(longer) { Span = From(start) };
    }

    private Expr ParseWord()
    {
        var token = Current;
        switch (token.Keyword)
        {
            case Keyword.Null:
                return Constant(LiteralKind.Null);
            case Keyword.True when IsConstantWord():
                return Constant(LiteralKind.True);
            case Keyword.False when IsConstantWord():
                return Constant(LiteralKind.False);
            case Keyword.Case:
                return ParseCase();
            case Keyword.Cast when Peek(1).Kind == TokenKind.LeftParen:
                return ParseCast();
            case Keyword.Exists when Peek(1).Kind == TokenKind.LeftParen:
                return ParseExists();
            case Keyword.Current_Date or Keyword.Current_Time or Keyword.Current_Timestamp:
                return ParseBareFunction(allowPrecision: _postgres && token.Keyword != Keyword.Current_Date);
            default:
                if (_postgres && ParsePostgresWord() is { } special) return special;
                return ParseNamed();
        }
    }

    /// <summary>In SQLite TRUE and FALSE can be tables or functions.</summary>
    private bool IsConstantWord() => _postgres || Peek(1).Kind is not (TokenKind.Dot or TokenKind.LeftParen);

    private Literal Constant(LiteralKind kind) => new(kind) { Span = Take().Span };

    private Case ParseCase()
    {
        var start = _index++;
        var operand = At(Keyword.When) ? null : ParseExpr();
        var whens = new List<WhenClause>();
        while (At(Keyword.When))
        {
            var at = _index++;
            var condition = ParseExpr();
            Expect(Keyword.Then);
            var result = ParseExpr();
            whens.Add(new WhenClause(condition, result) { Span = From(at) });
        }

        if (whens.Count == 0) throw Unexpected("WHEN");
        var otherwise = Accept(Keyword.Else) ? ParseExpr() : null;
        Expect(Keyword.End);
        return new Case(operand, whens.ToNodeList(), otherwise) { Span = From(start) };
    }

    private Cast ParseCast()
    {
        var start = _index++;
        Expect(TokenKind.LeftParen);
        var operand = ParseExpr();
        Expect(Keyword.As);
        var type = ParseTypeName();
        Expect(TokenKind.RightParen);
        return new Cast(operand, type) { Span = From(start) };
    }

    private Exists ParseExists()
    {
        var start = _index++;
        var query = ParseParenthesizedQuery();
        return new Exists(query) { Span = From(start) };
    }

    /// <summary>A name and what follows it: a column, a star, a call, or in PostgreSQL a constant with its type in front.</summary>
    private Expr ParseNamed()
    {
        var start = _index;
        if (IsCallAhead()) return ParseCall(start);
        if (!IsName(Current)) throw Unexpected("an expression");
        if (_postgres && TryParseTypedLiteral() is { } constant) return constant;
        var first = TakeIdentifier();
        if (!Accept(TokenKind.Dot)) return new ColumnRef(null, null, first) { Span = From(start) };
        if (AcceptStar()) return new Star(null, first) { Span = From(start) };
        var second = ParseLabel();
        if (!Accept(TokenKind.Dot)) return new ColumnRef(null, first, second) { Span = From(start) };
        if (AcceptStar()) return new Star(first, second) { Span = From(start) };
        var third = ParseLabel();
        if (At(TokenKind.Dot)) throw NotSupported("a name of four parts", "Write schema.table.column.");
        return new ColumnRef(first, second, third) { Span = From(start) };
    }

    /// <summary>A star behind a name: in PostgreSQL it may stand in any expression, in SQLite only where <see cref="ParseSelectItem"/> looks at it.</summary>
    private bool AcceptStar()
    {
        if (!_postgres || !AtOperator("*")) return false;
        _index++;
        return true;
    }

    private bool IsCallAhead()
    {
        if (!IsFunctionName(Current) && !IsName(Current)) return false;
        var at = 1;
        while (Peek(at).Kind == TokenKind.Dot && Peek(at + 1).Kind is TokenKind.Word or TokenKind.QuotedName) at += 2;
        if (Peek(at).Kind != TokenKind.LeftParen) return false;
        return at > 1 || IsFunctionName(Current) || !_postgres;
    }
}
