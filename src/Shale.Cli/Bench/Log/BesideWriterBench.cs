using System.Diagnostics;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Cli.Bench.Log;

/// <summary>Rows that one reader finds by key in a while in which a writer commits 10,000 times a second: page log beside a plain file with a WAL.</summary>
internal static class BesideWriterBench
{
    private const int Runs = 9;
    private static readonly TimeSpan BetweenCommits = TimeSpan.FromMicroseconds(100);
    private static readonly TimeSpan While = TimeSpan.FromMilliseconds(400);

    /// <summary>Measures.</summary>
    public static async Task<BenchFigure> RunAsync(LogBenchData data, CancellationToken cancellationToken)
    {
        using var log = data.Log.OpenReader(PageFormat.MainBranch);
        using var plain = data.OpenPlain();
        List<double> ratios = [];
        for (var run = 0; run <= Runs; run++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var onLog = await ReadsAsync(log, id =>
            {
                LogBenchData.Change(data.LogWriter, id);
                data.MakeDurable();
            });
            var onPlain = await ReadsAsync(plain, id => LogBenchData.Change(data.PlainWriter, id));
            if (run > 0) ratios.Add(onLog / onPlain);
        }

        return BenchFigure.Of("reads per second beside 10,000 commits a second, page log over stock WAL", ratios, 1.8, BenchFigure.AtLeast, "log");
    }

    private static async Task<double> ReadsAsync(SqliteConnection reader, Action<int> change)
    {
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(() => Write(change, stop.Token), CancellationToken.None);
        var reads = 0;
        var clock = Stopwatch.StartNew();
        var statement = reader.Rent("SELECT id, a, b FROM t WHERE id = ?1");
        while (clock.Elapsed < While)
        {
            statement.Bind(1, SqlValue.Integer(((long)reads * 7_919 % LogBenchData.Rows) + 1));
            _ = statement.Step();
            statement.Reset();
            reads++;
        }

        reader.Return(statement);
        await stop.CancelAsync();
        await writing;
        return reads / clock.Elapsed.TotalSeconds;
    }

    private static void Write(Action<int> change, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            while (clock.Elapsed < i * BetweenCommits) Thread.SpinWait(20);
            change(i * 31);
        }
    }
}
