using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>
/// Time travel: FOR SYSTEM_TIME and AS OF behind tables and transactions, points in time, RESTORE. Both dialects let people call a table "of"
/// (<c>FROM t AS of</c>), so AS OF is read as a point only in front of what can follow no alias; parentheses can, they hold column names.
/// </summary>
internal sealed partial class Parser
{
    private const string PointExamples = "Write AS OF TIMESTAMP '2024-01-31 12:00:00', LSN 12345, SNAPSHOT 'main@5', BRANCH 'feature-x', VERSION 5 or VERSION CURRENT - 5.";

    /// <summary>The clause behind a table, if one stands here.</summary>
    private SystemTime? ParseSystemTimeOpt()
    {
        var start = _index;
        if (IsSystemTimeWordAhead())
        {
            _index += 2;
            return ParseSystemTime() with { Span = From(start) };
        }

        if (!IsAsOfPointAhead()) return null;
        _index += 2;
        if (AtSystemTimeWords())
        {
            throw SyntaxErrors.Point(Text, Current.Span, "AS OF SYSTEM TIME is the point of a whole transaction, not of one table",
                "Write AS OF TIMESTAMP '2024-01-31 12:00:00' behind each table, or BEGIN AS OF SYSTEM TIME '2024-01-31 12:00:00'.");
        }

        return new SystemTime(SystemTimeKind.AsOf, ParsePoint(), null) { Span = From(start) };
    }

    /// <summary>What stands behind FOR SYSTEM_TIME.</summary>
    private SystemTime ParseSystemTime()
    {
        if (Accept(Keyword.As, Keyword.Of)) return new SystemTime(SystemTimeKind.AsOf, ParsePoint(), null);
        if (Accept(Keyword.All)) return new SystemTime(SystemTimeKind.All, null, null);
        if (Accept(Keyword.Between))
        {
            var first = ParseBound();
            Expect(Keyword.And);
            return new SystemTime(SystemTimeKind.Between, first, ParseBound());
        }

        if (Accept(Keyword.From))
        {
            var first = ParseBound();
            Expect(Keyword.To);
            return new SystemTime(SystemTimeKind.FromTo, first, ParseBound());
        }

        if (!AtName("contained"))
        {
            throw SyntaxErrors.Point(Text, Current.Span, "FOR SYSTEM_TIME asks for AS OF, BETWEEN … AND, FROM … TO, CONTAINED IN (…, …) or ALL",
                "FOR SYSTEM_TIME BETWEEN '2024-01-01' AND '2024-02-01', or FOR SYSTEM_TIME AS OF LSN 12345.");
        }

        _index++;
        Expect(Keyword.In);
        Expect(TokenKind.LeftParen);
        var begin = ParseBound();
        Expect(TokenKind.Comma);
        var end = ParseBound();
        Expect(TokenKind.RightParen);
        return new SystemTime(SystemTimeKind.ContainedIn, begin, end);
    }

    /// <summary>An end of a period: a branch has many points.</summary>
    private SystemTimePoint ParseBound()
    {
        var start = _index;
        var point = ParsePoint();
        return point.Kind != PointKind.Branch ? point : throw SyntaxErrors.Point(Text, tokens[start].Span, "a branch is no end of a period",
            "Name the branch as the target, USE main/feature-x, and the period by timestamps, versions or LSNs.");
    }

    private SystemTimePoint ParsePoint()
    {
        var start = _index;
        var kind = PointKindHere();
        var point = kind switch
        {
            null or PointKind.Timestamp => new SystemTimePoint(PointKind.Timestamp, ParseMoment(kind is not null)),
            PointKind.Version when PeekIs(1, Keyword.Current) => ParseVersionsBack(),
            PointKind.Branch => ParseBranchPoint(),
            _ => new SystemTimePoint(kind.Value, ParsePointOperand(kind.Value)),
        };
        return point with { Span = From(start) };
    }

    private PointKind? PointKindHere() => !At(TokenKind.Word) ? null : Current.Of(Text) switch
    {
        var word when word.Equals("timestamp", StringComparison.OrdinalIgnoreCase) => PointKind.Timestamp,
        var word when word.Equals("lsn", StringComparison.OrdinalIgnoreCase) => PointKind.Lsn,
        var word when word.Equals("snapshot", StringComparison.OrdinalIgnoreCase) => PointKind.Snapshot,
        var word when word.Equals("bookmark", StringComparison.OrdinalIgnoreCase) => PointKind.Bookmark,
        var word when word.Equals("branch", StringComparison.OrdinalIgnoreCase) => PointKind.Branch,
        var word when word.Equals("version", StringComparison.OrdinalIgnoreCase) => PointKind.Version,
        _ => null,
    };

    /// <summary>A string or any expression that binds tighter than comparisons; PostgreSQL's constant TIMESTAMP '…' is one with its type in front.</summary>
    private Expr ParseMoment(bool hasWord)
    {
        if (hasWord && !(_postgres && IsTimestampConstantAhead())) _index++;
        var at = _index;
        if (!StartsOperand(Current)) throw SyntaxErrors.Point(Text, Current.Span, "a point in time is missing", PointExamples);
        var value = ParseExpr(Precedence.Other);
        if (value is TypedLiteral { Type: { Name: "timestamp", Modifiers.Count: 0 } } constant) return new Literal(LiteralKind.String, constant.Text) { Span = constant.Span };
        return value is not (Literal { Kind: not LiteralKind.String } or Unary { Operand: Literal }) ? value : throw SyntaxErrors.Point(
            Text, tokens[at].Span, "this alone is no point in time", "Say what the number is: AS OF LSN 12345 or AS OF VERSION 5; a timestamp is a string, '2024-01-31 12:00:00'.");
    }

    private bool IsTimestampConstantAhead()
    {
        var at = Peek(1).Kind == TokenKind.LeftParen && Peek(2).Kind == TokenKind.Integer && Peek(3).Kind == TokenKind.RightParen ? 4 : 1;
        return Peek(at).Kind == TokenKind.String || (Peek(at).Keyword is Keyword.With or Keyword.Without && PeekIs(at + 1, Keyword.Time));
    }

    /// <summary><c>VERSION CURRENT [- n]</c>.</summary>
    private SystemTimePoint ParseVersionsBack()
    {
        _index += 2;
        if (AtOperator("-")) return new SystemTimePoint(PointKind.VersionsBack, ParsePointOperand(PointKind.VersionsBack));
        if (AtOperator("+")) throw SyntaxErrors.Point(Text, Current.Span, "a version ahead of the current one is in the future", Example(PointKind.VersionsBack));
        return new SystemTimePoint(PointKind.VersionsBack, new Literal(LiteralKind.Integer, "0") { Span = tokens[_index - 1].Span });
    }

    /// <summary><c>BRANCH 'name' [AT point]</c>; an alias may be called "at" where no point follows.</summary>
    private SystemTimePoint ParseBranchPoint()
    {
        var branch = new SystemTimePoint(PointKind.Branch, ParsePointOperand(PointKind.Branch));
        if (!At(Keyword.At) || !StartsPoint(1)) return branch;
        var at = ++_index;
        var point = ParsePoint();
        return point.Kind is not (PointKind.Branch or PointKind.Snapshot or PointKind.Bookmark) ? branch with { OnBranch = point } : throw SyntaxErrors.Point(
            Text, tokens[at].Span, $"a {point.Kind.ToString().ToLowerInvariant()} names a point by itself, without a branch in front", Example(PointKind.Branch));
    }

    /// <summary>The number or string behind the word at hand, or a parameter.</summary>
    private Expr ParsePointOperand(PointKind kind)
    {
        var at = ++_index;
        var wanted = kind is PointKind.Lsn or PointKind.Version or PointKind.VersionsBack ? LiteralKind.Integer : LiteralKind.String;
        if (StartsOperand(Current))
        {
            var value = ParseExpr(Precedence.Primary);
            if (value is Parameter || (value is Literal literal && literal.Kind == wanted && (wanted == LiteralKind.String || literal.Text.All(char.IsAsciiDigit)))) return value;
        }

        var what = wanted == LiteralKind.Integer ? "a whole number" : "a string";
        throw SyntaxErrors.Point(Text, tokens[at].Span, $"this point in time takes {what} or a parameter", Example(kind));
    }

    private static string Example(PointKind kind) => "For example: AS OF " + kind switch
    {
        PointKind.Lsn => "LSN 12345.",
        PointKind.Version => "VERSION 5.",
        PointKind.VersionsBack => "VERSION CURRENT - 5.",
        PointKind.Snapshot => "SNAPSHOT 'before-import', or SNAPSHOT 'main@5'.",
        PointKind.Bookmark => "BOOKMARK 'the text that a write or a restore gave out'.",
        _ => "BRANCH 'feature-x', or BRANCH 'feature-x' AT LSN 12345, AT VERSION 5, AT TIMESTAMP '2024-01-31 12:00:00'.",
    };

    /// <summary>Behind a query, a function, a join, a condition; and behind a table that has its point already.</summary>
    private void RefuseSystemTime()
    {
        if (IsSystemTimeWordAhead() || IsAsOfPointAhead())
            throw SyntaxErrors.Point(Text, Current.Span, "a point in time stands once, behind the name of a table", "Write it behind each table that is meant, in front of WHERE: SELECT * FROM t FOR SYSTEM_TIME AS OF LSN 12345 WHERE ….");
    }

    /// <summary>Behind the target of a write.</summary>
    private void RefusePastTarget()
    {
        if (IsSystemTimeWordAhead() || IsAsOfPointAhead())
            throw SyntaxErrors.PastIsReadOnly(Text, Current.Span);
    }

    private bool IsSystemTimeWordAhead() => At(Keyword.For) && IsWord(Peek(1), "system_time");

    private bool IsAsOfPointAhead() => At(Keyword.As) && PeekIs(1, Keyword.Of) && StartsPoint(2);

    private bool AtSystemTimeWords() => At(Keyword.System) && PeekIs(1, Keyword.Time);

    private bool IsWord(in Token token, string word) => token.Kind == TokenKind.Word && token.Of(Text).Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the token begins a point: never one that can stand behind a table's alias in either dialect.</summary>
    private bool StartsPoint(int ahead)
    {
        var token = Peek(ahead);
        var next = Peek(ahead + 1);
        switch (token.Kind)
        {
            case TokenKind.String or TokenKind.Parameter or TokenKind.Integer or TokenKind.Number:
                return true;
            case TokenKind.Operator when _postgres:
                return token.Of(Text)[0] == '?' || (token.Of(Text) is "@" && next.Kind == TokenKind.Word && next.Start == token.End);
            case TokenKind.Colon:
                return next.Kind == TokenKind.Word && next.Start == token.End;
            case TokenKind.Word:
                break;
            default:
                return false;
        }

        if (token.Keyword is Keyword.Current_Timestamp or Keyword.Current_Date or Keyword.Localtimestamp or Keyword.Timestamp or Keyword.Snapshot
            || (token.Keyword == Keyword.System && next.Keyword == Keyword.Time)) return true;
        if (token.Keyword == Keyword.NoKeyword && (IsWord(token, "lsn") || IsWord(token, "branch") || IsWord(token, "version") || IsWord(token, "bookmark"))) return true;
        if (next.Kind == TokenKind.LeftParen) return IsCallOnly(token);
        return _postgres && next.Kind == TokenKind.String && IsName(token);
    }

    /// <summary>Whether a word in front of parentheses can only be a function: not JOIN (…), not SET (…).</summary>
    private bool IsCallOnly(in Token token)
    {
        if (token.Keyword is Keyword.Cast or Keyword.Coalesce or Keyword.Greatest or Keyword.Least) return true;
        const KeywordClass Joins = KeywordClass.PostgresFunctionOrType | KeywordClass.SqliteJoin;
        return IsFunctionName(token) && token.Keyword != Keyword.Set && (Keywords.ClassOf(token.Keyword) & Joins) == 0;
    }

    private static bool StartsOperand(in Token token) => token.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Number or TokenKind.Parameter or TokenKind.Operator
        or TokenKind.Colon or TokenKind.LeftParen or TokenKind.Word or TokenKind.QuotedName or TokenKind.HexString;

    /// <summary><c>AS OF [SYSTEM TIME] point</c> of a transaction, if it stands here.</summary>
    private SystemTimePoint? ParseTransactionPointOpt(bool? readOnly)
    {
        var at = _index;
        if (!Accept(Keyword.As)) return null;
        Expect(Keyword.Of);
        if (AtSystemTimeWords()) _index += 2;
        var point = ParsePoint();
        return readOnly != false ? point : throw SyntaxErrors.Point(Text, tokens[at].Span, "a transaction in the past only reads",
            "Leave READ WRITE out: BEGIN AS OF TIMESTAMP '2024-01-31 12:00:00'.");
    }

    private RestoreStatement? ParseRestore()
    {
        if (!AtName("restore")) return null;
        var start = _index++;
        var isDatabase = Accept(Keyword.Database);
        if (!isDatabase)
        {
            if (!AtName("keyspace")) throw Unexpected("KEYSPACE or DATABASE");
            _index++;
        }

        var name = isDatabase && At(Keyword.To) ? null : ParseName(isDatabase ? "a database" : "a keyspace");
        Expect(Keyword.To);
        var at = _index;
        var point = ParsePoint();
        return point.Kind != PointKind.Branch ? new RestoreStatement(isDatabase, name, point) { Span = From(start) } : throw SyntaxErrors.Point(
            Text, tokens[at].Span, "a branch is restored to a point of its own past", "RESTORE KEYSPACE main TO TIMESTAMP '2024-01-31 12:00:00', SNAPSHOT 'before-import', BOOKMARK '…' or LSN 12345.");
    }

    private BackupStatement? ParseBackup()
    {
        if (!AtName("backup")) return null;
        var start = _index++;
        if (!AtName("keyspace")) throw Unexpected("KEYSPACE");
        _index++;
        var name = ParseName("a keyspace");
        Expect(Keyword.To);
        return new BackupStatement(name, TakeString("a directory in quotes")) { Span = From(start) };
    }

    private CallStatement ParseCallStatement()
    {
        var start = _index++;
        if (!IsCallAhead()) throw Unexpected("a procedure and its arguments in parentheses");
        var at = _index;
        var name = ParseFunctionName();
        Expect(TokenKind.LeftParen);
        var call = ParseArguments(name);
        Expect(TokenKind.RightParen);
        return new CallStatement(call with { Span = From(at) }) { Span = From(start) };
    }
}
