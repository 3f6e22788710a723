using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Shale.Sql;

/// <summary>
/// PostgreSQL's advanced regular expressions on .NET's engine. Whether there is a match is the same in both; which text matches may not be where a
/// choice is open, so functions that return the match ask for <see cref="RequireSameMatch"/>.
/// </summary>
internal static class PgRegex
{
    private const int CacheSize = 256;

    private static readonly Dictionary<(string, bool), Regex> Cache = [];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>The pattern for .NET. Errors: 2201B for a pattern that is none; 0A000 for what differs.</summary>
    public static Regex Compile(string pattern, bool ignoreCase)
    {
        lock (Cache)
        {
            if (Cache.TryGetValue((pattern, ignoreCase), out var known)) return known;
        }

        var options = RegexOptions.CultureInvariant | RegexOptions.Singleline | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        Regex regex;
        try
        {
            regex = new Regex(new RegexTranslator(pattern).Translate(), options, Limit);
        }
        catch (ArgumentException exception)
        {
            throw new VitessException(ErrorCodes.QueryError, $"invalid regular expression: {exception.Message}", sqlState: "2201B", inner: exception);
        }

        lock (Cache)
        {
            if (Cache.Count >= CacheSize) Cache.Clear();
            Cache[(pattern, ignoreCase)] = regex;
        }

        return regex;
    }

    /// <summary>0A000 if PostgreSQL's longest match may be another one than .NET's first: alternatives, optional parts, mixed greed.</summary>
    public static void RequireSameMatch(string pattern)
    {
        var shape = RegexShape.Of(pattern);
        if (shape.HasAlternative || shape.Mixed || shape.Ambiguous)
            throw SqlErrors.Unsupported("a regular expression whose longest match cannot be told here", hint: "Avoid | and optional parts before others in patterns whose match is returned.");
    }

    /// <summary>SIMILAR TO as a regular expression. Error: 22025.</summary>
    public static string FromSimilar(string pattern, char? escape)
    {
        var builder = new StringBuilder("^(?:");
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var unit = pattern[i];
            if (unit == escape)
            {
                if (++i >= pattern.Length) throw SqlErrors.Data("invalid escape sequence", "22025");
                if (pattern[i] == '"') throw SqlErrors.Unsupported("escape-double-quote separators in SIMILAR TO");
                builder.Append('\\').Append(pattern[i]);
            }
            else if (inClass)
            {
                if (unit == '\\') builder.Append('\\');
                builder.Append(unit);
                inClass = unit != ']';
            }
            else
            {
                inClass = unit == '[';
                builder.Append(unit switch { '%' => ".*", '_' => ".", '(' => "(?:", '.' => "\\.", '^' => "\\^", '$' => "\\$", '\\' => "\\\\", _ => unit.ToString() });
            }
        }

        return builder.Append(")$").ToString();
    }

    /// <summary>A replacement text of regexp_replace for .NET: \1 and \&amp;.</summary>
    public static string Replacement(string text)
    {
        var builder = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '$')
            {
                builder.Append("$$");
            }
            else if (text[i] != '\\' || i + 1 >= text.Length)
            {
                builder.Append(text[i]);
            }
            else
            {
                var next = text[++i];
                builder.Append(next switch { '&' => "$0", '\\' => "\\", >= '1' and <= '9' => "${" + next + "}", _ => "\\" + next });
            }
        }

        return builder.ToString();
    }
}

/// <summary>Turns PostgreSQL's pattern into .NET's.</summary>
internal sealed class RegexTranslator(string pattern)
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private readonly StringBuilder _builder = new();
    private int _at;
    private bool _stopsAtLines;
    private bool _anchorsAtLines;
    private bool _literal;

    public string Translate()
    {
        if (pattern.StartsWith("***=", StringComparison.Ordinal)) return Regex.Escape(pattern[4..]);
        if (pattern.StartsWith("***:", StringComparison.Ordinal)) _at = 4;
        if (string.CompareOrdinal(pattern, _at, "(?", 0, 2) == 0 && _at + 2 < pattern.Length && char.IsAsciiLetter(pattern[_at + 2])) Options();
        if (_literal) return _builder.Append(Regex.Escape(pattern[_at..])).ToString();
        while (_at < pattern.Length) Next();
        return _builder.ToString();
    }

    // In force for the whole pattern, and stronger than what the operator or the function says.
    private void Options()
    {
        var end = pattern.AsSpan(_at + 2).IndexOfAnyExcept(Letters);
        if (end < 0 || pattern[_at + 2 + end] != ')') throw SqlErrors.Query("invalid regular expression: invalid embedded option", "2201B");
        foreach (var option in pattern.AsSpan(_at + 2, end)) Option(option);
        _at += end + 3;
    }

    private void Option(char option)
    {
        switch (option)
        {
            case 'i' or 'c':
                _builder.Append(option == 'i' ? "(?i)" : "(?-i)");
                break;
            case 'n' or 'm' or 'p' or 's' or 'w':
                (_stopsAtLines, _anchorsAtLines) = (option is 'n' or 'm' or 'p', option is 'n' or 'm' or 'w');
                break;
            case 'q':
                _literal = true;
                break;
            case 't':
                break;
            case 'b' or 'e' or 'x':
                throw SqlErrors.Unsupported($"the embedded option {option} of a regular expression");
            default:
                throw SqlErrors.Query("invalid regular expression: invalid embedded option", "2201B");
        }
    }

    private void Next()
    {
        var unit = pattern[_at];
        switch (unit)
        {
            case '[':
                Class();
                return;
            case '\\':
                Escape();
                return;
            case '$':
                _builder.Append(_anchorsAtLines ? "(?m:$)" : "\\z");
                _at++;
                return;
            case '^' when _anchorsAtLines:
                _builder.Append("(?m:^)");
                _at++;
                return;
            case '.' when _stopsAtLines:
                _builder.Append("[^\\n]");
                _at++;
                return;
            case '(' when _at + 2 < pattern.Length && pattern[_at + 1] == '?' && pattern[_at + 2] is not (':' or '=' or '!' or '<'):
                throw SqlErrors.Unsupported("this group in a regular expression");
            case '{' when _at + 1 >= pattern.Length || !char.IsAsciiDigit(pattern[_at + 1]):
                _builder.Append("\\{");
                _at++;
                return;
            case ' ' or '#':
                _builder.Append('\\');
                break;
        }

        _builder.Append(unit);
        _at++;
    }

    private void Escape()
    {
        if (_at + 1 >= pattern.Length) throw SqlErrors.Query("invalid regular expression: invalid escape \\ sequence", "2201B");
        var unit = pattern[_at + 1];
        _at += 2;
        _builder.Append(unit switch
        {
            'd' => "[0-9]",
            'D' => "[^0-9]",
            'w' => "[\\p{L}\\p{Nd}_]",
            'W' => "[^\\p{L}\\p{Nd}_]",
            's' => "[ \\t\\n\\r\\f\\v]",
            'S' => "[^ \\t\\n\\r\\f\\v]",
            'm' => "(?<![\\p{L}\\p{Nd}_])(?=[\\p{L}\\p{Nd}_])",
            'M' => "(?<=[\\p{L}\\p{Nd}_])(?![\\p{L}\\p{Nd}_])",
            'y' => "(?:(?<![\\p{L}\\p{Nd}_])(?=[\\p{L}\\p{Nd}_])|(?<=[\\p{L}\\p{Nd}_])(?![\\p{L}\\p{Nd}_]))",
            'Y' => "(?:(?<![\\p{L}\\p{Nd}_])(?![\\p{L}\\p{Nd}_])|(?<=[\\p{L}\\p{Nd}_])(?=[\\p{L}\\p{Nd}_]))",
            'A' => "\\A",
            'Z' => "\\z",
            'a' or 'e' or 'f' or 'n' or 'r' or 't' or 'v' => "\\" + unit,
            >= '1' and <= '9' => "\\" + unit,
            _ when char.IsAsciiLetterOrDigit(unit) => throw SqlErrors.Unsupported($"\\{unit} in a regular expression"),
            _ => Regex.Escape(unit.ToString()) is { Length: 2 } escaped ? escaped : unit is ']' or '}' or '-' ? "\\" + unit : unit.ToString(),
        });
    }

    private void Class()
    {
        _builder.Append('[');
        _at++;
        if (_at < pattern.Length && pattern[_at] == '^')
        {
            _builder.Append(_stopsAtLines ? "^\\n" : "^");
            _at++;
        }

        var first = true;
        while (_at < pattern.Length && (pattern[_at] != ']' || first))
        {
            first = false;
            if (string.CompareOrdinal(pattern, _at, "[:", 0, 2) == 0) Named();
            else if (pattern[_at] == '[' && _at + 1 < pattern.Length && pattern[_at + 1] is '.' or '=') throw SqlErrors.Unsupported("collating elements in a regular expression");
            else if (pattern[_at] == '\\') ClassEscape();
            else Member();
        }

        if (_at >= pattern.Length) throw SqlErrors.Query("invalid regular expression: brackets [] not balanced", "2201B");
        _builder.Append(']');
        _at++;
    }

    private void Member()
    {
        if (pattern[_at] is '[' or ']' or '^') _builder.Append('\\');
        _builder.Append(pattern[_at++]);
    }

    private void ClassEscape()
    {
        if (_at + 1 >= pattern.Length) throw SqlErrors.Query("invalid regular expression: invalid escape \\ sequence", "2201B");
        var unit = pattern[_at + 1];
        _at += 2;
        _builder.Append(unit switch
        {
            'd' => "0-9",
            'w' => "\\p{L}\\p{Nd}_",
            's' => " \\t\\n\\r\\f\\v",
            'a' or 'e' or 'f' or 'n' or 'r' or 't' or 'v' => "\\" + unit,
            _ when char.IsAsciiLetterOrDigit(unit) => throw SqlErrors.Unsupported($"\\{unit} in a bracket expression"),
            _ => "\\" + unit,
        });
    }

    private void Named()
    {
        var end = pattern.IndexOf(":]", _at, StringComparison.Ordinal);
        if (end < 0) throw SqlErrors.Query("invalid regular expression: brackets [] not balanced", "2201B");
        var name = pattern[(_at + 2)..end];
        _at = end + 2;
        _builder.Append(name switch
        {
            "alpha" => "\\p{L}",
            "digit" => "0-9",
            "alnum" => "\\p{L}\\p{Nd}",
            "upper" => "\\p{Lu}",
            "lower" => "\\p{Ll}",
            "space" => " \\t\\n\\r\\f\\v",
            "blank" => " \\t",
            "punct" => "!-/:-@\\[-`{-~",
            "xdigit" => "0-9A-Fa-f",
            "word" => "\\p{L}\\p{Nd}_",
            _ => throw SqlErrors.Query($"invalid regular expression: invalid character class {name}", "2201B"),
        });
    }
}

/// <summary>What in a pattern leaves open which text matches.</summary>
/// <param name="HasAlternative">A <c>|</c>.</param>
/// <param name="Mixed">Greedy and lazy quantifiers.</param>
/// <param name="Ambiguous">A quantified group, or an optional part, with something behind it that could compete.</param>
internal readonly record struct RegexShape(bool HasAlternative, bool Mixed, bool Ambiguous)
{
    /// <summary>Looks at a pattern.</summary>
    public static RegexShape Of(string pattern)
    {
        bool alternative = false, greedy = false, lazy = false, ambiguous = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    i++;
                    break;
                case '[':
                    i = EndOfClass(pattern, i);
                    break;
                case '|':
                    alternative = true;
                    break;
                case '*' or '+' or '?' or '}':
                    var isLazy = i + 1 < pattern.Length && pattern[i + 1] == '?';
                    ambiguous |= i > 0 && pattern[i - 1] == ')';
                    ambiguous |= pattern[i] == '?' && !(i > 0 && pattern[i - 1] == '(') && i + (isLazy ? 2 : 1) < pattern.Length && pattern.AsSpan(i + 1).ContainsAny("?*+{");
                    if (pattern[i] == '?' && i > 0 && pattern[i - 1] == '(') break;
                    if (isLazy) i++;
                    (greedy, lazy) = (greedy | !isLazy, lazy | isLazy);
                    break;
            }
        }

        return new RegexShape(alternative, greedy && lazy, ambiguous);
    }

    private static int EndOfClass(string pattern, int at)
    {
        at++;
        if (at < pattern.Length && pattern[at] == '^') at++;
        if (at < pattern.Length && pattern[at] == ']') at++;
        while (at < pattern.Length && pattern[at] != ']')
        {
            if (pattern[at] == '\\') at++;
            else if (string.CompareOrdinal(pattern, at, "[:", 0, 2) == 0) at = Math.Max(at, pattern.IndexOf(":]", at, StringComparison.Ordinal) + 1);
            at++;
        }

        return at;
    }
}
