using System.Text;
using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>Clauses of CREATE TABLE that the tree keeps as text: checked for their form, not understood.</summary>
internal sealed partial class Parser
{
    private static readonly string[] LikeParts = ["comments", "compression", "constraints", "defaults", "generated", "identity", "indexes", "statistics", "storage", "all"];

    /// <summary>PARTITION OF … or OF ….</summary>
    private string ParseParent()
    {
        var start = _index;
        if (Accept(Keyword.Of))
        {
            ParseObjectName("a type");
            SkipParensOpt();
            return JoinedFrom(start);
        }

        Expect(Keyword.Partition);
        Expect(Keyword.Of);
        ParseObjectName("a table");
        SkipParensOpt();
        if (Accept(Keyword.Default)) return JoinedFrom(start);
        Expect(Keyword.For);
        Expect(Keyword.Values);
        if (Accept(Keyword.From))
        {
            SkipParens();
            Expect(Keyword.To);
        }
        else if (!Accept(Keyword.In))
        {
            Expect(Keyword.With);
        }

        SkipParens();
        return JoinedFrom(start);
    }

    /// <summary>INHERITS, PARTITION BY, TABLESPACE, ON COMMIT or USING.</summary>
    private string ParseTableClause()
    {
        var start = _index;
        switch (Take().Keyword)
        {
            case Keyword.Inherits:
                SkipParens();
                break;
            case Keyword.Partition:
                Expect(Keyword.By);
                ParseLabel();
                SkipParens();
                break;
            case Keyword.On:
                Expect(Keyword.Commit);
                if (Accept(Keyword.Drop)) break;
                if (!Accept(Keyword.Delete) && TakeWord("DROP, DELETE ROWS or PRESERVE ROWS") != "preserve") throw Unexpected("ROWS");
                Expect(Keyword.Rows);
                break;
            default:
                ParseName();
                break;
        }

        return JoinedFrom(start);
    }

    /// <summary>LIKE t INCLUDING … EXCLUDING ….</summary>
    private LikeTable ParseLikeTable(int position)
    {
        var start = _index++;
        var source = ParseObjectName("a table");
        var parts = new List<OptionItem>();
        while (AtName("including") || AtName("excluding"))
        {
            var first = _index;
            var said = TakeWord("INCLUDING or EXCLUDING");
            if (Array.IndexOf(LikeParts, Current.Kind == TokenKind.Word ? TokenText.Fold(Current.Of(Text)) : "") < 0) throw Unexpected("what to include: DEFAULTS, CONSTRAINTS, INDEXES, …, ALL");
            parts.Add(new OptionItem(TakeWord("what to include"), said) { Span = From(first) });
        }

        return new LikeTable(source, position, parts.ToNodeList()) { Span = From(start) };
    }

    private void SkipParensOpt()
    {
        if (At(TokenKind.LeftParen)) SkipParens();
    }

    /// <summary>Takes what stands in parentheses, whatever it is.</summary>
    private void SkipParens()
    {
        Expect(TokenKind.LeftParen);
        for (var depth = 1; depth > 0; _index++)
        {
            if (At(TokenKind.End) || At(TokenKind.Semicolon)) throw Unexpected(Describe(TokenKind.RightParen));
            if (At(TokenKind.LeftParen)) depth++;
            if (At(TokenKind.RightParen)) depth--;
        }
    }

    /// <summary>The tokens' texts with one blank between those that stood apart.</summary>
    private string JoinedFrom(int first)
    {
        var text = new StringBuilder();
        for (var i = first; i < _index; i++)
        {
            if (i > first && tokens[i - 1].End != tokens[i].Start) text.Append(' ');
            text.Append(tokens[i].Of(Text));
        }

        return text.ToString();
    }
}
