using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>COPY, in its newer form and the older ones.</summary>
internal sealed partial class Parser
{
    /// <summary>Reads a COPY that is the whole text.</summary>
    public CopyCommand ParseCopy()
    {
        Expect(Keyword.Copy);
        string? table = null, name = null, query = null;
        var columns = NodeList<Identifier>.Empty;
        if (Accept(TokenKind.LeftParen))
        {
            query = TakeQueryText();
        }
        else
        {
            var at = _index;
            name = ParseObjectName("a table").Name.Name;
            table = TextFrom(at);
            columns = ParseNameListOpt();
        }

        var isFrom = Accept(Keyword.From);
        if (!isFrom) Expect(Keyword.To);
        if (isFrom && table is null) throw Unexpected("a table");
        var isStream = AtName("stdin") || AtName("stdout");
        _index++;
        var options = new List<(string, string?)>();
        if (Accept(Keyword.With) | Accept(TokenKind.LeftParen) && tokens[_index - 1].Kind == TokenKind.LeftParen) ParseCopyList(options);
        else ParseCopyWords(options);
        Accept(TokenKind.Semicolon);
        if (!At(TokenKind.End)) throw Unexpected("the end of the statement");
        return new CopyCommand(table, name, [.. columns.Select(column => column.Name)], query, isFrom, isStream, options);
    }

    // Up to the parenthesis that closes it.
    private string TakeQueryText()
    {
        var at = _index;
        for (var depth = 1; ; _index++)
        {
            if (At(TokenKind.End)) throw Unexpected("\")\"");
            if (At(TokenKind.LeftParen)) depth++;
            if (At(TokenKind.RightParen) && --depth == 0) break;
        }

        var text = TextFrom(at);
        _index++;
        return text;
    }

    private void ParseCopyList(List<(string, string?)> options)
    {
        do
        {
            var name = ParseOptionName();
            options.Add((name, At(TokenKind.Comma) || At(TokenKind.RightParen) ? null : ParseCopyValue()));
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
    }

    private string ParseCopyValue()
    {
        if (AcceptOperator("*")) return "*";
        if (!Accept(TokenKind.LeftParen)) return ParseOptionValue();
        var values = new List<string>();
        do values.Add(ParseName("a column").Name);
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return string.Join(',', values);
    }

    private string ParseForced()
    {
        var names = new List<string>();
        do names.Add(ParseName("a column").Name);
        while (Accept(TokenKind.Comma));
        return string.Join(',', names);
    }

    private void ParseCopyWords(List<(string, string?)> options)
    {
        while (At(TokenKind.Word))
        {
            var word = ParseOptionName();
            switch (word)
            {
                case "binary" or "csv":
                    options.Add(("format", word));
                    break;
                case "header" or "freeze":
                    options.Add((word, null));
                    break;
                case "force":
                    var forced = Accept(Keyword.Not, Keyword.Null) ? "force_not_null" : Accept(Keyword.Null) ? "force_null" : ParseOptionName() is "quote" ? "force_quote" : throw Unexpected("QUOTE, NOT NULL or NULL");
                    options.Add((forced, AcceptOperator("*") ? "*" : ParseForced()));
                    break;
                default:
                    Accept(Keyword.As);
                    options.Add((word, ParseCopyValue()));
                    break;
            }
        }
    }
}
