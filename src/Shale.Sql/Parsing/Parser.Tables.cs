using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>CREATE TABLE and its parts.</summary>
internal sealed partial class Parser
{
    /// <summary>Behind CREATE and the words in front of TABLE.</summary>
    private CreateTableStatement ParseCreateTable(int start, bool temporary, bool unlogged)
    {
        Expect(Keyword.Table);
        var ifNotExists = AcceptIfNotExists();
        var name = ParseObjectName("a table's name");
        var elements = new TableElements();
        if (unlogged) elements.Unsupported.Add("UNLOGGED");
        if (_postgres && (At(Keyword.Partition) || At(Keyword.Of)))
            elements.Unsupported.Add(ParseParent());
        else if (At(TokenKind.LeftParen) && !IsQueryInParens())
            ParseTableElements(elements);
        else
            elements.NeedsQuery = true;

        var table = new CreateTableStatement(name, elements.Columns.ToNodeList(), elements.Constraints.ToNodeList())
        {
            Temporary = temporary, IfNotExists = ifNotExists, Likes = elements.Likes.ToNodeList(),
        };
        table = ParseTableOptions(table, elements.Unsupported);
        if (elements.Likes.Count == 0 && Accept(Keyword.As)) table = ParseAsQuery(table);
        else if (elements.NeedsQuery) throw Unexpected(table.Options.Count + elements.Unsupported.Count > 0 ? "AS" : "\"(\" or AS");
        else if (elements.Columns.Exists(column => column.Type is null && _postgres)) throw Unexpected("AS, or a type for each column");
        return table with { Unsupported = string.Join('\n', elements.Unsupported), Span = From(start) };
    }

    private CreateTableStatement ParseAsQuery(CreateTableStatement table)
    {
        table = table with { AsQuery = ParseQuery() };
        if (!_postgres || !Accept(Keyword.With)) return table;
        var noData = Accept(Keyword.No);
        Expect(Keyword.Data);
        return table with { WithNoData = noData };
    }

    /// <summary>What stands behind the elements, in any order.</summary>
    private CreateTableStatement ParseTableOptions(CreateTableStatement table, List<string> unsupported)
    {
        while (true)
        {
            if (At(Keyword.With) && Peek(1).Kind == TokenKind.LeftParen)
            {
                _index++;
                table = table with { Options = table.Options.Concat(ParseOptionItems()).ToNodeList() };
            }
            else if (Accept(Keyword.Without))
            {
                if (_postgres) Expect(Keyword.Oids);
                else if (Current.Of(Text).Equals("rowid", StringComparison.OrdinalIgnoreCase)) _index++;
                else throw Unexpected("ROWID");
                if (!_postgres) table = table with { WithoutRowId = true };
            }
            else if (!_postgres && Accept(Keyword.Strict))
            {
                table = table with { Strict = true };
            }
            else if (_postgres && Current.Keyword is Keyword.Inherits or Keyword.Partition or Keyword.Tablespace or Keyword.On or Keyword.Using)
            {
                unsupported.Add(ParseTableClause());
            }
            else if (_postgres || !Accept(TokenKind.Comma))
            {
                return table;
            }
        }
    }

    private void ParseTableElements(TableElements elements)
    {
        Expect(TokenKind.LeftParen);
        if (_postgres && Accept(TokenKind.RightParen)) return;
        do
        {
            if (_postgres && At(Keyword.Like)) elements.Likes.Add(ParseLikeTable(elements.Columns.Count));
            else if (IsTableConstraint()) ParseTableConstraints(elements);
            else elements.Columns.Add(ParseColumnDefinition());
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
    }

    private bool IsTableConstraint() => Current.Keyword switch
    {
        Keyword.Constraint or Keyword.Primary or Keyword.Unique or Keyword.Check or Keyword.Foreign => true,
        Keyword.Exclude => _postgres && Peek(1).Keyword == Keyword.Using || (_postgres && Peek(1).Kind == TokenKind.LeftParen),
        _ => false,
    };

    /// <summary>SQLite lets table constraints follow each other without commas.</summary>
    private void ParseTableConstraints(TableElements elements)
    {
        do elements.Constraints.Add(ParseTableConstraint());
        while (!_postgres && IsTableConstraint());
    }

    private TableConstraint ParseTableConstraint()
    {
        var start = _index;
        var name = Accept(Keyword.Constraint) ? ParseName("a constraint's name") : null;
        TableConstraint constraint;
        switch (Take().Keyword)
        {
            case Keyword.Primary:
                Expect(Keyword.Key);
                constraint = ParseKeyConstraint(true);
                break;
            case Keyword.Unique:
                constraint = ParseKeyConstraint(false);
                break;
            case Keyword.Check:
                Expect(TokenKind.LeftParen);
                constraint = new CheckConstraint(ParseExpr());
                Expect(TokenKind.RightParen);
                break;
            case Keyword.Foreign:
                Expect(Keyword.Key);
                var columns = ParseNameList();
                Expect(Keyword.References);
                constraint = new ForeignKeyConstraint(columns, ParseReference());
                break;
            case Keyword.Exclude:
                _index--;
                throw NotSupported("EXCLUDE");
            default:
                _index--;
                throw Unexpected("PRIMARY KEY, UNIQUE, CHECK or FOREIGN KEY");
        }

        var notValid = _postgres && constraint is CheckConstraint or ForeignKeyConstraint && Accept(Keyword.Not, Keyword.Valid);
        RefuseConstraintAttributes();
        return constraint with { ConstraintName = name, ConflictAction = ParseConflictAction(), NotValid = notValid, Span = From(start) };
    }

    private KeyConstraint ParseKeyConstraint(bool primary)
    {
        if (_postgres && At(Keyword.Using)) throw NotSupported("a constraint USING INDEX");
        if (_postgres && At(Keyword.Nulls)) throw NotSupported("NULLS NOT DISTINCT");
        var columns = ParseIndexColumns();
        if (_postgres && At(Keyword.Include)) throw NotSupported("INCLUDE in a constraint");
        return new KeyConstraint(primary, columns);
    }

    /// <summary>Clauses of PostgreSQL that change what a constraint means and that the tree does not hold.</summary>
    private void RefuseConstraintAttributes()
    {
        if (_postgres && (At(Keyword.Deferrable) || At(Keyword.Initially))) throw NotSupported("a deferrable constraint other than a foreign key");
        if (_postgres && At(Keyword.No) && PeekIs(1, Keyword.Inherit)) throw NotSupported("NO INHERIT");
        if (_postgres && At(Keyword.Not) && PeekIs(1, Keyword.Valid)) throw NotSupported("NOT VALID");
        if (_postgres && Accept(Keyword.Not, Keyword.Deferrable)) return;
        if (_postgres && At(Keyword.With) && Peek(1).Kind == TokenKind.LeftParen && PeekIs(2, Keyword.NoKeyword)
            && Peek(2).Of(Text).Equals("fillfactor", StringComparison.OrdinalIgnoreCase)) throw NotSupported("storage parameters of a constraint");
    }

    private string ParseConflictAction()
    {
        if (_postgres || !At(Keyword.On) || !PeekIs(1, Keyword.Conflict)) return "";
        _index += 2;
        if (Current.Keyword is Keyword.Replace or Keyword.Ignore or Keyword.Abort or Keyword.Fail or Keyword.Rollback) return TakeWord("an action");
        throw Unexpected("REPLACE, IGNORE, ABORT, FAIL or ROLLBACK");
    }

    private ColumnDefinition ParseColumnDefinition()
    {
        var start = _index;
        var name = ParseName("a column's name");
        TypeName? type = null;
        if (!_postgres) type = ParseSqliteType();
        else if (!At(TokenKind.Comma) && !At(TokenKind.RightParen)) type = ParseTypeName();
        var constraints = new List<ColumnConstraint>();
        while (ParseColumnConstraint() is { } constraint) constraints.Add(constraint);
        return new ColumnDefinition(name, type, constraints.ToNodeList()) { Span = From(start) };
    }

    private ColumnConstraint? ParseColumnConstraint()
    {
        var start = _index;
        var name = Accept(Keyword.Constraint) ? ParseName("a constraint's name") : null;
        var constraint = ParseColumnConstraintBody();
        if (constraint is null) return name is null ? null : throw Unexpected("a constraint");
        if (constraint is not ReferencesColumn and not CollateColumn and not DefaultConstraint) RefuseConstraintAttributes();
        var action = constraint is NotNullConstraint or PrimaryKeyColumn or UniqueColumn or CheckColumn ? ParseConflictAction() : "";
        if (constraint is PrimaryKeyColumn key && !_postgres && Accept(Keyword.Autoincrement)) constraint = key with { AutoIncrement = true };
        return constraint with { ConstraintName = name, ConflictAction = action, Span = From(start) };
    }

    private ColumnConstraint? ParseColumnConstraintBody()
    {
        switch (Current.Keyword)
        {
            case Keyword.Not when PeekIs(1, Keyword.Null):
                _index += 2;
                return new NotNullConstraint(true);
            case Keyword.Null:
                _index++;
                return new NotNullConstraint(false);
            case Keyword.Default:
                _index++;
                return new DefaultConstraint(ParseDefault());
            case Keyword.Primary:
                _index++;
                Expect(Keyword.Key);
                var descending = !_postgres && Accept(Keyword.Desc);
                if (!descending && !_postgres) Accept(Keyword.Asc);
                return new PrimaryKeyColumn(descending, false);
            case Keyword.Unique:
                _index++;
                return _postgres && At(Keyword.Nulls) ? throw NotSupported("NULLS NOT DISTINCT") : new UniqueColumn();
            case Keyword.Check:
                _index++;
                Expect(TokenKind.LeftParen);
                var condition = ParseExpr();
                Expect(TokenKind.RightParen);
                return new CheckColumn(condition);
            case Keyword.References:
                _index++;
                return new ReferencesColumn(ParseReference());
            case Keyword.Collate:
                _index++;
                return new CollateColumn(ParseCollationName());
            case Keyword.Generated:
                return ParseGenerated();
            case Keyword.As when !_postgres && Peek(1).Kind == TokenKind.LeftParen:
                return ParseGeneratedValue();
            default:
                return null;
        }
    }

    /// <summary>In SQLite a constant, a name, or an expression in parentheses; in PostgreSQL an expression without AND, NOT and their kin.</summary>
    private Expr ParseDefault()
    {
        if (_postgres) return ParseExpr(0, restricted: true);
        var start = _index;
        if (AtOperator("+") || AtOperator("-"))
        {
            var op = Operators.Canonical(Take().Of(Text), dialect);
            return new Unary(op, ParsePrimary()) { Span = From(start) };
        }

        if (Current.Kind is TokenKind.Word && Current.Keyword is not (Keyword.Null or Keyword.Current_Date or Keyword.Current_Time
            or Keyword.Current_Timestamp or Keyword.True or Keyword.False) && IsName(Current))
        {
            // A bare word is a string here, as SQLite has it.
            var token = Take();
            return new Literal(LiteralKind.String, Text.Substring(token.Start, token.Length)) { Span = token.Span };
        }

        return ParsePrimary();
    }

    private ColumnConstraint ParseGenerated()
    {
        _index++;
        if (_postgres && Accept(Keyword.By))
        {
            Expect(Keyword.Default);
            return ParseIdentity(false);
        }

        Expect(Keyword.Always);
        return _postgres && PeekIs(1, Keyword.Identity) ? ParseIdentity(true) : ParseGeneratedValue();
    }

    private IdentityColumn ParseIdentity(bool always)
    {
        Expect(Keyword.As);
        Expect(Keyword.Identity);
        var options = NodeList<OptionItem>.Empty;
        if (Accept(TokenKind.LeftParen))
        {
            options = ParseSequenceOptions();
            Expect(TokenKind.RightParen);
        }

        return new IdentityColumn(always, options);
    }

    private GeneratedColumn ParseGeneratedValue()
    {
        Expect(Keyword.As);
        Expect(TokenKind.LeftParen);
        var value = ParseExpr();
        Expect(TokenKind.RightParen);
        if (Accept(Keyword.Stored)) return new GeneratedColumn(value, true);
        if (_postgres) throw Unexpected("STORED");
        Accept(Keyword.Virtual);
        return new GeneratedColumn(value, false);
    }

    private ForeignKeyReference ParseReference()
    {
        var start = _index;
        var table = ParseObjectName("a table");
        var columns = ParseNameListOpt();
        string onDelete = "", onUpdate = "", deferrable = "", match = "";
        while (true)
        {
            if (Accept(Keyword.Match))
            {
                match = Current.Keyword is Keyword.Full or Keyword.Partial or Keyword.Simple || !_postgres ? TakeWord("FULL or SIMPLE") : throw Unexpected("FULL or SIMPLE");
            }
            else if (At(Keyword.On) && Peek(1).Keyword is Keyword.Delete or Keyword.Update)
            {
                _index++;
                if (Take().Keyword == Keyword.Delete) onDelete = ParseReferenceAction();
                else onUpdate = ParseReferenceAction();
            }
            else if (At(Keyword.Deferrable) || At(Keyword.Initially) || (At(Keyword.Not) && PeekIs(1, Keyword.Deferrable)))
            {
                deferrable = (deferrable + " " + ParseDeferrable()).TrimStart();
            }
            else
            {
                return new ForeignKeyReference(table, columns, onDelete, onUpdate, deferrable, match) { Span = From(start) };
            }
        }
    }

    private string ParseReferenceAction()
    {
        if (Accept(Keyword.Cascade)) return "cascade";
        if (Accept(Keyword.Restrict)) return "restrict";
        if (Accept(Keyword.No, Keyword.Action)) return "no action";
        if (!Accept(Keyword.Set)) throw Unexpected("NO ACTION, RESTRICT, CASCADE, SET NULL or SET DEFAULT");
        if (Accept(Keyword.Null)) return "set null";
        Expect(Keyword.Default);
        return "set default";
    }

    private string ParseDeferrable()
    {
        if (Accept(Keyword.Deferrable)) return "deferrable";
        if (Accept(Keyword.Not, Keyword.Deferrable)) return "not deferrable";
        Expect(Keyword.Initially);
        if (Accept(Keyword.Deferred)) return "initially deferred";
        Expect(Keyword.Immediate);
        return "initially immediate";
    }

    /// <summary><c>(name [= value], …)</c>.</summary>
    private NodeList<OptionItem> ParseOptionItems()
    {
        Expect(TokenKind.LeftParen);
        var items = ParseOptions();
        Expect(TokenKind.RightParen);
        return items;
    }

    private NodeList<OptionItem> ParseOptions()
    {
        var items = new List<OptionItem>();
        do
        {
            var start = _index;
            var name = ParseOptionName();
            while (Accept(TokenKind.Dot)) name += "." + ParseOptionName();
            var value = AcceptOperator("=") ? ParseOptionValue() : null;
            items.Add(new OptionItem(name, value) { Span = From(start) });
        }
        while (Accept(TokenKind.Comma));
        return items.ToNodeList();
    }

    private string ParseOptionName() => Current.Kind is TokenKind.Word or TokenKind.QuotedName
        ? TokenText.Name(Text, Take(), dialect).ToLowerInvariant()
        : throw Unexpected("an option's name");

    /// <summary>The value of an option without quotes; a word in lower case.</summary>
    private string ParseOptionValue()
    {
        var start = _index;
        switch (Current.Kind)
        {
            case TokenKind.String or TokenKind.QuotedName:
                return TokenText.Name(Text, Take(), dialect);
            case TokenKind.Word:
                return TokenText.Fold(Take().Of(Text));
            default:
                if (AtOperator("-") || AtOperator("+")) _index++;
                if (Current.Kind is not (TokenKind.Integer or TokenKind.Number)) throw Unexpected("a value");
                _index++;
                return TextFrom(start);
        }
    }

    private sealed class TableElements
    {
        public List<ColumnDefinition> Columns { get; } = [];

        public List<TableConstraint> Constraints { get; } = [];

        public List<LikeTable> Likes { get; } = [];

        public List<string> Unsupported { get; } = [];

        /// <summary>Whether there were none, not even empty parentheses.</summary>
        public bool NeedsQuery { get; set; }
    }
}
