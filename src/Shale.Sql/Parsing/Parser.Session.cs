using System.Globalization;
using System.Text;
using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>SET, RESET, USE, SHOW: statements that the gate answers itself, in both dialects.</summary>
internal sealed partial class Parser
{
    private SetStatement ParseSetCommand()
    {
        var start = _index++;
        var scope = "";
        if (At(Keyword.Session) && !IsSetSign(Peek(1)))
        {
            _index++;
            if (At(Keyword.Characteristics)) return ParseSessionCharacteristics(start);
            if (Accept(Keyword.Authorization)) return Set(start, "", "session_authorization", ParseSetValues());
            scope = "session";
        }
        else if (At(Keyword.Local) && !IsSetSign(Peek(1)))
        {
            _index++;
            scope = "local";
        }

        if (Accept(Keyword.Time, Keyword.Zone)) return Set(start, scope, "timezone", Accept(Keyword.Local) ? [] : ParseSetValues());
        if (At(Keyword.Transaction) && !IsSetSign(Peek(1)))
        {
            _index++;
            var modes = At(Keyword.As) ? NodeList<string>.Empty : ParseModeTexts();
            var asOf = ParseTransactionPointOpt(modes.Contains("read write") ? false : null);
            return Set(start, scope, "transaction", modes) with { AsOf = asOf, Span = From(start) };
        }

        if (Accept(Keyword.Names)) return Set(start, scope, "client_encoding", ParseSetValues());
        if (At(Keyword.Role) && !IsSetSign(Peek(1)) && Accept(Keyword.Role)) return Set(start, scope, "role", ParseSetValues());
        if (At(Keyword.Schema) && !IsSetSign(Peek(1)) && Accept(Keyword.Schema)) return Set(start, scope, "search_path", ParseSetValues());
        if (Accept(Keyword.Constraints)) return ParseSetConstraints(start, scope);
        var name = ParseVariable();
        if (!AcceptOperator("=") && !Accept(Keyword.To)) throw Unexpected("TO or \"=\"");
        if (At(TokenKind.End) || At(TokenKind.Semicolon)) throw Unexpected("a value");
        return Set(start, scope, name, ParseSetValues());
    }

    private SetStatement Set(int start, string scope, string name, NodeList<string> values) => new(scope, name, values) { Span = From(start) };

    private bool IsSetSign(in Token token) => token.Keyword == Keyword.To || (token.Kind == TokenKind.Operator && token.Of(Text) is "=");

    private string ParseVariable()
    {
        var name = ParseOptionName();
        while (Accept(TokenKind.Dot)) name += "." + ParseOptionName();
        return name;
    }

    /// <summary>Values as text, without quotes; none for DEFAULT.</summary>
    private NodeList<string> ParseSetValues()
    {
        if (Accept(Keyword.Default) || At(TokenKind.End) || At(TokenKind.Semicolon)) return NodeList<string>.Empty;
        var values = new List<string>();
        do
        {
            var isInterval = At(Keyword.Interval) && Peek(1).Kind == TokenKind.String;
            if (isInterval) _index++;
            values.Add(ParseOptionValue());
            if (isInterval && Accept(Keyword.Hour) && Accept(Keyword.To)) Expect(Keyword.Minute);
        }
        while (Accept(TokenKind.Comma));
        return values.ToNodeList();
    }

    private SetStatement ParseSessionCharacteristics(int start)
    {
        _index++;
        Expect(Keyword.As);
        Expect(Keyword.Transaction);
        return Set(start, "session", "transaction", ParseModeTexts());
    }

    /// <summary>ISOLATION LEVEL …, READ ONLY: one text in lower case each.</summary>
    private NodeList<string> ParseModeTexts()
    {
        var at = _index;
        if (Accept(Keyword.Snapshot)) return ["snapshot " + TakeString()];
        var (isolation, readOnly) = ParseTransactionModes();
        var values = new List<string>();
        if (isolation is not null) values.Add("isolation level " + isolation);
        if (readOnly is not null) values.Add(readOnly.Value ? "read only" : "read write");
        if (_index == at) throw Unexpected("ISOLATION LEVEL, READ ONLY or READ WRITE");
        return values.ToNodeList();
    }

    private SetStatement ParseSetConstraints(int start, string scope)
    {
        var values = new List<string>();
        if (Accept(Keyword.All))
        {
            values.Add("all");
        }
        else
        {
            do
            {
                var at = _index;
                ParseObjectName("a constraint");
                values.Add(TextFrom(at));
            }
            while (Accept(TokenKind.Comma));
        }

        if (Accept(Keyword.Deferred)) values.Add("deferred");
        else if (Accept(Keyword.Immediate)) values.Add("immediate");
        else throw Unexpected("DEFERRED or IMMEDIATE");
        return Set(start, scope, "constraints", values.ToNodeList());
    }

    private SetStatement ParseReset()
    {
        var start = _index++;
        if (Accept(Keyword.Time, Keyword.Zone)) return Set(start, "", "timezone", []);
        if (Accept(Keyword.Session, Keyword.Authorization)) return Set(start, "", "session_authorization", []);
        if (Accept(Keyword.Transaction, Keyword.Isolation))
        {
            Expect(Keyword.Level);
            return Set(start, "", "transaction_isolation", []);
        }

        return Set(start, "", ParseVariable(), []);
    }

    /// <summary>The target is a text of its own, <c>main:-80@replica</c>, not an expression: it is taken as written.</summary>
    private SetStatement ParseUse()
    {
        var start = _index++;
        return Current.Kind switch
        {
            TokenKind.Target => Set(start, "", "target", [Take().Of(Text).ToString()]),
            TokenKind.QuotedName or TokenKind.String => Set(start, "", "target", [TokenText.Name(Text, Take(), dialect)]),
            _ => Set(start, "", "target", []),
        };
    }

    private KillStatement? ParseKill()
    {
        if (!AtName("kill")) return null;
        var start = _index++;
        var queryOnly = AtName("query");
        if (queryOnly || AtName("connection")) _index++;
        if (!At(TokenKind.Integer)) throw Unexpected("the id of a statement, from SHOW PROCESSLIST");
        if (!long.TryParse(Current.Of(Text), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) throw Unexpected("the id of a statement, from SHOW PROCESSLIST");
        _index++;
        return new KillStatement(id, queryOnly) { Span = From(start) };
    }

    private bool AtName(string word) => At(TokenKind.Word) && Current.Of(Text).Equals(word, StringComparison.OrdinalIgnoreCase);

    private ShowStatement ParseShow()
    {
        var start = _index++;
        var what = new StringBuilder();
        while (At(TokenKind.Word) && Current.Keyword is not (Keyword.On or Keyword.From or Keyword.In or Keyword.Like))
        {
            if (what.Length > 0) what.Append(' ');
            what.Append(TakeWord("a word"));
            if (what.Equals("create table")) return new ShowStatement("create table", ParseObjectName("a table"), null) { Span = From(start) };
            while (Accept(TokenKind.Dot)) what.Append('.').Append(ParseOptionName());
        }

        if (what.Length == 0 && At(TokenKind.QuotedName)) what.Append(TakeIdentifier().Name);
        if (what.Length == 0) throw Unexpected("a variable, KEYSPACES, TABLES, VSCHEMA TABLES, VSCHEMA VINDEXES, VITESS_SHARDS or VITESS_TABLETS");
        var name = what.ToString() switch
        {
            "time zone" => "timezone",
            "transaction isolation level" => "transaction_isolation",
            "session authorization" => "session_authorization",
            var other => other,
        };
        ObjectName? on = null;
        if (Accept(Keyword.On) || Accept(Keyword.From) || Accept(Keyword.In)) on = ParseObjectName("a table or keyspace");
        var like = Accept(Keyword.Like) ? TakeString("a pattern") : null;
        return new ShowStatement(name, on, like) { Span = From(start) };
    }
}
