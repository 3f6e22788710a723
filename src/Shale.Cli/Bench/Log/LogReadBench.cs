using System.Globalization;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Cli.Bench.Log;

/// <summary>Reading a page log beside reading a plain file with a WAL: rows by key, all rows, and both in the past.</summary>
internal static class LogReadBench
{
    private const int Pairs = 6, RunsOfAPair = 5, OpenRuns = 15;
    private const int Slices = 40, PointsOfASlice = 500;
    private const int Opens = 300;
    private const int AllPages = 100_000;
    private const int FewPages = 25;
    private const string Point = "SELECT id, a, b FROM t WHERE id = ?1";

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(LogBenchData data, CancellationToken cancellationToken)
    {
        List<BenchFigure> figures = [];
        SqliteConnection Now(int pages) => Cached(data.Log.OpenReader(PageFormat.MainBranch), pages);
        SqliteConnection Plain(int pages) => Cached(data.OpenPlain(), pages);
        foreach (var (pages, what, bar) in ((int, string, double)[])[(AllPages, "all pages cached", 0.6), (FewPages, "25 pages cached", 0.5)])
        {
            var times = Compare(() => Now(pages), () => Plain(pages), cancellationToken);
            figures.Add(Of($"point SELECT, {what}: time, page log over stock WAL", times.Points, bar));
            figures.Add(Of($"point SELECT in a transaction, {what}: time", times.PointsTogether, 1.05));
            figures.Add(Of($"full scan, {what}: time", times.Scans, 1.05));
        }

        figures.Add(Of("AS OF 1,000 commits back: open and first row, time over stock SQLite's of now",
            await RatiosAsync(OpenRuns, () => Open(() => data.Log.OpenReader(PageFormat.MainBranch, data.Past)), () => Open(data.OpenPlain)), 0.7));
        var past = Compare(() => Cached(data.Log.OpenReader(PageFormat.MainBranch, data.Past), AllPages), () => Now(AllPages), cancellationToken);
        figures.Add(Of("AS OF 1,000 commits back: point SELECT, time over that of now", past.Points, 1.1));
        figures.Add(Of("AS OF 1,000 commits back: full scan, time over that of now", past.Scans, 1.1));
        return figures;
    }

    // Where the pages of a connection happen to lie in memory is worth some hundredths: there are several pairs, and each side is opened first in half of them.
    private static (List<double> Points, List<double> PointsTogether, List<double> Scans) Compare(
        Func<SqliteConnection> measured, Func<SqliteConnection> peer, CancellationToken cancellationToken)
    {
        List<double> points = [], together = [], scans = [];
        for (var pair = 0; pair < Pairs; pair++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var first = pair % 2 == 0 ? measured() : peer();
            Scan(first);
            using var second = pair % 2 == 0 ? peer() : measured();
            Scan(second);
            var (own, other) = pair % 2 == 0 ? (first, second) : (second, first);
            points.AddRange(Ratios(own, other, Read));
            own.ExecuteTrusted("BEGIN");
            other.ExecuteTrusted("BEGIN");
            together.AddRange(Ratios(own, other, Read));
            own.ExecuteTrusted("COMMIT");
            other.ExecuteTrusted("COMMIT");
            scans.AddRange(Ratios(own, other, ScanPart));
        }

        return (points, together, scans);
    }

    private static BenchFigure Of(string name, List<double> ratios, double bar) => BenchFigure.Of(name, ratios, bar, BenchFigure.AtMost, "log");

    private static Task<List<double>> RatiosAsync(int runs, Action measured, Action peer) => PairedRuns.RatiosAsync(runs, Started(measured), Started(peer));

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

    private static IEnumerable<double> Ratios(SqliteConnection measured, SqliteConnection peer, Action<SqliteConnection, int> work)
    {
        work(measured, 0);
        work(peer, 0);
        for (var run = 0; run < RunsOfAPair; run++) yield return PairedRuns.RatioOfSlices(Slices, slice => work(measured, slice), slice => work(peer, slice));
    }

    private static void Read(SqliteConnection connection, int slice)
    {
        var statement = connection.Rent(Point);
        for (var i = 0; i < PointsOfASlice; i++) ReadRow(statement, (slice * PointsOfASlice) + i);
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
        for (var slice = 0; slice < Slices; slice++) ScanPart(connection, slice);
    }

    // All parts are the whole table, in order.
    private static void ScanPart(SqliteConnection connection, int slice)
    {
        const string Part = "SELECT count(*) FROM t WHERE id > ?1 AND id <= ?2 AND a >= 0 AND length(b) > 0";
        const long RowsOfASlice = LogBenchData.Rows / Slices;
        var found = connection.QueryTrusted(Part, [SqlValue.Integer(slice * RowsOfASlice), SqlValue.Integer((slice + 1) * RowsOfASlice)]);
        if (found.AsInteger() != RowsOfASlice) throw new InvalidOperationException("rows are missing");
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
