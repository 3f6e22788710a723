using System.Text;

namespace Shale.Cli.Sql;

/// <summary>
/// Cuts text into statements at the semicolons that end one: not inside strings, quoted names, comments, dollar quotes, or the body of a
/// trigger. Fed line by line; not thread-safe.
/// </summary>
internal sealed class StatementSplitter
{
    private const int LongBytes = 4096;
    private readonly StringBuilder _pending = new();

    /// <summary>Whether the text is SQLite's SQL; otherwise PostgreSQL's.</summary>
    public bool Sqlite { get; set; }

    /// <summary>Whether a statement has begun that no semicolon has ended.</summary>
    public bool IsPending => _pending.Length > LongBytes || !IsBlank(_pending.ToString());

    /// <summary>Adds text and gives the statements that it completes, without their semicolons.</summary>
    public IReadOnlyList<string> Feed(string text)
    {
        _pending.Append(text);
        if (!text.Contains(';', StringComparison.Ordinal)) return [];
        var all = _pending.ToString();
        var statements = new List<string>();
        var start = 0;
        while (FindEnd(all, start) is >= 0 and var end)
        {
            if (!IsBlank(all[start..end])) statements.Add(all[start..end].Trim());
            start = end + 1;
        }
        _pending.Clear().Append(all, start, all.Length - start);
        return statements;
    }

    /// <summary>Gives what is left when there is no more text; null for nothing but space and comments.</summary>
    public string? Finish()
    {
        var rest = _pending.ToString();
        _pending.Clear();
        return IsBlank(rest) ? null : rest.Trim();
    }

    /// <summary>Forgets what has been fed.</summary>
    public void Clear() => _pending.Clear();

    /// <summary>The place of the next semicolon that ends a statement, or -1.</summary>
    private int FindEnd(string text, int start)
    {
        var words = new List<string>();
        var at = start;
        while (at < text.Length)
        {
            var c = text[at];
            if (c == ';')
            {
                if (!IsInsideTrigger(words)) return at;
                words.Add(";");
                at++;
            }
            else if (char.IsLetter(c) || c == '_')
            {
                var end = at;
                while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '$')) end++;
                words.Add(text[at..end].ToUpperInvariant());
                at = end;
                if (!Sqlite && words[^1] == "E" && at < text.Length && text[at] == '\'') at = SkipString(text, at, escapes: true);
            }
            else
            {
                at = Skip(text, at);
            }
        }
        return -1;
    }

    /// <summary>The place behind the string, name, comment or character at this place.</summary>
    private int Skip(string text, int at)
    {
        switch (text[at])
        {
            case '\'':
                return SkipString(text, at, escapes: false);
            case '"':
                return SkipQuoted(text, at, '"');
            case '`' when Sqlite:
                return SkipQuoted(text, at, '`');
            case '[' when Sqlite:
                return text.IndexOf(']', at) is >= 0 and var close ? close + 1 : text.Length;
            case '-' when Follows(text, at, '-'):
                return text.IndexOf('\n', at) is >= 0 and var line ? line + 1 : text.Length;
            case '/' when Follows(text, at, '*'):
                return SkipComment(text, at);
            case '$' when !Sqlite:
                return SkipDollar(text, at);
            default:
                return at + 1;
        }
    }

    private static bool Follows(string text, int at, char c) => at + 1 < text.Length && text[at + 1] == c;

    private static int SkipString(string text, int at, bool escapes)
    {
        for (var i = at + 1; i < text.Length; i++)
        {
            if (escapes && text[i] == '\\') i++;
            else if (text[i] == '\'' && Follows(text, i, '\'')) i++;
            else if (text[i] == '\'') return i + 1;
        }
        return text.Length;
    }

    private static int SkipQuoted(string text, int at, char quote)
    {
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] != quote) continue;
            if (!Follows(text, i, quote)) return i + 1;
            i++;
        }
        return text.Length;
    }

    // PostgreSQL's comments nest, SQLite's do not.
    private int SkipComment(string text, int at)
    {
        var depth = 1;
        for (var i = at + 2; i < text.Length; i++)
        {
            if (text[i] == '*' && Follows(text, i, '/'))
            {
                i++;
                if (--depth == 0) return i + 1;
            }
            else if (!Sqlite && text[i] == '/' && Follows(text, i, '*'))
            {
                i++;
                depth++;
            }
        }
        return text.Length;
    }

    private static int SkipDollar(string text, int at)
    {
        var end = at + 1;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_')) end++;

        // $1 is a parameter.
        if (end >= text.Length || text[end] != '$' || (end > at + 1 && char.IsDigit(text[at + 1]))) return at + 1;
        var tag = text[at..(end + 1)];
        var close = text.IndexOf(tag, end + 1, StringComparison.Ordinal);
        return close < 0 ? text.Length : close + tag.Length;
    }

    // CREATE [TEMP] TRIGGER … BEGIN …; …; END; is one statement.
    private static bool IsInsideTrigger(List<string> words)
    {
        if (words.Count < 2 || words[0] != "CREATE") return false;
        var kind = words[1] is "TEMP" or "TEMPORARY" && words.Count > 2 ? words[2] : words[1];
        return kind == "TRIGGER" && words.Contains("BEGIN") && words[^1] != "END";
    }

    private bool IsBlank(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at])) at++;
            else if (text[at] == '-' && Follows(text, at, '-')) at = Skip(text, at);
            else if (text[at] == '/' && Follows(text, at, '*') && SkipComment(text, at) is var end && text[end - 1] == '/') at = end;
            else return false;
        }
        return true;
    }
}
