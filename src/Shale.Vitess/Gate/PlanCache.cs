using System.Collections.Concurrent;

namespace Shale.Vitess;

/// <summary>
/// Plans by text, for one keyspace, dialect and version of the VSchema. Bounded: when it is full it starts anew, which costs a parse for each statement
/// still in use and nothing else. Thread-safe.
/// </summary>
internal sealed class PlanCache(int capacity)
{
    private readonly ConcurrentDictionary<string, CachedPlan> _plans = new(StringComparer.Ordinal);

    /// <summary>How many plans there are.</summary>
    public int Count => _plans.Count;

    /// <summary>The plan of a text; no allocation.</summary>
    public bool TryGet(ReadOnlySpan<char> text, out CachedPlan plan) =>
        _plans.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out plan!);

    /// <summary>Keeps a plan.</summary>
    public void Add(string text, CachedPlan plan)
    {
        if (_plans.Count >= capacity) _plans.Clear();
        _plans[text] = plan;
    }
}

/// <summary>A plan, and how its parameters are named.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Names">For each parameter its name, or null for positional ones.</param>
internal sealed record CachedPlan(StatementPlan Plan, IReadOnlyList<string?> Names);
