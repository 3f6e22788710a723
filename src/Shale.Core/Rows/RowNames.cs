namespace Shale;

/// <summary>The names of a result's columns, shared by its rows. Immutable.</summary>
internal sealed class RowNames
{
    private readonly Dictionary<string, int> _exact;
    private readonly Dictionary<string, int> _anyCase;

    public RowNames(IReadOnlyList<Field> fields)
    {
        _exact = new Dictionary<string, int>(fields.Count, StringComparer.Ordinal);
        _anyCase = new Dictionary<string, int>(fields.Count, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < fields.Count; i++)
        {
            _exact[fields[i].Name] = i;
            _anyCase[fields[i].Name] = i;
        }
        Distinct = [.. _exact.Keys];
    }

    /// <summary>Each name once.</summary>
    public IReadOnlyList<string> Distinct { get; }

    /// <summary>The place of a column, or -1.</summary>
    public int Find(string name) => _exact.TryGetValue(name, out var ordinal) || _anyCase.TryGetValue(name, out ordinal) ? ordinal : -1;
}
