using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>Queries: WITH, set operations, ORDER BY, LIMIT, locking.</summary>
internal sealed partial class Parser
{
    /// <summary>A query, in parentheses or not, up to the token that cannot belong to it.</summary>
    private SelectStatement ParseQuery()
    {
        Enter();
        var start = _index;
        var with = ParseWithOpt();
        var query = ParseQueryBehindWith(with, start);
        Leave();
        return query;
    }

    private SelectStatement ParseQueryBehindWith(WithClause? with, int start) => FinishQuery(with, ParseBody(0), start);

    /// <summary>What a query's body can be followed by, when its first operand has been read already.</summary>
    private SelectStatement ContinueQuery(QueryBody first, int start) => FinishQuery(null, ParseSetOperations(first, 0, start), start);

    private bool IsQueryContinuation() => Current.Keyword is Keyword.Union or Keyword.Intersect or Keyword.Except or Keyword.Order or Keyword.Limit
        or Keyword.Offset or Keyword.Fetch or Keyword.For && Current.Kind == TokenKind.Word && _postgres;

    private SelectStatement FinishQuery(WithClause? with, QueryBody body, int start)
    {
        // SQLite takes no ORDER BY or LIMIT behind VALUES.
        var query = new SelectStatement(with, body);
        if (_postgres || !EndsWithValues(body)) query = ParseQueryTail(query);
        return (body is NestedQuery nested ? Merge(query, nested.Query) : query) with { Span = From(start) };
    }

    private static bool EndsWithValues(QueryBody body) => body is ValuesBody or SetOperation { Right: ValuesBody };

    /// <summary>Clauses behind a query in parentheses are the query's own, unless it has them already.</summary>
    private SelectStatement Merge(SelectStatement outer, SelectStatement inner)
    {
        if ((outer.With is not null && inner.With is not null) || (outer.OrderBy.Count > 0 && inner.OrderBy.Count > 0)
            || (outer.Limit is not null && inner.Limit is not null) || (outer.Offset is not null && inner.Offset is not null))
            throw SyntaxErrors.Refused(Text, Current.Span, "a query in parentheses has this clause already", "42601");
        return inner with
        {
            With = outer.With ?? inner.With,
            OrderBy = outer.OrderBy.Count > 0 ? outer.OrderBy : inner.OrderBy,
            Limit = outer.Limit ?? inner.Limit,
            WithTies = outer.WithTies || inner.WithTies,
            Offset = outer.Offset ?? inner.Offset,
            Locking = inner.Locking.Concat(outer.Locking).ToNodeList(),
        };
    }

    private static bool HasTail(SelectStatement query) =>
        query.OrderBy.Count > 0 || query.Limit is not null || query.Offset is not null || query.Locking.Count > 0;

    /// <summary>A query as an operand: without clauses of its own it is its body, and parentheses around it mean nothing.</summary>
    private static QueryBody AsBody(SelectStatement query) =>
        query.With is null && !HasTail(query) ? query.Body : new NestedQuery(query) { Span = query.Span };

    /// <summary><c>(query)</c>.</summary>
    private SelectStatement ParseParenthesizedQuery()
    {
        var at = _index;
        if (!At(TokenKind.LeftParen)) throw Unexpected(Describe(TokenKind.LeftParen));
        if (ParseParenthesized(out _) is Subquery subquery) return subquery.Query;
        throw SyntaxErrors.Unexpected(Text, tokens[at].Span, "a query in parentheses");
    }

    private QueryBody ParseBody(int min)
    {
        var start = _index;
        return ParseSetOperations(ParseOperand(), min, start);
    }

    /// <summary>INTERSECT binds tighter in PostgreSQL; in SQLite all are equal. Both group from the left.</summary>
    private QueryBody ParseSetOperations(QueryBody left, int min, int start)
    {
        var chain = 0;
        while (Current.Keyword is Keyword.Union or Keyword.Intersect or Keyword.Except)
        {
            var keyword = Current.Keyword;
            var level = _postgres && keyword == Keyword.Intersect ? 2 : 1;
            if (level < min) break;
            _index++;
            var all = Accept(Keyword.All);
            if (!all && _postgres) Accept(Keyword.Distinct);
            if (all && !_postgres && keyword != Keyword.Union) throw Unexpected("SELECT or VALUES");
            var right = ParseBody(level + 1);
            var op = keyword switch
            {
                Keyword.Union => SetOperator.Union,
                Keyword.Intersect => SetOperator.Intersect,
                _ => SetOperator.Except,
            };
            left = new SetOperation(op, all, left, right) { Span = From(start) };
            Lengthen(ref chain);
        }

        return left;
    }

    private QueryBody ParseOperand()
    {
        if (At(Keyword.Select)) return ParseSelect();
        if (At(Keyword.Values)) return ParseValues();
        if (_postgres && At(Keyword.Table)) return ParseTableCommand();
        if (!_postgres || !At(TokenKind.LeftParen)) throw Unexpected(_postgres ? "SELECT, VALUES, TABLE or \"(\"" : "SELECT or VALUES");
        Expect(TokenKind.LeftParen);
        var query = ParseQuery();
        Expect(TokenKind.RightParen);
        return AsBody(query);
    }

    private ValuesBody ParseValues()
    {
        var start = _index++;
        var rows = new List<NodeList<Expr>>();
        do
        {
            Expect(TokenKind.LeftParen);
            var row = new List<Expr>();
            do row.Add(ParseExprOrDefault());
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen);
            rows.Add(row.ToNodeList());
        }
        while (Accept(TokenKind.Comma));
        return new ValuesBody(rows.ToNodeList()) { Span = From(start) };
    }

    /// <summary>PostgreSQL's DEFAULT, or an expression.</summary>
    private Expr ParseExprOrDefault()
    {
        if (_postgres && At(Keyword.Default)) return new DefaultValue { Span = Take().Span };
        return ParseExpr();
    }

    /// <summary><c>TABLE t</c>.</summary>
    private SelectCore ParseTableCommand()
    {
        var start = _index++;
        var at = _index;
        var only = Accept(Keyword.Only);
        var name = ParseObjectName("a table");
        AcceptOperator("*");
        var time = ParseSystemTimeOpt();
        var table = new TableRef(name, null, []) { Only = only, Time = time, Span = From(at) };
        return new SelectCore([new SelectItem(new Star(null, null), null)]) { From = [table], Span = From(start) };
    }

    private WithClause? ParseWithOpt()
    {
        var start = _index;
        if (!Accept(Keyword.With)) return null;
        var isName = _postgres && (Peek(1).Kind == TokenKind.LeftParen || PeekIs(1, Keyword.As));
        var recursive = !isName && Accept(Keyword.Recursive);
        var tables = new List<CommonTable>();
        do tables.Add(ParseCommonTable());
        while (Accept(TokenKind.Comma));
        return new WithClause(recursive, tables.ToNodeList()) { Span = From(start) };
    }

    private CommonTable ParseCommonTable()
    {
        var start = _index;
        var name = ParseName("a common table's name");
        var columns = ParseNameListOpt();
        Expect(Keyword.As);
        bool? materialized = null;
        if (Accept(Keyword.Materialized)) materialized = true;
        else if (Accept(Keyword.Not, Keyword.Materialized)) materialized = false;
        Expect(TokenKind.LeftParen);
        Enter();
        var statement = _postgres || IsQueryStart(Current) ? ParseCommonStatement() : throw Unexpected("SELECT, VALUES or WITH");
        Leave();
        Expect(TokenKind.RightParen);
        if (At(Keyword.Search) || At(Keyword.Cycle)) throw NotSupported(Describe(Current.Keyword));
        return new CommonTable(name, columns, materialized, statement) { Span = From(start) };
    }

    private Statement ParseCommonStatement()
    {
        var start = _index;
        var with = ParseWithOpt();
        return Current.Keyword is Keyword.Insert or Keyword.Update or Keyword.Delete && _postgres
            ? ParseDml(with, start)
            : ParseQueryBehindWith(with, start);
    }

    private SelectStatement ParseQueryTail(SelectStatement query)
    {
        RefuseSystemTime();
        if (At(Keyword.Order)) query = query with { OrderBy = ParseOrderByOpt() };
        if (!_postgres) return At(Keyword.Limit) ? ParseSqliteLimit(query) : query;
        var locking = new List<LockingClause>();
        var limited = false;
        var offset = false;
        while (true)
        {
            if (At(Keyword.Limit) && !limited) query = ParseLimit(query);
            else if (At(Keyword.Fetch) && !limited) query = ParseFetch(query);
            else if (At(Keyword.Offset) && !offset)
            {
                offset = true;
                query = ParseOffset(query);
                continue;
            }
            else if (At(Keyword.For))
            {
                RefuseSystemTime();
                if (ParseLocking() is { } clause) locking.Add(clause);
                continue;
            }
            else
            {
                break;
            }

            limited = true;
        }

        return locking.Count > 0 ? query with { Locking = locking.ToNodeList() } : query;
    }

    private SelectStatement ParseSqliteLimit(SelectStatement query)
    {
        _index++;
        var first = ParseExpr();
        if (Accept(Keyword.Offset)) return query with { Limit = first, Offset = ParseExpr() };
        return Accept(TokenKind.Comma) ? query with { Offset = first, Limit = ParseExpr() } : query with { Limit = first };
    }

    private SelectStatement ParseLimit(SelectStatement query)
    {
        _index++;
        if (Accept(Keyword.All)) return query;
        var limit = ParseExpr();
        if (At(TokenKind.Comma))
            throw SyntaxErrors.Unexpected(Text, Current.Span, "OFFSET", "Write LIMIT count OFFSET start.");
        return query with { Limit = limit };
    }

    private SelectStatement ParseOffset(SelectStatement query)
    {
        _index++;
        var offset = ParseExpr();
        if (!Accept(Keyword.Row)) Accept(Keyword.Rows);
        return query with { Offset = offset };
    }

    private SelectStatement ParseFetch(SelectStatement query)
    {
        _index++;
        if (!Accept(Keyword.First)) Expect(Keyword.Next);
        Expr count = Current.Keyword is Keyword.Row or Keyword.Rows
            ? new Literal(LiteralKind.Integer, "1") { Span = Current.Span with { Length = 0 } }
            : ParseExpr(Precedence.Unary);
        if (!Accept(Keyword.Row)) Expect(Keyword.Rows);
        var ties = Accept(Keyword.With, Keyword.Ties);
        if (!ties) Expect(Keyword.Only);
        return query with { Limit = count, WithTies = ties };
    }

    private LockingClause? ParseLocking()
    {
        var start = _index++;
        if (Accept(Keyword.Read))
        {
            if (!At(TokenKind.Word) || TakeWord("ONLY") != "only") throw Unexpected("ONLY");
            return null;
        }

        string strength;
        if (Accept(Keyword.Update)) strength = "update";
        else if (Accept(Keyword.Share)) strength = "share";
        else if (Accept(Keyword.Key, Keyword.Share)) strength = "key share";
        else if (Accept(Keyword.No, Keyword.Key) && Accept(Keyword.Update)) strength = "no key update";
        else throw Unexpected("UPDATE, NO KEY UPDATE, SHARE or KEY SHARE");
        var of = new List<ObjectName>();
        if (Accept(Keyword.Of))
        {
            do of.Add(ParseObjectName("a table"));
            while (Accept(TokenKind.Comma));
        }

        var wait = "";
        if (Accept(Keyword.Nowait)) wait = "nowait";
        else if (Accept(Keyword.Skip, Keyword.Locked)) wait = "skip locked";
        return new LockingClause(strength, of.ToNodeList(), wait) { Span = From(start) };
    }
}
