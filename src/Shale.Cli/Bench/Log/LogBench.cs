namespace Shale.Cli.Bench.Log;

/// <summary>The bars of the page log beside stock SQLite: durable commits, reading, reading the past, reading beside a writer, recording changed rows.</summary>
internal static class LogBench
{
    private static readonly (string Name, string What, Func<Action<string>, CancellationToken, Task<IReadOnlyList<BenchFigure>>> Run)[] _parts =
    [
        ("commits", "committing single rows durably", (_, cancellationToken) => CommitBench.RunAsync(cancellationToken)),
        ("reads", "filling a million rows", ReadAsync),
        ("rows", "updating 100,000 rows with their changes recorded", (_, cancellationToken) => RowChangeBench.RunAsync(cancellationToken)),
    ];

    /// <summary>What its parts are called.</summary>
    public static IReadOnlyList<string> Parts { get; } = [.. _parts.Select(part => part.Name)];

    /// <summary>Measures.</summary>
    /// <param name="only">The parts to measure; none for all.</param>
    /// <param name="progress">Told what is being measured.</param>
    /// <param name="cancellationToken">Stops, and puts away what was made.</param>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(IReadOnlyCollection<string> only, Action<string> progress, CancellationToken cancellationToken)
    {
        List<BenchFigure> figures = [];
        foreach (var (name, what, run) in _parts)
        {
            if (only.Count > 0 && !only.Contains(name)) continue;
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
