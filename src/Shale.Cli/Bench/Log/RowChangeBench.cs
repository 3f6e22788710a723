using Shale.Cli.Demo;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Cli.Bench.Log;

/// <summary>An UPDATE of all five columns of 100,000 rows, on disk: the page log with the rows before and after recorded, beside stock SQLite that records nothing.</summary>
internal static class RowChangeBench
{
    private const int Runs = 11;
    private const string Update = "UPDATE t SET a = a + 1, b = b + 0.5, c = 'c' || (a % 1000), d = 'another text ' || a, e = 'e' || id";

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(CancellationToken cancellationToken)
    {
        using var directory = DemoDirectory.Create(null);
        using var store = PageStore.Open(new LocalDisk(directory.Shards));
        using var database = new PagedDatabase(store);
        using var log = database.OpenWriter(PageFormat.MainBranch);
        using var plain = SqliteConnection.Open(directory.PlainFile, SqliteOpenMode.Create);
        plain.ExecuteTrusted("PRAGMA journal_mode=WAL");
        plain.ExecuteTrusted("PRAGMA synchronous=FULL");
        Fill(log);
        Fill(plain);
        cancellationToken.ThrowIfCancellationRequested();
        var ratios = await PairedRuns.RatiosAsync(
            Runs,
            () =>
            {
                log.ExecuteTrusted(Update);
                store.WaitDurable(log.Commits!.Last);
                return Task.CompletedTask;
            },
            () =>
            {
                plain.ExecuteTrusted(Update);
                return Task.CompletedTask;
            });
        return [BenchFigure.Of("UPDATE of 100,000 rows of five columns with row changes: time over stock WAL without", ratios, 3, BenchFigure.AtMost, "log")];
    }

    private static void Fill(SqliteConnection writer)
    {
        writer.ExecuteTrusted("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b REAL, c TEXT, d TEXT, e TEXT)");
        writer.ExecuteTrusted("""
            INSERT INTO t WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
            SELECT n, n * 7, n * 0.5, 'c' || n, 'a text that is a bit longer ' || n, 'e' FROM numbers
            """);
    }
}
