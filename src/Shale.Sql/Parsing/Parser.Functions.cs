using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>Calls, with everything that may follow them.</summary>
internal sealed partial class Parser
{
    private FunctionCall ParseCall(int start)
    {
        var name = ParseFunctionName();
        Expect(TokenKind.LeftParen);
        var call = ParseArguments(name);
        Expect(TokenKind.RightParen);
        return ParseCallTail(call) with { Span = From(start) };
    }

    /// <summary>Names are in lower case in both dialects: SQLite ignores the case of functions, quoted or not.</summary>
    private ObjectName ParseFunctionName()
    {
        var start = _index;
        var first = LowerUnlessQuoted(TakeIdentifier());
        if (!Accept(TokenKind.Dot)) return new ObjectName(null, first) { Span = From(start) };
        var second = LowerUnlessQuoted(ParseLabel());
        if (At(TokenKind.Dot)) throw NotSupported("a function's name of three parts", "Write schema.name.");
        return new ObjectName(first, second) { Span = From(start) };
    }

    private Identifier LowerUnlessQuoted(Identifier name) => name.Quoted && _postgres ? name : name with { Name = name.Name.ToLowerInvariant() };

    private FunctionCall ParseArguments(ObjectName name)
    {
        if (At(TokenKind.RightParen)) return new FunctionCall(name, []);
        if (AtOperator("*") && Peek(1).Kind == TokenKind.RightParen)
        {
            _index++;
            return new FunctionCall(name, []) { IsStar = true };
        }

        var distinct = Accept(Keyword.Distinct);
        if (!distinct) _ = Accept(Keyword.All);
        var args = new List<Expr>();
        var names = new List<string?>();
        var named = false;
        var variadic = false;
        do
        {
            if (_postgres && Accept(Keyword.Variadic)) variadic = true;
            var argName = ParseArgumentName();
            named |= argName is not null;
            names.Add(argName);
            args.Add(ParseExpr());
        }
        while (!variadic && Accept(TokenKind.Comma));
        var call = new FunctionCall(name, args.ToNodeList()) { Distinct = distinct, Variadic = variadic };
        if (named) call = call with { ArgNames = names.ToNodeList() };
        return At(Keyword.Order) ? call with { OrderBy = ParseOrderByOpt() } : call;
    }

    /// <summary><c>name =&gt;</c> or <c>name :=</c>.</summary>
    private string? ParseArgumentName()
    {
        if (!_postgres || Current.Kind is not (TokenKind.Word or TokenKind.QuotedName)) return null;
        var next = Peek(1);
        if (next.Kind != TokenKind.ColonEquals && !(next.Kind == TokenKind.Operator && next.Of(Text) is "=>")) return null;
        var name = TakeIdentifier().Name;
        _index++;
        return name;
    }

    private FunctionCall ParseCallTail(FunctionCall call)
    {
        if (_postgres && Accept(Keyword.Within, Keyword.Group))
        {
            Expect(TokenKind.LeftParen);
            if (!At(Keyword.Order)) throw Unexpected("ORDER BY");
            call = call with { OrderBy = ParseOrderByOpt(), WithinGroup = true };
            Expect(TokenKind.RightParen);
        }

        if (At(Keyword.Filter) && Peek(1).Kind == TokenKind.LeftParen)
        {
            _index += 2;
            Expect(Keyword.Where);
            call = call with { Filter = ParseExpr() };
            Expect(TokenKind.RightParen);
        }

        if (At(Keyword.Over) && (Peek(1).Kind == TokenKind.LeftParen || IsName(Peek(1))))
        {
            _index++;
            call = call with { Over = ParseOver() };
        }
        else if (At(Keyword.Over) && _postgres)
        {
            throw SyntaxErrors.Unexpected(Text, Peek(1).Span, "a window");
        }

        return call;
    }

    private WindowSpec ParseOver()
    {
        var start = _index;
        if (At(TokenKind.LeftParen)) return ParseWindowSpec();
        var name = ParseName("a window");
        return new WindowSpec(name, true, [], [], null) { Span = From(start) };
    }

    /// <summary><c>([base] [PARTITION BY …] [ORDER BY …] [frame])</c>.</summary>
    private WindowSpec ParseWindowSpec()
    {
        var start = _index;
        Expect(TokenKind.LeftParen);
        Identifier? name = null;
        if (IsName(Current) && Current.Keyword is not (Keyword.Partition or Keyword.Rows or Keyword.Range or Keyword.Groups)) name = TakeIdentifier();
        var partition = NodeList<Expr>.Empty;
        if (Accept(Keyword.Partition))
        {
            Expect(Keyword.By);
            partition = ParseExprList();
        }

        var order = ParseOrderByOpt();
        var frame = Current.Keyword is Keyword.Rows or Keyword.Range or Keyword.Groups ? ParseFrame() : null;
        Expect(TokenKind.RightParen);
        return new WindowSpec(name, false, partition, order, frame) { Span = From(start) };
    }

    private WindowFrame ParseFrame()
    {
        var start = _index;
        var unit = TakeWord("ROWS, RANGE or GROUPS");
        FrameBound first;
        FrameBound? last = null;
        if (Accept(Keyword.Between))
        {
            first = ParseFrameBound();
            Expect(Keyword.And);
            last = ParseFrameBound();
        }
        else
        {
            first = ParseFrameBound();
        }

        return new WindowFrame(unit, first, last, ParseFrameExclusion()) { Span = From(start) };
    }

    private FrameBound ParseFrameBound()
    {
        var start = _index;
        if (At(Keyword.Unbounded) && Peek(1).Keyword is Keyword.Preceding or Keyword.Following)
        {
            _index++;
            return new FrameBound(Take().Keyword == Keyword.Preceding ? "unbounded preceding" : "unbounded following", null) { Span = From(start) };
        }

        if (Accept(Keyword.Current, Keyword.Row)) return new FrameBound("current row", null) { Span = From(start) };
        var offset = ParseExpr();
        if (Accept(Keyword.Preceding)) return new FrameBound("preceding", offset) { Span = From(start) };
        if (Accept(Keyword.Following)) return new FrameBound("following", offset) { Span = From(start) };
        throw Unexpected("PRECEDING or FOLLOWING");
    }

    private string ParseFrameExclusion()
    {
        if (!Accept(Keyword.Exclude)) return "";
        if (Accept(Keyword.No, Keyword.Others)) return "no others";
        if (Accept(Keyword.Current, Keyword.Row)) return "current row";
        if (Accept(Keyword.Group)) return "group";
        if (Accept(Keyword.Ties)) return "ties";
        throw Unexpected("NO OTHERS, CURRENT ROW, GROUP or TIES");
    }

    private NodeList<OrderItem> ParseOrderByOpt()
    {
        if (!Accept(Keyword.Order)) return NodeList<OrderItem>.Empty;
        Expect(Keyword.By);
        return ParseOrderItems();
    }

    private NodeList<OrderItem> ParseOrderItems()
    {
        var items = new List<OrderItem>();
        do items.Add(ParseOrderItem());
        while (Accept(TokenKind.Comma));
        return items.ToNodeList();
    }

    private OrderItem ParseOrderItem()
    {
        var start = _index;
        var value = ParseExpr();
        string? usingOperator = null;
        if (_postgres && Accept(Keyword.Using))
        {
            if (At(Keyword.Operator)) usingOperator = ParseQualifiedOperator();
            else if (At(TokenKind.Operator)) usingOperator = Operators.Canonical(Take().Of(Text), dialect);
            else throw Unexpected("an operator");
        }

        return FinishOrderItem(start, value) with { UsingOperator = usingOperator, Span = From(start) };
    }

    private OrderItem FinishOrderItem(int start, Expr value)
    {
        var descending = Accept(Keyword.Desc);
        if (!descending) Accept(Keyword.Asc);
        bool? nullsFirst = null;
        if (Accept(Keyword.Nulls))
        {
            if (Accept(Keyword.First)) nullsFirst = true;
            else if (Accept(Keyword.Last)) nullsFirst = false;
            else throw Unexpected("FIRST or LAST");
        }

        return new OrderItem(value, descending, nullsFirst) { Span = From(start) };
    }
}
