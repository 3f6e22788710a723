using System.Globalization;
using System.Text;
using Shale.Cli.Demo;
using Shale.Engines;
using Shale.Vitess;

namespace Shale.Cli.Bench.Gate;

/// <summary>What a unique lookup vindex costs: a row found by it beside one found by the primary vindex, and a row inserted with it beside one without.</summary>
internal sealed class LookupBench : IAsyncDisposable
{
    private const int Runs = 9;
    private const int Rows = 100_000;
    private const int RowsAStatement = 500;
    private const int Keys = 1_000;
    private const int Points = 20_000;
    private const int Inserts = 300;
    private readonly DemoDirectory _directory;
    private readonly LocalCluster _cluster;
    private readonly GateRequest[] _byLookup = Requests(id => new GateRequest("SELECT id, email, name FROM people WHERE email = $1", [SqlValue.Text(Email(id))]));
    private readonly GateRequest[] _byKey = Requests(id => new GateRequest("SELECT id, email, name FROM people WHERE id = $1", [SqlValue.Integer(id)]));
    private int _nextId = Rows;

    private LookupBench(DemoDirectory directory, LocalCluster cluster)
    {
        _directory = directory;
        _cluster = cluster;
    }

    /// <summary>Makes two tables of the same rows, one with a lookup; commits wait for the disk.</summary>
    public static async Task<LookupBench> CreateAsync(CancellationToken cancellationToken)
    {
        var directory = DemoDirectory.Create(null);
        try
        {
            var bench = new LookupBench(directory, await LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = directory.Shards, Shards = 4 }, cancellationToken));
            await bench.RunAsync("CREATE TABLE people (id BIGINT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL)");
            await bench.RunAsync("CREATE TABLE others (id BIGINT PRIMARY KEY, email TEXT NOT NULL, name TEXT NOT NULL)");
            for (var first = 0; first < Rows; first += RowsAStatement) await bench.FillAsync(first);
            return bench;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Measures.</summary>
    public async Task<IReadOnlyList<BenchFigure>> RunAsync()
    {
        var points = await PairedRuns.RatiosAsync(Runs, () => PointsAsync(_byLookup), () => PointsAsync(_byKey));
        var inserts = await PairedRuns.RatiosAsync(Runs, () => InsertsAsync("people"), () => InsertsAsync("others"));
        return
        [
            BenchFigure.Of("point SELECT by a lookup: time over one by the primary vindex", points, 2.2, BenchFigure.AtMost, "gate"),
            BenchFigure.Of("INSERT of a row with a unique lookup: time over one without", inserts, 3, BenchFigure.AtMost, "gate"),
        ];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _directory.Dispose();
    }

    private static string Email(int id) => string.Create(CultureInfo.InvariantCulture, $"person.{id}@example.org");

    private static GateRequest[] Requests(Func<int, GateRequest> request) => [.. Enumerable.Range(0, Keys).Select(i => request((int)((long)i * 7_919 % Rows)))];

    private async Task PointsAsync(GateRequest[] requests)
    {
        for (var i = 0; i < Points; i++)
        {
            var result = await _cluster.Gate.ExecuteAsync(requests[i % Keys]);
            if (result.Rows.RowCount != 1 || result.Shards.Count != 1) throw new InvalidOperationException("the row was not found on one shard");
        }
    }

    private async Task InsertsAsync(string table)
    {
        for (var i = 0; i < Inserts; i++)
        {
            var id = _nextId++;
            await _cluster.Gate.ExecuteAsync(new GateRequest($"INSERT INTO {table} (id, email, name) VALUES ($1, $2, $3)", [SqlValue.Integer(id), SqlValue.Text(Email(id)), SqlValue.Text("Ada")]));
        }
    }

    private async Task FillAsync(int first)
    {
        var rows = new StringBuilder();
        for (var id = first; id < first + RowsAStatement; id++) rows.Append(CultureInfo.InvariantCulture, $"{(id == first ? "" : ", ")}({id}, '{Email(id)}', 'person {id}')");
        foreach (var table in (string[])["people", "others"]) await RunAsync($"INSERT INTO {table} VALUES {rows}");
    }

    private async Task RunAsync(string sql) => await _cluster.Gate.ExecuteAsync(new GateRequest(sql, []));
}
