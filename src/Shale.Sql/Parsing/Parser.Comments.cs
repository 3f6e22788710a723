using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>PostgreSQL's COMMENT, on what the VSchema has; on anything else it stays text.</summary>
internal sealed partial class Parser
{
    private Statement ParseComment()
    {
        var start = _index++;
        Expect(Keyword.On);
        var kind = Current.Keyword switch
        {
            Keyword.Table => "table",
            Keyword.View => "view",
            Keyword.Sequence => "sequence",
            Keyword.Index => "index",
            Keyword.Column => "column",
            Keyword.Constraint => "constraint",
            Keyword.Schema => "schema",
            Keyword.Database => "database",
            _ => null,
        };
        if (kind is null)
        {
            _index = start;
            return ParseRaw()!;
        }

        _index++;
        var (name, part) = ParseCommented(kind);
        Expect(Keyword.Is);
        return new CommentStatement(kind, name, part, Accept(Keyword.Null) ? null : TakeString()) { Span = From(start) };
    }

    private (ObjectName Name, Identifier? Part) ParseCommented(string kind)
    {
        if (kind == "column")
        {
            var names = new List<Identifier> { ParseName("a column of a table") };
            while (Accept(TokenKind.Dot)) names.Add(ParseLabel());
            return names.Count switch
            {
                2 => (new ObjectName(null, names[0]), names[1]),
                3 => (new ObjectName(names[0], names[1]), names[2]),
                _ => throw Unexpected("the name of a table, a dot and a column"),
            };
        }

        if (kind != "constraint") return (ParseObjectName(), null);
        var constraint = ParseName("a constraint");
        Expect(Keyword.On);
        return (ParseObjectName(), constraint);
    }
}
