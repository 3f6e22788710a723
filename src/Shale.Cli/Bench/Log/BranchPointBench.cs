using Shale.Cli.Demo;
using Shale.DoSql;
using Shale.PageLog;

namespace Shale.Cli.Bench.Log;

/// <summary>How long a branch point and a named snapshot take, durably: beside one fdatasync on the same disk, and beside those of a small database.</summary>
internal static class BranchPointBench
{
    private const int Runs = 15;
    private const int PointsOfARun = 100;
    private const int FewRows = 1_000;
    private const int WrittenBytes = 4096;
    private const double MostSyncs = 2, MostOfASmallOne = 1.2;

    /// <summary>Measures at a number of rows.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(int rows, CancellationToken cancellationToken)
    {
        using var directory = DemoDirectory.Create(null);
        await using var large = await FillAsync(Path.Combine(directory.Shards, "large"), rows);
        await using var small = await FillAsync(Path.Combine(directory.Shards, "small"), FewRows);
        using var file = new LocalDisk(Path.Combine(directory.Shards, "sync")).Create("file");
        file.Reserve(PointsOfARun * WrittenBytes);
        var millions = rows / 1_000_000;
        List<BenchFigure> figures = [];
        await AddAsync("named snapshot", (db, name) => db.SnapshotAsync(name), (db, name) => db.DropSnapshotAsync(name));
        await AddAsync("branch point", (db, name) => db.BranchAsync(name), (db, name) => db.DropBranchAsync(name));
        return figures;

        async Task AddAsync(string what, Func<DoSqlDatabase, string, Task> create, Func<DoSqlDatabase, string, Task> drop)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var points = new Points(create, drop);
            figures.Add(Of($"durable {what}, {millions} M rows: time over one fdatasync", await points.RatiosAsync(large, () => Sync(file)), MostSyncs));
            cancellationToken.ThrowIfCancellationRequested();
            figures.Add(Of($"durable {what}, {millions} M rows: time over that with 1,000 rows", await points.RatiosAsync(large, () => points.CreateAsync(small)), MostOfASmallOne));
        }
    }

    private static BenchFigure Of(string name, List<double> ratios, double bar) => BenchFigure.Of(name, ratios, bar, BenchFigure.AtMost, "log");

    private static async Task<DoSqlDatabase> FillAsync(string directory, int rows)
    {
        const int RowsOfACommit = 100_000;
        var db = await DoSqlDatabase.OpenAsync(directory);
        await db.RunAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT)");
        for (var first = 1; first <= rows; first += RowsOfACommit)
        {
            await db.RunAsync(
                """
                INSERT INTO t WITH RECURSIVE numbers(n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?2)
                SELECT n, n * 7, 'text number ' || n || ' and some more of it to make it longer' FROM numbers
                """,
                [SqlValue.Integer(first), SqlValue.Integer(Math.Min(rows, first + RowsOfACommit - 1))]);
        }

        return db;
    }

    // A write to blocks that are the file's already, as the log's are.
    private static Task Sync(IDiskFile file)
    {
        Span<byte> written = stackalloc byte[WrittenBytes];
        for (var i = 0; i < PointsOfARun; i++)
        {
            written.Fill((byte)i);
            file.Write(i * WrittenBytes, written);
            file.Sync();
        }

        return Task.CompletedTask;
    }

    // Names are dropped after each run, which is not measured.
    private sealed class Points(Func<DoSqlDatabase, string, Task> create, Func<DoSqlDatabase, string, Task> drop)
    {
        private readonly List<(DoSqlDatabase Database, string Name)> _created = [];

        public async Task<List<double>> RatiosAsync(DoSqlDatabase database, Func<Task> peer)
        {
            List<double> ratios = [];
            for (var run = 0; run < Runs; run++)
            {
                ratios.AddRange(await PairedRuns.RatiosAsync(1, () => CreateAsync(database), peer));
                foreach (var (of, name) in _created) await drop(of, name);
                _created.Clear();
            }

            return ratios;
        }

        public async Task CreateAsync(DoSqlDatabase database)
        {
            for (var i = 0; i < PointsOfARun; i++)
            {
                var name = "p" + _created.Count;
                await create(database, name);
                _created.Add((database, name));
            }
        }
    }
}
