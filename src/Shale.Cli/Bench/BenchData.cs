using Shale.Cli.Demo;
using Shale.Engines;

namespace Shale.Cli.Bench;

/// <summary>The demo's tables on 4 shards behind a gate, and in one plain database. Owns both and their directory.</summary>
internal sealed class BenchData : IAsyncDisposable
{
    private readonly DemoDirectory _directory;

    private BenchData(DemoDirectory directory, LocalCluster cluster, PlainDatabase plain, DemoTables tables)
    {
        _directory = directory;
        Cluster = cluster;
        Plain = plain;
        Tables = tables;
    }

    /// <summary>The gate and its shards.</summary>
    public LocalCluster Cluster { get; }

    /// <summary>The plain database.</summary>
    public PlainDatabase Plain { get; }

    /// <summary>The tables.</summary>
    public DemoTables Tables { get; }

    /// <summary>Makes both, the tables empty.</summary>
    public static async Task<BenchData> CreateAsync(DemoTables tables, CancellationToken cancellationToken)
    {
        var directory = DemoDirectory.Create(null);
        try
        {
            var cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = directory.Shards, Shards = 4 }, cancellationToken);
            var plain = PlainDatabase.Create(directory.PlainFile, 4 * new SqliteEngineOptions().CacheKib);
            foreach (var table in tables.All)
            {
                await cluster.Gate.ExecuteAsync(new Shale.Vitess.GateRequest(table.Definition, []), cancellationToken);
                plain.Execute(table.PlainDefinition);
            }

            return new BenchData(directory, cluster, plain, tables);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Fills the shards through the gate.</summary>
    public async Task LoadGateAsync(CancellationToken cancellationToken)
    {
        Tables.WordIds.Clear();
        var loader = new GateLoader(Cluster.Gate, _ => { });
        foreach (var table in Tables.All) await loader.LoadAsync(table, Tables.WordIds, cancellationToken);
    }

    /// <summary>Fills the plain database.</summary>
    public void LoadPlain()
    {
        Tables.WordIds.Clear();
        foreach (var table in Tables.All) Plain.Load(table, Tables.WordIds);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Plain.Dispose();
        await Cluster.DisposeAsync();
        _directory.Dispose();
    }
}
