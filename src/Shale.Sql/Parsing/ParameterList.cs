using System.Globalization;

namespace Shale.Sql.Parsing;

/// <summary>
/// Gives placeholders their indexes, as SQLite does: <c>?</c> and new names take the next number, <c>?n</c> and <c>$n</c> their own.
/// Positional styles must not be mixed (SEMANTICS S1.5).
/// </summary>
internal sealed class ParameterList
{
    private const int MaxIndex = 65535;

    private readonly List<string?> _names = [];
    private Dictionary<string, int>? _indexes;
    private ParameterStyle? _positional;
    private bool _named;

    /// <summary>By index from 1 on.</summary>
    public IReadOnlyList<string?> Names => _names;

    /// <summary>The next <c>?</c>.</summary>
    public int Next(string text, SourceSpan place)
    {
        Position(ParameterStyle.Question, text, place);
        return Add(null, text, place);
    }

    /// <summary><c>?n</c> or <c>$n</c>.</summary>
    /// <param name="style">Which of the two.</param>
    /// <param name="digits">The number.</param>
    /// <param name="text">The statement.</param>
    /// <param name="place">Where it stands.</param>
    public int Numbered(ParameterStyle style, ReadOnlySpan<char> digits, string text, SourceSpan place)
    {
        Position(style, text, place);
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index is < 1 or > MaxIndex)
            throw SyntaxErrors.Refused(text, place, $"there is no parameter {digits}", "42P02", $"Parameters are numbered from 1 to {MaxIndex}.");
        while (_names.Count < index) _names.Add(null);
        return index;
    }

    /// <summary>A named one; the sign in front is part of the name only for telling <c>:a</c> from <c>@a</c>.</summary>
    public int Named(char sign, string name, string text, SourceSpan place)
    {
        if (_positional is ParameterStyle.Dollar or ParameterStyle.QuestionNumber) throw Mixed(text, place);
        _named = true;
        _indexes ??= new Dictionary<string, int>(StringComparer.Ordinal);
        var key = sign + name;
        if (_indexes.TryGetValue(key, out var index)) return index;
        index = Add(name, text, place);
        _indexes.Add(key, index);
        return index;
    }

    private int Add(string? name, string text, SourceSpan place)
    {
        if (_names.Count == MaxIndex) throw SyntaxErrors.Refused(text, place, $"a statement has at most {MaxIndex} parameters", "54023");
        _names.Add(name);
        return _names.Count;
    }

    private void Position(ParameterStyle style, string text, SourceSpan place)
    {
        _positional ??= style;
        if (_positional != style || (_named && style != ParameterStyle.Question)) throw Mixed(text, place);
    }

    private static VitessException Mixed(string text, SourceSpan place) =>
        SyntaxErrors.Refused(text, place, "placeholders of different styles are mixed", "42601", "Use one of $1, ?, ?1 or names throughout the statement.");
}
