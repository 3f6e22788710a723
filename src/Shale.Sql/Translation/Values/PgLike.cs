namespace Shale.Sql;

/// <summary>LIKE as PostgreSQL has it: case counts, <c>_</c> is one character whatever its code.</summary>
internal static class PgLike
{
    /// <summary>Whether the whole text fits the pattern. Errors: 22025 for an escape at the end, 22019 for one of several characters.</summary>
    public static bool Matches(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern, char? escape)
    {
        int t = 0, p = 0, starText = -1, starPattern = -1;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '%' && escape != '%')
            {
                starPattern = ++p;
                starText = t;
                continue;
            }

            if (p < pattern.Length && One(text, ref t, pattern, ref p, escape)) continue;
            if (starPattern < 0) return false;
            p = starPattern;
            starText += Width(text, starText);
            t = starText;
        }

        while (p < pattern.Length && pattern[p] == '%') p++;
        return p == pattern.Length;
    }

    /// <summary>The character that ESCAPE names; null where it is the empty string. Error: 22019.</summary>
    public static char? Escape(string escape) => escape.Length switch
    {
        0 => null,
        1 => escape[0],
        _ => throw SqlErrors.Data("invalid escape string", "22019", "Escape string must be empty or one character."),
    };

    private static bool One(ReadOnlySpan<char> text, ref int t, ReadOnlySpan<char> pattern, ref int p, char? escape)
    {
        if (pattern[p] == escape)
        {
            if (p + 1 >= pattern.Length) throw Dangling();
            if (pattern[p + 1] != text[t]) return false;
            p += 2;
            t++;
            return true;
        }

        if (pattern[p] == '_')
        {
            p++;
            t += Width(text, t);
            return true;
        }

        if (pattern[p] != text[t]) return false;
        p++;
        t++;
        return true;
    }

    private static int Width(ReadOnlySpan<char> text, int at) => char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;

    private static VitessException Dangling() => SqlErrors.Data("LIKE pattern must not end with escape character", "22025");
}
