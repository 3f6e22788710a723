using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>CREATE and DROP of all but tables, and sequences.</summary>
internal sealed partial class Parser
{
    private Statement ParseCreate()
    {
        var start = _index++;
        var orReplace = _postgres && Accept(Keyword.Or, Keyword.Replace);
        if (_postgres && !Accept(Keyword.Global)) Accept(Keyword.Local);
        var temporary = Accept(Keyword.Temp) || Accept(Keyword.Temporary);
        var unlogged = _postgres && At(Keyword.Unlogged) && PeekIs(1, Keyword.Table) && Accept(Keyword.Unlogged);
        switch (Current.Keyword)
        {
            case Keyword.Table when !orReplace:
                return ParseCreateTable(start, temporary, unlogged);
            case Keyword.Unique or Keyword.Index when !orReplace && !temporary:
                return ParseCreateIndex(start);
            case Keyword.Trigger when !_postgres:
                return ParseCreateTrigger(start, temporary);
            case Keyword.View:
                return ParseCreateView(start, orReplace, temporary, false);
            case Keyword.Materialized when _postgres && PeekIs(1, Keyword.View) && !orReplace:
                _index++;
                return ParseCreateView(start, false, false, true);
            case Keyword.Sequence when !orReplace:
                _index++;
                var ifNotExists = AcceptIfNotExists();
                var name = ParseObjectName("a sequence's name");
                return new SequenceStatement(name, false, ifNotExists, ParseSequenceOptions()) { Temporary = temporary, Span = From(start) };
            default:
                if (At(Keyword.Recursive)) throw NotSupported("CREATE RECURSIVE VIEW", "Write CREATE VIEW … AS WITH RECURSIVE ….");
                return ParseRawDefinition(start);
        }
    }

    private CreateIndexStatement ParseCreateIndex(int start)
    {
        var unique = Accept(Keyword.Unique);
        Expect(Keyword.Index);
        var concurrently = _postgres && Accept(Keyword.Concurrently);
        var ifNotExists = AcceptIfNotExists();
        var name = At(Keyword.On) ? null : ParseObjectName("an index's name");
        if (name is null && !_postgres) throw Unexpected("an index's name");
        if (_postgres && name?.Schema is { } schema)
            throw SyntaxErrors.Unexpected(Text, schema.Span, "an index's name without a schema: an index lives in the schema of its table");
        Expect(Keyword.On);
        if (_postgres) Accept(Keyword.Only);
        var table = ParseObjectName("a table");
        var method = _postgres && Accept(Keyword.Using) ? ParseLabel().Name : "";
        var index = new CreateIndexStatement(name?.Name, table, ParseIndexColumns())
        {
            Unique = unique, IfNotExists = ifNotExists, Concurrently = concurrently, Schema = name?.Schema, Method = method,
        };
        if (_postgres && Accept(Keyword.Include)) index = index with { Include = ParseNameList() };
        if (_postgres && At(Keyword.Nulls)) throw NotSupported("NULLS NOT DISTINCT");
        if (At(Keyword.With) && Peek(1).Kind == TokenKind.LeftParen && Accept(Keyword.With)) index = index with { Options = ParseOptionItems() };
        if (_postgres && At(Keyword.Tablespace)) throw NotSupported("TABLESPACE");
        if (Accept(Keyword.Where)) index = index with { Where = ParseExpr() };
        return index with { Span = From(start) };
    }

    /// <summary>Columns or expressions of an index, key or conflict target.</summary>
    private NodeList<OrderItem> ParseIndexColumns()
    {
        Expect(TokenKind.LeftParen);
        var items = new List<OrderItem>();
        do
        {
            var start = _index;
            var value = ParseExpr();
            var operatorClass = _postgres && IsName(Current) && !At(Keyword.Nulls) ? ParseOperatorClass() : null;
            items.Add(FinishOrderItem(start, value) with { OperatorClass = operatorClass, Span = From(start) });
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return items.ToNodeList();
    }

    private ObjectName ParseOperatorClass()
    {
        var name = ParseObjectName("an operator class");
        return At(TokenKind.LeftParen) ? throw NotSupported("parameters of an operator class") : name;
    }

    private CreateViewStatement ParseCreateView(int start, bool orReplace, bool temporary, bool materialized)
    {
        Expect(Keyword.View);
        var ifNotExists = (!_postgres || materialized) && AcceptIfNotExists();
        var name = ParseObjectName("a view's name");
        var columns = ParseNameListOpt();
        if (At(Keyword.With) || At(Keyword.Using) || At(Keyword.Tablespace)) throw NotSupported("options of a view");
        Expect(Keyword.As);
        var query = ParseQuery();
        if (_postgres && Accept(Keyword.With))
        {
            if (!materialized) throw NotSupported("WITH CHECK OPTION");
            if (At(Keyword.No)) throw NotSupported("WITH NO DATA");
            Expect(Keyword.Data);
        }

        return new CreateViewStatement(name, columns, query)
        {
            OrReplace = orReplace, IfNotExists = ifNotExists, Temporary = temporary, Materialized = materialized, Span = From(start),
        };
    }

    private NodeList<OptionItem> ParseSequenceOptions()
    {
        var options = new List<OptionItem>();
        while (ParseSequenceOption() is { } option) options.Add(option);
        return options.ToNodeList();
    }

    private OptionItem? ParseSequenceOption()
    {
        var start = _index;
        switch (Current.Keyword)
        {
            case Keyword.As:
                _index++;
                var type = ParseTypeName();
                return new OptionItem("as", type.Name) { Span = From(start) };
            case Keyword.Start:
                _index++;
                Accept(Keyword.With);
                return Option("start", ParseSignedInteger());
            case Keyword.Restart:
                _index++;
                var with = Accept(Keyword.With);
                return Option("restart", with || IsSignedInteger() ? ParseSignedInteger() : null);
            case Keyword.Increment:
                _index++;
                Accept(Keyword.By);
                return Option("increment", ParseSignedInteger());
            case Keyword.Minvalue or Keyword.Maxvalue or Keyword.Cache:
                var name = TakeWord("an option");
                return Option(name, ParseSignedInteger());
            case Keyword.Cycle:
                _index++;
                return Option("cycle", "true");
            case Keyword.No when Peek(1).Keyword is Keyword.Minvalue or Keyword.Maxvalue or Keyword.Cycle:
                _index++;
                return Option(TakeWord("an option"), null);
            case Keyword.Owned:
                _index++;
                Expect(Keyword.By);
                var at = _index;
                do ParseLabel();
                while (Accept(TokenKind.Dot));
                return Option("owned by", TextFrom(at));
            default:
                return null;
        }

        OptionItem Option(string name, string? value) => new(name, value) { Span = From(start) };
    }

    private bool IsSignedInteger() => At(TokenKind.Integer) || ((AtOperator("-") || AtOperator("+")) && Peek(1).Kind == TokenKind.Integer);

    private string ParseSignedInteger()
    {
        if (!IsSignedInteger()) throw Unexpected(Describe(TokenKind.Integer));
        var sign = AtOperator("-") ? "-" : "";
        if (!At(TokenKind.Integer)) _index++;
        return sign + Take().Of(Text).ToString();
    }

    private Statement ParseDrop()
    {
        var start = _index++;
        var kind = Current.Keyword switch
        {
            Keyword.Table or Keyword.Index or Keyword.View or Keyword.Sequence or Keyword.Schema => TakeWord("a kind"),
            Keyword.Trigger when !_postgres => TakeWord("a kind"),
            _ => null,
        };
        if (kind is null || (!_postgres && kind is "sequence" or "schema")) return ParseRawDefinition(start);
        var concurrently = _postgres && kind == "index" && Accept(Keyword.Concurrently);
        var ifExists = AcceptIfExists();
        var names = new List<ObjectName>();
        do names.Add(ParseObjectName());
        while (_postgres && Accept(TokenKind.Comma));
        return new DropStatement(kind, names.ToNodeList(), ifExists, _postgres && AcceptCascade()) { Concurrently = concurrently, Span = From(start) };
    }
}
