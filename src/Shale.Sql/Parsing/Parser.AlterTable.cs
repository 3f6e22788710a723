using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>ALTER TABLE, ALTER INDEX and ALTER VIEW … RENAME, ALTER SEQUENCE, ALTER KEYSPACE; any other ALTER stays text.</summary>
internal sealed partial class Parser
{
    private Statement ParseAlter()
    {
        var start = _index++;
        switch (Current.Keyword)
        {
            case Keyword.Table:
                return ParseAlterTable(start);
            case Keyword.Vschema:
                return ParseAlterVSchema(start);
            case Keyword.Sequence when _postgres:
                return ParseAlterSequence(start);
            case Keyword.Index when _postgres && !PeekIs(1, Keyword.All):
                return ParseAlterRelation(start, "index", "an index");
            case Keyword.View when _postgres:
                return ParseAlterRelation(start, "view", "a view");
            default:
                return AtName("keyspace") ? ParseAlterKeyspace(start) : ParseRawDefinition(start);
        }
    }

    private SetEngineStatement ParseAlterKeyspace(int start)
    {
        _index++;
        var name = ParseName("a keyspace");
        Expect(Keyword.Set);
        if (!AtName("engine")) throw Unexpected("ENGINE");
        _index++;
        return new SetEngineStatement(name, ParseName("an engine").Name) { Span = From(start) };
    }

    private Statement ParseAlterSequence(int start)
    {
        _index++;
        var ifExists = AcceptIfExists();
        var name = ParseObjectName("a sequence");
        if (Accept(Keyword.Rename, Keyword.To)) return new RenameStatement("sequence", name, ifExists, ParseName("a sequence's name")) { Span = From(start) };
        var options = ParseSequenceOptions();
        if (options.Count == 0 && !At(TokenKind.End) && !At(TokenKind.Semicolon)) return ParseRawDefinition(start);
        return new SequenceStatement(name, true, ifExists, options) { Span = From(start) };
    }

    private Statement ParseAlterRelation(int start, string kind, string what)
    {
        _index++;
        var ifExists = AcceptIfExists();
        var name = ParseObjectName(what);
        if (!Accept(Keyword.Rename, Keyword.To)) return ParseRawDefinition(start);
        return new RenameStatement(kind, name, ifExists, ParseName($"{what}'s name")) { Span = From(start) };
    }

    private Statement ParseAlterTable(int start)
    {
        _index++;
        if (At(Keyword.All)) return ParseRawDefinition(start);
        var ifExists = _postgres && AcceptIfExists();
        if (_postgres) Accept(Keyword.Only);
        var table = ParseObjectName("a table");
        if (_postgres) AcceptOperator("*");
        var actions = new List<AlterAction>();
        do
        {
            var action = ParseAlterAction();
            if (action is null) return IsUnknownAlterAction() ? ParseRawDefinition(start) : throw Unexpected("ADD, DROP, ALTER, RENAME or SET");
            actions.Add(action);
        }
        while (_postgres && Accept(TokenKind.Comma));
        return new AlterTableStatement(table, ifExists, actions.ToNodeList()) { Span = From(start) };
    }

    /// <summary>Actions of PostgreSQL that the parser knows only by their first word.</summary>
    private bool IsUnknownAlterAction() => _postgres && (Current.Keyword is Keyword.Owner or Keyword.Enable or Keyword.Disable or Keyword.Set
        or Keyword.Reset or Keyword.Attach or Keyword.Detach or Keyword.Cluster or Keyword.Replica or Keyword.Force or Keyword.No
        or Keyword.Inherit or Keyword.Alter or Keyword.Rename or Keyword.Of or Keyword.Not);

    /// <summary>One action; null, with no token taken, for what only PostgreSQL itself could do.</summary>
    private AlterAction? ParseAlterAction()
    {
        var start = _index;
        AlterAction? action = Current.Keyword switch
        {
            Keyword.Add => ParseAdd(),
            Keyword.Drop => ParseDropPart(),
            Keyword.Rename => ParseRename(),
            Keyword.Alter when _postgres => ParseAlterColumn(),
            Keyword.Set when Peek(1).Kind == TokenKind.LeftParen => ParseSetOptions(),
            Keyword.Replica or Keyword.Cluster when _postgres => ParsePhysical(),
            Keyword.Validate when _postgres && PeekIs(1, Keyword.Constraint) => ParseValidate(),
            _ => null,
        };
        if (action is null)
        {
            _index = start;
            return null;
        }

        return action with { Span = From(start) };
    }

    private AlterAction ParseAdd()
    {
        _index++;
        if (IsTableConstraint() && _postgres) return new AddConstraint(ParseTableConstraint());
        Accept(Keyword.Column);
        var ifNotExists = AcceptIfNotExists();
        return new AddColumn(ParseColumnDefinition(), ifNotExists);
    }

    private AlterAction ParseDropPart()
    {
        _index++;
        if (_postgres && Accept(Keyword.Constraint))
        {
            var ifConstraintExists = AcceptIfExists();
            return new DropConstraint(ParseName("a constraint"), ifConstraintExists, AcceptCascade());
        }

        Accept(Keyword.Column);
        var ifExists = AcceptIfExists();
        return new DropColumn(ParseName("a column"), ifExists, _postgres && AcceptCascade());
    }

    private AlterAction ParseRename()
    {
        _index++;
        if (Accept(Keyword.To)) return new RenameTable(ParseName("a table's name"));
        if (_postgres && Accept(Keyword.Constraint))
        {
            var constraint = ParseName("a constraint");
            Expect(Keyword.To);
            return new RenameConstraint(constraint, ParseName("a constraint's name"));
        }

        Accept(Keyword.Column);
        var column = ParseName("a column");
        Expect(Keyword.To);
        return new RenameColumn(column, ParseName("a column's name"));
    }

    private ValidateConstraint ParseValidate()
    {
        _index += 2;
        return new ValidateConstraint(ParseName("a constraint"));
    }

    /// <summary>REPLICA IDENTITY and CLUSTER ON: what a server of PostgreSQL's does with its own files and log, and nothing that a statement would notice.</summary>
    private SetTableOptions? ParsePhysical()
    {
        var clusters = Accept(Keyword.Cluster);
        if (!clusters && !(Accept(Keyword.Replica) && Accept(Keyword.Identity))) return null;
        if (clusters ? Accept(Keyword.On) : Accept(Keyword.Using, Keyword.Index)) ParseName("an index");
        else if (clusters || !(Accept(Keyword.Default) || Accept(Keyword.Full) || Accept(Keyword.Nothing))) return null;
        return new SetTableOptions([]);
    }

    private SetTableOptions ParseSetOptions()
    {
        _index++;
        return new SetTableOptions(ParseOptionItems());
    }

    /// <summary>SET STATISTICS, STORAGE, COMPRESSION or (…), and RESET (…), of a column.</summary>
    private SetColumnHint? ParseColumnHint(Identifier column)
    {
        var resets = At(Keyword.Reset);
        if (!resets && !At(Keyword.Set)) return null;
        if (Peek(1).Kind == TokenKind.LeftParen)
        {
            _index++;
            return new SetColumnHint(column, resets ? "reset" : "set", ParseOptionItems());
        }

        var kind = Peek(1).Kind == TokenKind.Word ? TokenText.Fold(Peek(1).Of(Text)) : "";
        if (resets || kind is not ("statistics" or "storage" or "compression")) return null;
        _index += 2;
        var isDefault = kind == "compression" && Accept(Keyword.Default);
        return new SetColumnHint(column, kind, [new OptionItem(kind, isDefault ? "default" : kind == "statistics" ? ParseSignedInteger() : ParseName("a method").Name)]);
    }

    private AlterColumnIdentity? ParseColumnIdentity(Identifier column)
    {
        if (Accept(Keyword.Drop, Keyword.Identity)) return new AlterColumnIdentity(column, "drop", null, AcceptIfExists());
        if (At(Keyword.Add) && PeekIs(1, Keyword.Generated))
        {
            _index++;
            return ParseGenerated() is IdentityColumn identity ? new AlterColumnIdentity(column, "add", identity, false) : throw Unexpected("AS IDENTITY");
        }

        if (!Accept(Keyword.Set, Keyword.Generated)) return null;
        var isAlways = Accept(Keyword.Always);
        if (!isAlways)
        {
            Expect(Keyword.By);
            Expect(Keyword.Default);
        }

        return new AlterColumnIdentity(column, "set", new IdentityColumn(isAlways, []), false);
    }

    private AlterAction? ParseAlterColumn()
    {
        _index++;
        if (At(Keyword.Constraint)) return null;
        Accept(Keyword.Column);
        if (!IsName(Current)) return null;
        var column = TakeIdentifier();
        if (At(Keyword.Type) || (At(Keyword.Set) && PeekIs(1, Keyword.Data)))
        {
            _index += At(Keyword.Set) ? 2 : 0;
            Expect(Keyword.Type);
            var type = ParseTypeName();
            if (At(Keyword.Collate)) throw NotSupported("COLLATE in ALTER COLUMN");
            return new AlterColumnType(column, type, Accept(Keyword.Using) ? ParseExpr() : null);
        }

        if (Accept(Keyword.Set, Keyword.Default)) return new AlterColumnDefault(column, ParseExpr());
        if (Accept(Keyword.Drop, Keyword.Default)) return new AlterColumnDefault(column, null);
        if (ParseColumnIdentity(column) is { } identity) return identity;
        if (At(Keyword.Set) && PeekIs(1, Keyword.Not) && PeekIs(2, Keyword.Null)) return NotNull(true);
        return At(Keyword.Drop) && PeekIs(1, Keyword.Not) && PeekIs(2, Keyword.Null) ? NotNull(false) : ParseColumnHint(column);

        AlterColumnNotNull NotNull(bool not)
        {
            _index += 3;
            return new AlterColumnNotNull(column, not);
        }
    }
}
