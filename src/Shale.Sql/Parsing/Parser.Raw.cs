using Shale.Sql.Lexing;

namespace Shale.Sql.Parsing;

/// <summary>Statements known only by their first words: they stay text, but must be one statement of good tokens.</summary>
internal sealed partial class Parser
{
    private RawStatement? ParseRaw()
    {
        var start = _index;
        if (!IsRawWord(Current.Keyword)) return null;
        var keyword = Describe(Take().Keyword);
        if (keyword is "REFRESH" or "SECURITY" or "IMPORT" or "COMMIT" or "ROLLBACK" && At(TokenKind.Word)) keyword += " " + TakeWord("a word").ToUpperInvariant();
        return FinishRaw(start, keyword);
    }

    private bool IsRawWord(Keyword keyword) => keyword switch
    {
        Keyword.Vacuum or Keyword.Analyze or Keyword.Reindex or Keyword.Attach or Keyword.Detach => true,
        Keyword.Analyse or Keyword.Comment or Keyword.Grant or Keyword.Revoke or Keyword.Listen or Keyword.Unlisten or Keyword.Notify or Keyword.Copy
            or Keyword.Do or Keyword.Prepare or Keyword.Execute or Keyword.Deallocate or Keyword.Discard
            or Keyword.Declare or Keyword.Fetch or Keyword.Move or Keyword.Close or Keyword.Checkpoint or Keyword.Cluster or Keyword.Refresh
            or Keyword.Merge or Keyword.Security or Keyword.Import or Keyword.Reassign or Keyword.Load => _postgres,
        Keyword.Commit or Keyword.Rollback => _postgres,
        _ => false,
    };

    /// <summary>CREATE, ALTER or DROP of something; the cursor may have gone ahead.</summary>
    private RawStatement ParseRawDefinition(int start)
    {
        _index = start;
        var keyword = Describe(Take().Keyword);
        while (At(Keyword.Or) || At(Keyword.Replace) || At(Keyword.Temp) || At(Keyword.Temporary)) _index++;
        if (!At(TokenKind.Word)) throw Unexpected("what to " + keyword.ToLowerInvariant());
        if (!IsRawObject(Current.Keyword)) throw Unexpected("TABLE, INDEX, VIEW or another kind of object");
        keyword += " " + TakeWord("a word").ToUpperInvariant();
        return FinishRaw(start, keyword);
    }

    private bool IsRawObject(Keyword keyword) => keyword switch
    {
        Keyword.Virtual => true,
        Keyword.Table or Keyword.Index or Keyword.View or Keyword.Sequence or Keyword.Materialized or Keyword.Access or Keyword.Aggregate or Keyword.Cast
            or Keyword.Collation or Keyword.Conversion or Keyword.Constraint or Keyword.Database or Keyword.Default or Keyword.Domain or Keyword.Event
            or Keyword.Extension or Keyword.Foreign or Keyword.Function or Keyword.Group or Keyword.Language or Keyword.Large or Keyword.Operator
            or Keyword.Owned or Keyword.Policy or Keyword.Procedure or Keyword.Procedural or Keyword.Publication or Keyword.Role or Keyword.Routine
            or Keyword.Rule or Keyword.Schema or Keyword.Server or Keyword.Statistics or Keyword.Subscription or Keyword.System or Keyword.Tablespace
            or Keyword.Text or Keyword.Transform or Keyword.Trigger or Keyword.Trusted or Keyword.Type or Keyword.User or Keyword.Unlogged => _postgres,
        _ => false,
    };

    private RawStatement FinishRaw(int start, string keyword)
    {
        _index = StatementEnd.Find(tokens, start, Text, dialect);
        for (var i = start; i < _index; i++)
        {
            if (tokens[i].Kind != TokenKind.Parameter || !char.IsAsciiDigit(Text[tokens[i].Start + 1 < Text.Length ? tokens[i].Start + 1 : tokens[i].Start])) continue;
            var style = Text[tokens[i].Start] == '$' ? ParameterStyle.Dollar : ParameterStyle.QuestionNumber;
            _parameters.Numbered(style, tokens[i].Of(Text)[1..], Text, tokens[i].Span);
        }

        return new RawStatement(keyword, TextFrom(start)) { Span = From(start) };
    }
}
