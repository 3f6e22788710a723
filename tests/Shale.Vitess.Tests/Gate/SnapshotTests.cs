using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess.Tests;

/// <summary>What the statements of one transaction see of the others'.</summary>
public class SnapshotTests
{
    private const string Elsewhere = "UPDATE t SET v = v + 100";

    [Theory]
    [Trait("Rule", "S4.3")]
    [InlineData(IsolationLevel.Serializable, "1", "6")]
    [InlineData(IsolationLevel.RepeatableRead, "1", "6")]
    [InlineData(IsolationLevel.ReadCommitted, "1", "606")]
    public async Task Read_OfAShardNotReadBefore_SeesTheStateOfTheFirstStatement(IsolationLevel isolation, string first, string all)
    {
        await using var cluster = await OpenAsync();
        var transaction = await cluster.Gate.BeginAsync(null, new TransactionOptions(isolation));

        Assert.Equal([first], Cluster.Rows((await cluster.InAsync(transaction.TxId, "SELECT v FROM t WHERE id = 1")).Rows));
        await cluster.RunAsync(Elsewhere);

        Assert.Equal([all], Cluster.Rows((await cluster.InAsync(transaction.TxId, "SELECT SUM(v) FROM t")).Rows));
        await cluster.Gate.CommitAsync(transaction.TxId);
        Assert.Equal(["606"], await cluster.RowsAsync("SELECT SUM(v) FROM t"));
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Write_ToAShardThatHasChangedSinceTheFirstRead_FailsWherePinned()
    {
        await using var cluster = await OpenAsync();
        var transaction = await cluster.Gate.BeginAsync(null, new TransactionOptions(IsolationLevel.Serializable));
        await cluster.InAsync(transaction.TxId, "SELECT v FROM t WHERE id = 1");
        await cluster.RunAsync(Elsewhere);

        var failure = await Assert.ThrowsAsync<VitessException>(() => cluster.InAsync(transaction.TxId, "UPDATE t SET v = 0 WHERE id = 2"));

        Assert.Equal("40001", failure.SqlState);
        Assert.True(failure.IsTransient);
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Write_WithoutARead_TouchesOnlyItsShard()
    {
        var begun = new List<string>();
        await using var cluster = await Cluster.OpenAsync(4, SqlDialect.Sqlite, configure: options => options with { WrapTablet = tablet => new CountingTablet(tablet, begun) });
        await FillAsync(cluster);
        begun.Clear();
        var transaction = await cluster.Gate.BeginAsync(null, dialect: SqlDialect.Sqlite);
        await cluster.InAsync(transaction.TxId, "UPDATE t SET v = 7 WHERE id = 1");
        Assert.Single(begun);
        await cluster.InAsync(transaction.TxId, "SELECT v FROM t WHERE id = 2");
        await cluster.Gate.CommitAsync(transaction.TxId);

        Assert.Equal(4, begun.Count);
        Assert.Equal(["7"], await cluster.RowsAsync("SELECT v FROM t WHERE id = 1"));
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Savepoint_AfterARead_HoldsNoWriter()
    {
        await using var cluster = await OpenAsync(TimeSpan.FromMilliseconds(50));
        var transaction = await cluster.Gate.BeginAsync(null, new TransactionOptions(IsolationLevel.Serializable));
        await cluster.InAsync(transaction.TxId, "SELECT SUM(v) FROM t");
        await cluster.InAsync(transaction.TxId, "SAVEPOINT here");

        await cluster.RunAsync("UPDATE t SET v = v + 1 WHERE id = 2");
        await cluster.InAsync(transaction.TxId, "UPDATE t SET v = 50 WHERE id = 1");
        await cluster.InAsync(transaction.TxId, "ROLLBACK TO SAVEPOINT here");
        Assert.Equal(["6"], Cluster.Rows((await cluster.InAsync(transaction.TxId, "SELECT SUM(v) FROM t")).Rows));
        await cluster.Gate.CommitAsync(transaction.TxId);
        Assert.Equal(["1", "3"], await cluster.RowsAsync("SELECT v FROM t WHERE id IN (1, 2) ORDER BY id"));
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task SelectForUpdate_AfterARead_TakesTheWriter()
    {
        await using var cluster = await OpenAsync(TimeSpan.FromMilliseconds(50));
        var transaction = await cluster.Gate.BeginAsync(null, new TransactionOptions(IsolationLevel.Serializable));
        await cluster.InAsync(transaction.TxId, "SELECT v FROM t WHERE id = 1");
        await cluster.InAsync(transaction.TxId, "SELECT v FROM t WHERE id = 1 FOR UPDATE");

        var failure = await cluster.FailsAsync("UPDATE t SET v = 9 WHERE id = 1");

        Assert.Equal("55P03", failure.SqlState);
    }

    private static async Task<Cluster> OpenAsync(TimeSpan? lockTimeout = null)
    {
        var cluster = await Cluster.OpenAsync(4, configure: options => options with { LockTimeout = lockTimeout ?? options.LockTimeout });
        await FillAsync(cluster);
        return cluster;
    }

    private static Task FillAsync(Cluster cluster) =>
        cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3), (4, 0), (5, 0), (6, 0)");

    private sealed class CountingTablet(ITablet inner, List<string> begun) : ForwardingTablet(inner)
    {
        public override ValueTask<string> BeginAsync(ShardBeginRequest request, CancellationToken cancellationToken)
        {
            begun.Add(Shard);
            return base.BeginAsync(request, cancellationToken);
        }
    }
}
