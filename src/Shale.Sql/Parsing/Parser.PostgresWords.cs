using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>Expressions of PostgreSQL that begin with a keyword.</summary>
internal sealed partial class Parser
{
    /// <summary>The expression that the keyword at hand begins, or null if it is a name like any other.</summary>
    private Expr? ParsePostgresWord()
    {
        var open = Peek(1).Kind == TokenKind.LeftParen;
        switch (Current.Keyword)
        {
            case Keyword.Array:
                return ParseArray();
            case Keyword.Row when open:
                return ParseRow();
            case Keyword.Localtime or Keyword.Localtimestamp:
                return ParseBareFunction(allowPrecision: true);
            case Keyword.Current_Role or Keyword.Current_User or Keyword.Session_User or Keyword.User or Keyword.Current_Catalog:
                return ParseBareFunction(allowPrecision: false);
            case Keyword.Current_Schema when !open:
                return ParseBareFunction(allowPrecision: false);
            case Keyword.Extract when open:
                return ParseExtract();
            case Keyword.Position when open:
                return ParsePosition();
            case Keyword.Substring when open:
                return ParseSubstring();
            case Keyword.Overlay when open:
                return ParseOverlay();
            case Keyword.Trim when open:
                return ParseTrim();
            case Keyword.Normalize when open:
                return ParseNormalize();
            case Keyword.Collation when PeekIs(1, Keyword.For):
                return ParseCollationFor();
            case Keyword.Coalesce or Keyword.Greatest or Keyword.Least or Keyword.Nullif or Keyword.Grouping when open:
                return ParseCall(_index);
            case Keyword.Interval when IsIntervalForm():
                return ParseIntervalForm();
            case Keyword.Treat or Keyword.Xmlconcat or Keyword.Xmlelement or Keyword.Xmlexists or Keyword.Xmlforest or Keyword.Xmlparse
                or Keyword.Xmlpi or Keyword.Xmlroot or Keyword.Xmlserialize when open:
                throw NotSupported(Describe(Current.Keyword));
            case Keyword.Default:
                throw Unexpected("an expression; DEFAULT stands alone in VALUES and SET");
            default:
                return TryParseTypedLiteral();
        }
    }

    private Expr ParseArray()
    {
        var start = _index++;
        if (At(TokenKind.LeftParen)) return new ArraySubquery(ParseParenthesizedQuery()) { Span = From(start) };
        if (!At(TokenKind.LeftBracket)) throw Unexpected("\"[\" or \"(\"");
        return ParseArrayItems(start);
    }

    private ArrayConstructor ParseArrayItems(int start)
    {
        Enter();
        Expect(TokenKind.LeftBracket);
        var items = new List<Expr>();
        if (!At(TokenKind.RightBracket))
        {
            do items.Add(At(TokenKind.LeftBracket) ? ParseArrayItems(_index) : ParseExpr());
            while (Accept(TokenKind.Comma));
        }

        Expect(TokenKind.RightBracket);
        Leave();
        return new ArrayConstructor(items.ToNodeList()) { Span = From(start) };
    }

    private RowConstructor ParseRow()
    {
        var start = _index++;
        return new RowConstructor(ParseCallArguments(), true) { Span = From(start) };
    }

    private FunctionCall ParseBareFunction(bool allowPrecision)
    {
        var start = _index;
        var word = Take();
        var name = new ObjectName(null, new Identifier(word.Of(Text).ToString().ToLowerInvariant()) { Span = word.Span }) { Span = word.Span };
        if (!allowPrecision || !Accept(TokenKind.LeftParen)) return new FunctionCall(name, []) { NoParentheses = true, Span = From(start) };
        if (!At(TokenKind.Integer)) throw Unexpected(Describe(TokenKind.Integer));
        var precision = ParsePrimary();
        Expect(TokenKind.RightParen);
        return new FunctionCall(name, [precision]) { Span = From(start) };
    }

    private Extract ParseExtract()
    {
        var start = _index++;
        Expect(TokenKind.LeftParen);
        var field = At(TokenKind.String) ? TakeString().ToLowerInvariant() : ParseLabel().Name.ToLowerInvariant();
        Expect(Keyword.From);
        var source = ParseExpr();
        Expect(TokenKind.RightParen);
        return new Extract(field, source) { Span = From(start) };
    }

    private FunctionCall Call(int start, string name, params ReadOnlySpan<Expr> args) =>
        new(new ObjectName(null, new Identifier(name) { Span = tokens[start].Span }) { Span = tokens[start].Span }, NodeList.Create(args)) { Span = From(start) };

    private FunctionCall ParsePosition()
    {
        var start = _index++;
        Expect(TokenKind.LeftParen);
        var part = ParseExpr(0, restricted: true);
        Expect(Keyword.In);
        var whole = ParseExpr(0, restricted: true);
        Expect(TokenKind.RightParen);
        return Call(start, "position", whole, part);
    }

    private FunctionCall ParseSubstring()
    {
        var start = _index++;
        Expect(TokenKind.LeftParen);
        var args = new List<Expr>();
        if (!At(TokenKind.RightParen)) args.Add(ParseExpr());
        if (Accept(Keyword.Similar))
        {
            args.Add(ParseExpr());
            Expect(Keyword.Escape);
            args.Add(ParseExpr());
        }
        else if (At(Keyword.From) || At(Keyword.For))
        {
            ParseFromFor(args);
        }
        else
        {
            while (Accept(TokenKind.Comma)) args.Add(ParseExpr());
        }

        Expect(TokenKind.RightParen);
        return Call(start, "substring", [.. args]);
    }

    /// <summary>FROM a FOR b in either order; without FROM it is from 1.</summary>
    private void ParseFromFor(List<Expr> args)
    {
        Expr? from = null;
        Expr? count = null;
        while (true)
        {
            if (from is null && Accept(Keyword.From)) from = ParseExpr();
            else if (count is null && Accept(Keyword.For)) count = ParseExpr();
            else break;
        }

        args.Add(from ?? new Literal(LiteralKind.Integer, "1"));
        if (count is not null) args.Add(count);
    }

    private FunctionCall ParseOverlay()
    {
        var start = _index++;
        Expect(TokenKind.LeftParen);
        var args = new List<Expr> { ParseExpr() };
        if (Accept(Keyword.Placing))
        {
            args.Add(ParseExpr());
            Expect(Keyword.From);
            args.Add(ParseExpr());
            if (Accept(Keyword.For)) args.Add(ParseExpr());
        }
        else
        {
            while (Accept(TokenKind.Comma)) args.Add(ParseExpr());
        }

        Expect(TokenKind.RightParen);
        return Call(start, "overlay", [.. args]);
    }

    /// <summary><c>TRIM([BOTH|LEADING|TRAILING] [characters] [FROM] x)</c>.</summary>
    private FunctionCall ParseTrim()
    {
        var start = _index++;
        Expect(TokenKind.LeftParen);
        var name = "btrim";
        if (Accept(Keyword.Leading)) name = "ltrim";
        else if (Accept(Keyword.Trailing)) name = "rtrim";
        else Accept(Keyword.Both);
        var args = new List<Expr>();
        if (Accept(Keyword.From))
        {
            args.Add(ParseExpr());
        }
        else
        {
            var first = ParseExpr();
            if (Accept(Keyword.From)) args.AddRange([ParseExpr(), first]);
            else args.Add(first);
        }

        while (Accept(TokenKind.Comma)) args.Add(ParseExpr());
        Expect(TokenKind.RightParen);
        return Call(start, name, [.. args]);
    }

    private FunctionCall ParseNormalize()
    {
        var start = _index++;
        Expect(TokenKind.LeftParen);
        var value = ParseExpr();
        Expr[] args = [value];
        if (Accept(TokenKind.Comma))
        {
            if (Current.Keyword is not (Keyword.Nfc or Keyword.Nfd or Keyword.Nfkc or Keyword.Nfkd)) throw Unexpected("NFC, NFD, NFKC or NFKD");
            var form = Take();
            args = [value, new Literal(LiteralKind.String, form.Of(Text).ToString().ToUpperInvariant()) { Span = form.Span }];
        }

        Expect(TokenKind.RightParen);
        return Call(start, "normalize", args);
    }

    private FunctionCall ParseCollationFor()
    {
        var start = _index;
        _index += 2;
        Expect(TokenKind.LeftParen);
        var value = ParseExpr();
        Expect(TokenKind.RightParen);
        return Call(start, "pg_collation_for", value);
    }

    /// <summary><c>INTERVAL '1' DAY</c>, <c>INTERVAL(3) '1'</c>, or <c>INTERVAL $1 DAY</c> of seed 001.</summary>
    private bool IsIntervalForm()
    {
        var next = Peek(1);
        return next.Kind switch
        {
            TokenKind.String or TokenKind.Parameter => true,
            TokenKind.LeftParen => Peek(2).Kind == TokenKind.Integer && Peek(3).Kind == TokenKind.RightParen && Peek(4).Kind == TokenKind.String,
            TokenKind.Operator => next.Of(Text) is "?" or "@",
            TokenKind.Colon => Peek(2).Kind == TokenKind.Word,
            _ => false,
        };
    }

    private Expr ParseIntervalForm()
    {
        var start = _index++;
        var modifiers = At(TokenKind.LeftParen) ? ParseModifiers() : NodeList<string>.Empty;
        if (At(TokenKind.String))
        {
            var value = TakeString();
            var name = "interval";
            if (modifiers.Count == 0) (name, modifiers) = ParseIntervalFields();
            return new TypedLiteral(new TypeName(name, modifiers), value) { Span = From(start) };
        }

        var count = ParseExpr(Precedence.Primary);
        if (count is not Parameter) throw SyntaxErrors.Unexpected(Text, count.Span, "a string or a placeholder");
        var unit = At(TokenKind.Word) ? IntervalUnits.Singular(Current.Of(Text)) : null;
        if (unit is null) throw Unexpected("YEAR, MONTH, WEEK, DAY, HOUR, MINUTE or SECOND");
        _index++;
        return new IntervalExpr(count, unit) { Span = From(start) };
    }
}
