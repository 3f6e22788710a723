using System.Collections.Concurrent;

namespace Shale.Vitess;

/// <summary>
/// Plans by text, for one keyspace, dialect and version of the VSchema. Bounded in number and, since plans of long texts are large, in characters: when it is full it starts
/// anew, which costs a parse for each statement still in use and nothing else. Thread-safe.
/// </summary>
internal sealed class PlanCache(int capacity)
{
    /// <summary>All texts together. A plan takes about 35 bytes for each character: 70 MB.</summary>
    internal const int MostCharacters = 2 << 20;

    /// <summary>Longer texts are bulk loads, whose plan costs little beside their rows.</summary>
    internal const int LongestText = 128 << 10;

    private readonly ConcurrentDictionary<string, CachedPlan> _plans = new(StringComparer.Ordinal);
    private int _characters;

    /// <summary>How many plans there are.</summary>
    public int Count => _plans.Count;

    /// <summary>The plan of a text; no allocation.</summary>
    public bool TryGet(ReadOnlySpan<char> text, out CachedPlan plan) =>
        _plans.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out plan!);

    /// <summary>Keeps a plan.</summary>
    public void Add(string text, CachedPlan plan)
    {
        if (text.Length > LongestText) return;
        if (_plans.Count >= capacity || Volatile.Read(ref _characters) + text.Length > MostCharacters)
        {
            _plans.Clear();
            Volatile.Write(ref _characters, 0);
        }

        if (_plans.TryAdd(text, plan)) Interlocked.Add(ref _characters, text.Length);
        else _plans[text] = plan;
    }
}

/// <summary>A plan, and how its parameters are named.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Names">For each parameter its name, or null for positional ones.</param>
internal sealed record CachedPlan(StatementPlan Plan, IReadOnlyList<string?> Names);
