namespace Shale.Cli.Bench.Pg;

/// <summary>pgbench -S, one row by its key: through the gate to one of two shards, to PostgreSQL directly, through PgBouncer and through pgpool-II, who take turns.</summary>
internal static class PointsBench
{
    private const string Issue = "pg";
    private const int Scale = 2;
    private const int WarmupSeconds = 3, TurnSeconds = 1;
    private const string Simple = "simple", Prepared = "prepared";

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(bool full, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var stage = await PostgresStage.CreateAsync(cancellationToken);
        await using var bouncer = await PeerProcess.PgBouncerAsync(stage, keepsSessions: false, cancellationToken);
        await using var sessions = await PeerProcess.PgBouncerAsync(stage, keepsSessions: true, cancellationToken);
        await using var pool = await PeerProcess.PgpoolAsync(stage, cancellationToken);
        var (gate, _) = await stage.StartGateAsync(cancellationToken);
        await stage.Direct.FillAsync(Scale, Contender.AllSteps, cancellationToken);
        await gate.FillAsync(Scale, Contender.AllSteps, cancellationToken);
        await Routing.RequireOneShardEachAsync(gate, [.. Enumerable.Range(1, 20).Select(aid => $"SELECT abalance FROM pgbench_accounts WHERE aid = {aid}")], cancellationToken);
        List<BenchFigure> figures = [];
        foreach (var mode in (string[])[Simple, Prepared])
        {
            // PgBouncer 1.18 does not keep prepared statements where it gives connections to transactions.
            List<Contender> others = [.. ((PeerProcess?[])[mode == Simple ? bouncer : sessions, pool]).OfType<PeerProcess>().Select(peer => peer.Contender)];
            foreach (var clients in (int[])[1, 8])
            {
                progress($"points by pgbench -S {mode}, {clients} {(clients == 1 ? "client" : "clients")}");
                var turns = await TurnsAsync([stage.Direct, gate, .. others], new PgbenchRun(mode, clients), full ? 21 : 5, cancellationToken);
                figures.AddRange(clients == 1 ? Latencies(mode, stage.Direct, gate, others, turns) : Rates(mode, stage.Direct, gate, others, turns));
            }
        }

        return figures;
    }

    // In each turn everybody is measured once, each time beginning with another one.
    private static async Task<IReadOnlyList<Dictionary<Contender, double>>> TurnsAsync(IReadOnlyList<Contender> contenders, PgbenchRun run, int turns, CancellationToken cancellationToken)
    {
        foreach (var contender in contenders) await contender.PgbenchAsync(run with { Seconds = WarmupSeconds }, cancellationToken);
        List<Dictionary<Contender, double>> rates = [];
        for (var turn = 0; turn < turns; turn++)
        {
            var measured = new Dictionary<Contender, double>();
            for (var i = 0; i < contenders.Count; i++)
            {
                var contender = contenders[(turn + i) % contenders.Count];
                measured[contender] = (await contender.PgbenchAsync(run with { Seconds = TurnSeconds }, cancellationToken)).PerSecond;
            }

            rates.Add(measured);
        }

        return rates;
    }

    private static IEnumerable<BenchFigure> Rates(
        string mode, Contender direct, Contender gate, IReadOnlyList<Contender> others, IReadOnlyList<Dictionary<Contender, double>> turns)
    {
        var figure = $"pgbench -S {mode}, 8 clients: tps";
        yield return BenchFigure.Of($"{figure}, gate over PostgreSQL", Ratios(turns, gate, direct), 0.6, BenchFigure.AtLeast, Issue);
        foreach (var other in others)
        {
            yield return BenchFigure.ToCompare($"{figure}, {other.Name} over PostgreSQL", Ratios(turns, other, direct), Issue);
            if (other.Name == PeerProcess.Sessions) continue;
            yield return other.Name == PeerProcess.Transactions
                ? BenchFigure.Of($"{figure}, gate over {other.Name}", Ratios(turns, gate, other), 0.9, BenchFigure.AtLeast, Issue)
                : BenchFigure.Of($"{figure}, gate over {other.Name}", Ratios(turns, gate, other), 1, BenchFigure.MoreThan, Issue);
        }
    }

    // With one client the time of a transaction is the inverse of the rate.
    private static IEnumerable<BenchFigure> Latencies(string mode, Contender direct, Contender gate, IReadOnlyList<Contender> others, IReadOnlyList<Dictionary<Contender, double>> turns)
    {
        var figure = $"pgbench -S {mode}, 1 client: latency";
        yield return BenchFigure.Of($"{figure}, gate over PostgreSQL", Ratios(turns, direct, gate), 1.9, BenchFigure.AtMost, Issue);
        foreach (var other in others) yield return BenchFigure.ToCompare($"{figure}, {other.Name} over PostgreSQL", Ratios(turns, direct, other), Issue);
    }

    private static IReadOnlyCollection<double> Ratios(IReadOnlyList<Dictionary<Contender, double>> turns, Contender above, Contender below) => [.. turns.Select(turn => turn[above] / turn[below])];
}
