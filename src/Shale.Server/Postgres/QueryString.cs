using Shale.Sql;

namespace Shale.Server;

/// <summary>What a simple query sends: one statement, or several with semicolons between them.</summary>
internal static class QueryString
{
    /// <summary>The statements and where each begins; none in an empty string. Errors: SYNTAX_ERROR, of any of them: then none of them runs.</summary>
    public static IReadOnlyList<(string Text, int Start)> Split(string text)
    {
        if (StatementHead.IsSingle(text)) return StatementHead.Word(text).IsEmpty ? [] : [(text, 0)];
        var places = SqlSplitter.Places(text, SqlDialect.Postgres);
        var statements = new (string Text, int Start)[places.Count];
        for (var i = 0; i < statements.Length; i++) statements[i] = (text[places[i]], places[i].Start.Value);
        if (statements.Length < 2) return statements;
        foreach (var (statement, start) in statements)
        {
            try
            {
                _ = SqlParser.Parse(statement, SqlDialect.Postgres);
            }
            catch (VitessException failure)
            {
                throw Moved(failure, text, start);
            }
        }

        return statements;
    }

    /// <summary>A failure whose place is told in the whole string.</summary>
    public static VitessException Moved(VitessException failure, string whole, int start)
    {
        if (failure.Position is not { } position || start == 0) return failure;
        return new VitessException(new ErrorCode(failure.Code, failure.SqlState ?? "XX000", failure.IsTransient, "", failure.Hint ?? ""), failure.Message, failure.Shard, inner: failure, position: position + start);
    }

    /// <summary>A place among UTF-16 units as one among characters, which is what clients count.</summary>
    public static int? InCharacters(string text, int? position)
    {
        if (position is not { } place) return null;
        var pairs = 0;
        foreach (var unit in text.AsSpan(0, Math.Clamp(place - 1, 0, text.Length)))
        {
            if (char.IsLowSurrogate(unit)) pairs++;
        }

        return place - pairs;
    }
}
