using System.Diagnostics;
using System.Globalization;

namespace Shale.Cli.Bench.Pg;

/// <summary>COPY of a million rows by psql: through the gate, each row to the shard of its key, beside PostgreSQL.</summary>
internal static class CopyBench
{
    private const string Issue = "pg";
    private const int Rows = 1_000_000;
    private const string Definition = "CREATE TABLE items (id bigint PRIMARY KEY, kind int NOT NULL, amount numeric(12,2) NOT NULL, name text NOT NULL, made timestamp NOT NULL)";

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(bool full, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var stage = await PostgresStage.CreateAsync(cancellationToken);
        var (gate, _) = await stage.StartGateAsync(cancellationToken);
        var file = Path.Combine(stage.Directory, "items.txt");
        await WriteAsync(file, cancellationToken);
        foreach (var contender in (Contender[])[gate, stage.Direct]) await contender.QueryAsync(Definition, cancellationToken);
        await Routing.RequireOneShardEachAsync(gate, [.. Enumerable.Range(1, 20).Select(id => $"SELECT name FROM items WHERE id = {id}")], cancellationToken);
        progress($"COPY of {Rows:#,0} rows");
        var ratios = await PairedRuns.RatiosOfAsync(full ? 9 : 3, 1, () => RateAsync(gate), () => RateAsync(stage.Direct));
        return [BenchFigure.Of($"COPY of {Rows:#,0} rows: rows/s, gate over PostgreSQL", ratios, 0.7, BenchFigure.AtLeast, Issue)];

        async Task<double> RateAsync(Contender contender)
        {
            await contender.QueryAsync("TRUNCATE items", cancellationToken);
            await stage.CheckpointAsync(cancellationToken);
            var clock = Stopwatch.StartNew();
            await contender.QueryAsync($@"\copy items FROM '{file}'", cancellationToken);
            var seconds = clock.Elapsed.TotalSeconds;
            if (await contender.QueryAsync("SELECT count(*) FROM items", cancellationToken) != Rows.ToString(CultureInfo.InvariantCulture)) throw new InvalidOperationException($"{contender.Name} does not have the rows that it was given");
            return Rows / seconds;
        }
    }

    private static async Task WriteAsync(string file, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(file);
        var start = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
        for (var id = 1; id <= Rows; id++)
        {
            if (id % 10_000 == 0) cancellationToken.ThrowIfCancellationRequested();
            await writer.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{id}\t{id % 97}\t{id % 10_000}.{id % 100:00}\tthe name of item {id}\t{start.AddSeconds(id):yyyy-MM-dd HH:mm:ss}\n"));
        }
    }
}
