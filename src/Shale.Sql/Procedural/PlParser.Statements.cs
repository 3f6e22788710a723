using Shale.Sql.Lexing;

namespace Shale.Sql.Procedural;

/// <summary>The statements.</summary>
internal sealed partial class PlParser
{
    private List<PlStatement> ParseStatements()
    {
        SqlErrors.GuardStack();
        var statements = new List<PlStatement>();
        while (!Is("end") && !Is("else") && !Is("elsif") && !Is("elseif") && !Is("when") && !Is("exception"))
        {
            if (Current.Kind == TokenKind.End) throw Unexpected("END");
            statements.Add(ParseStatement());
        }

        return statements;
    }

    private PlStatement ParseStatement()
    {
        var label = TakeLabel();
        var isLoop = Is("loop") || Is("while") || Is("for") || Is("foreach");
        if (label is not null && !isLoop && !Is("declare") && !Is("begin")) throw Unexpected("a block or a loop");
        if (IsAssignment()) return ParseAssignment();
        if (label is null && !isLoop) return ParseStatement(null);
        _around.Push((label, isLoop));
        var statement = ParseStatement(label);
        _around.Pop();
        return statement;
    }

    private PlStatement ParseStatement(string? label)
    {
        switch (WordAt(_at))
        {
            case "declare" or "begin":
                var block = ParseBlock(label);
                TakeSemicolon();
                return block;
            case "if":
                return ParseIf();
            case "case":
                return ParseCase();
            case "loop" or "while":
                return ParseLoop(label);
            case "for":
                return ParseFor(label);
            case "foreach":
                return ParseForEach(label);
            case "exit" or "continue":
                return ParseExit();
            case "return":
                return ParseReturn();
            case "raise":
                return ParseRaise();
            case "assert":
                return ParseAssert();
            case "perform":
                return ParsePerform();
            case "execute":
                return ParseExecute();
            case "get" when Is("diagnostics", 1) || Is("current", 1) || Is("stacked", 1):
                return ParseDiagnostics();
            case "null" when _tokens[_at + 1].Kind == TokenKind.Semicolon:
                return TakeTwo(new PlNothing(Line));
            case "open" or "fetch" or "move" or "close":
                throw NotBuilt("a cursor variable");
            case "commit" or "rollback" when _tokens[_at + 1].Kind == TokenKind.Semicolon:
                return TakeTwo(new PlEnd(Line, Is("commit")));
            default:
                return ParseSql();
        }
    }

    private PlStatement TakeTwo(PlStatement statement)
    {
        _at += 2;
        return statement;
    }

    private PlIf ParseIf()
    {
        var line = Line;
        var branches = new List<(PlText, IReadOnlyList<PlStatement>)>();
        do
        {
            _at++;
            var condition = Expression("then");
            Take("then", "THEN");
            branches.Add((condition, ParseStatements()));
        }
        while (Is("elsif") || Is("elseif"));
        IReadOnlyList<PlStatement> rest = TryTake("else") ? ParseStatements() : [];
        End("if");
        return new PlIf(line, branches, rest);
    }

    private PlCase ParseCase()
    {
        var line = Line;
        _at++;
        var outer = _scope;
        (PlVariable, PlText)? subject = null;
        var compared = "";
        if (!Is("when"))
        {
            var value = Expression("when");
            _scope = new PlScope(outer, null);
            compared = $"__Case__Variable_{++_cases}__";
            subject = (Declare(new PlVariable(compared, _slots++, PlKind.Record, "", line)), value);
        }

        var branches = new List<(PlText, IReadOnlyList<PlStatement>)>();
        while (TryTake("when"))
        {
            var (written, end) = Piece(["then"]);
            var condition = ExpressionOf(subject is null ? written : $"\"{compared}\".value IN ({written})");
            _at = end;
            Take("then", "THEN");
            branches.Add((condition, ParseStatements()));
        }

        var rest = TryTake("else") ? ParseStatements() : null;
        End("case");
        _scope = outer;
        return new PlCase(line, subject, branches, rest);
    }

    private PlLoop ParseLoop(string? label)
    {
        var line = Line;
        PlText? condition = null;
        if (TryTake("while")) condition = Expression("loop");
        return new PlLoop(line, label, condition, ParseLoopBody(label));
    }

    private List<PlStatement> ParseLoopBody(string? label)
    {
        Take("loop", "LOOP");
        var body = ParseStatements();
        Take("end", "END");
        Take("loop", "LOOP");
        TakeEndLabel(label);
        TakeSemicolon();
        return body;
    }

    private PlStatement ParseFor(string? label)
    {
        var line = Line;
        _at++;
        var start = _at;
        while (!Is("in") && Current.Kind is not (TokenKind.End or TokenKind.Semicolon)) _at++;
        var targetsEnd = _at;
        Take("in", "IN");
        if (TryTake("execute"))
        {
            var dynamic = ParseDynamic(["loop", "using"], ["loop"]);
            return new PlForRows(line, label, LoopTargets(start, targetsEnd), null, dynamic, ParseLoopBody(label));
        }

        var isReverse = TryTake("reverse");
        var (written, end) = Piece(["loop"]);
        if (RangeDots(_at, end) is { } dots) return ParseForNumbers(line, label, start, targetsEnd, isReverse, dots, end);
        if (isReverse) throw Refused("cannot specify REVERSE in query FOR loop");
        var query = Statement(written);
        _at = end;
        return new PlForRows(line, label, LoopTargets(start, targetsEnd), query, null, ParseLoopBody(label));
    }

    private PlForNumbers ParseForNumbers(int line, string? label, int name, int nameEnd, bool isReverse, (int First, int Second) dots, int end)
    {
        if (nameEnd != name + 1) throw Refused("integer FOR loop must have only one target variable");
        var from = ExpressionOf(text[Current.Start.._tokens[dots.First].Start]);
        var upTo = text[(_tokens[dots.Second].Start + 1).._tokens[end - 1].End];
        var by = -1;
        for (var i = dots.Second; i < end; i++) if (WordAt(i) == "by") by = i;
        var step = by < 0 ? null : ExpressionOf(text[_tokens[by].End.._tokens[end - 1].End]);
        var to = ExpressionOf(by < 0 ? upTo : text[(_tokens[dots.Second].Start + 1).._tokens[by].Start]);
        var outer = _scope;
        _scope = new PlScope(outer, label);
        var variable = Declare(new PlVariable(TokenText.Name(text, _tokens[name], SqlDialect.Postgres), _slots++, PlKind.Scalar, "int4", line));
        _at = end;
        var body = ParseLoopBody(label);
        _scope = outer;
        return new PlForNumbers(line, label, variable, from, to, step, isReverse, body);
    }

    // The two points of a range; the second may have become part of a number: 1...5 is from 1 to .5.
    private (int First, int Second)? RangeDots(int from, int to)
    {
        for (var i = from; i + 1 < to; i++)
        {
            if (_tokens[i].Kind == TokenKind.Dot && _tokens[i + 1].Start == _tokens[i].End && text[_tokens[i + 1].Start] == '.') return (i, i + 1);
        }

        return null;
    }

    private PlInto LoopTargets(int start, int end)
    {
        var back = _at;
        _at = start;
        var targets = new List<PlTarget>();
        do
        {
            if (ReadTarget() is not { } target) throw Refused("loop variable of loop over rows must be a record variable or list of scalar variables");
            targets.Add(target);
        }
        while (_at < end && Current.Kind == TokenKind.Comma && ++_at > 0);
        if (_at != end) throw Unexpected("IN");
        _at = back;
        return new PlInto(Scalars(targets), IsStrict: false);
    }

    private PlForEach ParseForEach(string? label)
    {
        var line = Line;
        _at++;
        var target = ReadTarget() ?? throw Refused($"\"{Current.Of(text)}\" is not a known variable");
        if (Is("slice")) throw NotBuilt("SLICE");
        Take("in", "IN");
        Take("array", "ARRAY");
        var array = Expression("loop");
        return new PlForEach(line, label, target, array, ParseLoopBody(label));
    }

    private PlExit ParseExit()
    {
        var line = Line;
        var isContinue = Is("continue");
        _at++;
        string? label = null;
        if (Current.Kind != TokenKind.Semicolon && !Is("when"))
        {
            label = TakeName("a label");
            var around = _around.FirstOrDefault(each => each.Label == label);
            if (around.Label is null) throw Refused($"there is no label \"{label}\" attached to any block or loop enclosing this statement");
            if (isContinue && !around.IsLoop) throw Refused($"block label \"{label}\" cannot be used in CONTINUE");
        }
        else if (!_around.Any(each => each.IsLoop))
        {
            throw Refused(isContinue ? "CONTINUE cannot be used outside a loop" : "EXIT cannot be used outside a loop, unless it has a label");
        }

        var condition = TryTake("when") ? Expression(";") : null;
        TakeSemicolon();
        return new PlExit(line, isContinue, label, condition);
    }

    private PlReturn ParseReturn()
    {
        var line = Line;
        _at++;
        if (Current.Kind != TokenKind.Semicolon) throw Refused("RETURN cannot have a parameter in function returning void", "42804");
        TakeSemicolon();
        return new PlReturn(line);
    }

    private PlAssert ParseAssert()
    {
        var line = Line;
        _at++;
        var condition = Expression(",", ";");
        PlText? message = null;
        if (Current.Kind == TokenKind.Comma)
        {
            _at++;
            message = Expression(";");
        }

        TakeSemicolon();
        return new PlAssert(line, condition, message);
    }

    private PlPerform ParsePerform()
    {
        var line = Line;
        _at++;
        var query = Expression(";");
        TakeSemicolon();
        return new PlPerform(line, query with { Context = $"SQL statement \"{query.Sql}\"" });
    }

    private PlExecute ParseExecute()
    {
        var line = Line;
        _at++;
        var value = Expression("into", "using", ";");
        PlInto? into = null;
        IReadOnlyList<PlText> values = [];
        while (Current.Kind != TokenKind.Semicolon)
        {
            if (Is("into") && into is null) into = ReadInto();
            else if (Is("using") && values.Count == 0) values = ReadUsing(["into", ";"]);
            else throw Unexpected("\";\"");
        }

        TakeSemicolon();
        return new PlExecute(line, new PlDynamic(value, values), into);
    }

    private PlDynamic ParseDynamic(string[] ends, string[] endsOfValues)
    {
        var value = Expression(ends);
        return new PlDynamic(value, Is("using") ? ReadUsing(endsOfValues) : []);
    }

    private List<PlText> ReadUsing(string[] ends)
    {
        var values = new List<PlText>();
        do
        {
            _at++;
            values.Add(Expression([.. ends, ","]));
        }
        while (Current.Kind == TokenKind.Comma);
        return values;
    }

    private void End(string word)
    {
        Take("end", "END");
        Take(word, word.ToUpperInvariant());
        TakeSemicolon();
    }
}
