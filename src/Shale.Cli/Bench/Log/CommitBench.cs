using System.Diagnostics;
using Shale.Cli.Demo;
using Shale.DoSql;
using Shale.PageLog;
using Shale.Sqlite;

namespace Shale.Cli.Bench.Log;

/// <summary>Durable commits of one row each, by callers who wait for their own: the embedded database beside stock SQLite with a WAL and synchronous FULL.</summary>
internal sealed class CommitBench : IAsyncDisposable
{
    private const int Runs = 31;
    private const int Warmups = 5;
    private const string Insert = "INSERT INTO t (body) VALUES (?1)";
    private static readonly TimeSpan While = TimeSpan.FromMilliseconds(150);
    private static readonly SqlValue[] Values = [SqlValue.Text(new string('x', 100))];

    private readonly DemoDirectory _directory;
    private readonly SqliteConnection _connection;
    private readonly StockWrites _stock;
    private readonly DoSqlDatabase _db;

    private CommitBench(DemoDirectory directory, SqliteConnection connection, DoSqlDatabase db) =>
        (_directory, _connection, _stock, _db) = (directory, connection, new StockWrites(connection, Insert, Values), db);

    /// <summary>Measures: recording rows, checkpoints and retention are on; each commit has an LSN of its own, then those who wait share one.</summary>
    public static async Task<IReadOnlyList<BenchFigure>> RunAsync(CancellationToken cancellationToken)
    {
        List<BenchFigure> figures = [];
        await using (var bench = await CreateAsync(new DoSqlOptions()))
        {
            foreach (var (callers, bar) in ((int, double)[])[(1, 1), (8, 3.5), (64, 10)])
            {
                figures.Add(Of($"durable commits per second, {callers} caller(s), embedded database over stock WAL FULL", await bench.RatiosAsync(callers, bench._stock.WriteAloneAsync, cancellationToken), bar));
            }
        }

        await using var batched = await CreateAsync(new DoSqlOptions { BatchCommits = true });
        figures.Add(Of("durable commits per second, 64 caller(s), both batched", await batched.RatiosAsync(64, batched._stock.WriteTogetherAsync, cancellationToken), 1.1));
        return figures;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _db.DisposeAsync();
        _stock.Dispose();
        _connection.Dispose();
        _directory.Dispose();
    }

    private static BenchFigure Of(string name, List<double> ratios, double bar) => BenchFigure.Of(name, ratios, bar, BenchFigure.AtLeast, "log");

    private static async Task<CommitBench> CreateAsync(DoSqlOptions options)
    {
        var directory = DemoDirectory.Create(null);
        var stock = SqliteConnection.Open(directory.PlainFile, SqliteOpenMode.Create);
        stock.ExecuteTrusted("PRAGMA journal_mode=WAL");
        stock.ExecuteTrusted("PRAGMA synchronous=FULL");
        const string Table = "CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)";
        stock.ExecuteTrusted(Table);
        var db = await DoSqlDatabase.OpenAsync(new LocalDisk(directory.Shards), options);
        await db.RunAsync(Table);
        return new CommitBench(directory, stock, db);
    }

    private static async Task<double> RateAsync(int callers, Func<Task> insert, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var count = 0;
            for (; clock.Elapsed < While; count++) await insert();
            return count;
        })));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private Task<List<double>> RatiosAsync(int callers, Func<Task> onStock, CancellationToken cancellationToken) =>
        PairedRuns.RatiosOfAsync(Runs, Warmups, () => RateAsync(callers, OnDatabaseAsync, cancellationToken), () => RateAsync(callers, onStock, cancellationToken));

    private Task OnDatabaseAsync() => _db.RunAsync(Insert, Values);
}
