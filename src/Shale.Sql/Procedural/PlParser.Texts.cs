using Shale.Sql.Lexing;

namespace Shale.Sql.Procedural;

/// <summary>What is SQL, and where its values go.</summary>
internal sealed partial class PlParser
{
    // Where a piece of SQL ends: at a sign or word outside of parentheses.
    private (string Written, int End) Piece(string[] ends)
    {
        var depth = 0;
        for (var i = _at; ; i++)
        {
            var token = _tokens[i];
            if (token.Kind == TokenKind.End || (token.Kind == TokenKind.Semicolon && depth == 0 && !ends.Contains(";")))
            {
                _at = i;
                throw token.Kind == TokenKind.End ? Unexpected("\"" + ends[0].ToUpperInvariant() + "\"") : Refused($"missing \"{ends[0].ToUpperInvariant()}\" at end of SQL expression");
            }

            if (depth == 0 && (ends.Contains(WordAt(i)) || (token.Kind is TokenKind.Semicolon or TokenKind.Comma && ends.Contains(token.Of(text).ToString()))))
            {
                if (i == _at) throw Refused("missing expression");
                return (text[Current.Start.._tokens[i - 1].End], i);
            }

            if (token.Kind is TokenKind.LeftParen or TokenKind.LeftBracket) depth++;
            if (token.Kind is TokenKind.RightParen or TokenKind.RightBracket) depth--;
        }
    }

    private PlText Expression(params string[] ends)
    {
        var (written, end) = Piece(ends);
        var expression = ExpressionOf(written);
        _at = end;
        return expression;
    }

    private PlText ExpressionOf(string written) => Checked("SELECT " + written, $"SQL expression \"{written}\"");

    private PlText Statement(string sql) => Checked(sql, $"SQL statement \"{sql}\"");

    // Good SQL, as far as that can be told before it runs: what is refused is refused when its turn comes.
    private PlText Checked(string sql, string context)
    {
        try
        {
            _ = SqlParser.Parse(sql, SqlDialect.Postgres);
        }
        catch (VitessException failure) when (failure.Code == ErrorCodes.SyntaxError.Code)
        {
            throw Located(failure, Line);
        }

        return new PlText(sql, _scope, context);
    }

    private bool IsAssignment()
    {
        if (Current.Kind is not (TokenKind.Word or TokenKind.QuotedName)) return false;
        var i = _at + 1;
        if (_tokens[i].Kind == TokenKind.Dot && _tokens[i + 1].Kind is TokenKind.Word or TokenKind.QuotedName) i += 2;
        if (_tokens[i].Kind == TokenKind.ColonEquals) return true;
        var isKnown = _scope.Find(TokenText.Name(text, Current, SqlDialect.Postgres)) is not null;
        return isKnown && (_tokens[i].Kind == TokenKind.LeftBracket || (_tokens[i].Kind == TokenKind.Operator && _tokens[i].Of(text).SequenceEqual("=")));
    }

    private PlAssign ParseAssignment()
    {
        var line = Line;
        var target = ReadTarget() ?? throw Refused($"\"{Current.Of(text)}\" is not a known variable");
        if (Current.Kind == TokenKind.LeftBracket) throw NotBuilt("assignment to an element of an array");
        if (!TryTakeAssignment()) throw Unexpected(":=");
        RequireVariable(target);
        var value = Expression(";");
        TakeSemicolon();
        return new PlAssign(line, target, value);
    }

    // Null, and nowhere else, where no variable stands.
    private PlTarget? ReadTarget()
    {
        if (Current.Kind is not (TokenKind.Word or TokenKind.QuotedName)) return null;
        var name = TokenText.Name(text, Current, SqlDialect.Postgres);
        if (_tokens[_at + 1].Kind == TokenKind.Dot && _tokens[_at + 2].Kind is TokenKind.Word or TokenKind.QuotedName)
        {
            if (_scope.Find(name, TokenText.Name(text, _tokens[_at + 2], SqlDialect.Postgres)) is not { } qualified) return null;
            _at += 3;
            return new PlTarget(qualified.Variable, qualified.Field);
        }

        if (_scope.Find(name) is not { } variable) return null;
        _at++;
        return new PlTarget(variable, null);
    }

    private PlInto ReadInto()
    {
        _at++;
        var isStrict = TryTake("strict");
        var targets = new List<PlTarget>();
        do
        {
            if (targets.Count > 0) _at++;
            var target = ReadTarget() ?? throw Refused($"\"{Current.Of(text)}\" is not a known variable");
            RequireVariable(target);
            targets.Add(target);
        }
        while (Current.Kind == TokenKind.Comma);
        return new PlInto(Scalars(targets), isStrict);
    }

    // Several places, or one record.
    private List<PlTarget> Scalars(List<PlTarget> targets)
    {
        if (targets.Count > 1 && targets.Find(target => !target.Variable.IsScalar && target.Field is null) is { Variable: { } record }) throw Refused($"\"{record.Name}\" is not a scalar variable");
        return targets;
    }

    private void RequireVariable(PlTarget target)
    {
        if (target.Variable.IsConstant) throw Refused($"variable \"{target.Variable.Name}\" is declared CONSTANT", "22005");
    }

    private PlSql ParseSql()
    {
        var (line, start) = (Line, _at);
        PlInto? into = null;
        var (intoStart, intoEnd) = (0, 0);
        for (; Current.Kind != TokenKind.Semicolon; _at++)
        {
            if (Current.Kind == TokenKind.End) throw Unexpected("\";\"");
            if (!Is("into") || _at == start || WordAt(_at - 1) is "insert" or "merge") continue;
            if (into is not null) throw Refused("INTO specified more than once");
            intoStart = Current.Start;
            into = ReadInto();
            intoEnd = _tokens[_at - 1].End;
            _at--;
        }

        if (_at == start) throw Unexpected("a statement");
        var end = _tokens[_at - 1].End;
        var sql = into is null ? text[_tokens[start].Start..end] : text[_tokens[start].Start..intoStart].TrimEnd() + (intoEnd < end ? " " + text[intoEnd..end].TrimStart() : "");
        TakeSemicolon();
        return new PlSql(line, Statement(sql), into);
    }
}
