using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>INSERT, UPDATE, DELETE, TRUNCATE, LOCK.</summary>
internal sealed partial class Parser
{
    private Statement ParseDml(WithClause? with, int start) => Current.Keyword switch
    {
        Keyword.Insert => ParseInsert(with, start),
        Keyword.Replace when !_postgres => ParseInsert(with, start),
        Keyword.Update => ParseUpdate(with, start),
        Keyword.Delete => ParseDelete(with, start),
        _ => throw Unexpected("SELECT, INSERT, UPDATE or DELETE"),
    };

    private InsertStatement ParseInsert(WithClause? with, int start)
    {
        var or = Take().Keyword == Keyword.Replace ? "replace" : ParseOrAction();
        Expect(Keyword.Into);
        var table = ParseObjectName("a table");
        RefusePastTarget();
        Identifier? alias = null;
        if (Accept(Keyword.As)) alias = ParseName("an alias");
        RefusePastTarget();
        var columns = NodeList<Identifier>.Empty;
        if (At(TokenKind.LeftParen) && !IsQueryInParens()) columns = ParseInsertColumns();
        var overriding = ParseOverriding();
        SelectStatement? source = null;
        if (At(Keyword.Default))
        {
            _index++;
            Expect(Keyword.Values);
        }
        else
        {
            if (!IsQueryStart(Current) && !At(TokenKind.LeftParen)) throw Unexpected("VALUES, SELECT, WITH or DEFAULT VALUES");
            source = ParseQuery();
        }

        if (!_postgres && At(Keyword.On) && source is not null && InsertSources.EndsInFrom(source))
            throw SyntaxErrors.Unexpected(Text, Current.Span, "WHERE", "SQLite reads this ON as that of a join: write WHERE true in front of ON CONFLICT.");
        var conflicts = new List<OnConflict>();
        while (At(Keyword.On) && (conflicts.Count == 0 || !_postgres)) conflicts.Add(ParseOnConflict());
        var returning = ParseReturningOpt();
        return new InsertStatement(table, columns, source)
        {
            With = with, Alias = alias, Or = or, Overriding = overriding, OnConflict = conflicts.ToNodeList(), Returning = returning, Span = From(start),
        };
    }

    /// <summary>Whether the parentheses behind the table hold a query, not columns.</summary>
    private bool IsQueryInParens()
    {
        var at = 1;
        while (Peek(at).Kind == TokenKind.LeftParen) at++;
        return IsQueryStart(Peek(at)) && _postgres;
    }

    private NodeList<Identifier> ParseInsertColumns()
    {
        Expect(TokenKind.LeftParen);
        var columns = new List<Identifier>();
        do
        {
            columns.Add(ParseName("a column's name"));
            if (_postgres && Current.Kind is TokenKind.Dot or TokenKind.LeftBracket) throw NotSupported("assigning a part of a column");
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return columns.ToNodeList();
    }

    private string ParseOverriding()
    {
        if (!_postgres || !Accept(Keyword.Overriding)) return "";
        var which = Accept(Keyword.System) ? "system" : Accept(Keyword.User) ? "user" : throw Unexpected("SYSTEM or USER");
        Expect(Keyword.Value);
        return which;
    }

    /// <summary>SQLite's OR REPLACE and its kin, behind INSERT or UPDATE.</summary>
    private string ParseOrAction()
    {
        if (_postgres || !Accept(Keyword.Or)) return "";
        if (Current.Keyword is Keyword.Replace or Keyword.Ignore or Keyword.Abort or Keyword.Fail or Keyword.Rollback) return TakeWord("an action");
        throw Unexpected("REPLACE, IGNORE, ABORT, FAIL or ROLLBACK");
    }

    private OnConflict ParseOnConflict()
    {
        var start = _index++;
        Expect(Keyword.Conflict);
        var target = NodeList<OrderItem>.Empty;
        Expr? targetWhere = null;
        Identifier? constraint = null;
        if (At(TokenKind.LeftParen))
        {
            target = ParseIndexColumns();
            if (Accept(Keyword.Where)) targetWhere = ParseExpr();
        }
        else if (_postgres && Accept(Keyword.On))
        {
            Expect(Keyword.Constraint);
            constraint = ParseName("a constraint");
        }

        Expect(Keyword.Do);
        if (Accept(Keyword.Nothing)) return new OnConflict(target, targetWhere, constraint, [], null) { Span = From(start) };
        Expect(Keyword.Update);
        if (_postgres && target.Count == 0 && constraint is null)
            throw SyntaxErrors.Refused(Text, From(start), "ON CONFLICT DO UPDATE requires inference specification or constraint name", "42601",
                "For example, ON CONFLICT (column_name).");
        Expect(Keyword.Set);
        var sets = ParseSets();
        var where = Accept(Keyword.Where) ? ParseExpr() : null;
        return new OnConflict(target, targetWhere, constraint, sets, where) { Span = From(start) };
    }

    private NodeList<SetClause> ParseSets()
    {
        var sets = new List<SetClause>();
        do sets.Add(ParseSet());
        while (Accept(TokenKind.Comma));
        return sets.ToNodeList();
    }

    private SetClause ParseSet()
    {
        var start = _index;
        if (At(TokenKind.LeftParen))
        {
            var columns = ParseNameList();
            ExpectEquals();
            return new SetClause(columns, ParseSetRow()) { Multiple = true, Span = From(start) };
        }

        var column = ParseName("a column's name");
        if (_postgres && Current.Kind is TokenKind.Dot or TokenKind.LeftBracket) throw NotSupported("assigning a part of a column");
        ExpectEquals();
        return new SetClause([column], ParseExprOrDefault()) { Span = From(start) };
    }

    /// <summary>The value of several columns; in PostgreSQL a row may hold DEFAULT.</summary>
    private Expr ParseSetRow()
    {
        var start = _index;
        var keyword = _postgres && At(Keyword.Row) && Peek(1).Kind == TokenKind.LeftParen;
        if (!_postgres || IsQueryStart(Peek(1)) || (!keyword && !At(TokenKind.LeftParen))) return ParseExpr();
        if (keyword) _index++;
        else if (Peek(1).Kind == TokenKind.LeftParen) return ParseExpr();
        Expect(TokenKind.LeftParen);
        var items = new List<Expr>();
        do items.Add(ParseExprOrDefault());
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return items.Count == 1 && !keyword ? items[0] : new RowConstructor(items.ToNodeList(), keyword) { Span = From(start) };
    }

    private TableRef ParseTarget(Keyword notAlias)
    {
        var start = _index;
        var only = _postgres && Accept(Keyword.Only);
        var name = ParseObjectName("a table");
        if (_postgres) AcceptOperator("*");
        RefusePastTarget();
        Identifier? alias = null;
        if (Accept(Keyword.As)) alias = ParseName("an alias");
        else if (!At(notAlias) && IsBareAlias(Current)) alias = TakeIdentifier();
        RefusePastTarget();
        return ParseIndexHint(new TableRef(name, alias, []) { Only = only }) with { Span = From(start) };
    }

    private UpdateStatement ParseUpdate(WithClause? with, int start)
    {
        _index++;
        var or = ParseOrAction();
        var table = ParseTarget(Keyword.Set);
        Expect(Keyword.Set);
        var update = new UpdateStatement(table, ParseSets()) { With = with, Or = or };
        if (Accept(Keyword.From)) update = update with { From = ParseFromList() };
        if (Accept(Keyword.Where)) update = update with { Where = ParseWriteWhere() };
        var (returning, order, limit, offset) = ParseWriteTail();
        return update with { Returning = returning, OrderBy = order, Limit = limit, Offset = offset, Span = From(start) };
    }

    private DeleteStatement ParseDelete(WithClause? with, int start)
    {
        _index++;
        Expect(Keyword.From);
        var delete = new DeleteStatement(ParseTarget(Keyword.Using)) { With = with };
        if (_postgres && Accept(Keyword.Using)) delete = delete with { Using = ParseFromList() };
        if (Accept(Keyword.Where)) delete = delete with { Where = ParseWriteWhere() };
        var (returning, order, limit, offset) = ParseWriteTail();
        return delete with { Returning = returning, OrderBy = order, Limit = limit, Offset = offset, Span = From(start) };
    }

    private Expr ParseWriteWhere()
    {
        if (_postgres && At(Keyword.Current) && PeekIs(1, Keyword.Of)) throw NotSupported("WHERE CURRENT OF");
        return ParseExpr();
    }

    private (NodeList<SelectItem> Returning, NodeList<OrderItem> OrderBy, Expr? Limit, Expr? Offset) ParseWriteTail()
    {
        var returning = ParseReturningOpt();
        if (_postgres) return (returning, NodeList<OrderItem>.Empty, null, null);
        var order = ParseOrderByOpt();
        if (!At(Keyword.Limit)) return (returning, order, null, null);
        var limits = ParseSqliteLimit(new SelectStatement(null, new ValuesBody([])));
        if (returning.Count == 0) returning = ParseReturningOpt();
        return (returning, order, limits.Limit, limits.Offset);
    }

    private TruncateStatement ParseTruncate()
    {
        var start = _index++;
        var tables = ParseTables();
        var restart = Accept(Keyword.Restart, Keyword.Identity);
        if (!restart && At(Keyword.Continue)) _ = Accept(Keyword.Continue, Keyword.Identity);
        return new TruncateStatement(tables, restart, AcceptCascade()) { Span = From(start) };
    }

    private LockStatement ParseLock()
    {
        var start = _index++;
        var tables = ParseTables();
        var mode = LockStatement.Modes[^1];
        if (Accept(Keyword.In))
        {
            var words = new List<string>();
            while (At(TokenKind.Word) && !At(Keyword.Mode)) words.Add(TakeWord("a lock's mode").ToLowerInvariant());
            mode = string.Join(' ', words);
            if (!LockStatement.Modes.Contains(mode) || !Accept(Keyword.Mode)) throw Unexpected("a lock's mode, such as ACCESS EXCLUSIVE MODE");
        }

        return new LockStatement(tables, mode, Accept(Keyword.Nowait)) { Span = From(start) };
    }

    // [TABLE] ONLY name, name *, …: tables have no others below them, so both mean the same.
    private NodeList<ObjectName> ParseTables()
    {
        Accept(Keyword.Table);
        var tables = new List<ObjectName>();
        do
        {
            var alone = Accept(Keyword.Only);
            tables.Add(ParseObjectName("a table"));
            if (!alone) AcceptOperator("*");
        }
        while (Accept(TokenKind.Comma));
        return tables.ToNodeList();
    }
}
