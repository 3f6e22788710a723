namespace Shale.Cli.Bench.Gate;

/// <summary>The bars of the whole gate: parsing and routing beside PostgreSQL's parser, merges beside one database and beside assembly, a crowd of clients.</summary>
internal static class GateBench
{
    private static readonly (string Name, string What, Func<Action<string>, CancellationToken, Task<IReadOnlyList<BenchFigure>>> Run)[] _parts =
    [
        ("parsing", $"parsing {ParseBench.Corpus.Count:#,0} statements", ParseAsync),
        ("plans", "finding cached plans and their shards", PlansAsync),
        ("merges", "merging the answers of 4 shards", MergeBench.RunAsync),
        ("lookups", "filling two tables, one with a unique lookup", LookupsAsync),
        ("clients", "a thousand HTTP clients for a minute", ClientsBench.RunAsync),
    ];

    /// <summary>What its parts are called.</summary>
    public static IReadOnlyList<string> Parts { get; } = [.. _parts.Select(part => part.Name)];

    /// <summary>Measures.</summary>
    /// <param name="only">The parts to measure; none for all.</param>
    /// <param name="progress">Told what is being measured.</param>
    /// <param name="cancellationToken">Stops, and puts away what was made.</param>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(IReadOnlyCollection<string> only, Action<string> progress, CancellationToken cancellationToken)
    {
        await PgQueryParser.EnsureAsync(Console.Error, cancellationToken);
        List<BenchFigure> figures = [];
        foreach (var (name, what, run) in _parts)
        {
            if (only.Count > 0 && !only.Contains(name)) continue;
            progress(what);
            figures.AddRange(await run(progress, cancellationToken));
        }

        return figures;
    }

    private static async Task<IReadOnlyList<BenchFigure>> ParseAsync(Action<string> progress, CancellationToken cancellationToken) => [await ParseBench.RunAsync()];

    private static async Task<IReadOnlyList<BenchFigure>> PlansAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        await using var hits = await PlanHitBench.CreateAsync(cancellationToken);
        return [await hits.TimeAsync(), hits.Allocations()];
    }

    private static async Task<IReadOnlyList<BenchFigure>> LookupsAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        await using var lookups = await LookupBench.CreateAsync(cancellationToken);
        progress("finding and inserting rows with a lookup and without");
        return await lookups.RunAsync();
    }
}
