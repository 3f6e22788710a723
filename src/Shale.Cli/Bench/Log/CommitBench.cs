using System.Diagnostics;
using Shale.Cli.Demo;
using Shale.DoSql;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Cli.Bench.Log;

/// <summary>Durable commits of one row each, by callers who wait for their own: the embedded database beside stock SQLite with a WAL and synchronous FULL, one transaction each.</summary>
internal sealed class CommitBench : IAsyncDisposable
{
    private const int Runs = 9;
    private const string Insert = "INSERT INTO t (body) VALUES (?1)";
    private static readonly TimeSpan While = TimeSpan.FromMilliseconds(400);
    private static readonly SqlValue[] Values = [SqlValue.Text(new string('x', 100))];

    private readonly DemoDirectory _directory;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SqliteConnection _stock;
    private readonly DoSqlDatabase _db;

    private CommitBench(DemoDirectory directory, SqliteConnection stock, DoSqlDatabase db) => (_directory, _stock, _db) = (directory, stock, db);

    /// <summary>Measures with 1, 8 and 64 callers: recording rows, checkpoints and retention are on, each commit has an LSN of its own.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(CancellationToken cancellationToken)
    {
        await using var bench = await CreateAsync();
        List<BenchFigure> figures = [];
        foreach (var (callers, bar) in ((int, double)[])[(1, 1), (8, 3.5), (64, 10)])
        {
            List<double> ratios = [];
            for (var run = 0; run <= Runs; run++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var stock = await RateAsync(callers, bench.OnStockAsync);
                var own = await RateAsync(callers, bench.OnDatabaseAsync);
                if (run > 0) ratios.Add(own / stock);
            }

            figures.Add(BenchFigure.Of($"durable commits per second, {callers} caller(s), embedded database over stock WAL FULL", ratios, bar, BenchFigure.AtLeast, "log"));
        }

        return figures;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _db.DisposeAsync();
        _stock.Dispose();
        _turn.Dispose();
        _directory.Dispose();
    }

    private static async Task<CommitBench> CreateAsync()
    {
        var directory = DemoDirectory.Create(null);
        var stock = SqliteConnection.Open(directory.PlainFile, SqliteOpenMode.Create);
        stock.ExecuteTrusted("PRAGMA journal_mode=WAL");
        stock.ExecuteTrusted("PRAGMA synchronous=FULL");
        const string Table = "CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)";
        stock.ExecuteTrusted(Table);
        var db = await DoSqlDatabase.OpenAsync(new LocalDisk(directory.Shards));
        await db.RunAsync(Table);
        return new CommitBench(directory, stock, db);
    }

    private static async Task<double> RateAsync(int callers, Func<Task> insert)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var count = 0;
            for (; clock.Elapsed < While; count++) await insert();
            return count;
        })));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private Task OnDatabaseAsync() => _db.RunAsync(Insert, Values);

    private async Task OnStockAsync()
    {
        await _turn.WaitAsync();
        try
        {
            var statement = _stock.Rent(Insert);
            statement.Bind(1, Values[0]);
            _ = statement.Step();
            _stock.Return(statement);
        }
        finally
        {
            _turn.Release();
        }
    }
}
