using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>SQLite's CREATE TRIGGER.</summary>
internal sealed partial class Parser
{
    private CreateTriggerStatement ParseCreateTrigger(int start, bool temporary)
    {
        Expect(Keyword.Trigger);
        var ifNotExists = AcceptIfNotExists();
        var name = ParseObjectName("a trigger's name");
        var timing = Current.Keyword is Keyword.Before or Keyword.After ? TakeWord("a time") : Accept(Keyword.Instead, Keyword.Of) ? "instead of" : "";
        if (Current.Keyword is not (Keyword.Insert or Keyword.Update or Keyword.Delete)) throw Unexpected("INSERT, UPDATE or DELETE");
        var kind = TakeWord("an event");
        var columns = kind == "update" && Accept(Keyword.Of) ? ParseColumnNames() : NodeList<Identifier>.Empty;
        Expect(Keyword.On);
        var table = ParseObjectName("a table");
        var each = Accept(Keyword.For);
        if (each)
        {
            Expect(Keyword.Each);
            Expect(Keyword.Row);
        }

        var when = Accept(Keyword.When) ? ParseExpr() : null;
        return new CreateTriggerStatement(name, kind, table, ParseTriggerBody())
        {
            IfNotExists = ifNotExists, Temporary = temporary, Timing = timing, Columns = columns, ForEachRow = each, When = when, Span = From(start),
        };
    }

    private NodeList<Identifier> ParseColumnNames()
    {
        var names = new List<Identifier>();
        do names.Add(ParseName("a column's name"));
        while (Accept(TokenKind.Comma));
        return names.ToNodeList();
    }

    private NodeList<Statement> ParseTriggerBody()
    {
        Expect(Keyword.Begin);
        var body = new List<Statement>();
        do
        {
            body.Add(Current.Keyword switch
            {
                Keyword.Select or Keyword.Values => ParseQuery(),
                Keyword.With => ParseWithStatement(),
                _ => ParseDml(null, _index),
            });
            Expect(TokenKind.Semicolon);
        }
        while (!At(Keyword.End));
        _index++;
        return body.ToNodeList();
    }
}
