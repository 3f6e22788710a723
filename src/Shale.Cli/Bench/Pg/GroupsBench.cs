namespace Shale.Cli.Bench.Pg;

/// <summary>Sums, counts and means by groups over two shards, beside a coordinator of plain PostgreSQL that has the tables of the very same shards as foreign partitions.</summary>
internal static class GroupsBench
{
    private const string Issue = "pg";
    private const string Question = "SELECT bid, sum(aid), count(*), avg(aid) FROM pgbench_accounts GROUP BY bid ORDER BY bid";
    private const int Turns = 5;
    private static readonly BranchLayout _layout = new(10);

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(bool full, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var stage = await PostgresStage.CreateAsync(cancellationToken);
        var (gate, _) = await stage.StartGateAsync(cancellationToken);
        await _layout.FillAsync(gate, cancellationToken);
        var coordinator = await stage.CreateCoordinatorAsync(_layout, cancellationToken);
        if (await gate.QueryAsync(Question, cancellationToken) != await coordinator.QueryAsync(Question, cancellationToken)) throw new InvalidOperationException("gate and coordinator do not agree on the sums");
        progress("groups over two shards, and over two foreign partitions");
        var script = Path.Combine(stage.Directory, "groups.sql");
        await File.WriteAllTextAsync(script, Question + ";\n", cancellationToken);
        var run = new PgbenchRun("simple", 1) { Transactions = 1, Script = ["-f", script] };
        var ratios = await PairedRuns.RatiosOfAsync(full ? 3 * Turns : Turns, 1, () => RateAsync(gate), () => RateAsync(coordinator));
        return [BenchFigure.Of("sum, count, avg GROUP BY of a million rows: times faster than postgres_fdw partitions", ratios, 4, BenchFigure.AtLeast, Issue)];

        async Task<double> RateAsync(Contender contender) => (await contender.PgbenchAsync(run, cancellationToken)).PerSecond;
    }
}
