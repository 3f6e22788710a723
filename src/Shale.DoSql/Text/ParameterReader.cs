using System.Globalization;

namespace Shale.DoSql;

/// <summary>
/// Numbers the parameters of a text as SQLite does: <c>?</c> takes the next number, <c>?n</c> its own, a name the next one when it comes first. <c>$n</c> is a name to SQLite, to us the n-th value.
/// </summary>
internal sealed class ParameterReader
{
    private const int LargestNumber = 250_000;

    private readonly List<ParameterSlot> _slots = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<(int Start, int End, int Number)> _occurrences = [];
    private char _style;

    /// <summary>Which value each of SQLite's parameters takes.</summary>
    public ParameterSlot[] Slots => [.. _slots];

    /// <summary>Where each stands in the text, in order, and SQLite's number of it.</summary>
    public IReadOnlyList<(int Start, int End, int Number)> Occurrences => _occurrences;

    /// <summary>How many values by place there are.</summary>
    public int Places { get; private set; }

    /// <summary>Whether they are <c>$n</c>.</summary>
    public bool IsByNumber => _style == '$';

    /// <summary>Adds one as it is written. Errors: SYNTAX_ERROR.</summary>
    public void Add(ReadOnlySpan<char> text, int start)
    {
        var hasNumber = int.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        int slot;
        if (text[0] == '?') slot = AddPlace(hasNumber, number, start);
        else if (text[0] == '$' && hasNumber) slot = AddNumber(text.ToString(), number, start);
        else slot = AddName(text.ToString(), start);
        _occurrences.Add((start, start + text.Length, slot));
    }

    private int AddPlace(bool hasNumber, int number, int start)
    {
        if (hasNumber && (number < 1 || number > LargestNumber)) throw OutOfRange(number, start);
        Use(hasNumber ? 'n' : '?', start);
        if (!hasNumber) number = _slots.Count + 1;
        while (_slots.Count < number) _slots.Add(new ParameterSlot(_slots.Count, null));
        Places = _slots.Count;
        return number;
    }

    private int AddNumber(string text, int number, int start)
    {
        if (number < 1 || number > LargestNumber) throw OutOfRange(number, start);
        Use('$', start);
        Places = Math.Max(Places, number);
        if (_numbers.TryAdd(text, _slots.Count + 1)) _slots.Add(new ParameterSlot(number - 1, text[1..]));
        return _numbers[text];
    }

    private int AddName(string text, int start)
    {
        if (_style == '$') throw Mixed(start);
        if (!_numbers.TryAdd(text, _slots.Count + 1)) return _numbers[text];
        _slots.Add(new ParameterSlot(_slots.Count, text[1..]));
        Places = _slots.Count;
        return Places;
    }

    private void Use(char style, int start)
    {
        if ((_style != '\0' && _style != style) || (style == '$' && _style != '$' && _slots.Count > 0)) throw Mixed(start);
        _style = style;
    }

    private static VitessException Mixed(int start) => new(
        ErrorCodes.SyntaxError, "the statement mixes styles of parameters", hint: "Use ?, ?n or $n throughout; names may stand beside ? and ?n.", position: start + 1);

    private static VitessException OutOfRange(int number, int start) => new(
        ErrorCodes.SyntaxError, string.Create(CultureInfo.InvariantCulture, $"there is no parameter {number}: they count from 1 to {LargestNumber}"), sqlState: "08P01", position: start + 1);
}
