using Shale.Cli.Demo;
using Shale.Contracts;
using Shale.Engines;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Cli.Bench;

/// <summary>A million made rows on 4 shards, and in one plain database; two gates over the same shards, of which one assembles whatever it can. Owns all.</summary>
internal sealed class MergeData : IAsyncDisposable
{
    /// <summary>How many rows.</summary>
    public const int Rows = 1_000_000;

    private const int RowsInStatement = 1_000;
    private readonly DemoDirectory _directory;
    private readonly LocalCluster _cluster;
    private readonly VTGate _assembling;
    private readonly SqliteEngine _scratch = SqliteEngine.InMemory();

    private MergeData(DemoDirectory directory, LocalCluster cluster, PlainDatabase plain)
    {
        _directory = directory;
        _cluster = cluster;
        Plain = plain;
        _assembling = new VTGate(new VTGateOptions
        {
            Topology = new MemoryTopology(cluster.Gate.VSchema),
            Tablets = cluster.Tablets,
            Scratch = new Dictionary<StorageEngineType, IScratchSource> { [StorageEngineType.Sqlite] = _scratch },
            ForceAssembly = true,
        });
    }

    /// <summary>The plain database.</summary>
    public PlainDatabase Plain { get; }

    /// <summary>Makes both and fills them.</summary>
    public static async Task<MergeData> CreateAsync(CancellationToken cancellationToken)
    {
        const string Columns = "(id BIGINT NOT NULL PRIMARY KEY, kind INT NOT NULL, amount INT NOT NULL, name TEXT NOT NULL)";
        var directory = DemoDirectory.Create(null);
        LocalCluster? cluster = null;
        try
        {
            cluster = await LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = directory.Shards, Shards = 4, Durable = false }, cancellationToken);
            var plain = PlainDatabase.Create(directory.PlainFile, 4 * new SqliteEngineOptions().CacheKib);
            await RunAsync(cluster.Gate, $"CREATE TABLE events {Columns} WITH (shard_key = 'id')", cancellationToken);
            plain.Execute($"CREATE TABLE events {Columns}");
            for (var first = 0; first < Rows; first += RowsInStatement)
            {
                var insert = $"INSERT INTO events VALUES {string.Join(", ", Enumerable.Range(first, RowsInStatement).Select(Row))}";
                await RunAsync(cluster.Gate, insert, cancellationToken);
                plain.Execute(insert);
            }

            return new MergeData(directory, cluster, plain);
        }
        catch
        {
            if (cluster is not null) await cluster.DisposeAsync();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Runs a query over the shards.</summary>
    /// <param name="sql">The query, in dialect sqlite.</param>
    /// <param name="assemble">Whether the rows are brought together (T2).</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<GateResult> RunAsync(string sql, bool assemble, CancellationToken cancellationToken) => RunAsync(assemble ? _assembling : _cluster.Gate, sql, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Plain.Dispose();

        // Both gates have the same tablets.
        await _assembling.DisposeAsync();
        await _cluster.DisposeAsync();
        await _scratch.DisposeAsync();
        _directory.Dispose();
    }

    private static async Task<GateResult> RunAsync(VTGate gate, string sql, CancellationToken cancellationToken) =>
        await gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = SqlDialect.Sqlite }, cancellationToken);

    // Spread without a pattern, the same in every run.
    private static string Row(int id)
    {
        var mixed = unchecked((uint)id * 2654435761u);
        return FormattableString.Invariant($"({id}, {mixed % 50}, {(mixed >> 8) % 1_000_000}, 'name {mixed % 1000}')");
    }
}
