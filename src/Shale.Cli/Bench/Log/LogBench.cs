namespace Shale.Cli.Bench.Log;

/// <summary>The bars of the page log beside stock SQLite: durable commits, reading, the past, branch points, recording changed rows, sizes, opening.</summary>
internal static class LogBench
{
    private static readonly (string Name, string What, bool TakesLong, Func<Action<string>, CancellationToken, Task<IReadOnlyList<BenchFigure>>> Run)[] _parts =
    [
        ("commits", "committing single rows durably", false, (_, cancellationToken) => CommitBench.RunAsync(cancellationToken)),
        ("reads", "filling a million rows", false, ReadAsync),
        ("rows", "updating 100,000 rows with their changes recorded", false, (_, cancellationToken) => RowChangeBench.RunAsync(cancellationToken)),
        ("bytes", "committing single rows, for their bytes", false, (_, cancellationToken) => CommitBytesBench.RunAsync(cancellationToken)),
        ("points", "branch points and snapshots of a million rows", false, (_, cancellationToken) => BranchPointBench.RunAsync(1_000_000, cancellationToken)),
        ("points-10m", "branch points and snapshots of ten million rows", true, (_, cancellationToken) => BranchPointBench.RunAsync(10_000_000, cancellationToken)),
        ("open", "filling a log of 1 GB, and opening it", true, (_, cancellationToken) => Task.FromResult(LogOpenBench.Run(cancellationToken))),
        ("large", "loading 10 GB", true, LargeDatabaseBench.RunAsync),
    ];

    /// <summary>What its parts are called.</summary>
    public static IReadOnlyList<string> Parts { get; } = [.. _parts.Select(part => part.Name)];

    /// <summary>Measures.</summary>
    /// <param name="only">The parts to measure; none for all that do not take long.</param>
    /// <param name="full">Whether all are measured, also what takes minutes and 50 GB of disk.</param>
    /// <param name="progress">Told what is being measured.</param>
    /// <param name="cancellationToken">Stops, and puts away what was made.</param>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(IReadOnlyCollection<string> only, bool full, Action<string> progress, CancellationToken cancellationToken)
    {
        List<BenchFigure> figures = [];
        foreach (var (name, what, takesLong, run) in _parts)
        {
            if (only.Count > 0 ? !only.Contains(name) : takesLong && !full) continue;
            progress(what);
            figures.AddRange(await run(progress, cancellationToken));
        }

        return figures;
    }

    private static async Task<IReadOnlyList<BenchFigure>> ReadAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        using var data = LogBenchData.Create();
        progress("reading rows, now and in the past");
        IReadOnlyList<BenchFigure> figures = await LogReadBench.RunAsync(data, cancellationToken);
        progress("reading beside 10,000 commits a second");
        return [.. figures, await BesideWriterBench.RunAsync(data, cancellationToken)];
    }
}
