using Shale.Engines;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>A cluster with the table of <see cref="LookupSchema"/>, which can be opened again over its directory, and whose entries can be compared with their rows.</summary>
internal sealed class OwnerCluster : IAsyncDisposable
{
    private readonly LocalCluster _cluster;
    private readonly VSchema _vschema;
    private readonly SqlDialect _dialect;

    private OwnerCluster(LocalCluster cluster, VSchema vschema, SqlDialect dialect)
    {
        _cluster = cluster;
        _vschema = vschema;
        _dialect = dialect;
    }

    public SqlDialect Dialect => _dialect;

    public VTGate Gate => _cluster.Gate;

    public IReadOnlyList<VTTablet> Tablets => _cluster.Tablets;

    public IReadOnlyList<string> Repairs => _cluster.Repairs;

    public static async Task<OwnerCluster> OpenAsync(
        int shards, SqlDialect dialect = SqlDialect.Postgres, string? directory = null, Func<ITablet, ITablet>? wrap = null, params string[] only)
    {
        var vschema = LookupSchema.Of(shards, dialect, only);
        var options = new LocalClusterOptions { Durable = false, WrapTablet = wrap };
        if (directory is not null) await MakeAsync(directory, shards, vschema);
        options = directory is null ? options with { VSchema = vschema } : options with { DataDirectory = directory };
        return new OwnerCluster(await LocalCluster.OpenAsync(options), vschema, dialect);
    }

    // A keyspace that knows its tables from the start is taken for one whose files are lost: they come when it has been opened once.
    private static async Task MakeAsync(string directory, int shards, VSchema vschema)
    {
        if (Directory.Exists(directory)) return;
        await using (await LocalCluster.OpenAsync(new LocalClusterOptions { DataDirectory = directory, Shards = shards, Durable = false }))
        {
        }

        using var topology = FileTopology.Open(directory, VindexRegistry.BuiltIn);
        var version = topology.Load().Version;
        topology.Save(version, vschema with { Version = version + 1 });
    }

    public async Task<GateResult> RunAsync(string sql, params SqlValue[] values) => await Gate.ExecuteAsync(new GateRequest(sql, values) { Dialect = _dialect });

    public async Task<GateResult> InAsync(string txId, string sql) => await Gate.ExecuteAsync(new GateRequest(sql, []) { TxId = txId });

    public async Task<string> FailAsync(string sql)
    {
        var failure = await Assert.ThrowsAsync<VitessException>(() => RunAsync(sql));
        return $"{failure.SqlState} {failure.Message}";
    }

    public async Task<string[]> RowsAsync(string sql) => Cluster.Rows((await RunAsync(sql)).Rows);

    /// <summary>What is wrong: rows without an entry that leads to their keyspace id, unique values that two rows have, entries without a row.</summary>
    public async Task<List<string>> FaultsAsync()
    {
        var faults = new List<string>();
        var catalog = new Catalog(_vschema, _vschema.Get("main"), _dialect);
        var lookups = OwnerLookups.Of(catalog.Require(new ObjectName(null, new Identifier("t"))), catalog, SqlDialect.Sqlite)!;
        foreach (var table in lookups.Tables)
        {
            var columns = string.Join(", ", table.Lookup.Columns);
            var rows = await OnShardsAsync($"SELECT {columns}, id FROM t");
            var wanted = rows.Where(row => row.Cells[..^1].All(cell => !cell.IsNull))
                .Select(row => (Text: string.Join('|', row.Cells[..^1]), Id: table.IdOf([row.Cells[^1]]), row.Shard)).ToList();
            var kept = (await OnShardsAsync($"SELECT {columns}, keyspace_id FROM {table.Lookup.Table}"))
                .Select(row => (Text: string.Join('|', row.Cells[..^1]), Id: table.ToId(row.Cells[^1]), Place: table.ShardOf(row.Cells.AsSpan(..^1)), row.Shard)).ToList();
            faults.AddRange(wanted.Where(row => table.ShardOf(row.Id) != row.Shard).Select(row => $"{table.Name}: row {row.Text} is on the wrong shard"));
            faults.AddRange(kept.Where(entry => entry.Place != entry.Shard).Select(entry => $"{table.Name}: entry {entry.Text} is on the wrong shard"));
            faults.AddRange(wanted.Where(row => !kept.Exists(entry => entry.Text == row.Text && entry.Id == row.Id)).Select(row => $"{table.Name}: row {row.Text} has no entry"));
            if (table.Lookup.Unique) faults.AddRange(wanted.GroupBy(row => row.Text).Where(group => group.Count() > 1).Select(group => $"{table.Name}: {group.Count()} rows {group.Key}"));
            faults.AddRange(kept.Where(entry => !wanted.Exists(row => entry.Text == row.Text && entry.Id == row.Id)).Select(entry => $"{table.Name}: entry {entry.Text} has no row"));
        }

        return faults;
    }

    /// <summary>The rows of a query on every shard, and the place of the shard.</summary>
    public async Task<List<(SqlValue[] Cells, int Shard)>> OnShardsAsync(string sql)
    {
        var all = new List<(SqlValue[], int)>();
        for (var shard = 0; shard < _cluster.Tablets.Count; shard++)
        {
            var rows = (await _cluster.Tablets[shard].QueryAsync(sql)).Rows;
            for (var i = 0; i < rows.RowCount; i++) all.Add((rows[i].ToArray(), shard));
        }

        return all;
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
