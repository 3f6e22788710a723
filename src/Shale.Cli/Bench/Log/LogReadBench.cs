using System.Globalization;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Cli.Bench.Log;

/// <summary>Reading a page log beside reading a plain file with a WAL: rows by key, all rows, and both in the past.</summary>
internal static class LogReadBench
{
    private const int Runs = 15;
    private const int Points = 20_000;
    private const int Opens = 300;
    private const int AllPages = 100_000;
    private const int FewPages = 25;
    private const string Point = "SELECT id, a, b FROM t WHERE id = ?1";

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(LogBenchData data, CancellationToken cancellationToken)
    {
        List<BenchFigure> figures = [];
        await AddReadsAsync(figures, data, AllPages, "all pages cached", 0.6);
        cancellationToken.ThrowIfCancellationRequested();
        await AddReadsAsync(figures, data, FewPages, "25 pages cached", 0.5);
        cancellationToken.ThrowIfCancellationRequested();
        figures.Add(Of("AS OF 1,000 commits back: open and first row, time over stock SQLite's of now",
            await RatiosAsync(() => Open(() => data.Log.OpenReader(PageFormat.MainBranch, data.Past)), () => Open(data.OpenPlain)), 0.7));
        using var past = Cached(data.Log.OpenReader(PageFormat.MainBranch, data.Past), AllPages);
        using var now = Cached(data.Log.OpenReader(PageFormat.MainBranch), AllPages);
        figures.Add(Of("AS OF 1,000 commits back: point SELECT, time over that of now", await RatiosAsync(() => Read(past), () => Read(now)), 1.1));
        figures.Add(Of("AS OF 1,000 commits back: full scan, time over that of now", await RatiosAsync(() => Scan(past), () => Scan(now)), 1.1));
        return figures;
    }

    private static async Task AddReadsAsync(List<BenchFigure> figures, LogBenchData data, int pages, string what, double bar)
    {
        using var log = Cached(data.Log.OpenReader(PageFormat.MainBranch), pages);
        using var plain = Cached(data.OpenPlain(), pages);
        figures.Add(Of($"point SELECT, {what}: time, page log over stock WAL", await RatiosAsync(() => Read(log), () => Read(plain)), bar));
        log.ExecuteTrusted("BEGIN");
        plain.ExecuteTrusted("BEGIN");
        figures.Add(Of($"point SELECT in a transaction, {what}: time", await RatiosAsync(() => Read(log), () => Read(plain)), 1.05));
        log.ExecuteTrusted("COMMIT");
        plain.ExecuteTrusted("COMMIT");
        figures.Add(Of($"full scan, {what}: time", await RatiosAsync(() => Scan(log), () => Scan(plain)), 1.05));
    }

    private static BenchFigure Of(string name, List<double> ratios, double bar) => BenchFigure.Of(name, ratios, bar, BenchFigure.AtMost, "log");

    private static Task<List<double>> RatiosAsync(Action measured, Action peer) => PairedRuns.RatiosAsync(Runs, Started(measured), Started(peer));

    private static Func<Task> Started(Action work) => () =>
    {
        work();
        return Task.CompletedTask;
    };

    private static SqliteConnection Cached(SqliteConnection connection, int pages)
    {
        connection.ExecuteTrusted(string.Create(CultureInfo.InvariantCulture, $"PRAGMA cache_size={pages}"));
        return connection;
    }

    private static void Read(SqliteConnection connection)
    {
        var statement = connection.Rent(Point);
        for (var i = 0; i < Points; i++) ReadRow(statement, i);
        connection.Return(statement);
    }

    // Keys far from each other, and each time the same.
    private static void ReadRow(SqliteStatement statement, int i)
    {
        statement.Bind(1, SqlValue.Integer(((long)i * 7_919 % LogBenchData.Rows) + 1));
        if (!statement.Step()) throw new InvalidOperationException("the row was not found");
        statement.Reset();
    }

    private static void Scan(SqliteConnection connection)
    {
        if (connection.QueryTrusted("SELECT count(*) FROM t WHERE a >= 0 AND length(b) > 0").AsInteger() != LogBenchData.Rows) throw new InvalidOperationException("rows are missing");
    }

    private static void Open(Func<SqliteConnection> open)
    {
        for (var i = 0; i < Opens; i++)
        {
            using var connection = open();
            var statement = connection.Rent(Point);
            ReadRow(statement, i);
            connection.Return(statement);
        }
    }
}
