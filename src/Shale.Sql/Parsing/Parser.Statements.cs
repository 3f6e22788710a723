using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>Which statement begins here; transactions and utilities.</summary>
internal sealed partial class Parser
{
    private Statement ParseStatement()
    {
        var start = _index;
        if (At(TokenKind.LeftParen)) return _postgres ? ParseQuery() : throw Unexpected("a statement");
        switch (Current.Keyword)
        {
            case Keyword.Select or Keyword.Values:
                return ParseQuery();
            case Keyword.Table when _postgres:
                return ParseQuery();
            case Keyword.With:
                return ParseWithStatement();
            case Keyword.Insert or Keyword.Update or Keyword.Delete:
                return ParseDml(null, start);
            case Keyword.Replace when !_postgres:
                return ParseDml(null, start);
            case Keyword.Truncate:
                return _postgres ? ParseTruncate() : throw Unexpected("a statement");
            case Keyword.Lock when _postgres:
                return ParseLock();
            case Keyword.Create:
                return ParseCreate();
            case Keyword.Alter:
                return ParseAlter();
            case Keyword.Drop:
                return ParseDrop();
            case Keyword.Comment when _postgres:
                return ParseComment();
            case Keyword.Explain:
                return ParseExplain();
            case Keyword.Vexplain:
                return ParseVExplain();
            case Keyword.Set:
                return ParseSetCommand();
            case Keyword.Reset:
                return ParseReset();
            case Keyword.Use:
                return ParseUse();
            case Keyword.Show:
                return ParseShow();
            case Keyword.Pragma:
                return ParsePragma();
            case Keyword.Call:
                return ParseCallStatement();
            default:
                return ParseTransaction() ?? ParseKill() ?? ParseCheckVindex() ?? ParseRestore() ?? ParseBackup() ?? (Statement?)ParseRaw() ?? throw Unexpected("a statement");
        }
    }

    private Statement ParseWithStatement()
    {
        var start = _index;
        Enter();
        var with = ParseWithOpt();
        Statement statement = Current.Keyword is Keyword.Insert or Keyword.Update or Keyword.Delete || (At(Keyword.Replace) && !_postgres)
            ? ParseDml(with, start)
            : At(Keyword.Merge) && _postgres ? throw NotSupported("MERGE") : ParseQueryBehindWith(with, start);
        Leave();
        return statement;
    }

    private Statement? ParseTransaction()
    {
        var start = _index;
        Statement? statement = Current.Keyword switch
        {
            Keyword.Begin => ParseBegin(),
            Keyword.Start when _postgres && PeekIs(1, Keyword.Transaction) => ParseBegin(),
            Keyword.Commit or Keyword.End when !PeekIs(1, Keyword.Prepared) => ParseCommit(),
            Keyword.Rollback when !PeekIs(1, Keyword.Prepared) => ParseRollback(),
            Keyword.Abort when _postgres => ParseRollback(),
            Keyword.Savepoint => ParseSavepoint(),
            Keyword.Release => ParseSavepoint(),
            _ => null,
        };
        return statement is null ? null : statement with { Span = From(start) };
    }

    private BeginStatement ParseBegin()
    {
        var begin = Take().Keyword == Keyword.Begin;
        var mode = "";
        if (!_postgres)
        {
            if (Current.Keyword is Keyword.Deferred or Keyword.Immediate or Keyword.Exclusive) mode = TakeWord("a mode");
            AcceptTransactionName();
            return new BeginStatement(null, null, mode) { AsOf = ParseTransactionPointOpt(null) };
        }

        if (!Accept(Keyword.Transaction) && begin) Accept(Keyword.Work);
        var (isolation, readOnly) = ParseTransactionModes();
        return new BeginStatement(isolation, readOnly, "") { AsOf = ParseTransactionPointOpt(readOnly) };
    }

    private (string? Isolation, bool? ReadOnly) ParseTransactionModes()
    {
        string? isolation = null;
        bool? readOnly = null;
        do
        {
            if (Accept(Keyword.Isolation))
            {
                Expect(Keyword.Level);
                isolation = ParseIsolation();
            }
            else if (Accept(Keyword.Read, Keyword.Only))
            {
                readOnly = true;
            }
            else if (Accept(Keyword.Read, Keyword.Write))
            {
                readOnly = false;
            }
            else if (!Accept(Keyword.Deferrable) && !Accept(Keyword.Not, Keyword.Deferrable))
            {
                break;
            }
        }
        while (Accept(TokenKind.Comma) || Current.Keyword is Keyword.Isolation or Keyword.Read or Keyword.Deferrable or Keyword.Not);
        return (isolation, readOnly);
    }

    private string ParseIsolation()
    {
        if (Accept(Keyword.Read, Keyword.Committed)) return "read committed";
        if (Accept(Keyword.Read, Keyword.Uncommitted)) return "read uncommitted";
        if (Accept(Keyword.Repeatable, Keyword.Read)) return "repeatable read";
        return Accept(Keyword.Serializable)
            ? "serializable"
            : throw Unexpected("READ UNCOMMITTED, READ COMMITTED, REPEATABLE READ or SERIALIZABLE");
    }

    private CommitStatement ParseCommit()
    {
        _index++;
        AcceptTransactionName();
        return new CommitStatement { Chain = AcceptChain() };
    }

    /// <summary>TRANSACTION or WORK; SQLite takes a name behind it that means nothing.</summary>
    private void AcceptTransactionName()
    {
        if (_postgres && Accept(Keyword.Work)) return;
        if (Accept(Keyword.Transaction) && !_postgres && IsName(Current)) _index++;
    }

    /// <summary>AND CHAIN; AND NO CHAIN is the default.</summary>
    private bool AcceptChain()
    {
        if (!_postgres || !Accept(Keyword.And)) return false;
        var isNone = Accept(Keyword.No);
        Expect(Keyword.Chain);
        return !isNone;
    }

    private RollbackStatement ParseRollback()
    {
        _index++;
        AcceptTransactionName();
        if (Accept(Keyword.To))
        {
            Accept(Keyword.Savepoint);
            return new RollbackStatement(ParseName("a savepoint"));
        }

        return new RollbackStatement(null) { Chain = AcceptChain() };
    }

    private SavepointStatement ParseSavepoint()
    {
        var release = Take().Keyword == Keyword.Release;
        if (release) Accept(Keyword.Savepoint);
        return new SavepointStatement(ParseName("a savepoint"), release);
    }

    private ExplainStatement ParseExplain()
    {
        var start = _index++;
        var options = new List<string>();
        if (!_postgres)
        {
            if (Accept(Keyword.Query))
            {
                Expect(Keyword.Plan);
                options.Add("query plan");
            }
        }
        else if (At(TokenKind.LeftParen) && !IsQueryInParens())
        {
            ParseExplainOptions(options);
        }
        else
        {
            if (Accept(Keyword.Analyze) || Accept(Keyword.Analyse)) options.Add("analyze");
            if (Accept(Keyword.Verbose)) options.Add("verbose");
        }

        return new ExplainStatement(options.ToNodeList(), ParseExplained()) { Span = From(start) };
    }

    private void ParseExplainOptions(List<string> options)
    {
        Expect(TokenKind.LeftParen);
        do
        {
            var option = TakeWord("an option");
            if (!At(TokenKind.Comma) && !At(TokenKind.RightParen)) option += " " + ParseOptionValue().ToLowerInvariant();
            options.Add(option);
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
    }

    private Statement ParseExplained()
    {
        if (Current.Keyword is Keyword.Use or Keyword.Set or Keyword.Reset or Keyword.Show or Keyword.Explain or Keyword.Vexplain)
            throw Unexpected("a statement that has a plan");
        Enter();
        var statement = ParseStatement();
        Leave();
        return statement;
    }

    private VExplainStatement ParseVExplain()
    {
        var start = _index++;
        var kind = Peek(0).Of(Text) switch
        {
            var word when word.Equals("plan", StringComparison.OrdinalIgnoreCase) => "plan",
            var word when word.Equals("queries", StringComparison.OrdinalIgnoreCase) => "queries",
            var word when word.Equals("trace", StringComparison.OrdinalIgnoreCase) => "trace",
            var word when word.Equals("keys", StringComparison.OrdinalIgnoreCase) => "keys",
            var word when word.Equals("all", StringComparison.OrdinalIgnoreCase) => "all",
            _ => null,
        };
        if (kind is not null) _index++;
        return new VExplainStatement(kind ?? "plan", ParseExplained()) { Span = From(start) };
    }

    private PragmaStatement ParsePragma()
    {
        var start = _index++;
        var name = ParseObjectName("a pragma");
        string? value = null;
        var call = false;
        if (AcceptEquals())
        {
            value = ParsePragmaValue();
        }
        else if (Accept(TokenKind.LeftParen))
        {
            call = true;
            value = ParsePragmaValue();
            Expect(TokenKind.RightParen);
        }

        return new PragmaStatement(name, value, call) { Span = From(start) };
    }

    private string ParsePragmaValue()
    {
        if (AcceptOperator("-")) return Current.Kind is TokenKind.Integer or TokenKind.Number ? "-" + Take().Of(Text).ToString() : throw Unexpected("a number");
        AcceptOperator("+");
        return Current.Kind switch
        {
            TokenKind.Integer or TokenKind.Number or TokenKind.Word => Take().Of(Text).ToString(),
            TokenKind.String or TokenKind.QuotedName => TokenText.Name(Text, Take(), dialect),
            _ => throw Unexpected("a value"),
        };
    }
}
