using System.Globalization;
using Shale.Cli.Demo;
using Shale.DoSql;
using Shale.PageLog;

namespace Shale.Cli.Bench.Log;

/// <summary>How much memory a database of 10 GB takes while it is loaded, read as of an earlier version, opened again and read: the process's resident memory, at most.</summary>
internal static class LargeDatabaseBench
{
    private const int Rows = 10_000_000;
    private const int RowsOfACommit = 10_000;
    private const int BodyBytes = 1_000;
    private const int Points = 20_000;
    private const double MostGigabytes = 1;
    private static readonly DoSqlOptions Options = new() { Log = new PageStoreOptions { Durable = false } };

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        using var directory = DemoDirectory.Create(null);
        List<BenchFigure> figures = [];
        Lsn middle;
        await using (var db = await DoSqlDatabase.OpenAsync(directory.Shards, Options))
        {
            PeakMemory.Begin();
            middle = await LoadAsync(db, progress, cancellationToken);
            Add("loaded");
            progress("reading it as of its middle");
            PeakMemory.Begin();
            await ReadAsync(db, $" AS OF LSN {middle.Value}", Rows / 2, cancellationToken);
            Add("read as of an earlier version");
        }

        progress("opening it again");
        PeakMemory.Begin();
        await using var again = await DoSqlDatabase.OpenAsync(directory.Shards, Options);
        await ReadAsync(again, "", Rows, cancellationToken);
        await ReadAsync(again, $" AS OF LSN {middle.Value}", Rows / 2, cancellationToken);
        Add("opened again and read");
        return figures;

        void Add(string what) => figures.Add(BenchFigure.Of($"memory while 10 GB are {what}, in GB", [PeakMemory.End() / (double)(1 << 30)], MostGigabytes, BenchFigure.AtMost, "log"));
    }

    // Returns the version that has half of the rows.
    private static async Task<Lsn> LoadAsync(DoSqlDatabase db, Action<string> progress, CancellationToken cancellationToken)
    {
        await db.RunAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, body TEXT)", default, cancellationToken);
        Lsn middle = default;
        for (var first = 1; first <= Rows; first += RowsOfACommit)
        {
            var loaded = await db.RunAsync(
                $"""
                INSERT INTO t WITH RECURSIVE numbers(n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?2)
                SELECT n, n * 7, hex(randomblob({BodyBytes / 2})) FROM numbers
                """,
                [SqlValue.Integer(first), SqlValue.Integer(first + RowsOfACommit - 1)],
                cancellationToken);
            if (first + RowsOfACommit - 1 == Rows / 2) middle = loaded.Lsn;
            if (first % (Rows / 10) == 1) progress(string.Create(CultureInfo.InvariantCulture, $"loading 10 GB: {first / (Rows / 100)} %"));
        }

        return middle;
    }

    private static async Task ReadAsync(DoSqlDatabase db, string asOf, int rows, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Points; i++)
        {
            var row = await db.QueryOneAsync("SELECT a, body FROM t" + asOf + " WHERE id = ?1", [SqlValue.Integer((i * 7_919L * 127 % rows) + 1)], cancellationToken);
            if (row is null) throw new InvalidOperationException("a row is missing");
        }

        var count = await db.QueryOneAsync("SELECT count(*) AS n FROM t" + asOf + " WHERE length(body) > 0", default, cancellationToken);
        if (count?.Get<long>("n") != rows) throw new InvalidOperationException("rows are missing");
    }
}
