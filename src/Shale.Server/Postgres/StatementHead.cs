namespace Shale.Server;

/// <summary>What the first word of a statement says of it, without parsing: what queries and changes rows goes to the gate as it is, which may know its plan.</summary>
internal static class StatementHead
{
    /// <summary>The first word as it stands; empty for a text without any. A parenthesis is taken for SELECT.</summary>
    public static ReadOnlySpan<char> Word(ReadOnlySpan<char> text)
    {
        text = SkipSpace(text);
        if (text.IsEmpty) return text;
        if (text[0] == '(') return "SELECT";
        var length = text.IndexOfAnyExcept(Letters);
        return length switch
        {
            < 0 => text,
            0 => text[..1],
            _ => text[..length],
        };
    }

    /// <summary>Whether the word begins a statement that the gate plans.</summary>
    public static bool IsPlanned(ReadOnlySpan<char> word) => Is(word, "SELECT") || Is(word, "INSERT") || Is(word, "UPDATE") || Is(word, "DELETE") || Is(word, "WITH") || Is(word, "VALUES") || Is(word, "TABLE");

    /// <summary>Whether the first statement is COMMIT or ROLLBACK, by any of their names.</summary>
    public static bool EndsTransaction(string text)
    {
        var word = Word(text);
        return Is(word, "COMMIT") || Is(word, "END") || Is(word, "ABORT") || (Is(word, "ROLLBACK") && !text.Contains(" TO ", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether the text is one statement at most, as far as its semicolons tell; false where only cutting it into tokens would.</summary>
    public static bool IsSingle(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf(';');
        return at < 0 || text[(at + 1)..].IsWhiteSpace();
    }

    /// <summary>The words of a definition that its command tag says: CREATE TABLE, DROP INDEX; of any other statement the first one.</summary>
    public static string Tag(string text)
    {
        var rest = text.AsSpan();
        var first = Next(ref rest).ToUpperInvariant();
        if (first is "TRUNCATE") return "TRUNCATE TABLE";
        if (first is not ("CREATE" or "ALTER" or "DROP" or "COMMENT" or "REFRESH")) return first;
        if (first is "COMMENT") return "COMMENT";
        for (var word = Next(ref rest).ToUpperInvariant(); word.Length > 0; word = Next(ref rest).ToUpperInvariant())
        {
            if (word is "OR" or "REPLACE" or "TEMP" or "TEMPORARY" or "UNIQUE" or "UNLOGGED" or "GLOBAL" or "LOCAL" or "RECURSIVE") continue;
            return word is "MATERIALIZED" ? $"{first} MATERIALIZED VIEW" : $"{first} {word}";
        }

        return first;
    }

    private static readonly System.Buffers.SearchValues<char> Letters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");

    private static bool Is(ReadOnlySpan<char> word, string known) => word.Equals(known, StringComparison.OrdinalIgnoreCase);

    private static string Next(ref ReadOnlySpan<char> rest)
    {
        rest = SkipSpace(rest);
        var word = rest.IsEmpty || rest[0] == '(' ? [] : Word(rest);
        rest = rest[word.Length..];
        return word.ToString();
    }

    private static ReadOnlySpan<char> SkipSpace(ReadOnlySpan<char> text)
    {
        while (true)
        {
            text = text.TrimStart();
            if (text.StartsWith("--", StringComparison.Ordinal)) text = text.IndexOf('\n') is var end and >= 0 ? text[end..] : [];
            else if (text.StartsWith("/*", StringComparison.Ordinal)) text = SkipComment(text);
            else if (text.Length > 0 && text[0] == ';') text = text[1..];
            else return text;
        }
    }

    // Comments may stand in one another.
    private static ReadOnlySpan<char> SkipComment(ReadOnlySpan<char> text)
    {
        for (var depth = 0; text.Length >= 2;)
        {
            if (text.StartsWith("/*", StringComparison.Ordinal)) depth++;
            else if (text.StartsWith("*/", StringComparison.Ordinal)) depth--;
            else
            {
                text = text[1..];
                continue;
            }

            text = text[2..];
            if (depth == 0) return text;
        }

        return [];
    }
}
