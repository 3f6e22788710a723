using Shale.Engines;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>A cluster in memory for tests, with short ways to speak to it.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly LocalCluster _cluster;
    private readonly SqlDialect _dialect;

    private Cluster(LocalCluster cluster, SqlDialect dialect)
    {
        _cluster = cluster;
        _dialect = dialect;
    }

    /// <summary>One shard and several, in each dialect.</summary>
    public static TheoryData<int, SqlDialect> OfEachKind { get; } = new() { { 1, SqlDialect.Postgres }, { 4, SqlDialect.Postgres }, { 1, SqlDialect.Sqlite }, { 4, SqlDialect.Sqlite } };

    public VTGate Gate => _cluster.Gate;

    public static async Task<Cluster> OpenAsync(int shards, SqlDialect dialect = SqlDialect.Postgres, Func<LocalClusterOptions, LocalClusterOptions>? configure = null)
    {
        var options = new LocalClusterOptions { Shards = shards, VSchema = VSchema.Empty.WithKeyspace(VKeyspace.Create("main", KeyRange.Split(shards))) };
        return new Cluster(await LocalCluster.OpenAsync(configure?.Invoke(options) ?? options), dialect);
    }

    /// <summary>A moment between what has happened and what happens next, as a timestamp.</summary>
    public static async Task<string> MomentAsync() => TimestampText.Write(await InstantAsync());

    /// <summary>A moment between what has happened and what happens next.</summary>
    public static async Task<DateTimeOffset> InstantAsync()
    {
        var start = DateTimeOffset.UtcNow;
        while (DateTimeOffset.UtcNow - start < TimeSpan.FromMicroseconds(2)) await Task.Yield();
        var moment = DateTimeOffset.UtcNow;
        while (DateTimeOffset.UtcNow - moment < TimeSpan.FromMicroseconds(2)) await Task.Yield();
        return moment;
    }

    public async Task<GateResult> RunAsync(string sql, params SqlValue[] values) =>
        await Gate.ExecuteAsync(new GateRequest(sql, values) { Dialect = _dialect });

    public async Task<GateResult> InAsync(string txId, string sql, params SqlValue[] values) =>
        await Gate.ExecuteAsync(new GateRequest(sql, values) { TxId = txId });

    /// <summary>The failure of a statement that must fail.</summary>
    public Task<VitessException> FailsAsync(string sql, params SqlValue[] values) => Assert.ThrowsAsync<VitessException>(() => RunAsync(sql, values));

    public async Task RunAllAsync(params string[] statements)
    {
        foreach (var sql in statements) await RunAsync(sql);
    }

    /// <summary>The rows of a statement sent to another target, as <see cref="RowsAsync"/>.</summary>
    public async Task<string[]> OnAsync(string target, string sql) => Rows((await Gate.ExecuteAsync(new GateRequest(sql, []) { Target = target, Dialect = _dialect })).Rows);

    /// <summary>The rows as text, cells parted by bars, in the order they came.</summary>
    public async Task<string[]> RowsAsync(string sql, params SqlValue[] values) => Rows((await RunAsync(sql, values)).Rows);

    public static string[] Rows(RowSet rows)
    {
        var lines = new string[rows.RowCount];
        for (var i = 0; i < lines.Length; i++) lines[i] = string.Join('|', rows[i].ToArray());
        return lines;
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
