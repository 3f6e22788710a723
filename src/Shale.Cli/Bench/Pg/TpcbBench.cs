namespace Shale.Cli.Bench.Pg;

/// <summary>pgbench's TPC-B: five statements in a transaction, four of which write, through the gate to two shards by ranges beside PostgreSQL; and on SQLite shards to its end.</summary>
internal static class TpcbBench
{
    private const string Issue = "pg";
    private const int Clients = 8, WarmupSeconds = 12, TurnSeconds = 1, SqliteSeconds = 5;

    // pgbench wants as many branches as clients, or they wait for one another.
    private static readonly BranchLayout _layout = new(10), _sqliteLayout = new(2);

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(bool full, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var stage = await PostgresStage.CreateAsync(cancellationToken);
        var (gate, _) = await stage.StartGateAsync(cancellationToken);
        await stage.Direct.FillAsync(_layout.Branches, Contender.AllSteps, cancellationToken);
        await _layout.FillAsync(gate, cancellationToken);
        var script = Path.Combine(stage.Directory, "own-branch.sql");
        await File.WriteAllTextAsync(script, BranchLayout.OwnBranchScript, cancellationToken);
        List<BenchFigure> figures = [];
        foreach (var (name, arguments) in ((string, string[])[])[("TPC-B", []), ("TPC-B at the account's branch", ["-f", script, "-s", $"{_layout.Branches}"])])
        {
            progress($"pgbench {name}");
            var run = new PgbenchRun("simple", Clients) { Seconds = TurnSeconds, Script = arguments };

            // Many short turns: commits wait for a disk that others use, too, and single turns differ by half. The gate's code is compiled for good only where it has run for a while, and a transaction is many of its ways.
            _ = await RateAsync(gate, run with { Seconds = WarmupSeconds });
            var ratios = await PairedRuns.RatiosOfAsync(full ? 45 : 21, 1, () => RateAsync(gate, run), () => RateAsync(stage.Direct, run));
            figures.Add(BenchFigure.Of($"pgbench {name}, {Clients} clients: tps, gate over PostgreSQL", ratios, 0.6, BenchFigure.AtLeast, Issue));
        }

        progress("pgbench TPC-B on SQLite shards");
        figures.Add(await OnSqliteAsync(stage, cancellationToken));
        return figures;

        async Task<double> RateAsync(Contender contender, PgbenchRun run) => (await contender.PgbenchAsync(run, cancellationToken)).PerSecond;
    }

    // Transactions that wait for one another crosswise are ended, and pgbench tries them again until they succeed.
    private static async Task<BenchFigure> OnSqliteAsync(PostgresStage stage, CancellationToken cancellationToken)
    {
        var gate = await stage.StartSqliteGateAsync(cancellationToken);
        await _sqliteLayout.FillAsync(gate, cancellationToken);
        var (_, transactions) = await gate.PgbenchAsync(new PgbenchRun("simple", Clients) { Seconds = SqliteSeconds, Script = ["--max-tries=0"] }, cancellationToken);
        var kept = await gate.QueryAsync("SELECT count(*) FROM pgbench_history", cancellationToken);
        var isBalanced = await gate.QueryAsync(
            "SELECT sum(delta) = (SELECT sum(abalance) FROM pgbench_accounts) AND sum(delta) = (SELECT sum(tbalance) FROM pgbench_tellers) AND sum(delta) = (SELECT sum(bbalance) FROM pgbench_branches) FROM pgbench_history", cancellationToken);
        if (isBalanced != "t") throw new InvalidOperationException("the balances on SQLite shards are not the sum of the history");
        return BenchFigure.Of($"pgbench TPC-B --max-tries=0, {Clients} clients, SQLite shards: transactions lost", [transactions > 0 ? transactions - long.Parse(kept, System.Globalization.CultureInfo.InvariantCulture) : double.PositiveInfinity], 0, BenchFigure.AtMost, Issue);
    }
}
