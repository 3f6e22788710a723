namespace Shale.Cli.Bench.Pg;

/// <summary>The bars of PostgreSQL on both sides: pgbench through the gate to shards on PostgreSQL, beside PostgreSQL itself, PgBouncer and pgpool-II.</summary>
internal static class PostgresBench
{
    private static readonly (string Name, string What, Func<bool, Action<string>, CancellationToken, Task<IReadOnlyList<BenchFigure>>> Run)[] _parts =
    [
        ("points", "points by pgbench: filling its tables", PointsBench.RunAsync),
        ("tpcb", "TPC-B by pgbench: filling its tables", TpcbBench.RunAsync),
        ("groups", "groups over two shards: filling a million rows", GroupsBench.RunAsync),
        ("copy", "COPY: making a million rows", CopyBench.RunAsync),
        ("cpu", "processor time and allocations: filling pgbench's tables", GateCostBench.RunAsync),
    ];

    /// <summary>What its parts are called.</summary>
    public static IReadOnlyList<string> Parts { get; } = [.. _parts.Select(part => part.Name)];

    /// <summary>Measures.</summary>
    /// <param name="only">The parts to measure; none for all.</param>
    /// <param name="full">Whether there are more turns.</param>
    /// <param name="progress">Told what is being measured.</param>
    /// <param name="cancellationToken">Stops, and puts away what was made.</param>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(IReadOnlyCollection<string> only, bool full, Action<string> progress, CancellationToken cancellationToken)
    {
        List<BenchFigure> figures = [];
        foreach (var (name, what, run) in _parts)
        {
            if (only.Count > 0 && !only.Contains(name)) continue;
            progress(what);
            figures.AddRange(await run(full, progress, cancellationToken));
        }

        return figures;
    }
}
