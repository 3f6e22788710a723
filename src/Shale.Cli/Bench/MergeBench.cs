using System.Diagnostics;

namespace Shale.Cli.Bench;

/// <summary>What merging the shards' answers costs (T1): beside one plain database with the same rows, and beside bringing all rows to the gate (T2).</summary>
internal static class MergeBench
{
    private const int Runs = 7;

    private static readonly (string Name, string Sql, double? Goal)[] Queries =
    [
        ("count, sum, avg GROUP BY", "SELECT kind, count(*), sum(amount), avg(amount) FROM events GROUP BY kind", 1 / 1.3),
        ("ORDER BY LIMIT 10", "SELECT id, amount, name FROM events ORDER BY amount DESC, id LIMIT 10", 1.2),
        ("count, sum, avg", "SELECT count(*), sum(amount), avg(amount) FROM events", null),
        ("DISTINCT", "SELECT DISTINCT kind FROM events", null),
        ("count(DISTINCT)", "SELECT count(DISTINCT name) FROM events", null),
        ("GROUP BY HAVING, many groups", "SELECT amount, count(*) FROM events GROUP BY amount HAVING count(*) > 4", null),
        ("ORDER BY, all rows", "SELECT id, amount FROM events WHERE kind < 10 ORDER BY amount, id", null),
        ("ORDER BY key, all rows", "SELECT id, amount FROM events WHERE kind < 10 ORDER BY id", null),
    ];

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        progress($"making {MergeData.Rows:#,0} rows on 4 shards and in one plain database");
        await using var data = await MergeData.CreateAsync(cancellationToken);
        var figures = new List<BenchFigure>();
        foreach (var (name, sql, goal) in Queries)
        {
            progress(name);
            await RequireAsync(data, sql, cancellationToken);
            var (plain, assembled) = (new List<double>(), new List<double>());
            for (var run = 0; run < Runs; run++)
            {
                var merged = await TimeAsync(data, sql, false, cancellationToken);
                plain.Add(merged / Time(data, sql));
                assembled.Add(merged / await TimeAsync(data, sql, true, cancellationToken));
            }

            if (goal is { } bar) figures.Add(BenchFigure.Of($"{name}: time over 4 shards, over one SQLite database", plain, Math.Round(bar, 3), BenchFigure.AtMost) with { Issue = "gate" });
            figures.Add(BenchFigure.Of($"{name}: time of T1 over that of T2", assembled, 1.0, BenchFigure.AtMost) with { Issue = "gate" });
            if (Environment.GetEnvironmentVariable("SHALE_BENCH_TIMES") is not null) progress(FormattableString.Invariant($"{name}: {BenchFigure.Median(plain):0.000} of plain SQLite"));
        }

        return figures;
    }

    // Also warms up.
    private static async Task RequireAsync(MergeData data, string sql, CancellationToken cancellationToken)
    {
        var merged = await data.RunAsync(sql, false, cancellationToken);
        var assembled = await data.RunAsync(sql, true, cancellationToken);
        var plain = data.Plain.Query(sql);
        if (merged.Tier != "T1" || assembled.Tier != "T2") throw new InvalidOperationException($"not T1 and T2 but {merged.Tier} and {assembled.Tier}: {sql}");
        if (merged.Rows.RowCount != plain.Count || assembled.Rows.RowCount != plain.Count) throw new InvalidOperationException($"{merged.Rows.RowCount} and {assembled.Rows.RowCount} rows, not {plain.Count}: {sql}");
    }

    private static async Task<double> TimeAsync(MergeData data, string sql, bool assemble, CancellationToken cancellationToken)
    {
        GC.Collect();
        var clock = Stopwatch.StartNew();
        _ = await data.RunAsync(sql, assemble, cancellationToken);
        return clock.Elapsed.TotalSeconds;
    }

    private static double Time(MergeData data, string sql)
    {
        GC.Collect();
        var clock = Stopwatch.StartNew();
        _ = data.Plain.Query(sql);
        return clock.Elapsed.TotalSeconds;
    }
}
