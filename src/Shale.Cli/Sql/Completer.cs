namespace Shale.Cli.Sql;

/// <summary>What may stand where the cursor is: keywords, commands, and the names of tables and columns. Knows no terminal. Not thread-safe.</summary>
internal sealed class Completer
{
    private static readonly string[] Keywords =
    [
        "ADD", "ALL", "ALTER", "ANALYZE", "AND", "AS", "ASC", "BEGIN", "BETWEEN", "BIGINT", "BOOLEAN", "BY", "CASE", "CAST", "CHECK", "COALESCE", "COLUMN", "COMMIT",
        "CONFLICT", "CONSTRAINT", "COUNT", "CREATE", "CROSS", "CURRENT_TIMESTAMP", "DEFAULT", "DELETE", "DESC", "DIALECT", "DISTINCT", "DO", "DROP", "ELSE", "END", "EXCEPT",
        "EXISTS", "FALSE", "FILTER", "FOREIGN", "FROM", "FULL", "GROUP", "HAVING", "IF", "ILIKE", "IN", "INDEX", "INNER", "INSERT", "INTEGER", "INTERSECT", "INTO", "IS",
        "JOIN", "KEY", "KEYSPACES", "LATERAL", "LEFT", "LIKE", "LIMIT", "NATURAL", "NOT", "NOTHING", "NULL", "NULLS", "NUMERIC", "OFFSET", "ON", "OR", "ORDER", "OUTER",
        "OVER", "PARTITION", "PLAN", "PRIMARY", "RECURSIVE", "REFERENCES", "RENAME", "RETURNING", "RIGHT", "ROLLBACK", "SAVEPOINT", "SELECT", "SEQUENCE", "SET", "SHOW",
        "TABLE", "TABLES", "TEXT", "THEN", "TIMESTAMPTZ", "TO", "TRUE", "TRUNCATE", "UNION", "UNIQUE", "UPDATE", "USE", "USING", "VALUES", "VEXPLAIN", "VIEW", "VINDEXES",
        "VITESS_SHARDS", "VSCHEMA", "WHEN", "WHERE", "WINDOW", "WITH",
    ];

    private static readonly string[] BeforeTables = ["FROM", "JOIN", "INTO", "UPDATE", "TABLE", "REFERENCES", "\\d", "\\dt", "\\di"];
    private readonly SortedSet<string> _tables = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _columns = new(StringComparer.Ordinal);

    /// <summary>Takes the names that there are now.</summary>
    public void SetNames(IEnumerable<string> tables, IEnumerable<string> columns)
    {
        _tables.Clear();
        _columns.Clear();
        _tables.UnionWith(tables.Select(Written));
        _columns.UnionWith(columns.Select(Written));
    }

    /// <summary>Every continuation of the word that ends at the cursor.</summary>
    /// <param name="text">The line.</param>
    /// <param name="cursor">The place in it.</param>
    /// <returns>Where the word begins, and the words that may stand there in full, in order.</returns>
    public (int Start, IReadOnlyList<string> Words) Complete(string text, int cursor)
    {
        var start = cursor;
        while (start > 0 && IsPart(text[start - 1])) start--;
        if (start > 0 && text[start - 1] is '\\' or '"') start--;
        var word = text[start..cursor];
        var before = text[..start];
        if (word.StartsWith('\\')) return (start, string.IsNullOrWhiteSpace(before) ? Matching(MetaCommands.Names, word) : []);
        if (before.Count(c => c == '\'') % 2 == 1) return (start, []);
        return (start, Candidates(before, word));
    }

    /// <summary>What all words begin with.</summary>
    public static string CommonPrefix(IReadOnlyList<string> words)
    {
        var length = words[0].Length;
        foreach (var word in words) length = words[0].AsSpan(0, length).CommonPrefixLength(word);
        return words[0][..length];
    }

    private List<string> Candidates(string before, string word)
    {
        if (before.EndsWith('.')) return Matching(_columns, word);
        var last = before.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
        switch (last)
        {
            case "\\dialect": return Matching(["postgres", "sqlite"], word);
            case "\\format": return Matching(["csv", "json", "table"], word);
            case "\\timing" or "\\x": return Matching(["off", "on"], word);
        }
        if (BeforeTables.Contains(last, StringComparer.OrdinalIgnoreCase)) return Matching(_tables, word);

        // An empty word would offer everything.
        return word.Length == 0 ? [] : [.. Matching(_tables, word), .. Matching(_columns, word).Except(_tables), .. KeywordsLike(word)];
    }

    private static List<string> Matching(IEnumerable<string> words, string prefix) =>
        [.. words.Where(word => word.StartsWith(prefix, StringComparison.Ordinal))];

    // As they have been begun: sel gives select, SEL gives SELECT.
    private static IEnumerable<string> KeywordsLike(string word) => Keywords.Where(keyword => keyword.StartsWith(word, StringComparison.OrdinalIgnoreCase))
        .Select(keyword => char.IsUpper(word[0]) ? keyword : keyword.ToLowerInvariant());

    // A name that would be folded or misread is written in quotes.
    private static string Written(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')
        ? name
        : "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static bool IsPart(char c) => char.IsLetterOrDigit(c) || c is '_' or '?';
}
