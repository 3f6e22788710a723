using System.Net;
using Shale.Cli.Commands;
using Shale.Server;

namespace Shale.Cli.Bench.Pg;

/// <summary>What a point query costs the gate itself: its processor time beside PgBouncer's, and the objects that it allocates.</summary>
internal static class GateCostBench
{
    private const string Issue = "pg";
    private const int Scale = 2;
    private const int TurnSeconds = 1;
    private const int CountedQueries = 32_000;
    private static readonly PgbenchRun _warmup = new("simple", 8) { Seconds = 5 };

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(bool full, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var stage = await PostgresStage.CreateAsync(cancellationToken);
        await using var bouncer = await PeerProcess.PgBouncerAsync(stage, keepsSessions: false, cancellationToken);
        var (gate, process) = await stage.StartGateAsync(cancellationToken);
        await stage.Direct.FillAsync(Scale, Contender.AllSteps, cancellationToken);
        await gate.FillAsync(Scale, Contender.AllSteps, cancellationToken);
        List<BenchFigure> figures = [];
        if (bouncer is not null)
        {
            await gate.PgbenchAsync(_warmup, cancellationToken);
            foreach (var clients in (int[])[1, 8])
            {
                progress($"processor time of point queries, {clients} {(clients == 1 ? "client" : "clients")}");
                var run = new PgbenchRun("simple", clients) { Seconds = TurnSeconds };
                var ratios = await PairedRuns.RatiosOfAsync(full ? 15 : 5, 1, () => SecondsAsync(gate, process.ProcessorTime, run), () => SecondsAsync(bouncer.Contender, bouncer.ProcessorTime, run));
                figures.Add(BenchFigure.Of($"pgbench -S simple, {(clients == 1 ? "1 client" : $"{clients} clients")}: own processor time, gate over PgBouncer", ratios, 2, BenchFigure.AtMost, Issue));
            }
        }

        progress("objects allocated by point queries");
        figures.AddRange(await AllocationsAsync(stage, cancellationToken));
        return figures;

        async Task<double> SecondsAsync(Contender contender, Func<TimeSpan> processorTime, PgbenchRun run)
        {
            var before = processorTime();
            var (_, transactions) = await contender.PgbenchAsync(run, cancellationToken);
            return (processorTime() - before).TotalSeconds / transactions;
        }
    }

    // The same gate, its door and its shards in this process, which does nothing else meanwhile.
    private static async Task<IReadOnlyList<BenchFigure>> AllocationsAsync(PostgresStage stage, CancellationToken cancellationToken)
    {
        await using var cluster = await DataDirectory.OpenAsync(await stage.StopGatesAsync(), cancellationToken);
        await using var door = await PostgresDoor.OpenAsync(cluster.Gate, new PostgresDoorOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), DefaultKeyspace = "main" }, null, cancellationToken);
        var gate = new Contender("gate", door.Address.Port, "main");
        List<BenchFigure> figures = [];
        foreach (var mode in (string[])["simple", "prepared"])
        {
            var run = new PgbenchRun(mode, 8);
            await gate.PgbenchAsync(run with { Seconds = 2 }, cancellationToken);
            var runs = new List<double>();
            for (var turn = 0; turn < 3; turn++)
            {
                runs.Add(await Task.Run(() => AllocationCounter.ObjectsPerCall(
                    CountedQueries, queries => gate.PgbenchAsync(run with { Transactions = queries / run.Clients }, cancellationToken).GetAwaiter().GetResult()), cancellationToken));
            }

            figures.Add(BenchFigure.Of($"pgbench -S {mode}: objects allocated by the gate for a query", runs, 20, BenchFigure.AtMost, Issue));
        }

        return figures;
    }
}
