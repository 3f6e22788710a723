namespace Shale.PageLog;

/// <summary>
/// The runs of superseded versions, by the stretch of the log in which they were superseded: stretches do not overlap. Runs of one level are merged when there are many, so that there are few
/// to ask. Immutable, so that it is asked without a lock; a run that was merged stays readable for who asks it.
/// </summary>
internal sealed class History
{
    /// <summary>How many runs of a level are merged into one of the next.</summary>
    public const int MergedRuns = 8;

    private readonly HistoryRun[] _runs;

    /// <summary>Runs in the order of the log.</summary>
    public History(IEnumerable<HistoryRun> runs) => _runs = [.. runs];

    /// <summary>No runs.</summary>
    public static History Empty { get; } = new([]);

    /// <summary>The runs.</summary>
    public IReadOnlyList<HistoryRun> Runs => _runs;

    /// <summary>The version of a page at an LSN, which a later one has superseded.</summary>
    public bool TryFind(int line, uint pageNumber, Lsn at, out Place place)
    {
        place = default;
        foreach (var run in _runs)
        {
            if (run.Info.Last <= at || !run.TryFind(line, pageNumber, at, out var found)) continue;
            place = found.Place;
            return found.From <= at;
        }

        return false;
    }

    /// <summary>The newest runs, if there are enough of one level to merge them.</summary>
    public IReadOnlyList<HistoryRun> ToMerge()
    {
        if (_runs.Length < MergedRuns) return [];
        var tail = _runs[^MergedRuns..];
        return tail.All(run => run.Info.Level == tail[0].Info.Level) ? tail : [];
    }

    /// <summary>The entries of runs, in order; what must not be kept is left out.</summary>
    public static IEnumerable<HistoryEntry> Merge(IReadOnlyList<HistoryRun> runs, Func<HistoryEntry, bool> keep)
    {
        var queue = new PriorityQueue<IEnumerator<HistoryEntry>, HistoryEntry>();
        foreach (var run in runs)
        {
            var entries = run.All().GetEnumerator();
            if (entries.MoveNext()) queue.Enqueue(entries, entries.Current);
        }

        while (queue.TryDequeue(out var entries, out var entry))
        {
            if (keep(entry)) yield return entry;
            if (entries.MoveNext()) queue.Enqueue(entries, entries.Current);
            else entries.Dispose();
        }
    }
}
