using Shale.Engines;

namespace Shale.Vitess.Tests;

/// <summary>Writers and readers at once: money moves between accounts on all shards, and is neither made nor lost.</summary>
public class ConcurrencyTests
{
    private const int Accounts = 20;
    private const int Workers = 6;
    private const int Transfers = 20;

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Transfers_BetweenShards_KeepTheSum()
    {
        await using var cluster = await Cluster.OpenAsync(3, configure: options => options with { LockTimeout = TimeSpan.FromMilliseconds(200) });
        await cluster.RunAllAsync("CREATE TABLE account (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL)",
            $"INSERT INTO account SELECT n, 100 FROM generate_series(1, {Accounts}) AS g(n)");
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SHALE_SEED"), out var given) ? given : 1;
        using var over = new CancellationTokenSource();

        var reader = ReadAsync(cluster, over.Token);
        var done = await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => TransferAsync(cluster, new Random(seed + worker))));
        await over.CancelAsync();
        await reader;

        Assert.True(done.Sum() > 0, $"no transfer succeeded, SHALE_SEED={seed}");
        Assert.Equal([$"{Accounts}|{Accounts * 100}"], await cluster.RowsAsync("SELECT COUNT(*), SUM(balance) FROM account"));
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Write_WhileAnotherHoldsTheWriter_TimesOutTransientlyAndSucceedsLater()
    {
        await using var cluster = await Cluster.OpenAsync(2, configure: options => options with { LockTimeout = TimeSpan.FromMilliseconds(50) });
        await cluster.RunAllAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
        var transaction = await cluster.Gate.BeginAsync(null);
        await cluster.InAsync(transaction.TxId, "UPDATE t SET v = 10");

        var failure = await cluster.FailsAsync("UPDATE t SET v = 20");
        Assert.Equal(["1", "2", "3"], await cluster.RowsAsync("SELECT v FROM t ORDER BY id"));
        await cluster.Gate.CommitAsync(transaction.TxId);
        await cluster.RunAsync("UPDATE t SET v = v + 1");

        Assert.Equal("55P03", failure.SqlState);
        Assert.True(failure.IsTransient);
        Assert.Equal(["11", "11", "11"], await cluster.RowsAsync("SELECT v FROM t ORDER BY id"));
    }

    private static async Task<int> TransferAsync(Cluster cluster, Random random)
    {
        var done = 0;
        for (var i = 0; i < Transfers; i++)
        {
            var (from, to, amount) = (random.Next(1, Accounts + 1), random.Next(1, Accounts + 1), random.Next(1, 20));
            var transaction = await cluster.Gate.BeginAsync(null);
            try
            {
                await cluster.InAsync(transaction.TxId, $"UPDATE account SET balance = balance - {amount} WHERE id = {from}");
                await Task.Yield();
                await cluster.InAsync(transaction.TxId, $"UPDATE account SET balance = balance + {amount} WHERE id = {to}");
                if (random.Next(5) == 0)
                {
                    await cluster.Gate.RollbackAsync(transaction.TxId);
                    continue;
                }

                await cluster.Gate.CommitAsync(transaction.TxId);
                done++;
            }
            catch (VitessException failure) when (failure.IsTransient)
            {
                // Two transfers that wait for one another crosswise: one gives up, wholly.
                await RollbackAsync(cluster, transaction.TxId);
            }
        }

        return done;
    }

    private static async Task RollbackAsync(Cluster cluster, string txId)
    {
        try
        {
            await cluster.Gate.RollbackAsync(txId);
        }
        catch (VitessException failure) when (failure.IsTransient)
        {
            // It had expired by itself.
        }
    }

    private static async Task ReadAsync(Cluster cluster, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            Assert.Equal([$"{Accounts}"], await cluster.RowsAsync("SELECT COUNT(*) FROM account"));
            await Task.Yield();
        }
    }
}
