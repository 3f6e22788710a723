using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>What stands in FROM: tables, queries, functions, joins.</summary>
internal sealed partial class Parser
{
    private NodeList<TableExpr> ParseFromList()
    {
        var items = new List<TableExpr>();
        do
        {
            var start = _index;
            if (_postgres) items.Add(ParseJoins(ParseTablePrimary(), start));
            else ParseSqliteItem(items, start);
        }
        while (Accept(TokenKind.Comma));
        return items.ToNodeList();
    }

    private TableExpr ParseJoins(TableExpr left, int start)
    {
        var chain = 0;
        while (IsJoinAhead())
        {
            left = ParseJoin(left, start);
            Lengthen(ref chain);
        }

        return left;
    }

    /// <summary>An item of a list in SQLite and the joins behind it; behind a comma too a condition may follow.</summary>
    private void ParseSqliteItem(List<TableExpr> items, int start)
    {
        var item = ParseTablePrimary();
        if (items.Count > 0 && (At(Keyword.Using) || (At(Keyword.On) && !PeekIs(1, Keyword.Conflict))))
        {
            item = FinishJoin(JoinKind.Inner, Fold(items), item, false, start);
            items.Clear();
        }

        items.Add(item);
        ParseSqliteJoins(items, start);
    }

    /// <summary>In SQLite a comma is a join like any other: what stands in front of the next JOIN is its left side, all of it.</summary>
    private void ParseSqliteJoins(List<TableExpr> items, int start)
    {
        var chain = 0;
        while (IsJoinAhead())
        {
            var left = Fold(items);
            items.Clear();
            items.Add(ParseJoin(left, start));
            Lengthen(ref chain);
        }
    }

    private static TableExpr Fold(List<TableExpr> items)
    {
        var left = items[0];
        for (var i = 1; i < items.Count; i++)
            left = new Join(JoinKind.Inner, left, items[i], null, [], false) { Span = left.Span.To(items[i].Span) };
        return left;
    }

    private bool IsJoinAhead() => Current.Keyword is Keyword.Join or Keyword.Inner or Keyword.Left or Keyword.Right or Keyword.Full or Keyword.Cross
        or Keyword.Natural || (At(Keyword.Outer) && !_postgres);

    /// <summary>One join. PostgreSQL lets conditions come late: <c>a JOIN b JOIN c ON x ON y</c> joins b and c first.</summary>
    private Join ParseJoin(TableExpr left, int start)
    {
        var (kind, natural) = ParseJoinWords();
        var at = _index;
        var right = ParseTablePrimary();
        if (kind == JoinKind.Cross || natural) return FinishJoin(kind, left, right, natural, start);
        if (_postgres)
        {
            Enter();
            while (IsJoinAhead()) right = ParseJoin(right, at);
            Leave();
            if (!At(Keyword.On) && !At(Keyword.Using)) throw Unexpected("ON or USING");
        }

        return FinishJoin(kind, left, right, natural, start);
    }

    private Join FinishJoin(JoinKind kind, TableExpr left, TableExpr right, bool natural, int start)
    {
        Expr? on = null;
        var columns = NodeList<Identifier>.Empty;
        var mayQualify = !_postgres || (kind != JoinKind.Cross && !natural);
        if (mayQualify && At(Keyword.On) && (_postgres || !PeekIs(1, Keyword.Conflict)))
        {
            _index++;
            on = ParseExpr();
        }
        else if (mayQualify && Accept(Keyword.Using))
        {
            columns = ParseNameList();
            if (_postgres && At(Keyword.As)) throw NotSupported("an alias of USING");
        }

        return new Join(kind, left, right, on, columns, natural) { Span = From(start) };
    }

    private (JoinKind Kind, bool Natural) ParseJoinWords()
    {
        var natural = Accept(Keyword.Natural);
        var kind = JoinKind.Inner;
        if (Accept(Keyword.Cross)) kind = JoinKind.Cross;
        else if (Accept(Keyword.Left)) kind = JoinKind.Left;
        else if (Accept(Keyword.Right)) kind = JoinKind.Right;
        else if (Accept(Keyword.Full)) kind = JoinKind.Full;
        else Accept(Keyword.Inner);
        if (kind is JoinKind.Left or JoinKind.Right or JoinKind.Full) Accept(Keyword.Outer);
        if (!_postgres && !natural && kind is not JoinKind.Cross) natural = Accept(Keyword.Natural);
        Expect(Keyword.Join);
        if (natural && kind == JoinKind.Cross) throw SyntaxErrors.Refused(Text, tokens[_index - 1].Span, "a join cannot be NATURAL and CROSS", "42601");
        return (kind, natural);
    }

    private TableExpr ParseTablePrimary()
    {
        Enter();
        var start = _index;
        var lateral = _postgres && Accept(Keyword.Lateral);
        TableExpr table;
        if (At(TokenKind.LeftParen))
        {
            table = ParseParenthesizedFrom(lateral, start);
        }
        else if (_postgres && At(Keyword.Rows) && PeekIs(1, Keyword.From) && Peek(2).Kind == TokenKind.LeftParen)
        {
            table = Standing(ParseRowsFrom(lateral, start));
        }
        else if (IsFunctionInFrom())
        {
            var function = ParseFunctionTable(lateral, start);
            table = _postgres ? Standing(function) : function;
        }
        else
        {
            if (lateral) throw Unexpected("a query or function behind LATERAL");
            table = ParseTableRef(start);
        }

        Leave();
        return table;
    }

    /// <summary>What a function of PostgreSQL's in FROM stands for.</summary>
    private static TableExpr Standing(FunctionTable function) => CatalogFunctionTables.Replaced(function) is FunctionTable other ? RecordFunctions.Replaced(other) : CatalogFunctionTables.Replaced(function);

    /// <summary><c>ROWS FROM (f(…) AS (a int)) WITH ORDINALITY AS t</c>, of one function.</summary>
    private FunctionTable ParseRowsFrom(bool lateral, int start)
    {
        _index += 3;
        var at = _index;
        if (ParsePrimary() is not FunctionCall call) throw SyntaxErrors.Unexpected(Text, tokens[at].Span, "a function");
        var (columns, types) = Accept(Keyword.As) ? ParseColumnDefinitions() : (NodeList<Identifier>.Empty, NodeList<TypeName>.Empty);
        if (types.Count != columns.Count) throw Unexpected("a type for every column");
        if (At(TokenKind.Comma)) throw NotSupported("ROWS FROM with several functions");
        Expect(TokenKind.RightParen);
        var ordinality = Accept(Keyword.With, Keyword.Ordinality);
        var (alias, names) = ParseAliasOpt(allowColumns: true);
        if (names.Count > 0 && types.Count > 0) throw NotSupported("column aliases beside a definition list");
        return new FunctionTable(call, lateral, alias, types.Count > 0 ? columns : names) { WithOrdinality = ordinality, ColumnTypes = types, Span = From(start) };
    }

    private bool IsFunctionInFrom()
    {
        if (!_postgres) return IsName(Current) && IsCallAhead();
        return IsCallAhead() || Current.Keyword is Keyword.Current_Date or Keyword.Current_Time or Keyword.Current_Timestamp or Keyword.Current_User
            or Keyword.Current_Role or Keyword.Current_Catalog or Keyword.Current_Schema or Keyword.Session_User or Keyword.User or Keyword.Localtime or Keyword.Localtimestamp
            || (Current.Keyword is Keyword.Coalesce or Keyword.Greatest or Keyword.Least or Keyword.Nullif or Keyword.Substring or Keyword.Overlay
                or Keyword.Position or Keyword.Trim or Keyword.Normalize && Peek(1).Kind == TokenKind.LeftParen);
    }

    private TableRef ParseTableRef(int start)
    {
        var only = _postgres && Accept(Keyword.Only);
        var inParens = only && Accept(TokenKind.LeftParen);
        var name = ParseObjectName("a table");
        if (inParens) Expect(TokenKind.RightParen);
        if (_postgres) AcceptOperator("*");
        var time = ParseSystemTimeOpt();
        var (alias, columns) = ParseAliasOpt(allowColumns: _postgres, isTable: time is null);
        if (time is null && alias is not null) time = ParseSystemTimeOpt();
        RefuseSystemTime();
        if (_postgres && At(Keyword.Tablesample)) throw NotSupported("TABLESAMPLE");
        var table = new TableRef(name, alias, columns) { Only = only, Time = time };
        return ParseIndexHint(table) with { Span = From(start) };
    }

    private TableRef ParseIndexHint(TableRef table)
    {
        if (_postgres) return table;
        if (Accept(Keyword.Indexed))
        {
            Expect(Keyword.By);
            return table with { IndexedBy = ParseName("an index") };
        }

        return Accept(Keyword.Not, Keyword.Indexed) ? table with { NotIndexed = true } : table;
    }

    /// <summary>An alias, and names of columns behind it.</summary>
    /// <param name="allowColumns">Whether these may stand there.</param>
    /// <param name="isTable">Whether FOR SYSTEM_TIME or AS OF may follow, which a table can have once and nothing else has.</param>
    private (Identifier? Alias, NodeList<Identifier> Columns) ParseAliasOpt(bool allowColumns, bool isTable = false)
    {
        RefuseSystemTime();
        Identifier? alias = null;
        if (Accept(Keyword.As)) alias = ParseName("an alias");
        else if (IsBareAlias(Current)) alias = TakeIdentifier();
        var columns = alias is not null && allowColumns ? ParseNameListOpt() : NodeList<Identifier>.Empty;
        if (!isTable) RefuseSystemTime();
        return (alias, columns);
    }

    private FunctionTable ParseFunctionTable(bool lateral, int start)
    {
        var at = _index;
        if (ParsePrimary() is not FunctionCall call) throw SyntaxErrors.Unexpected(Text, tokens[at].Span, "a function");
        var ordinality = _postgres && Accept(Keyword.With, Keyword.Ordinality);
        Identifier? alias = null;
        if (_postgres && At(Keyword.As) && Peek(1).Kind == TokenKind.LeftParen)
        {
            _index++;
        }
        else
        {
            (alias, _) = ParseAliasOpt(allowColumns: false);
        }

        var columns = NodeList<Identifier>.Empty;
        var types = NodeList<TypeName>.Empty;
        if (_postgres && At(TokenKind.LeftParen) && (alias is not null || tokens[_index - 1].Keyword == Keyword.As)) (columns, types) = ParseColumnDefinitions();
        if (alias is null && columns.Count != types.Count) throw Unexpected("a type for every column");
        return new FunctionTable(call, lateral, alias, columns) { WithOrdinality = ordinality, ColumnTypes = types, Span = From(start) };
    }

    /// <summary><c>(a, b)</c> or <c>(a int, b text)</c>.</summary>
    private (NodeList<Identifier> Columns, NodeList<TypeName> Types) ParseColumnDefinitions()
    {
        Expect(TokenKind.LeftParen);
        var columns = new List<Identifier>();
        var types = new List<TypeName>();
        do
        {
            columns.Add(ParseName("a column's name"));
            if (!At(TokenKind.Comma) && !At(TokenKind.RightParen)) types.Add(ParseTypeName());
        }
        while (Accept(TokenKind.Comma));
        if (types.Count != 0 && types.Count != columns.Count) throw Unexpected("a type for every column");
        Expect(TokenKind.RightParen);
        return (columns.ToNodeList(), types.ToNodeList());
    }

    private TableExpr ParseParenthesizedFrom(bool lateral, int start)
    {
        var inside = ParseInsideParens();
        if (inside is SelectStatement query)
        {
            var (alias, columns) = ParseAliasOpt(allowColumns: _postgres);
            return new DerivedTable(query, lateral, alias, columns) { Span = From(start) };
        }

        if (lateral) throw SyntaxErrors.Unexpected(Text, tokens[start + 1].Span, "a query or function behind LATERAL");
        var (name, names) = ParseAliasOpt(allowColumns: _postgres);
        if (name is null) return (TableExpr)inside;
        if (names.Count > 0) throw NotSupported("column aliases of a join");
        return inside switch
        {
            Join { Alias: null } join => join with { Alias = name, Span = From(start) },

            // Of two aliases of one table SQLite knows the outer one.
            TableRef table when !_postgres => table with { Alias = name, Span = From(start) },
            FunctionTable table when !_postgres => table with { Alias = name, Span = From(start) },
            _ => throw SyntaxErrors.Unexpected(Text, name.Span, "no alias here"),
        };
    }

    /// <summary>
    /// <c>(…)</c> in FROM is a query or a join; which of them is known only behind the innermost parentheses. Gives a
    /// <see cref="SelectStatement"/> or a <see cref="TableExpr"/>.
    /// </summary>
    private SqlNode ParseInsideParens()
    {
        Enter();
        Expect(TokenKind.LeftParen);
        var start = _index;
        SqlNode inside;
        if (IsQueryStart(Current)) inside = ParseQuery();
        else if (At(TokenKind.LeftParen)) inside = ParseNestedParens(start);
        else inside = ParseJoinList(ParseTablePrimary(), start);
        Expect(TokenKind.RightParen);
        Leave();
        return inside;
    }

    private SqlNode ParseNestedParens(int start)
    {
        var inside = ParseInsideParens();
        if (inside is SelectStatement query)
        {
            if (IsQueryContinuation()) return ContinueQuery(AsBody(query), start);
            if (At(TokenKind.RightParen)) return query;
            var (alias, columns) = ParseAliasOpt(allowColumns: _postgres);
            return ParseJoinList(new DerivedTable(query, false, alias, columns) { Span = From(start) }, start);
        }

        var (name, _) = ParseAliasOpt(allowColumns: false);
        if (name is not null && inside is Join { Alias: null } join) inside = join with { Alias = name, Span = From(start) };
        else if (name is not null) throw SyntaxErrors.Unexpected(Text, name.Span, "no alias here");
        return ParseJoinList((TableExpr)inside, start);
    }

    private TableExpr ParseJoinList(TableExpr first, int start)
    {
        if (_postgres)
        {
            var joined = ParseJoins(first, start);
            if (joined is not Join && At(TokenKind.RightParen) && first is not DerivedTable) throw Unexpected("JOIN");
            return joined;
        }

        var items = new List<TableExpr> { first };
        ParseSqliteJoins(items, start);
        while (Accept(TokenKind.Comma)) ParseSqliteItem(items, start);
        return Fold(items);
    }
}
