using System.Collections.Concurrent;

namespace Shale.DoSql;

/// <summary>The texts that were read lately. Bounded; thread-safe.</summary>
internal sealed class StatementTexts
{
    private const int Most = 1024;

    // Longer ones are bulk loads with literals in them: they do not come again.
    private const int LongestKept = 16 * 1024;

    private readonly ConcurrentDictionary<string, StatementText> _byText = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>A text, read. Errors: SYNTAX_ERROR.</summary>
    public StatementText Get(string sql)
    {
        ArgumentNullException.ThrowIfNull(sql);
        if (_byText.TryGetValue(sql, out var known)) return known;
        var text = StatementText.Read(sql);
        if (sql.Length > LongestKept || !_byText.TryAdd(sql, text)) return text;
        if (Interlocked.Increment(ref _count) > Most)
        {
            _byText.Clear();
            Volatile.Write(ref _count, 0);
        }

        return text;
    }
}
