using Shale.Sql.Lexing;

namespace Shale.Sql.Procedural;

/// <summary>RAISE and GET DIAGNOSTICS.</summary>
internal sealed partial class PlParser
{
    private static readonly string[] Levels = ["exception", "warning", "notice", "info", "log", "debug"];

    private static readonly string[] Options = ["MESSAGE", "DETAIL", "HINT", "ERRCODE", "COLUMN", "CONSTRAINT", "DATATYPE", "TABLE", "SCHEMA"];

    private static readonly string[] CurrentItems = ["ROW_COUNT", "PG_CONTEXT"];

    private static readonly string[] StackedItems =
    [
        "RETURNED_SQLSTATE", "COLUMN_NAME", "CONSTRAINT_NAME", "PG_DATATYPE_NAME", "MESSAGE_TEXT", "TABLE_NAME", "SCHEMA_NAME", "PG_EXCEPTION_DETAIL", "PG_EXCEPTION_HINT", "PG_EXCEPTION_CONTEXT",
    ];

    private PlRaise ParseRaise()
    {
        var line = Line;
        _at++;
        if (Current.Kind == TokenKind.Semicolon)
        {
            _at++;
            return new PlRaise(line, null, null, [], null, []);
        }

        var level = Array.Find(Levels, TryTake) ?? "exception";
        string? format = null, condition = null;
        var arguments = new List<PlText>();
        if (Current.Kind == TokenKind.String)
        {
            format = TokenText.String(text, _tokens[_at++]);
            while (Current.Kind == TokenKind.Comma)
            {
                _at++;
                arguments.Add(Expression(",", ";", "using"));
            }

            RequireArguments(format, arguments.Count);
        }
        else if (!Is("using"))
        {
            condition = ReadCondition() ?? throw Unexpected("a message or a condition");
        }

        var options = ReadOptions();
        TakeSemicolon();
        return new PlRaise(line, level.ToUpperInvariant(), format, arguments, condition, options);
    }

    private List<(string Name, PlText Value)> ReadOptions()
    {
        var options = new List<(string Name, PlText Value)>();
        if (!TryTake("using")) return options;
        do
        {
            if (options.Count > 0) _at++;
            var name = TakeName("an option").ToUpperInvariant();
            if (!Options.Contains(name)) throw Refused($"unrecognized RAISE statement option \"{name}\"");
            if (!TryTakeAssignment()) throw Unexpected("=");
            options.Add((name, Expression(",", ";")));
        }
        while (Current.Kind == TokenKind.Comma);
        return options;
    }

    private void RequireArguments(string format, int given)
    {
        var expected = format.Replace("%%", "", StringComparison.Ordinal).Count(each => each == '%');
        if (given < expected) throw Refused("too few parameters specified for RAISE");
        if (given > expected) throw Refused("too many parameters specified for RAISE");
    }

    private PlDiagnostics ParseDiagnostics()
    {
        var line = Line;
        _at++;
        var isStacked = TryTake("stacked");
        if (!isStacked) TryTake("current");
        Take("diagnostics", "DIAGNOSTICS");
        var items = new List<(PlTarget Target, string Item)>();
        do
        {
            if (items.Count > 0) _at++;
            var target = ReadTarget() ?? throw Refused($"\"{Current.Of(text)}\" is not a known variable");
            if (!TryTakeAssignment()) throw Unexpected("=");
            var item = TakeName("what is wanted").ToUpperInvariant();
            if (!(isStacked ? StackedItems : CurrentItems).Contains(item)) throw Refused($"diagnostics item {item} is not allowed in GET {(isStacked ? "STACKED" : "CURRENT")} DIAGNOSTICS");
            items.Add((target, item));
        }
        while (Current.Kind == TokenKind.Comma);
        TakeSemicolon();
        return new PlDiagnostics(line, isStacked, items);
    }
}
