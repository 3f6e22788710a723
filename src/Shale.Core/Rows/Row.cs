using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Shale;

/// <summary>
/// One row by column name: as it is written, else whatever the case; of equal names the last. Values are null, long, double, string, byte[]
/// or bool; <see cref="Get{T}(string)"/> converts. Immutable.
/// </summary>
public sealed class Row : IReadOnlyDictionary<string, object?>
{
    private const int MostLetters = 1_000;
    private const int MostLettersOfAValue = 80;

    private readonly RowSet _rows;
    private readonly int _index;
    private readonly RowNames _names;

    internal Row(RowSet rows, int index, RowNames names)
    {
        _rows = rows;
        _index = index;
        _names = names;
    }

    /// <summary>How many columns have names that differ.</summary>
    public int Count => _names.Distinct.Count;

    /// <summary>The names.</summary>
    public IEnumerable<string> Keys => _names.Distinct;

    /// <summary>The values, in the order of the names.</summary>
    public IEnumerable<object?> Values => _names.Distinct.Select(name => this[name]);

    /// <summary>The value of a column. Errors: NOT_FOUND (42703).</summary>
    public object? this[string name] => SqlConvert.ToObject(Cell(Ordinal(name)));

    /// <summary>The value of a column by place, 0-based.</summary>
    public object? this[int ordinal] => SqlConvert.ToObject(Cell(ordinal));

    /// <summary>The value of a column as a type that QueryAsync maps to. Errors: NOT_FOUND (42703), TYPE_ERROR.</summary>
    public T Get<T>(string name) => ScalarReader<T>.Read(Cell(Ordinal(name)), name);

    /// <summary>The value of a column by place, 0-based, as a type that QueryAsync maps to. Errors: TYPE_ERROR.</summary>
    public T Get<T>(int ordinal) => ScalarReader<T>.Read(Cell(ordinal), _rows.Fields[ordinal].Name);

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _names.Find(key) >= 0;

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        var ordinal = _names.Find(key);
        value = ordinal < 0 ? null : SqlConvert.ToObject(Cell(ordinal));
        return ordinal >= 0;
    }

    /// <summary>The columns with their values for people, such as <c>{ id = 1, name = 'Ada' }</c>: long values, and rows of many columns, are cut.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("{");
        for (var i = 0; i < _rows.Fields.Count; i++)
        {
            text.Append(i == 0 ? " " : ", ");
            if (text.Length > MostLetters) return text.Append("… }").ToString();
            text.Append(_rows.Fields[i].Name).Append(" = ").Append(Shown(Cell(i)));
        }

        return text.Append(" }").ToString();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        foreach (var name in _names.Distinct) yield return new KeyValuePair<string, object?>(name, this[name]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string Shown(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Text => "'" + Cut(value.AsText()) + "'",
        SqlValueKind.Blob when value.AsBlob() is var bytes => "x'" + Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, MostLettersOfAValue / 2))) + (bytes.Length > MostLettersOfAValue / 2 ? "…'" : "'"),
        _ => value.ToString(),
    };

    // Not in the middle of a character of two.
    private static string Cut(string text) => text.Length <= MostLettersOfAValue ? text : text[..(MostLettersOfAValue - (char.IsHighSurrogate(text[MostLettersOfAValue - 1]) ? 1 : 0))] + "…";

    private SqlValue Cell(int ordinal) => _rows[_index][ordinal];

    private int Ordinal(string name)
    {
        var ordinal = _names.Find(name);
        return ordinal >= 0
            ? ordinal
            : throw new VitessException(ErrorCodes.NotFound, $"the result has no column \"{name}\"", sqlState: "42703",
                hint: "It has: " + string.Join(", ", _names.Distinct));
    }
}
