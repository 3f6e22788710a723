using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW ….</summary>
internal sealed partial class Parser
{
    private SelectCore ParseSelect()
    {
        var start = _index++;
        var distinct = false;
        var distinctOn = NodeList<Expr>.Empty;
        if (Accept(Keyword.Distinct))
        {
            distinct = true;
            if (_postgres && Accept(Keyword.On))
            {
                Expect(TokenKind.LeftParen);
                distinctOn = ParseExprList();
                Expect(TokenKind.RightParen);
            }
        }
        else
        {
            Accept(Keyword.All);
        }

        var core = new SelectCore(ParseSelectItems()) { Distinct = distinct && distinctOn.Count == 0, DistinctOn = distinctOn };
        if (At(Keyword.Into)) throw NotSupported("SELECT INTO", "Use CREATE TABLE … AS SELECT ….");
        if (Accept(Keyword.From)) core = core with { From = ParseFromList() };
        if (Accept(Keyword.Where)) core = core with { Where = ParseExpr() };
        if (Accept(Keyword.Group)) core = ParseGroupBy(core);
        if (Accept(Keyword.Having)) core = core with { Having = ParseExpr() };
        if (At(Keyword.Window) && IsName(Peek(1)) && PeekIs(2, Keyword.As)) core = core with { Windows = ParseWindows() };
        return core with { Span = From(start) };
    }

    private NodeList<SelectItem> ParseSelectItems()
    {
        // PostgreSQL allows an empty list.
        if (_postgres && (Current.Kind is TokenKind.End or TokenKind.RightParen or TokenKind.Semicolon
            || Current.Keyword is Keyword.From or Keyword.Where or Keyword.Union or Keyword.Except or Keyword.Intersect or Keyword.Order or Keyword.Limit
                or Keyword.Group or Keyword.Having or Keyword.Offset or Keyword.Fetch or Keyword.For or Keyword.Window or Keyword.On or Keyword.Returning
                or Keyword.Into))
            return NodeList<SelectItem>.Empty;
        var items = new List<SelectItem>();
        do items.Add(ParseSelectItem());
        while (Accept(TokenKind.Comma));
        return items.ToNodeList();
    }

    private SelectItem ParseSelectItem()
    {
        var start = _index;
        if (ParseStarOpt() is { } star) return new SelectItem(star, null) { Span = star.Span };
        var value = ParseExpr();
        Identifier? alias = null;
        if (Accept(Keyword.As)) alias = ParseLabel();
        else if (IsBareLabel(Current)) alias = TakeIdentifier();
        return new SelectItem(value, alias) { Span = From(start) };
    }

    /// <summary><c>*</c>, <c>t.*</c> or <c>s.t.*</c>; takes nothing if it is anything else.</summary>
    private Star? ParseStarOpt()
    {
        var start = _index;
        if (AcceptOperator("*")) return new Star(null, null) { Span = From(start) };
        if (!IsName(Current) || Peek(1).Kind != TokenKind.Dot) return null;
        if (Peek(2).Kind == TokenKind.Operator && Peek(2).Of(Text) is "*")
        {
            var table = TakeIdentifier();
            _index += 2;
            return new Star(null, table) { Span = From(start) };
        }

        if (Peek(3).Kind != TokenKind.Dot || Peek(4).Kind != TokenKind.Operator || Peek(4).Of(Text) is not "*") return null;
        var schema = TakeIdentifier();
        _index++;
        var name = ParseLabel();
        _index += 2;
        return new Star(schema, name) { Span = From(start) };
    }

    private NodeList<SelectItem> ParseReturningOpt()
    {
        if (!Accept(Keyword.Returning)) return NodeList<SelectItem>.Empty;
        var items = new List<SelectItem>();
        do items.Add(ParseSelectItem());
        while (Accept(TokenKind.Comma));
        return items.ToNodeList();
    }

    private SelectCore ParseGroupBy(SelectCore core)
    {
        Expect(Keyword.By);
        var distinct = _postgres && Accept(Keyword.Distinct);
        if (_postgres && !distinct) Accept(Keyword.All);
        var items = new List<Expr>();
        do items.Add(_postgres ? ParseGroupItem(false) : ParseExpr());
        while (Accept(TokenKind.Comma));
        return core with { GroupBy = items.ToNodeList(), GroupByDistinct = distinct };
    }

    /// <summary>An expression, or a grouping set; inside of one a list in parentheses is a group.</summary>
    private Expr ParseGroupItem(bool inSet)
    {
        var start = _index;
        if (Accept(Keyword.Grouping, Keyword.Sets)) return GroupingItems(GroupingKind.Sets, start);
        if (At(Keyword.Rollup) && Peek(1).Kind == TokenKind.LeftParen)
        {
            _index++;
            return GroupingItems(GroupingKind.Rollup, start);
        }

        if (At(Keyword.Cube) && Peek(1).Kind == TokenKind.LeftParen)
        {
            _index++;
            return GroupingItems(GroupingKind.Cube, start);
        }

        if (At(TokenKind.LeftParen) && Peek(1).Kind == TokenKind.RightParen)
        {
            _index += 2;
            return new GroupingSet(GroupingKind.Group, []) { Span = From(start) };
        }

        var value = ParseExpr();
        return inSet && value is RowConstructor { Keyword: false } row ? new GroupingSet(GroupingKind.Group, row.Items) { Span = row.Span } : value;
    }

    private GroupingSet GroupingItems(GroupingKind kind, int start)
    {
        Enter();
        Expect(TokenKind.LeftParen);
        var items = new List<Expr>();
        do items.Add(ParseGroupItem(true));
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        Leave();
        return new GroupingSet(kind, items.ToNodeList()) { Span = From(start) };
    }

    private NodeList<NamedWindow> ParseWindows()
    {
        _index++;
        var windows = new List<NamedWindow>();
        do
        {
            var start = _index;
            var name = ParseName("a window's name");
            Expect(Keyword.As);
            windows.Add(new NamedWindow(name, ParseWindowSpec()) { Span = From(start) });
        }
        while (Accept(TokenKind.Comma));
        return windows.ToNodeList();
    }
}
