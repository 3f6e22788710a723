using System.Runtime.CompilerServices;
using Shale.Contracts;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server.Tests.Support;

/// <summary>A gate that does what a test tells it, for what concerns the door alone.</summary>
internal sealed class FakeGate : IVTGate
{
    public Func<GateRequest, CancellationToken, ValueTask<GateResult>> OnExecute { get; set; } = (_, _) => ValueTask.FromResult(One());

    public Func<GateRequest, IEnumerable<RowSet>> OnStream { get; set; } = _ => [One().Rows];

    public Func<GateBatchRequest, GateBatchResult> OnBatch { get; set; } = batch => new GateBatchResult([.. batch.Statements.Select(_ => One())]);

    public IReadOnlyList<ShardHealth> Shards { get; set; } = [new("-80", true, StorageEngineType.Sqlite, 0, 0, 0), new("80-", true, StorageEngineType.Sqlite, 0, 0, 0)];

    public List<object?> Calls { get; } = [];

    public int Kept { get; set; }

    public int ThreadsKept(TimeSpan longerThan) => Kept;

    public static GateResult One()
    {
        var rows = new RowSet([new Field("a", "int4")]);
        rows.Add([SqlValue.Integer(1)]);
        return new GateResult(rows) { Tier = "T0", Shards = ["-80"] };
    }

    public async ValueTask<GateResult> ExecuteAsync(GateRequest request, CancellationToken cancellationToken = default)
    {
        Calls.Add(request);
        return await OnExecute(request, cancellationToken);
    }

    public ValueTask<GateDescription> DescribeAsync(GateRequest request, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new GateDescription("SELECT", [], One().Rows.Fields));

    public async IAsyncEnumerable<RowSet> StreamAsync(GateRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Calls.Add(request);
        await Task.Yield();
        foreach (var rows in OnStream(request))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return rows;
        }
    }

    public ValueTask<GateBatchResult> BatchAsync(GateBatchRequest request, CancellationToken cancellationToken = default)
    {
        Calls.Add(request);
        return ValueTask.FromResult(OnBatch(request));
    }

    public ValueTask<GateTransactionInfo> BeginAsync(
        string? target, TransactionOptions? options = null, SqlDialect? dialect = null, CancellationToken cancellationToken = default)
    {
        Calls.Add((target, options, dialect));
        return ValueTask.FromResult(new GateTransactionInfo("tx1", ["-80", "80-"]));
    }

    public ValueTask CommitAsync(string txId, CancellationToken cancellationToken = default) => End(txId, "commit");

    public ValueTask RollbackAsync(string txId, CancellationToken cancellationToken = default) => End(txId, "rollback");

    public ValueTask<ClusterStatus> StatusAsync(string? keyspace = null, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new ClusterStatus(keyspace ?? "main", Shards.Count, StorageEngineType.Sqlite, Shards, 0, 0));

    public ValueTask<IReadOnlyList<ShardHealth>> HealthAsync(string? shard = null, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IReadOnlyList<ShardHealth>>([.. Shards.Where(one => shard is null || one.Id == shard)]);

    public ValueTask<IReadOnlyList<TableInfo>> SchemaAsync(string? keyspace = null, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IReadOnlyList<TableInfo>>([new TableInfo("t", "table", [new ColumnInfo("a", "int4", true)])]);

    public ValueTask<VSchemaInfo> VSchemaAsync(string? keyspace = null, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new VSchemaInfo(keyspace ?? "main", true, new Dictionary<string, TableDef>(), new Dictionary<string, VindexDef>()));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ValueTask End(string txId, string what)
    {
        Calls.Add((what, txId));
        return txId == "tx1" ? ValueTask.CompletedTask : throw new VitessException(ErrorCodes.TransactionNotFound, "no transaction " + txId);
    }
}
