using System.Buffers.Binary;
using Shale.Contracts;
using Shale.Engines;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>
/// A cluster in memory with two gates over the same shards: one that knows of lookup vindexes, and one that does not, by which a test writes rows and entries as it wants them.
/// </summary>
internal sealed class LookupCluster : IAsyncDisposable
{
    private readonly LocalCluster _plain;
    private readonly SqlDialect _dialect;

    private LookupCluster(LocalCluster plain, VTGate gate, SqlDialect dialect) => (_plain, Gate, _dialect) = (plain, gate, dialect);

    /// <summary>The gate that knows.</summary>
    public VTGate Gate { get; }

    /// <summary>The gate that does not.</summary>
    public VTGate Plain => _plain.Gate;

    /// <summary>What the shards were asked, as "shard sql".</summary>
    public List<string> Asked { get; } = [];

    public static async Task<LookupCluster> OpenAsync(
        int shards, SqlDialect dialect, string[] tables, (string Owner, VLookup Lookup)[] lookups, Func<VTGateOptions, VTGateOptions>? configure = null, Held? held = null)
    {
        var plain = await LocalCluster.OpenAsync(new LocalClusterOptions { Shards = shards, VSchema = VSchema.Empty.WithKeyspace(VKeyspace.Create("main", KeyRange.Split(shards))) });
        foreach (var sql in tables) await plain.Gate.ExecuteAsync(new GateRequest(sql, []) { Dialect = dialect });
        var keyspace = plain.Gate.VSchema.Get("main");
        foreach (var (owner, lookup) in lookups)
        {
            var table = keyspace.GetTable(owner);
            keyspace = keyspace with { Tables = keyspace.Tables.SetItem(table.Name, table with { Lookups = table.Lookups.Add(lookup) }) };
        }

        LookupCluster? self = null;
        var options = new VTGateOptions
        {
            Topology = new MemoryTopology(plain.Gate.VSchema.WithKeyspace(keyspace)), DefaultKeyspace = "main",
            Tablets = [.. plain.Tablets.Select(tablet => new HeldTablet(new AskedTablet(tablet, (shard, sql) => self!.Note($"{shard} {sql}")), held ?? new Held()))],
            Scratch = new Dictionary<StorageEngineType, IScratchSource> { [StorageEngineType.Sqlite] = SqliteEngine.InMemory() },
        };
        return self = new LookupCluster(plain, new VTGate(configure?.Invoke(options) ?? options), dialect);
    }

    public async Task<GateResult> RunAsync(string sql, params SqlValue[] values) => await Gate.ExecuteAsync(new GateRequest(sql, values) { Dialect = _dialect });

    public async Task<string[]> RowsAsync(string sql, params SqlValue[] values) => Cluster.Rows((await RunAsync(sql, values)).Rows);

    /// <summary>Runs statements by the gate that knows of no lookups.</summary>
    public async Task WriteAsync(params string[] statements)
    {
        foreach (var sql in statements) await WriteAsync(sql, []);
    }

    public async Task WriteAsync(string sql, SqlValue[] values) => await Plain.ExecuteAsync(new GateRequest(sql, values) { Dialect = _dialect });

    /// <summary>Makes the entries of a lookup for all rows there are.</summary>
    public async Task FillAsync(string owner, string lookup)
    {
        var keyspace = Gate.VSchema.Get("main");
        var table = keyspace.GetTable(owner);
        var columns = table.Lookups.First(each => each.Name == lookup).Columns;
        var entries = table.Lookups.First(each => each.Name == lookup).Table;
        var rows = (await Plain.ExecuteAsync(new GateRequest($"SELECT DISTINCT {string.Join(", ", [.. columns, .. table.ShardColumns])} FROM {owner}", []) { Dialect = _dialect })).Rows;
        var marks = string.Join(", ", Enumerable.Range(1, columns.Length + 1).Select(i => _dialect == SqlDialect.Sqlite ? $"?{i}" : $"${i}"));
        for (var i = 0; i < rows.RowCount; i++)
        {
            var row = rows[i].ToArray();
            if (row[..columns.Length].Any(value => value.IsNull)) continue;
            await WriteAsync($"INSERT INTO {entries} ({string.Join(", ", columns)}, keyspace_id) VALUES ({marks}) ON CONFLICT DO NOTHING", [.. row[..columns.Length], IdOf(owner, row[columns.Length..])]);
        }
    }

    /// <summary>The keyspace id of a sharding key, as an entry holds it.</summary>
    public SqlValue IdOf(string owner, params SqlValue[] key)
    {
        var keyspace = Gate.VSchema.Get("main");
        Assert.True(ShardKey.For(keyspace.GetTable(owner), keyspace).Vindex.TryMap(key, out var id));
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, id.Value);
        return SqlValue.Blob(bytes);
    }

    public async ValueTask DisposeAsync()
    {
        await Gate.DisposeAsync();
        await _plain.DisposeAsync();
    }

    private void Note(string asked)
    {
        lock (Asked) Asked.Add(asked);
    }

    private sealed class AskedTablet(ITablet inner, Action<string, string> note) : ForwardingTablet(inner)
    {
        public override ValueTask<ShardResult> QueryAsync(ShardQueryRequest request, CancellationToken cancellationToken)
        {
            note(Shard, request.Sql);
            return base.QueryAsync(request, cancellationToken);
        }

        public override IAsyncEnumerable<RowSet> StreamAsync(ShardQueryRequest request, CancellationToken cancellationToken)
        {
            note(Shard, request.Sql);
            return base.StreamAsync(request, cancellationToken);
        }

        public override ValueTask<ShardResult> ExecuteAsync(ShardExecuteRequest request, CancellationToken cancellationToken)
        {
            note(Shard, request.Sql);
            return base.ExecuteAsync(request, cancellationToken);
        }
    }
}
