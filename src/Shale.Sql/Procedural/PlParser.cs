using Shale.Sql.Lexing;
using Shale.Sql.Parsing;

namespace Shale.Sql.Procedural;

/// <summary>Reads a block of PL/pgSQL. What is SQL in it stays text, and is read once to know that it is good.</summary>
internal sealed partial class PlParser(string text)
{
    private readonly TokenBuffer _tokens = Read(text);
    private readonly Stack<(string? Label, bool IsLoop)> _around = [];
    private int _at, _slots, _cases;
    private PlScope _scope = new(null, null);

    private Token Current => _tokens[_at];

    /// <summary>Reads all of it.</summary>
    public PlRoutine ParseRoutine()
    {
        using (_tokens)
        {
            var found = Declare(new PlVariable("found", _slots++, PlKind.Scalar, "bool", 1) { Default = ExpressionOf("false") });
            var label = TakeLabel();
            if (label is not null) _around.Push((label, false));
            if (!Is("declare") && !Is("begin")) throw Unexpected("DECLARE or BEGIN");
            var block = ParseBlock(label);
            if (Current.Kind == TokenKind.Semicolon) _at++;
            return Current.Kind == TokenKind.End ? new PlRoutine(block, found, _slots) : throw Unexpected("the end of the block");
        }
    }

    /// <summary>The body of a DO. Errors: see <see cref="PlRoutine.ParseDo"/>.</summary>
    public static string BodyOf(string statement)
    {
        using var tokens = TokenBuffer.Read(statement, SqlDialect.Postgres);
        string? body = null;
        for (var i = 1; tokens[i].Kind is not (TokenKind.End or TokenKind.Semicolon); i++)
        {
            if (tokens[i].Kind == TokenKind.String && body is null)
            {
                body = TokenText.String(statement, tokens[i]);
                continue;
            }

            if (!tokens[i].Of(statement).Equals("LANGUAGE", StringComparison.OrdinalIgnoreCase) || tokens[++i].Kind is not (TokenKind.Word or TokenKind.QuotedName or TokenKind.String)) throw SyntaxErrors.Unexpected(statement, tokens[i].Span, "a block between quotes, or LANGUAGE and its name");
            var language = TokenText.Name(statement, tokens[i], SqlDialect.Postgres);
            if (language == "sql") throw new VitessException(ErrorCodes.QueryError, "language \"sql\" does not support inline code execution", sqlState: "0A000", hint: "Leave LANGUAGE out.");
            if (language != "plpgsql") throw new VitessException(ErrorCodes.NotFound, $"language \"{language}\" does not exist", sqlState: "42704", hint: "There is plpgsql.");
        }

        return body ?? throw new VitessException(ErrorCodes.SyntaxError, "no inline code specified");
    }

    private static TokenBuffer Read(string text)
    {
        try
        {
            return TokenBuffer.Read(text, SqlDialect.Postgres);
        }
        catch (VitessException failure)
        {
            throw Located(failure, text.AsSpan(0, Math.Clamp((failure.Position ?? 1) - 1, 0, text.Length)).Count('\n') + 1);
        }
    }

    private PlBlock ParseBlock(string? label)
    {
        SqlErrors.GuardStack();
        var outer = _scope;
        _scope = new PlScope(outer, label);
        var line = Line;
        var variables = new List<PlVariable>();
        while (TryTake("declare"))
        {
            while (!Is("begin") && !Is("declare")) variables.Add(ParseDeclaration());
        }

        Take("begin", "BEGIN");
        var body = ParseStatements();
        var (handlers, state, message) = ParseHandlers();
        Take("end", "END");
        TakeEndLabel(label);
        _scope = outer;
        return new PlBlock(line, label, variables, body, handlers, state, message);
    }

    private (List<PlHandler> Handlers, PlVariable? State, PlVariable? Message) ParseHandlers()
    {
        var handlers = new List<PlHandler>();
        if (!TryTake("exception")) return (handlers, null, null);
        var outer = _scope;
        _scope = new PlScope(outer, null);
        var state = Declare(new PlVariable("sqlstate", _slots++, PlKind.Scalar, "text", Line) { IsConstant = true });
        var message = Declare(new PlVariable("sqlerrm", _slots++, PlKind.Scalar, "text", Line) { IsConstant = true });
        while (TryTake("when"))
        {
            var conditions = new List<string?> { ParseCondition() };
            while (TryTake("or")) conditions.Add(ParseCondition());
            Take("then", "THEN");
            handlers.Add(new PlHandler(conditions, ParseStatements()));
        }

        if (handlers.Count == 0) throw Unexpected("WHEN");
        _scope = outer;
        return (handlers, state, message);
    }

    // Null for OTHERS.
    private string? ParseCondition()
    {
        if (TryTake("others")) return null;
        return ReadCondition() ?? throw Unexpected("a condition");
    }

    private string? ReadCondition()
    {
        if (Is("sqlstate") && _tokens[_at + 1].Kind == TokenKind.String)
        {
            _at++;
            var state = TokenText.String(text, Current);
            if (!PlConditions.IsState(state)) throw Refused("invalid SQLSTATE code");
            _at++;
            return state;
        }

        if (Current.Kind is not (TokenKind.Word or TokenKind.QuotedName)) return null;
        var name = TokenText.Name(text, Current, SqlDialect.Postgres);
        if (PlConditions.StateOf(name) is null) throw Refused($"unrecognized exception condition \"{name}\"", "42704");
        _at++;
        return name;
    }

    private PlVariable ParseDeclaration()
    {
        var line = Line;
        var name = TakeName("the name of a variable");
        if (Is("alias") || Is("cursor") || Is("scroll") || (Is("no") && Is("scroll", 1))) throw NotBuilt(Is("alias") ? "ALIAS FOR" : "a cursor variable");
        var isConstant = TryTake("constant");
        var (kind, type) = ParseType();
        var isNotNull = false;
        if (TryTake("not"))
        {
            Take("null", "NULL");
            isNotNull = true;
        }

        PlText? value = null;
        if (TryTake("default") || TryTakeAssignment()) value = Expression(";");
        else if (isNotNull) throw Refused($"variable \"{name}\" must have a default value, since it's declared NOT NULL", "22004");
        TakeSemicolon();
        var variable = new PlVariable(name, _slots++, kind, type, line) { IsConstant = isConstant, IsNotNull = isNotNull, Default = value };
        if (!_scope.TryAdd(variable)) throw Refused($"duplicate declaration at or near \"{name}\"", line: line);
        return variable;
    }

    private (PlKind Kind, string Type) ParseType()
    {
        var start = _at;
        for (var depth = 0; Current.Kind != TokenKind.End; _at++)
        {
            if (depth == 0 && (Current.Kind is TokenKind.Semicolon or TokenKind.ColonEquals || IsSign("=") || Is("not") || Is("default") || Is("collate"))) break;
            if (Current.Kind is TokenKind.LeftParen or TokenKind.LeftBracket) depth++;
            if (Current.Kind is TokenKind.RightParen or TokenKind.RightBracket) depth--;
        }

        if (_at == start) throw Unexpected("a type");
        if (Is("collate")) throw NotBuilt("COLLATE of a variable");
        var written = text[_tokens[start].Start.._tokens[_at - 1].End];
        if (written.Equals("record", StringComparison.OrdinalIgnoreCase)) return (PlKind.Record, "");
        if (_at - start < 3 || !_tokens[_at - 2].Of(text).SequenceEqual("%")) return (PlKind.Scalar, written);
        var of = text[_tokens[start].Start.._tokens[_at - 3].End];
        return WordAt(_at - 1) switch
        {
            "type" => _scope.Find(of.ToLowerInvariant()) is { } other ? (other.Kind, other.Type) : (PlKind.ColumnType, of),
            "rowtype" => (PlKind.RowType, of),
            _ => throw Unexpected("TYPE or ROWTYPE"),
        };
    }

    private PlVariable Declare(PlVariable variable)
    {
        _scope.TryAdd(variable);
        return variable;
    }

    private string? TakeLabel()
    {
        if (!IsSign("<<")) return null;
        _at++;
        var label = TakeName("a label");
        if (!IsSign(">>")) throw Unexpected(">>");
        _at++;
        return label;
    }

    private void TakeEndLabel(string? label)
    {
        if (Current.Kind is not (TokenKind.Word or TokenKind.QuotedName)) return;
        var end = TakeName("a label");
        if (label is null) throw Refused($"end label \"{end}\" specified for unlabeled block");
        if (end != label) throw Refused($"end label \"{end}\" differs from block's label \"{label}\"");
    }

    // Words and signs.
    private int Line => text.AsSpan(0, Current.Start).Count('\n') + 1;

    private string? WordAt(int index) => _tokens[index].Kind == TokenKind.Word ? TokenText.Fold(_tokens[index].Of(text)) : null;

    private bool Is(string word, int ahead = 0) => _at + ahead < _tokens.Count && _tokens[_at + ahead].Kind == TokenKind.Word && _tokens[_at + ahead].Of(text).Equals(word, StringComparison.OrdinalIgnoreCase);

    private bool IsSign(string sign) => Current.Kind == TokenKind.Operator && Current.Of(text).SequenceEqual(sign);

    private bool TryTake(string word)
    {
        if (!Is(word)) return false;
        _at++;
        return true;
    }

    private bool TryTakeAssignment()
    {
        if (Current.Kind != TokenKind.ColonEquals && !IsSign("=")) return false;
        _at++;
        return true;
    }

    private void Take(string word, string expected)
    {
        if (!TryTake(word)) throw Unexpected(expected);
    }

    private void TakeSemicolon()
    {
        if (Current.Kind != TokenKind.Semicolon) throw Unexpected("\";\"");
        _at++;
    }

    private string TakeName(string expected)
    {
        if (Current.Kind is not (TokenKind.Word or TokenKind.QuotedName)) throw Unexpected(expected);
        return TokenText.Name(text, _tokens[_at++], SqlDialect.Postgres);
    }

    // Failures.
    private VitessException Unexpected(string expected) => Located(SyntaxErrors.Unexpected(text, Current.Span, expected), Line);

    private VitessException Refused(string message, string sqlState = "42601", int? line = null) => Located(new VitessException(ErrorCodes.SyntaxError, message, sqlState: sqlState), line ?? Line);

    private VitessException NotBuilt(string what) => Located(new VitessException(ErrorCodes.QueryError, $"{what} is not supported in PL/pgSQL", sqlState: "0A000", hint: "Write the block without it."), Line);

    private static VitessException Located(VitessException failure, int line) => failure.Within($"compilation of PL/pgSQL function \"inline_code_block\" near line {line}");
}
